"""Counting records: one lazy expression that groups their raw values, whatever engine runs it.

Nothing is validated row by row.  Rows are grouped by what they say, as text; what it means is
then decided once for each different value (`metrics.sources.crimes`, `metrics.sources.policeuk`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from metrics.errors import SourceError
from metrics.sources.reading import FILE, POSITION, RecordFiles, Records, WrongEncodingError
from metrics.sources.rejections import Rejections, quoted
from metrics.sources.table import Codes

ROWS: Final = "rows"
REFERENCE: Final = "reference"
UPDATED: Final = "updated"

OWN_REASON: Final = 20
"""How many unknown values are told one by one before the others are told together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Records grouped by their raw values: n groups."""

    values: Mapping[str, tuple[str, ...]]  # for each key, its different values
    codes: Mapping[str, Codes]  # for each key, the value of each group as its place in `values`
    file: Codes  # the part of each group
    rows: npt.NDArray[np.int64]  # how many records each group has
    misshapen: Mapping[int, int]  # rows set apart because of their shape, by part
    left_out: Mapping[int, int] = field(default_factory=dict)  # rows that a later one replaces

    def rows_of(self, part: int) -> int:
        """Return how many records a part held, those set apart and left out included."""
        counted = int(self.rows[self.file == part].sum())
        return counted + self.misshapen.get(part, 0) + self.left_out.get(part, 0)


def group(
    files: RecordFiles, keys: Sequence[str], rejections: Rejections, *, last_of: str = ""
) -> Groups:
    """Group records by raw values.

    Args:
        files: What is read.
        keys: The columns to group by.
        rejections: Takes the rows that are not of the table's shape.
        last_of: The column whose repeated values are one record, of which the last row counts;
            empty: every row counts.

    Raises:
        SourceError: A file cannot be read.
    """
    while True:
        try:
            table = files.collect(counted(_records(files, keys, last_of=last_of), keys))
            misshapen = files.misshapen(rejections)
        except WrongEncodingError as error:
            if not error.numbers:
                raise SourceError(
                    f"{files.parts[0].name} is not a table that can be read.",
                    hint="Write it again as CSV in UTF-8 with one header line.",
                ) from error
            files.recode(error.numbers)
        else:
            groups = grouped(table, keys, misshapen)
            return _with_left_out(files, groups, last_of) if last_of else groups


def _with_left_out(files: RecordFiles, groups: Groups, column: str) -> Groups:
    """Return the groups with how many rows of each part a later row replaces."""
    held = files.collect(counted(files.lazy([column]).select(FILE), ()))
    files.forget_misshapen()
    rows = dict(zip(held.column(FILE).to_pylist(), held.column(ROWS).to_pylist(), strict=True))
    kept = np.bincount(groups.file, weights=groups.rows, minlength=len(files.parts))
    return replace(groups, left_out={part: int(many - kept[part]) for part, many in rows.items()})


def counted(records: Records, keys: Sequence[str]) -> Records:
    """Return how many records there are of each combination of values, not yet computed."""
    return records.group_by(*keys, FILE).agg(nw.len().alias(ROWS))


def repeats(files: RecordFiles, column: str) -> tuple[int, int]:
    """Return how many rows repeat an earlier value of a column, and how many have none."""
    records = files.lazy([column])
    looked = files.collect(
        records.select(
            nw.col(column).n_unique().alias("different"),
            (nw.col(column) == "").sum().alias("blank"),
            nw.len().alias(ROWS),
        )
    ).to_pylist()[0]
    files.forget_misshapen()
    blank = int(looked["blank"] or 0)
    named = int(looked[ROWS]) - blank
    different = int(looked["different"] or 0) - bool(blank)
    return named - different, blank


def refuse_unsorted(files: RecordFiles) -> None:
    """Refuse an `updated` column whose text does not sort as time does.

    Raises:
        SourceError: A value is not written year first.
    """
    updated = files.lazy([UPDATED])
    wrong = files.collect(
        updated.filter(
            (nw.col(UPDATED) != "") & ~nw.col(UPDATED).str.contains(r"^\d{4}-\d{2}-\d{2}")
        ).head(1)
    ).to_pylist()
    files.forget_misshapen()
    if wrong:
        raise SourceError(
            f"{files.parts[0].name}: `updated` is written as {quoted(wrong[0][UPDATED])}, which "
            "does not sort as time does, so the latest row of a reference cannot be told.",
            hint='Write it year first, e.g. 2013-12-11 08:30, or set columns = { updated = "" } '
            "so that the last row counts.",
        )


def grouped(table: pa.Table, keys: Sequence[str], misshapen: Mapping[int, int]) -> Groups:
    """Return the groups of an aggregated table, its text as codes."""
    values, codes = {}, {}
    for key in keys:
        column = table.column(key).combine_chunks()
        if isinstance(column, pa.ChunkedArray):  # of a table without rows
            column = pa.array([], type=pa.string())
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        values[key] = tuple(value or "" for value in coded.dictionary.to_pylist())
        codes[key] = coded.indices.to_numpy(zero_copy_only=False)
    return Groups(
        values=values,
        codes=codes,
        file=table.column(FILE).to_numpy().astype(np.int64),
        rows=table.column(ROWS).to_numpy().astype(np.int64),
        misshapen=misshapen,
    )


def _records(files: RecordFiles, keys: Sequence[str], *, last_of: str) -> Records:
    """Return the records that count."""
    if not last_of:
        return files.lazy(keys)
    rows = files.lazy([*keys, last_of, UPDATED], positions=True)
    values = [*keys, FILE]
    # One row is kept in memory for each reference, however often it repeats.
    newest = (
        rows.filter(nw.col(last_of) != "")
        .group_by(last_of)
        .agg(nw.col(value).last(order_by=POSITION) for value in values)
        .select(*values)
    )
    return nw.concat([newest, rows.filter(nw.col(last_of) == "").select(*values)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the different values of one column mean."""

    codes: Codes  # of each value; -1 where it means nothing
    faults: Mapping[str, str]  # value: why it cannot be counted


