"""Record files read by Spark: where the records outgrow one machine.

PySpark is an optional extra (`make spark`) and is imported only when a source asks for it.  What
Spark's reader of text cannot tell by itself (the encoding of a file, the line of a broken row) is
looked up here on the driver, so that what is said is the same as with DuckDB.
"""

from __future__ import annotations

import codecs
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import narwhals as nw
import pyarrow as pa
from pyarrow import parquet

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
    UnreadableRowError,
    coded,
    damaged_parquet,
    text_rows,
    unreadable,
)
from metrics.sources.spark_session import is_about_session, spark_errors, spark_session

TEXT: Final = {
    "header": "true",
    "multiLine": "true",  # a field may hold line ends; a file is then read by one task
    "quote": '"',
    "escape": '"',
    "encoding": "UTF-8",
    "mode": "PERMISSIVE",
    "emptyValue": "",
    "nullValue": "",
    "ignoreLeadingWhiteSpace": "false",
    "ignoreTrailingWhiteSpace": "false",
    "unescapedQuoteHandling": "RAISE_ERROR",
}

BROKEN: Final = "broken"
"""The column in which Spark keeps a row that is not of the table's shape."""

_ANOTHER: Final = "length(coalesce(c0, '')) >= 0"
"""Is always true, and needs another column: Spark does not read `BROKEN` alone."""

PATH: Final = "regexp_replace(_metadata.file_path, '^file:/+', '/')"

_NOT_FOUND: Final = re.compile(r"PATH_NOT_FOUND|FILE_NOT_EXIST")
"""What Spark calls a file that it does not see."""

SAME_PATH: Final = "Spark must see the files under the same path as Threat Desk: docs/scale.md."

_PLAIN_PATH: Final = re.compile(r"(/[A-Za-z0-9.,=+-][A-Za-z0-9_.,=+-]*)+")
"""Paths that mean the same to Spark: it takes others for patterns, or for hidden files."""


