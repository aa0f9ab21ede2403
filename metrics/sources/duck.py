"""Record files read by DuckDB, on this machine."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb
import narwhals as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from metrics.errors import SourceError
from metrics.sources.files import CHUNK, InputPart, clear_errors, open_bytes
from metrics.sources.headers import Column, is_copy, place_of
from metrics.sources.reading import (
    COPY_AGAIN,
    FILE,
    MOST_MISSHAPEN,
    POSITION,
    Misshapen,
    RecordFiles,
    Records,
    WrongEncodingError,
    coded,
    damaged_parquet,
    unreadable,
)

BATCH_ROWS: Final = 65_536
"""Rows that are taken over from DuckDB at a time."""

MEMORY: Final = "200MB"
"""What DuckDB may hold; what does not fit goes to the workspace, at a small cost in time."""

ENDLESS: Final = 10 * CHUNK
"""Bytes without a line end that no line of a record has."""

_UNREADABLE: Final = ("UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM", "INVALID STATE")
"""What DuckDB finds wrong with a row and cannot say where the next one starts."""


class DuckFiles(RecordFiles):
    """Files that DuckDB reads, column by column as asked for."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        parts: Iterable[InputPart],
        columns: Sequence[Column],
        *,
        workspace: Path,
        delimiter: str = ",",
        setting: str = "columns",
    ) -> None:
        super().__init__(parts, columns, workspace=workspace, delimiter=delimiter, setting=setting)
        self._connection = connection

    def header(self, number: int) -> tuple[str, ...]:
        """Return the columns of a part.

        Raises:
            SourceError: The part is empty, broken, or lacks a column; or a line has no end.
        """
        is_new = number not in self._headers
        found = super().header(number)
        if is_new and not self.parts[number].is_parquet:
            _refuse_endless(self.parts[number])
        return found

    def lazy(
        self, names: Sequence[str], numbers: Sequence[int], *, positions: bool = False
    ) -> Records:
        """Return the asked-for columns and `FILE` of every row of some parts, not yet read."""
        query = self._query(names, numbers, positions=positions)
        return nw.from_native(self._connection.sql(query))

    def collect(self, frame: Records) -> pa.Table:
        """Run a lazy table to its end, batch by batch, so that text never stands in memory."""
        try:
            reader = nw.to_native(frame).to_arrow_reader(BATCH_ROWS)
            batches = [coded(batch) for batch in reader]
        except duckdb.Error as error:
            raise self._clear(error) from error
        schema = batches[0].schema if batches else reader.schema
        return pa.Table.from_batches(batches, schema=schema).unify_dictionaries()

    def marks(self, name: str, numbers: Sequence[int]) -> dict[int, npt.NDArray[np.uint64]]:
        """Return a 64-bit hash of every value of a column that is not blank, part by part.

        Equal values have equal hashes, in this version of DuckDB.

        Raises:
            SourceError: A file cannot be read.
            WrongEncodingError: A part is not UTF-8, and should be recoded.
        """
        query = self._query([name], numbers, positions=False)
        hashed = f"select {FILE}, hash({name}) as mark from ({query}) where {name} <> ''"  # noqa: S608 - our own names
        table = self.collect(nw.from_native(self._connection.sql(hashed)))
        file, mark = (table.column(one).to_numpy() for one in (FILE, "mark"))
        order = np.argsort(file, kind="stable")
        ends = np.searchsorted(file[order], numbers, side="right")
        starts = np.searchsorted(file[order], numbers, side="left")
        return {
            number: mark[order[start:end]].astype(np.uint64)
            for number, start, end in zip(numbers, starts, ends, strict=True)
        }

    def set_apart(self) -> list[Misshapen]:
        """Return the rows that the last reading set apart, in order, and forget them."""
        found = self._rejected()
        wrong = {number for number, _, kind, _ in found if kind == "INVALID ENCODING"}
        if wrong:
            raise WrongEncodingError(wrong)
        rows = []
        for number, line, kind, message in found:
            if kind in _UNREADABLE:
                raise unreadable(self.parts[number].name, line)
            shape = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
            rows.append(
                Misshapen(
                    part=number,
                    line=line,
                    fields=int(shape[2]) if shape else None,
                    of=int(shape[1]) if shape else 0,
                )
            )
        return rows

    def parquet_columns(self, part: InputPart) -> tuple[str, ...]:
        """Return the columns of a Parquet file."""
        try:
            return tuple(self._connection.read_parquet(str(part.path)).columns)
        except duckdb.Error as error:
            raise damaged_parquet(part) from error

    def parquet_rows(self, number: int, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Return rows of a Parquet file as they stand, as text."""
        query = self._select(names, self.header(number), [number], positions=False)
        found = self._connection.execute(query)
        while rows := found.fetchmany(10_000):
            yield from (values[: len(names)] for values in rows)

    def _query(self, names: Sequence[str], numbers: Sequence[int], *, positions: bool) -> str:
        """Return SQL over parts, those with one header read together."""
        together: dict[tuple[tuple[str, ...], bool], list[int]] = defaultdict(list)
        for number in numbers:
            header = self.header(number)
            together[header, self.parts[number].is_parquet].append(number)
        return " union all ".join(
            self._select(names, header, alike, positions=positions)
            for (header, _), alike in together.items()
        )

    def _select(
        self, names: Sequence[str], header: Sequence[str], numbers: list[int], *, positions: bool
    ) -> str:
        is_parquet = self.parts[numbers[0]].is_parquet
        fields = []
        for name in names:
            column = self._column(name)
            place = place_of(header, column)
            if place is None:
                fields.append(f"'' as {name}")
                continue
            value = _identifier(header[place]) if is_parquet else f"c{place}"
            value = f"cast({value} as varchar)" if is_parquet else value
            value = f"left({value}, {column.longest})" if column.longest else value
            # An empty field and a missing one mean the same in text.
            fields.append(f"coalesce({value}, '') as {name}")
        fields.append(f"{self._file_number(numbers)} as {FILE}")
        if positions:
            updated = next((one for one in fields if one.endswith(" as updated")), "'' as updated")
            order = updated.removesuffix(" as updated")
            fields.append(
                f"{order} || ' ' || lpad({self._file_number(numbers)}::varchar, 6, '0') || "
                f"lpad((row_number() over ())::varchar, 15, '0') as {POSITION}"
            )
        paths = ", ".join(_text(str(self.parts[number].path)) for number in numbers)
        many = "true" if len(numbers) > 1 else "false"
        if is_parquet:
            source = f"read_parquet([{paths}], filename={many})"
        else:
            types = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(header)))
            source = (
                f"read_csv([{paths}], auto_detect=false, header=true, columns={{{types}}}, "
                f"delim={_text(self._delimiter)}, quote='\"', escape='\"', filename={many}, "
                f"store_rejects=true, rejects_limit={MOST_MISSHAPEN}, rejects_line_size_limit=1)"
            )
        return f"select {', '.join(fields)} from {source}"  # noqa: S608 - every part is quoted

    def _file_number(self, numbers: list[int]) -> str:
        if len(numbers) == 1:
            return str(numbers[0])
        cases = " ".join(f"when {_text(str(self.parts[n].path))} then {n}" for n in numbers)
        return f"case filename {cases} end"

    def _rejected(self) -> list[tuple[int, int, str, str]]:
        """Return part, line, kind and message of the rows that were set apart, and forget them."""
        if all(part.is_parquet for part in self.parts):
            return []  # its rows have a shape by themselves
        by_path = {str(part.path): number for number, part in enumerate(self.parts)}
        tables = {name for (name,) in self._connection.execute("show tables").fetchall()}
        if "reject_errors" not in tables:
            return []
        found = self._connection.execute(
            "select file_path, line_byte_position, any_value(error_type::varchar), "
            "any_value(error_message) "
            "from reject_errors join reject_scans using (scan_id, file_id) "
            "group by file_path, line_byte_position order by file_path, line_byte_position"
        ).fetchall()
        self._connection.execute("drop table reject_errors")
        self._connection.execute("drop table reject_scans")
        begins: dict[int, list[int]] = defaultdict(list)
        for path, begin, _, _ in found:
            begins[by_path[path]].append(int(begin))
        lines = {
            (number, begin): line
            for number, those in begins.items()
            for begin, line in zip(those, _lines_at(self.parts[number], those), strict=True)
        }
        return sorted(
            (by_path[path], lines[by_path[path], int(begin)], kind, message)
            for path, begin, kind, message in found
        )

    def _clear(self, error: duckdb.Error) -> SourceError:
        """Say in words what DuckDB could not read."""
        message = str(error)
        name = next(
            (part.name for part in self.parts if str(part.path) in message), self.parts[0].name
        )
        if "GZIP" in message:
            cut = "Unexpected end" in message
            what = "ends too early: it was cut off" if cut else "is not a gzip file, or is damaged"
            return SourceError(f"{name} {what}.", hint=COPY_AGAIN)
        if isinstance(error, duckdb.OutOfMemoryException):
            return SourceError(
                f"{name} needs more memory than there is to be counted.",
                hint="Deliver it in parts, for example by year, or run where there is more memory.",
            )
        if "state machine" in message:
            raise WrongEncodingError(
                {
                    number
                    for number, part in enumerate(self.parts)
                    if not part.is_parquet and not is_copy(part)
                }
            ) from error
        first = message.splitlines()[0]
        return SourceError(f"{name} cannot be read: {first}", hint=COPY_AGAIN)


@contextmanager
def duck_files(
    parts: Iterable[InputPart],
    columns: Sequence[Column],
    *,
    workspace: Path,
    delimiter: str = ",",
    setting: str = "columns",
) -> Iterator[DuckFiles]:
    """Open parts as one table; arguments are those of `RecordFiles`."""
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(workspace / "spill"),
            "autoinstall_known_extensions": False,
            "TimeZone": "UTC",  # a point in time is written as Parquet keeps it, wherever this runs
        }
    )
    connection.execute("set enable_progress_bar = false")  # it draws on whatever is there
    try:
        yield DuckFiles(
            connection,
            parts,
            columns,
            workspace=workspace,
            delimiter=delimiter,
            setting=setting,
        )
    finally:
        connection.close()


def _refuse_endless(part: InputPart) -> None:
    """Refuse a text with a line that DuckDB would pass over in silence.

    A line of more than 2 MB it refuses by itself, but not one that is longer than its buffer of
    32 MB (seen with DuckDB 2.0): the row is not there, and nothing says so.

    Raises:
        SourceError: There is one of `ENDLESS` bytes without a line end, or nearly.
    """
    line = 1
    with clear_errors(part.name), open_bytes(part) as raw:
        while chunk := raw.read(ENDLESS):
            ends = chunk.count(b"\n")
            if not ends and len(chunk) == ENDLESS:
                raise unreadable(part.name, line)
            line += ends


def _lines_at(part: InputPart, begins: Sequence[int]) -> list[int]:
    """Return the lines on which rows begin, of which DuckDB tells the bytes, in order.

    It numbers rows; a person looks for a line, and a field may hold line ends.
    """
    lines, line, position = [], 1, 0
    with clear_errors(part.name), open_bytes(part) as raw:
        for begin in begins:
            while position < begin - 1 and (chunk := raw.read(min(CHUNK, begin - 1 - position))):
                line += chunk.count(b"\n")
                position += len(chunk)
            # It takes the end of a line before, or an empty line, for the beginning of the row.
            while raw.peek(1)[:1] in (b"\r", b"\n"):
                line += raw.read(1) == b"\n"
                position += 1
            lines.append(line)
    return lines


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