def judge(
    groups: Groups,
    key: str,
    mean: Callable[[str], int | None],
    *,
    say: Callable[[str], str],
    together: bool = False,
) -> Judgement:
    """Decide what each different value of a column means.

    Args:
        groups: The records.
        key: The column.
        mean: Gives the code of a value, or None where it means nothing.
        say: Says why a value means nothing.
        together: Whether faulty values have one reason, that of the most frequent.
    """
    values = groups.values[key]
    meanings = [mean(value) for value in values]
    codes = np.array([-1 if one is None else one for one in meanings], dtype=np.int64)
    rows = np.bincount(groups.codes[key], weights=groups.rows, minlength=len(values))
    faulty = sorted((n for n in range(len(values)) if codes[n] < 0), key=lambda n: -rows[n])
    return Judgement(codes=codes, faults=_faults([values[n] for n in faulty], say, together))


def _faults(
    values: Sequence[str],
    say: Callable[[str], str],
    together: bool,  # noqa: FBT001
) -> dict[str, str]:
    """Give each faulty value, the most frequent first, its reason."""
    faults = {value: say(value) for value in values if not value.strip()}
    written = [value for value in values if value.strip()]
    own = 1 if together else OWN_REASON
    faults |= {value: say(value) for value in written[:own]}
    others = written[own:]
    if together:
        return faults | dict.fromkeys(others, faults[written[0]] if written else "")
    reason = f"{say(others[0])}, and {len(others) - 1} others like it" if others else ""
    return faults | dict.fromkeys(others, reason)


class Faults:
    """The first fault of each group, in the order in which they are looked for."""

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._reasons: list[str] = [""]
        self._first = np.zeros(len(groups.rows), dtype=np.int64)
        self._checks: list[tuple[tuple[str, ...], Callable[..., str | None]]] = []

    def column(self, key: str, faults: Mapping[str, str]) -> None:
        """Look for faulty values of one column."""
        codes = np.array([self._code(faults.get(value)) for value in self._groups.values[key]])
        if faults:
            self._note(codes[self._groups.codes[key]])
            self._checks.append(((key,), faults.get))

    def where(
        self,
        faulty: npt.NDArray[np.bool_],
        reason: str,
        keys: tuple[str, ...],
        check: Callable[..., bool],
    ) -> None:
        """Look for groups that are faulty by more than one column; `check` finds their lines."""
        if faulty.any():
            self._note(np.where(faulty, self._code(reason), 0))
            self._checks.append((keys, lambda *row: reason if check(*row) else None))

    @property
    def any(self) -> npt.NDArray[np.bool_]:
        """Which groups have a fault so far."""
        return self._first > 0

    def reject(self, files: RecordFiles, rejections: Rejections) -> None:
        """Hand all faults over, with the first places of each."""
        sizes = np.bincount(self._first, weights=self._groups.rows, minlength=len(self._reasons))
        rows = {
            reason: int(sizes[code]) for code, reason in enumerate(self._reasons) if sizes[code]
        }
        rows.pop("", None)
        if not rows:
            return
        keys = list(dict.fromkeys(key for keys, _ in self._checks for key in keys))
        places = files.first_places(keys, self._reason_of(keys), rows)
        for reason, count in rows.items():
            rejections.add(reason, count, places.get(reason, ()))

    def sizes(self) -> dict[str, int]:
        """Return how many rows there are of each fault."""
        sizes = np.bincount(self._first, weights=self._groups.rows, minlength=len(self._reasons))
        return {
            reason: int(size)
            for reason, size in zip(self._reasons, sizes, strict=True)
            if size and reason
        }

    def _reason_of(self, keys: Sequence[str]) -> Callable[[Sequence[str]], str | None]:
        """Return what gives the first fault of a row's values."""
        checks = [(tuple(keys.index(key) for key in of), check) for of, check in self._checks]

        def reason(row: Sequence[str]) -> str | None:
            found = (check(*(row[place] for place in places)) for places, check in checks)
            return next((one for one in found if one), None)

        return reason

    def _code(self, reason: str | None) -> int:
        if not reason:
            return 0
        if reason not in self._reasons:
            self._reasons.append(reason)
        return self._reasons.index(reason)

    def _note(self, codes: npt.NDArray[np.int64]) -> None:
        self._first = np.where(self._first > 0, self._first, codes)
