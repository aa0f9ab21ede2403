"""Counting records: one lazy expression that groups their raw values, whatever engine runs it.

Nothing is validated row by row.  Rows are grouped by what they say, as text; what it means is
then decided once for each different value (`metrics.sources.crimes`, `metrics.sources.policeuk`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from metrics.errors import SourceError
from metrics.sources.reading import FILE, POSITION, RecordFiles, Records, WrongEncodingError
from metrics.sources.rejections import Rejections, quoted
from metrics.sources.table import Codes

Read = TypeVar("Read")

ROWS: Final = "rows"
REFERENCE: Final = "reference"
UPDATED: Final = "updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Records grouped by their raw values: n groups."""

    values: Mapping[str, tuple[str, ...]]  # for each key, its different values
    codes: Mapping[str, Codes]  # for each key, the value of each group as its place in `values`
    file: Codes  # the part of each group
    rows: npt.NDArray[np.int64]  # how many records each group has
    misshapen: Mapping[int, int]  # rows set apart because of their shape, by part
    left_out: Mapping[int, int] = field(default_factory=dict)  # rows that a later one replaces

    def rows_by_part(self, parts: int) -> list[int]:
        """Return how many records each part held, those set apart and left out included."""
        counted = np.bincount(self.file, weights=self.rows, minlength=parts).astype(np.int64)
        return [
            int(rows) + self.misshapen.get(part, 0) + self.left_out.get(part, 0)
            for part, rows in enumerate(counted)
        ]


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
    table, misshapen = aggregated(files, keys, files.numbers, rejections, last_of=last_of)
    groups = grouped(table, keys, misshapen)
    if not last_of:
        return groups
    held = held_rows(files, last_of, files.numbers)
    kept = np.bincount(groups.file, weights=groups.rows, minlength=len(files.parts))
    return replace(groups, left_out={part: int(many - kept[part]) for part, many in held.items()})


def aggregated(
    files: RecordFiles,
    keys: Sequence[str],
    numbers: Sequence[int],
    rejections: Rejections,
    *,
    last_of: str = "",
) -> tuple[pa.Table, dict[int, int]]:
    """Return how many records of some parts there are of each combination of raw values.

    Returns:
        A table of the keys as codes, `FILE` and `ROWS`, and the rows set apart, by part.
    """
    return settled(
        files,
        lambda: files.collect(counted(_records(files, keys, numbers, last_of=last_of), keys)),
        rejections,
    )


def settled(
    files: RecordFiles, read: Callable[[], Read], rejections: Rejections
) -> tuple[Read, dict[int, int]]:
    """Read until every part is read in its encoding.

    Returns:
        What was read, and how many rows were set apart, by part.

    Raises:
        SourceError: A file cannot be read.
    """
    while True:
        try:
            return read(), files.misshapen(rejections)
        except WrongEncodingError as error:
            if not error.numbers:
                raise SourceError(
                    f"{files.parts[0].name} is not a table that can be read.",
                    hint="Write it again as CSV in UTF-8 with one header line.",
                ) from error
            files.recode(error.numbers)


def held_rows(files: RecordFiles, column: str, numbers: Sequence[int]) -> dict[int, int]:
    """Return how many rows of the table's shape each part holds."""
    held = _looked_at(files, lambda: counted(files.lazy([column], numbers).select(FILE), ()))
    return dict(zip(held.column(FILE).to_pylist(), held.column(ROWS).to_pylist(), strict=True))


def counted(records: Records, keys: Sequence[str]) -> Records:
    """Return how many records there are of each combination of values, not yet computed."""
    return records.group_by(*keys, FILE).agg(nw.len().alias(ROWS))


def repeats(files: RecordFiles, column: str) -> tuple[int, int]:
    """Return how many rows repeat an earlier value of a column, and how many have none."""
    looked = _looked_at(
        files,
        lambda: files.lazy([column], files.numbers).select(
            nw.col(column).n_unique().alias("different"),
            (nw.col(column) == "").cast(nw.Int64).sum().alias("blank"),
            nw.len().alias(ROWS),
        ),
    ).to_pylist()[0]
    blank = int(looked["blank"] or 0)
    named = int(looked[ROWS]) - blank
    different = int(looked["different"] or 0) - bool(blank)
    return named - different, blank


def repeat_remarks(repeated: int, blank: int, *, by_update: bool) -> list[str]:
    """Say how many rows repeat a reference, and how many have none."""
    remarks = []
    if repeated:
        last = "most recently updated" if by_update else "last"
        remarks.append(
            f"{repeated:,} rows repeat a reference; of each reference the {last} row counts."
        )
    if blank:
        remarks.append(
            f"{blank:,} rows have no reference, so they cannot be recognised if they are "
            "repeated; each counts."
        )
    return remarks


def refuse_unsorted(files: RecordFiles) -> None:
    """Refuse an `updated` column whose text does not sort as time does.

    Raises:
        SourceError: A value is not written year first.
    """
    updated = nw.col(UPDATED)
    wrong = _looked_at(
        files,
        lambda: (
            files.lazy([UPDATED], files.numbers)
            .filter((updated != "") & ~updated.str.contains(r"^\d{4}-\d{2}-\d{2}"))
            .select(updated.min())
        ),
    ).to_pylist()[0][UPDATED]
    if wrong is not None:
        raise SourceError(
            f"{files.parts[0].name}: `updated` is written as {quoted(wrong)}, which "
            "does not sort as time does, so the latest row of a reference cannot be told.",
            hint="Write it year first, for example 2013-12-11 08:30, or set "
            'columns = { updated = "" } so that the last row counts.',
        )


def _looked_at(files: RecordFiles, ask: Callable[[], Records]) -> pa.Table:
    """Return the answer to a question; rows set apart are told when the records are grouped."""
    return settled(files, lambda: files.collect(ask()), Rejections())[0]


def grouped(table: pa.Table, keys: Sequence[str], misshapen: Mapping[int, int]) -> Groups:
    """Return the groups of an aggregated table, its text as codes."""
    values, codes = {}, {}
    for key in keys:
        column = table.column(key).combine_chunks()
        if isinstance(column, pa.ChunkedArray):  # of a table without rows
            column = pa.array([], type=pa.string())
        as_codes = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        values[key] = tuple(value or "" for value in as_codes.dictionary.to_pylist())
        codes[key] = as_codes.indices.to_numpy(zero_copy_only=False)
    return Groups(
        values=values,
        codes=codes,
        file=table.column(FILE).to_numpy().astype(np.int64),
        rows=table.column(ROWS).to_numpy().astype(np.int64),
        misshapen=misshapen,
    )


def _records(
    files: RecordFiles, keys: Sequence[str], numbers: Sequence[int], *, last_of: str
) -> Records:
    """Return the records that count."""
    if not last_of:
        return files.lazy(keys, numbers)
    rows = files.lazy([*keys, last_of, UPDATED], numbers, positions=True)
    values = [*keys, FILE]
    # The last row of each reference is the greatest of its rows, which begin with their position:
    # every engine can say that, and needs memory for one row of each reference only.
    newest = (
        rows.filter(nw.col(last_of) != "")
        .group_by(last_of)
        .agg(nw.struct(POSITION, *values).max().alias("newest"))
        .select(*(nw.col("newest").struct.field(value).alias(value) for value in values))
    )
    return nw.concat([newest, rows.filter(nw.col(last_of) == "").select(*values)])
