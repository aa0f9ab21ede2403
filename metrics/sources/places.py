"""Where faulty rows stand, so that a person finds them: the first few of each reason.

Files are looked through from their beginning, no further than is needed.  What was found is noted,
so that a file that has not changed need not be looked through again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field

from metrics.sources.reading import RecordFiles
from metrics.sources.rejections import FIRST

Row = tuple[str, ...]

ReasonOf = Callable[[Sequence[str]], str | None]
"""Gives the reason of a row from its values; None: it has no fault."""


@dataclass(slots=True)
class Looked:
    """How far a file was looked through, and the faulty rows on the way."""

    upto: int = 0  # the last line, or row, that was looked at
    lines: list[tuple[int, Row]] = field(default_factory=list)  # of equal rows the first few


def first_places(
    files: RecordFiles,
    names: Sequence[str],
    reason_of: ReasonOf,
    *,
    sizes: Mapping[str, int],
    parts: Mapping[str, Collection[int]],
    looked: MutableMapping[int, Looked],
) -> dict[str, list[str]]:
    """Return where the first faulty rows stand.

    Args:
        files: The files.
        names: The columns that tell a faulty row; the same each time, where it is noted.
        reason_of: Gives the reason of a row from the values of these columns.
        sizes: How many rows there are of each reason.
        parts: The numbers of the files that hold any of each reason.
        looked: What is known of files that were looked through before; takes what is found.

    Returns:
        For each reason at most `FIRST` places, e.g. "crimes.csv, line 17".
    """
    wanting = {reason: min(rows, FIRST) for reason, rows in sizes.items()}
    places: dict[str, list[str]] = defaultdict(list)
    for number in sorted({number for those in parts.values() for number in those}):
        if not any(number in parts[reason] for reason in wanting):
            continue
        part = files.parts[number]
        what = "row" if part.is_parquet else "line"
        note = looked.setdefault(number, Looked())
        for line, reason in _faulty(files, number, names, reason_of, note):
            if reason not in wanting:
                continue
            places[reason].append(f"{part.name}, {what} {line}")
            if len(places[reason]) == wanting[reason]:
                del wanting[reason]
            if not any(number in parts[one] for one in wanting):
                break
    return dict(places)


def _faulty(
    files: RecordFiles, number: int, names: Sequence[str], reason_of: ReasonOf, note: Looked
) -> Iterator[tuple[int, str]]:
    """Return the faulty rows of a file, each with its line, and note those that are new."""
    known = Counter(row for _, row in note.lines)
    for line, row in tuple(note.lines):
        if reason := reason_of(row):
            yield line, reason
    for line, values in files.lines(number, names):
        if line <= note.upto:
            continue
        note.upto = line
        if reason := reason_of(values):
            row = tuple(values)
            if known[row] < FIRST:
                known[row] += 1
                note.lines.append((line, row))
            yield line, reason
