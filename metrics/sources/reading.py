"""Record files as one lazy table of text, whatever engine reads them.

Everything is read as text, so that nothing is guessed; a column that is not asked for is never
read into anything.  Rows of the wrong shape are set apart with their lines.  DuckDB reads files on
one machine (`metrics.sources.duck`), Spark beyond it (`metrics.sources.spark`); what they hand
over is the same, and so is what is said of a file that cannot be read.
"""

from __future__ import annotations

import csv
import tempfile
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import narwhals as nw
import pyarrow as pa

from metrics.errors import SourceError
from metrics.sources.files import InputPart, open_text, recoded, with_encoding
from metrics.sources.headers import Column, as_text, place_of, read_header, refuse_missing
from metrics.sources.rejections import FIRST, Rejections

FILE: Final = "file"
"""The column that says which part a row is from, as its number."""

POSITION: Final = "position"
"""The column by which rows are in order: when they were updated, if known, then as they stand."""

Records: TypeAlias = nw.LazyFrame[Any]
"""Rows that are read only when they are collected."""

MOST_MISSHAPEN: Final = 100_000
"""How many rows of the wrong shape are counted one by one; more is no table."""

COPY_AGAIN: Final = "Copy the file again from where it came from."


class WrongEncodingError(Exception):
    """Parts that cannot be read as they are: not UTF-8, or with line ends of two kinds."""

    def __init__(self, numbers: set[int]) -> None:
        super().__init__(numbers)
        self.numbers = numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Misshapen:
    """A row that is not of the shape of the first line of its part."""

    part: int
    line: int
    fields: int | None = None  # how many it has; None: that cannot be told
    of: int = 0  # how many the first line has


