"""The header line of an input, and the columns that are asked of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import IO, Final

from metrics.errors import SourceError
from metrics.sources.files import InputPart, open_text
from metrics.sources.rejections import quoted

LONGEST_LINE: Final = 2_000_000
"""Characters: DuckDB reads no longer line of records, so none is read of a header either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column that is asked for."""

    name: str  # as this product calls it
    written: str  # as the input calls it
    longest: int = 0  # characters that are read; 0: all


def read_header(part: InputPart, delimiter: str) -> tuple[str, ...]:
    """Return the names in the first line of a text file.

    Raises:
        SourceError: The file is empty.
    """
    with open_text(as_text(part), errors="replace") as text:
        try:
            header = next(csv.reader(_lines(text, part.name), delimiter=delimiter), [])
        except csv.Error as error:
            raise SourceError(
                f"{part.name}, line 1 is not a header: {error}.",
                hint="The first line must name the columns.",
            ) from error
    if not any(name.strip() for name in header):
        raise SourceError(
            f"{part.name} is empty: it has no header line.",
            hint="Write it again; a delivery without any record still has its header line.",
        )
    return tuple(name.strip() for name in header)


def _lines(text: IO[str], name: str) -> Iterator[str]:
    """Give the lines of a text, none of which is longer than records may be."""
    while line := text.readline(LONGEST_LINE):
        if len(line) >= LONGEST_LINE:
            raise SourceError(
                f"{name}, line 1 is longer than 2 MB: it is no header.",
                hint="The first line must name the columns, and end.",
            )
        yield line


def refuse_missing(
    part: InputPart, header: Sequence[str], columns: Iterable[Column], setting: str
) -> None:
    """Refuse a part that lacks a column, or has it twice.

    Raises:
        SourceError: It does.
    """
    found = [name.casefold() for name in header]
    columns = [column for column in columns if column.written]
    missing = [one for one in columns if found.count(one.written.casefold()) == 0]
    if missing:
        names = ", ".join(f"“{one.written}”" for one in missing)
        # A first line that names nothing known may be a record: it is told to many, so not shown.
        is_header = len(missing) < len(columns)
        example = next((name for name in header if name and is_header), "its name")
        hint = (
            f"Name it in sources.toml as the file does, for example {setting} = "
            f'{{ {missing[0].name} = "{example[:40]}" }}.'
            if setting
            else "Use the file as it is published."
        )
        if len(header) == 1 and re.search(r"[;\t|]", header[0]):
            mark = re.search(r"[;\t|]", header[0])
            hint = f"Its fields seem to be divided by {mark[0]!r}; set `delimiter`." if mark else ""
        there = f"it has {_listed(header)}" if is_header else "its first line names none of them"
        raise SourceError(f"{part.name} has no column {names}; {there}.", hint=hint)
    doubled = [one.written for one in columns if found.count(one.written.casefold()) > 1]
    if doubled:
        raise SourceError(
            f"{part.name} has the column “{doubled[0]}” more than once.",
            hint="Name its columns differently, so that it is clear which one counts.",
        )


def place_of(header: Sequence[str], column: Column) -> int | None:
    """Return where a column stands, or None for one that the input does not have."""
    wanted = column.written.casefold()
    return [name.casefold() for name in header].index(wanted) if wanted else None


def as_text(part: InputPart) -> InputPart:
    """Return how to open a part as text: a copy is UTF-8 whatever its original was."""
    return replace(part, encoding="utf-8-sig") if is_copy(part) else part


def is_copy(part: InputPart) -> bool:
    """Whether a part is read from a copy in UTF-8."""
    return part.path.name.startswith("recoded-")


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(quoted(name) for name in header[:20])
    return shown if len(header) <= 20 else f"{shown} and {len(header) - 20} more"
