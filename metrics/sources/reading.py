"""Record files as one lazy table of text: read by DuckDB, column by column as asked for.

Everything is read as text, so that nothing is guessed; a column that is not asked for is never
read into anything.  Rows of the wrong shape are set apart with their lines.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

import duckdb
import narwhals as nw
import pyarrow as pa

from metrics.errors import SourceError
from metrics.sources.files import InputPart, open_text, recoded, with_encoding
from metrics.sources.headers import (
    Column,
    as_text,
    is_copy,
    place_of,
    read_header,
    refuse_missing,
)
from metrics.sources.rejections import FIRST, Rejections

FILE: Final = "file"
"""The column that says which part a row is from, as its number."""

POSITION: Final = "position"
"""The column by which rows are in order: when they were updated, if known, then as they stand."""

Records: TypeAlias = nw.LazyFrame[Any]
"""Rows that are read only when they are collected."""

BATCH_ROWS: Final = 65_536
"""Rows that are taken over from DuckDB at a time."""

MEMORY: Final = "200MB"
"""What DuckDB may hold; what does not fit goes to the workspace, at a small cost in time."""

MOST_MISSHAPEN: Final = 100_000
"""How many rows of the wrong shape are counted one by one; more is no table."""

_UNREADABLE: Final = ("UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM", "INVALID STATE")
"""What DuckDB finds wrong with a row and cannot say where the next one starts."""


@dataclass(kw_only=True)
class RecordFiles:
    """The parts of one source, open to be queried."""

    connection: duckdb.DuckDBPyConnection
    workspace: Path
    parts: list[InputPart]
    columns: tuple[Column, ...]
    setting: str  # what names the columns in `sources.toml`; empty: nothing does
    delimiter: str
    headers: list[tuple[str, ...]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def forget_misshapen(self) -> None:
        """Forget the rows that the last reading set apart: they are known already."""
        self._set_apart()

    def lazy(self, names: Sequence[str], *, positions: bool = False) -> Records:
        """Return the asked-for columns and `FILE` of every row, read when it is collected."""
        return nw.from_native(self.connection.sql(self._query(names, positions=positions)))

    def collect(self, frame: Records) -> pa.Table:
        """Run a lazy table to its end.

        Text comes as codes, batch by batch, so that it never stands in memory as a whole.

        Raises:
            SourceError: A file cannot be read.
        """
        try:
            reader = nw.to_native(frame).to_arrow_reader(BATCH_ROWS)
            batches = [_coded(batch) for batch in reader]
        except duckdb.Error as error:
            raise self._clear(error) from error
        schema = batches[0].schema if batches else reader.schema
        return pa.Table.from_batches(batches, schema=schema).unify_dictionaries()

    def misshapen(self, rejections: Rejections) -> dict[int, int]:
        """Take over the rows that the last reading set apart.

        Returns:
            How many there were, by the number of the part.

        Raises:
            SourceError: What was read cannot be relied upon.
            WrongEncodingError: A part is not UTF-8, and should be recoded.
        """
        found = self._set_apart()
        counts: dict[int, int] = defaultdict(int)
        places: dict[str, list[str]] = defaultdict(list)
        sizes: dict[str, int] = defaultdict(int)
        wrong = {number for number, _, kind, _ in found if kind == "INVALID ENCODING"}
        if wrong:
            raise WrongEncodingError(wrong)
        for number, line, kind, message in found:
            name = self.parts[number].name
            if kind in _UNREADABLE:
                raise SourceError(
                    f"{name}, line {line}: a quotation mark is opened and not closed again, or the "
                    "line is longer than 2 MB; nothing of it was counted.",
                    hint="Correct the line, or write the file again with quotation marks doubled.",
                )
            shape = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
            reason = (
                f"{shape[2]} columns where the first line has {shape[1]}"
                if shape
                else "the row is not of the shape of the first line"
            )
            counts[number] += 1
            sizes[reason] += 1
            if len(places[reason]) < FIRST:
                places[reason].append(f"{name}, line {line}")
        for reason, rows in sizes.items():
            rejections.add(reason, rows, places[reason])
        if sum(counts.values()) >= MOST_MISSHAPEN:
            raise SourceError(
                f"{self.parts[0].name}: at least {MOST_MISSHAPEN:,} rows are not of the shape of "
                "the first line; nothing of it was counted.",
                hint="Write the file again as a table with one header line.",
            )
        return dict(counts)

    def recode(self, numbers: Iterable[int]) -> None:
        """Read parts from copies in UTF-8 with plain line ends, and remark what they were."""
        for number in numbers:
            part = self.parts[number]
            copy = recoded(part, self.workspace / f"recoded-{number}.csv")
            self.parts[number] = copy
            if copy.encoding == "cp1252":
                self.remarks.append(
                    f"{part.name} is not UTF-8; it was read as Windows-1252, which is what "
                    "spreadsheets write."
                )

    def first_places(
        self,
        names: Sequence[str],
        reason_of: Callable[[Sequence[str]], str | None],
        sizes: Mapping[str, int],
    ) -> dict[str, list[str]]:
        """Return where the first faulty rows stand.

        Args:
            names: The columns that tell a faulty row.
            reason_of: Gives the reason of a row from the values of these columns, or None.
            sizes: How many rows there are of each reason.

        Returns:
            For each reason at most `FIRST` places, e.g. "crimes.csv, line 17".
        """
        wanted = {reason: min(rows, FIRST) for reason, rows in sizes.items()}
        places: dict[str, list[str]] = defaultdict(list)
        for number, part in enumerate(self.parts):
            what = "row" if part.is_parquet else "line"
            for line, row in self._lines(number, names):
                reason = reason_of(row)
                if reason is None or len(places[reason]) >= wanted.get(reason, 0):
                    continue
                places[reason].append(f"{part.name}, {what} {line}")
                if all(len(places[one]) >= most for one, most in wanted.items()):
                    return dict(places)
        return dict(places)

    def _lines(self, number: int, names: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        part, header = self.parts[number], self.headers[number]
        columns = [self._column(name) for name in names]
        if part.is_parquet:
            query = self._select(names, header, [number], positions=False)
            found = self.connection.execute(query)
            line = 0
            while rows := found.fetchmany(10_000):
                for values in rows:
                    line += 1
                    yield line, list(values[: len(names)])
            return
        places = [place_of(header, column) for column in columns]
        with open_text(as_text(part), errors="replace") as text:
            reader = csv.reader(text, delimiter=self.delimiter)
            next(reader, None)
            line = reader.line_num
            for row in reader:
                if len(row) == len(header):
                    yield (
                        line + 1,
                        [
                            row[place][: column.longest or None] if place is not None else ""
                            for place, column in zip(places, columns, strict=True)
                        ],
                    )
                line = reader.line_num

    def _column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def _query(self, names: Sequence[str], *, positions: bool) -> str:
        """Return SQL over all parts, those with one header read together."""
        together: dict[tuple[tuple[str, ...], bool], list[int]] = defaultdict(list)
        for number, header in enumerate(self.headers):
            together[header, self.parts[number].is_parquet].append(number)
        return " union all ".join(
            self._select(names, header, numbers, positions=positions)
            for (header, _), numbers in together.items()
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
                f"delim={_text(self.delimiter)}, quote='\"', escape='\"', filename={many}, "
                f"store_rejects=true, rejects_limit={MOST_MISSHAPEN}, rejects_line_size_limit=1)"
            )
        return f"select {', '.join(fields)} from {source}"  # noqa: S608 - every part is quoted

    def _file_number(self, numbers: list[int]) -> str:
        if len(numbers) == 1:
            return str(numbers[0])
        cases = " ".join(f"when {_text(str(self.parts[n].path))} then {n}" for n in numbers)
        return f"case filename {cases} end"

    def _set_apart(self) -> list[tuple[int, int, str, str]]:
        """Return part, line, kind and message of the rows that were set apart, and forget them."""
        by_path = {str(part.path): number for number, part in enumerate(self.parts)}
        tables = {name for (name,) in self.connection.execute("show tables").fetchall()}
        if "reject_errors" not in tables:
            return []
        found = self.connection.execute(
            "select file_path, line, any_value(error_type::varchar), any_value(error_message) "
            "from reject_errors join reject_scans using (scan_id, file_id) "
            "group by file_path, line order by file_path, line"
        ).fetchall()
        self.connection.execute("drop table reject_errors")
        self.connection.execute("drop table reject_scans")
        return [(by_path[path], int(line), kind, message) for path, line, kind, message in found]

    def _clear(self, error: duckdb.Error) -> SourceError:
        """Say in words what DuckDB could not read."""
        message = str(error)
        name = next(
            (part.name for part in self.parts if str(part.path) in message), self.parts[0].name
        )
        again = "Copy the file again from where it came from."
        if "GZIP" in message:
            cut = "Unexpected end" in message
            what = "ends too early: it was cut off" if cut else "is not a gzip file, or is damaged"
            return SourceError(f"{name} {what}.", hint=again)
        if isinstance(error, duckdb.OutOfMemoryException):
            return SourceError(
                f"{name} needs more memory than there is to be counted.",
                hint="Deliver it in parts, for example by year, or run where there is more memory.",
            )
        if "state machine" in message:
            raise WrongEncodingError(
                {n for n, part in enumerate(self.parts) if not is_copy(part)}
            ) from error
        first = message.splitlines()[0]
        return SourceError(f"{name} cannot be read: {first}", hint=again)


class WrongEncodingError(Exception):
    """Parts that DuckDB cannot read as they are: not UTF-8, or with line ends of two kinds."""

    def __init__(self, numbers: set[int]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


@contextmanager
def record_files(
    parts: Iterable[InputPart],
    columns: Sequence[Column],
    *,
    workspace: Path,
    delimiter: str = ",",
    setting: str = "columns",
) -> Iterator[RecordFiles]:
    """Open parts as one table.

    Args:
        parts: The files; at least one.
        columns: The columns that will be asked for.
        workspace: A folder for copies and for what does not fit into memory.
        delimiter: What stands between two fields of a text file.
        setting: The table of `sources.toml` that names columns, for messages; empty: none.

    Raises:
        SourceError: A part is empty, broken, or lacks a column.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(workspace / "spill"),
            "autoinstall_known_extensions": False,
        }
    )
    files = RecordFiles(
        connection=connection,
        workspace=workspace,
        parts=list(parts),
        columns=tuple(columns),
        setting=setting,
        delimiter=delimiter,
    )
    try:
        for number, part in enumerate(files.parts):
            if not part.is_parquet:
                files.parts[number] = with_encoding(part)
                if _needs_copy(files.parts[number], delimiter):
                    files.recode([number])
        files.headers = [_header(files, part) for part in files.parts]
        yield files
    finally:
        connection.close()


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="threat-desk-") as name:
        yield Path(name)


def _header(files: RecordFiles, part: InputPart) -> tuple[str, ...]:
    if part.is_parquet:
        try:
            header = tuple(files.connection.read_parquet(str(part.path)).columns)
        except duckdb.Error as error:
            raise SourceError(
                f"{part.name} is not a Parquet file, or is damaged.",
                hint="Copy the file again from where it came from.",
            ) from error
    else:
        header = read_header(part, files.delimiter)
    refuse_missing(part, header, files.columns, files.setting)
    return header


def _needs_copy(part: InputPart, delimiter: str) -> bool:
    """Whether a text file can be seen from its header not to be UTF-8."""
    return part.encoding == "utf-16" or any(
        "\N{REPLACEMENT CHARACTER}" in name for name in read_header(part, delimiter)
    )


def _coded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch with its text as codes."""
    columns = [
        column.dictionary_encode() if pa.types.is_string(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