class RecordFiles(ABC):
    """The parts of one source, open to be queried."""

    def __init__(
        self,
        parts: Iterable[InputPart],
        columns: Sequence[Column],
        *,
        workspace: Path,
        delimiter: str = ",",
        setting: str = "columns",
    ) -> None:
        """Open nothing yet: each part is looked at when it is first asked for.

        Args:
            parts: The files; at least one.
            columns: The columns that will be asked for.
            workspace: A folder for copies and for what does not fit into memory.
            delimiter: What stands between two fields of a text file.
            setting: The table of `sources.toml` that names columns, for messages; empty: none.
        """
        self.parts = list(parts)
        self.remarks: list[str] = []
        self._columns = tuple(columns)
        self._workspace = workspace
        self._delimiter = delimiter
        self._setting = setting
        self._headers: dict[int, tuple[str, ...]] = {}

    @property
    def numbers(self) -> range:
        """The number of every part."""
        return range(len(self.parts))

    @abstractmethod
    def lazy(
        self, names: Sequence[str], numbers: Sequence[int], *, positions: bool = False
    ) -> Records:
        """Return the asked-for columns and `FILE` of every row of some parts, not yet read.

        Args:
            names: The columns.
            numbers: The parts.
            positions: Whether `POSITION` is wanted too.

        Raises:
            SourceError: A part is empty, broken, or lacks a column.
        """

    @abstractmethod
    def collect(self, frame: Records) -> pa.Table:
        """Run a lazy table to its end; its text comes as codes.

        Raises:
            SourceError: A file cannot be read.
            WrongEncodingError: A part is not UTF-8, and should be recoded.
        """

    @abstractmethod
    def set_apart(self) -> Iterable[Misshapen]:
        """Return the rows that the last reading set apart, in order, and forget them.

        Raises:
            SourceError: What was read cannot be relied upon.
            WrongEncodingError: A part is not UTF-8, and should be recoded.
        """

    @abstractmethod
    def parquet_columns(self, part: InputPart) -> tuple[str, ...]:
        """Return the columns of a Parquet file.

        Raises:
            SourceError: It is none, or is damaged.
        """

    @abstractmethod
    def parquet_rows(self, number: int, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Return rows of a Parquet file as they stand, as text."""

    def header(self, number: int) -> tuple[str, ...]:
        """Return the columns of a part.

        Raises:
            SourceError: The part is empty, broken, or lacks a column.
        """
        if number not in self._headers:
            part = self.parts[number]
            if not part.is_parquet:
                self.parts[number] = part = with_encoding(part)
                if self._needs_copy(part):
                    self.recode([number])
                    part = self.parts[number]
            found = (
                self.parquet_columns(part)
                if part.is_parquet
                else read_header(part, self._delimiter)
            )
            refuse_missing(part, found, self._columns, self._setting)
            self._headers[number] = found
        return self._headers[number]

    def misshapen(self, rejections: Rejections) -> dict[int, int]:
        """Take over the rows that the last reading set apart.

        Returns:
            How many there were, by the number of the part.

        Raises:
            SourceError: What was read cannot be relied upon.
            WrongEncodingError: A part is not UTF-8, and should be recoded.
        """
        counts: dict[int, int] = defaultdict(int)
        places: dict[str, list[str]] = defaultdict(list)
        sizes: dict[str, int] = defaultdict(int)
        for row in self.set_apart():
            reason = (
                f"{row.fields} columns where the first line has {row.of}"
                if row.fields is not None
                else "the row is not of the shape of the first line"
            )
            counts[row.part] += 1
            sizes[reason] += 1
            if len(places[reason]) < FIRST:
                places[reason].append(f"{self.parts[row.part].name}, line {row.line}")
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
        for number in sorted(numbers):
            part = self.parts[number]
            copy = recoded(part, self._workspace / f"recoded-{number}.csv")
            self.parts[number] = copy
            if copy.encoding == "cp1252":
                self.remarks.append(
                    f"{part.name} is not UTF-8; it was read as Windows-1252, which is what "
                    "spreadsheets write."
                )

    def lines(self, number: int, names: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
        """Return the rows of a part that are of its shape, as text, each with its line."""
        header = self.header(number)  # looks at the part, which may then be read from a copy
        if self.parts[number].is_parquet:
            yield from enumerate(self.parquet_rows(number, names), start=1)
            return
        columns = [self._column(name) for name in names]
        places = [place_of(header, column) for column in columns]
        for line, row in text_rows(self.parts[number], self._delimiter):
            if len(row) == len(header):
                yield (
                    line,
                    [
                        row[place][: column.longest or None] if place is not None else ""
                        for place, column in zip(places, columns, strict=True)
                    ],
                )

    def _column(self, name: str) -> Column:
        return next(column for column in self._columns if column.name == name)

    def _needs_copy(self, part: InputPart) -> bool:
        """Whether a text file can be seen from its beginning not to be plain UTF-8."""
        return part.encoding == "utf-16" or any(
            "\N{REPLACEMENT CHARACTER}" in name for name in read_header(part, self._delimiter)
        )


def text_rows(
    part: InputPart, delimiter: str, *, strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Return the rows below the header of a text file, each with the line on which it begins.

    Raises:
        UnreadableRowError: It cannot be told where a row ends; `strict`: a quotation mark is
            opened and not closed again.
    """
    with open_text(as_text(part), errors="replace") as text:
        reader = csv.reader(text, delimiter=delimiter, strict=strict)
        next(reader, None)
        line = reader.line_num
        try:
            for row in reader:
                yield line + 1, row
                line = reader.line_num
        except csv.Error as error:
            raise UnreadableRowError(line + 1) from error


class UnreadableRowError(Exception):
    """A row of which cannot be told where it ends."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def unreadable(name: str, line: int) -> SourceError:
    """Say that a row of a file has no end."""
    return SourceError(
        f"{name}, line {line}: a quotation mark is opened and not closed again, or the "
        "line is longer than 2 MB; nothing of it was counted.",
        hint="Correct the line, or write the file again with quotation marks doubled.",
    )


def damaged_parquet(part: InputPart) -> SourceError:
    """Say that a file is no Parquet."""
    return SourceError(f"{part.name} is not a Parquet file, or is damaged.", hint=COPY_AGAIN)


def coded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch with its text as codes."""
    columns = [
        column.dictionary_encode() if pa.types.is_string(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="threat-desk-") as name:
        yield Path(name)
