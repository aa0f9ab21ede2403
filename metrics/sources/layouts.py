"""Tables of counts, as offices keep them: a few thousand rows of CSV with a fixed layout.

They are small, so they are read row by row, and every rejected row is told with its exact line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from config.sources import GIGABYTE, LayoutSource
from metrics.delivery import InputFile
from metrics.errors import SourceError
from metrics.model import AreaId
from metrics.sources.dates import month_complaint, read_month
from metrics.sources.files import FileSet, InputPart, open_text, recoded, with_encoding
from metrics.sources.headers import Column, read_header, refuse_missing
from metrics.sources.names import Names, find_area
from metrics.sources.reading import scratch
from metrics.sources.rejections import Rejections, quoted

MOST_ROWS: Final = 2_000_000
"""A table of counts with more rows than this is not one: all forces in all months have fewer."""

_WHOLE: Final = re.compile(r"\d+(\.0*)?")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class RowFaultError(Exception):
    """A row that cannot be counted; the message is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutRow:
    """One row, its fields by the layout's own names."""

    where: str  # "surveys.csv, line 17"
    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields[name]


class Layout:
    """The files of one source whose columns are fixed."""

    def __init__(self, settings: LayoutSource, folder: Path, columns: Sequence[str]) -> None:
        """Remember where the files are; nothing is read yet.

        Raises:
            SourceError: The settings name a column that the layout does not have.
        """
        unknown = sorted(set(settings.columns) - set(columns))
        if unknown:
            raise SourceError(
                f"`columns` of the source “{settings.name}” names {', '.join(unknown)}, which the "
                "layout does not have.",
                hint=f"It has {', '.join(columns)}.",
            )
        self.name = settings.name
        self.inputs: tuple[InputFile, ...] = ()
        self.remarks: list[str] = []
        self._settings = settings
        self._columns = [
            Column(name=name, written=settings.columns.get(name, name)) for name in columns
        ]
        self._files = FileSet(
            folder / settings.path,
            pattern=settings.files,
            limit=int(settings.max_unpacked_gb * GIGABYTE),
        )

    def fingerprint(self) -> str:
        """Return the identity of the files as they lie there now."""
        return self._files.fingerprint()

    def rows(self, rejections: Rejections) -> Iterator[LayoutRow]:
        """Yield every row that has the layout's shape; the others are rejected.

        Raises:
            SourceError: A file cannot be read, or is not of this layout.
        """
        self.inputs, self.remarks = (), []
        fingerprint = self.fingerprint()
        with scratch() as workspace:
            for number, part in enumerate(self._files.parts(workspace)):
                yield from self._read(part, workspace / f"recoded-{number}.csv", rejections)
        self._files.refuse_changed(fingerprint)

    @property
    def row_count(self) -> int:
        """How many rows were read."""
        return sum(one.rows for one in self.inputs)

    def _read(self, part: InputPart, copy: Path, rejections: Rejections) -> Iterator[LayoutRow]:
        if part.is_parquet:
            raise SourceError(
                f"{part.name} is Parquet; this kind of source is read from CSV.",
                hint="Write it as CSV, or take it out with the setting `files`.",
            )
        text = self._as_text(part, copy)
        header = read_header(text, self._settings.delimiter)
        refuse_missing(part, header, self._columns, "columns")
        folded = [name.casefold() for name in header]
        places = {one.name: folded.index(one.written.casefold()) for one in self._columns}
        rows = 0
        for line, fields in self._lines(text):
            rows += 1
            where = f"{part.name}, line {line}"
            if len(fields) != len(header):
                reason = f"{len(fields)} columns where the first line has {len(header)}"
                rejections.add(reason, 1, [where])
                continue
            yield LayoutRow(
                where=where, fields={name: fields[place].strip() for name, place in places.items()}
            )
        self.inputs += (InputFile(name=part.name, size=part.size, sha256=part.sha256, rows=rows),)

    def _as_text(self, part: InputPart, copy: Path) -> InputPart:
        """Return how to read a part as UTF-8, from a copy where it is not."""
        part = with_encoding(part)
        if part.encoding != "utf-16":
            try:
                with open_text(part) as text:
                    while text.read(1 << 20):
                        pass
            except SourceError as error:
                if not isinstance(error.__cause__, UnicodeDecodeError):
                    raise
            else:
                return part
        read_as = recoded(part, copy)
        if read_as.encoding == "cp1252":
            self.remarks.append(f"{part.name} is not UTF-8; it was read as Windows-1252.")
        return replace(read_as, encoding="utf-8-sig")

    def _lines(self, part: InputPart) -> Iterator[tuple[int, list[str]]]:
        with open_text(part) as text:
            reader = csv.reader(text, delimiter=self._settings.delimiter, strict=True)
            last = 0
            try:
                for count, fields in enumerate(reader):
                    if count > MOST_ROWS:
                        raise SourceError(
                            f"{part.name} has more than {MOST_ROWS:,} rows; it is no table of "
                            "counts.",
                            hint="Look whether `path` names the right file.",
                        )
                    if count and any(fields):
                        yield last + 1, fields
                    last = reader.line_num
            except csv.Error as error:
                raise SourceError(
                    f"{part.name}, line {last + 1}: {error}; nothing of it was counted.",
                    hint="A quotation mark inside a field must be doubled, and closed at its end.",
                ) from error


def row_area(names: Names, written: str, force: AreaId) -> AreaId:
    """Return the area of a row; a blank is the force itself.

    Raises:
        RowFaultError: The force has no such area.
    """
    area = find_area(names, written, force)
    if area is None:
        raise RowFaultError(f"the force has no area {quoted(written)} (name it in `areas`)")
    return area


def whole_number(text: str, what: str) -> float:
    """Return a count.

    Raises:
        RowFaultError: It is missing, not a whole number, or negative.
    """
    if not text:
        raise RowFaultError(f"the {what} is missing")
    if not _WHOLE.fullmatch(text):
        raise RowFaultError(f"the {what} {quoted(text)} is not a whole number, 0 or more")
    return float(text)


def number(text: str, what: str) -> float:
    """Return a figure that is not negative.

    Raises:
        RowFaultError: It is not a number, or is negative.
    """
    if not _NUMBER.fullmatch(text) or not 0 <= float(text) < float("inf"):
        raise RowFaultError(f"the {what} {quoted(text)} is not a number, 0 or more")
    return float(text)


def month(text: str, form: str) -> date:
    """Return the last day of a month.

    Raises:
        RowFaultError: It is no month in this format.
    """
    day = read_month(text, form)
    if day is None:
        raise RowFaultError(month_complaint(text, form, what="month"))
    return day