class SparkFiles(RecordFiles):
    """Files that Spark reads; it must see them under the same paths."""

    def __init__(
        self,
        session: Any,
        parts: Iterable[InputPart],
        columns: Sequence[Column],
        *,
        workspace: Path,
        delimiter: str = ",",
        setting: str = "columns",
    ) -> None:
        super().__init__(parts, columns, workspace=workspace, delimiter=delimiter, setting=setting)
        self._session = session
        self._asked: tuple[int, ...] = ()
        self._apart: dict[int, list[Misshapen]] = {}

    def lazy(
        self, names: Sequence[str], numbers: Sequence[int], *, positions: bool = False
    ) -> Records:
        """Return the asked-for columns and `FILE` of every row of some parts, not yet read."""
        self._asked = tuple(numbers)
        frames = [
            self._selected(names, alike, positions=positions) for alike in self._alike(numbers)
        ]
        whole = frames[0]
        for frame in frames[1:]:
            whole = whole.union(frame)
        records: Records = nw.from_native(whole)
        return records

    def collect(self, frame: Records) -> pa.Table:
        """Run a lazy table to its end."""
        table = nw.to_native(frame).toArrow()
        batches = [coded(batch) for batch in table.to_batches()]
        schema = batches[0].schema if batches else table.schema
        return pa.Table.from_batches(batches, schema=schema).unify_dictionaries()

    def set_apart(self) -> Iterator[Misshapen]:
        """Return the rows of the parts read last that are of the wrong shape, in order."""
        unknown = [
            number
            for number in self._asked
            if number not in self._apart and not self.parts[number].is_parquet
        ]
        broken = self._broken(unknown)
        for number in unknown:
            many = broken.get(number, 0)
            self._apart[number] = self._looked_up(number, many) if many else []
        for number in self._asked:
            yield from self._apart.get(number, [])

    def parquet_columns(self, part: InputPart) -> tuple[str, ...]:
        """Return the columns of a Parquet file."""
        return tuple(_schema(part).names)

    def parquet_rows(self, number: int, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Return rows of a Parquet file as they stand, as text."""
        frame = self._selected(names, [number], positions=True).orderBy(POSITION)
        for row in frame.toLocalIterator():
            yield tuple(row)[: len(names)]

    def _needs_copy(self, part: InputPart) -> bool:
        return super()._needs_copy(part) or not is_plain(part)

    def _alike(self, numbers: Sequence[int]) -> list[list[int]]:
        """Return parts that can be read together: with one header, and of Parquet one schema."""
        together: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for number in numbers:
            header, part = self.header(number), self.parts[number]
            types = str(_schema(part).types) if part.is_parquet else ""
            together[header, part.is_parquet, types].append(number)
        return list(together.values())

    def _selected(self, names: Sequence[str], numbers: Sequence[int], *, positions: bool) -> Any:
        """Return the asked-for columns of parts that are alike, their numbers and positions."""
        header, part = self.header(numbers[0]), self.parts[numbers[0]]
        fields = []
        for name in names:
            column = self._column(name)
            place = place_of(header, column)
            if place is None:
                fields.append(f"'' as {name}")
                continue
            value = _parquet_text(part, place) if part.is_parquet else f"c{place}"
            value = f"left({value}, {column.longest})" if column.longest else value
            # An empty field and a missing one mean the same in text.
            fields.append(f"coalesce({value}, '') as {name}")
        row = "_metadata.row_index" if part.is_parquet else "monotonically_increasing_id()"
        order = next((one for one in fields if one.endswith(" as updated")), "'' as updated")
        if positions:
            fields += [
                f"{row} as row_of_part",
                f"{order.removesuffix(' as updated')} as order_of_row",
            ]
        rows = self._read(numbers).selectExpr(*fields, f"{PATH} as path_of_part")
        numbered = rows.join(self._numbers(numbers), "path_of_part")
        chosen = [*names, FILE]
        if positions:
            chosen.append(
                f"order_of_row || ' ' || lpad({FILE}, 6, '0') || "
                f"lpad(row_of_part, 20, '0') as {POSITION}"
            )
        return numbered.selectExpr(*chosen)

    def _read(self, numbers: Sequence[int]) -> Any:
        """Return the rows of parts that are alike, of text without those of the wrong shape."""
        reader, paths = self._session.read, [self._path(number) for number in numbers]
        if self.parts[numbers[0]].is_parquet:
            return reader.parquet(*paths)
        return self._text(numbers, paths).filter(f"{BROKEN} is null and {_ANOTHER}")

    def _text(self, numbers: Sequence[int], paths: list[str]) -> Any:
        columns = [f"c{place} string" for place in range(len(self.header(numbers[0])))]
        return (
            self._session.read.format("csv")
            .schema(", ".join([*columns, f"{BROKEN} string"]))
            .options(**TEXT, sep=self._delimiter, columnNameOfCorruptRecord=BROKEN)
            .load(paths)
        )

    def _numbers(self, numbers: Sequence[int]) -> Any:
        """Return the number of each path, small enough to be sent to every task."""
        # Paths hold no quotation mark: see `_PLAIN_PATH`.
        rows = ", ".join(f"('{self._path(number)}', {number})" for number in numbers)
        frame = self._session.sql(f"select * from values {rows} as parts(path_of_part, {FILE})")  # noqa: S608
        return frame.hint("broadcast")

    def _path(self, number: int) -> str:
        """Return a path that Spark takes literally: of a link, where that of the part is odd."""
        part = self.parts[number]
        path = part.path.absolute()
        if _PLAIN_PATH.fullmatch(str(path)):
            return str(path)
        ending = ".parquet" if part.is_parquet else ".csv.gz" if part.is_gzip else ".csv"
        link = self._workspace / f"linked-{number}{ending}"
        if not link.is_symlink():
            link.symlink_to(path)
        return str(link)

    def _broken(self, numbers: Sequence[int]) -> dict[int, int]:
        """Return how many rows of each text part are of the wrong shape, where any is."""
        found: dict[int, int] = {}
        for alike in self._alike(numbers):
            paths = [self._path(number) for number in alike]
            broken = self._text(alike, paths).filter(f"{BROKEN} is not null and {_ANOTHER}")
            rows = broken.selectExpr(f"{PATH} as path")
            sizes = rows.groupBy("path").count().collect()
            by_path = dict(map(tuple, sizes))
            found |= {
                number: by_path[path]
                for number, path in zip(alike, paths, strict=True)
                if path in by_path
            }
        return found

    def _looked_up(self, number: int, many: int) -> list[Misshapen]:
        """Return the rows of the wrong shape of one text part, of which Spark found so many."""
        part, fields = self.parts[number], len(self.header(number))
        found = []
        for line, row in self._rows(part):
            if row and len(row) != fields:
                found.append(Misshapen(part=number, line=line, fields=len(row), of=fields))
                if len(found) >= MOST_MISSHAPEN:
                    return found
        if len(found) != many:
            raise SourceError(
                f"{part.name}: Spark finds {many:,} rows that are not of the shape of the first "
                f"line, and there are {len(found):,}; nothing of it was counted.",
                hint="Write the file again with every quotation mark doubled, or leave out "
                '`engine = "spark"`.',
            )
        return found

    def _rows(self, part: InputPart) -> Iterator[tuple[int, list[str]]]:
        try:
            yield from text_rows(part, self._delimiter, strict=True)
        except UnreadableRowError as error:
            raise unreadable(part.name, error.line) from error

    def _refuse_unreadable(self, number: int) -> None:
        """Refuse a text part in which a quotation mark is open, and say on which line."""
        part = self.parts[number]
        for _ in self._rows(part) if not part.is_parquet else ():
            pass

    def unreadable(self, error: Exception) -> SourceError:
        """Say in words what Spark could not read.

        Raises:
            SourceError: A text part can be seen from here to have no end.
        """
        for number in self._asked:
            self._refuse_unreadable(number)
        said = str(error).splitlines()[0]
        at_fault = next((one for one in self.parts if one.path.name in str(error)), None)
        name = (at_fault or self.parts[0]).name
        hint = SAME_PATH if _NOT_FOUND.search(said) else COPY_AGAIN
        return SourceError(f"{name} cannot be read by Spark: {said}", hint=hint)


@contextmanager
def spark_files(
    address: str,
    parts: Iterable[InputPart],
    columns: Sequence[Column],
    *,
    workspace: Path,
    delimiter: str = ",",
    setting: str = "columns",
) -> Iterator[SparkFiles]:
    """Open parts as one table of Spark.

    Args:
        address: Of a Spark Connect server, e.g. `sc://host:15002`, or the master of a session of
            our own, e.g. `local[2]`; the rest is as `RecordFiles` takes it.

    Raises:
        SourceError: There is no address, no PySpark, no Java, or nobody at the address.
    """
    with spark_session(address) as session:
        files = SparkFiles(
            session,
            parts,
            columns,
            workspace=workspace,
            delimiter=delimiter,
            setting=setting,
        )
        try:
            yield files
        except spark_errors() as error:
            # A server finds fault with a file only when something is asked of it: of Narwhals too.
            if is_about_session(error):
                raise
            raise files.unreadable(error) from error


def is_plain(part: InputPart) -> bool:
    """Whether a text file is UTF-8 without a mark and with line ends of one kind."""
    if is_copy(part):
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    returns = both = lines = 0
    before, first = b"", True
    with clear_errors(part.name), open_bytes(part) as raw:
        while chunk := raw.read(CHUNK):
            if first and chunk.startswith(codecs.BOM_UTF8):
                return False
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return False
            returns += chunk.count(b"\r")
            lines += chunk.count(b"\n")
            both += chunk.count(b"\r\n") + (before == b"\r" and chunk.startswith(b"\n"))
            before, first = chunk[-1:], False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return returns in (0, both) and (not returns or lines == both)


def _schema(part: InputPart) -> Any:
    try:
        return parquet.read_schema(part.path)
    except (OSError, pa.ArrowException) as error:
        raise damaged_parquet(part) from error


def _parquet_text(part: InputPart, place: int) -> str:
    """Return the expression that gives a column of a Parquet file as text."""
    field = _schema(part).field(place)
    value = "`" + field.name.replace("`", "``") + "`"
    if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
        value = f"timestamp_micros({value} div 1000)"
    return f"cast({value} as string)"
