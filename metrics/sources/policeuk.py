"""Street-level crime as data.police.uk publishes it: a folder, a file or an archive of months.

Every published row counts.  A month is the shortest period, and outcomes stand in the month of
their crime, because the files give no day for either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from config.sources import GIGABYTE, PoliceUkSource
from metrics.calendar import month_end
from metrics.delivery import Delivery, InputFile
from metrics.errors import SourceError
from metrics.model import Catalogue
from metrics.sources.dates import read_month
from metrics.sources.engines import record_files
from metrics.sources.files import FileSet, InputPart, content_sha256
from metrics.sources.headers import Column
from metrics.sources.names import folded
from metrics.sources.reading import scratch
from metrics.sources.records import REFERENCE, Groups, group, repeats
from metrics.sources.rejections import Rejections, quoted
from metrics.sources.street_level import (
    CRIME_TYPE,
    FORCE,
    KEYS,
    MONTH,
    OUTCOME,
    PLACE,
    StreetLevelCounts,
)

FORCE_ENDINGS: Final = (" police", " constabulary")
"""What a force's published name has after the name of its area."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Months:
    """Which file each month of the force is read from."""

    keep: npt.NDArray[np.bool_]  # of each group: whether it is of the force and not a copy
    days: tuple[date, ...]  # the last days of the months that are there
    remarks: tuple[str, ...]


class PoliceUk:
    """A source of published street-level files."""

    def __init__(self, settings: PoliceUkSource, folder: Path, *, spark: str = "") -> None:
        """Remember where the files are, and where Spark is; nothing is read yet."""
        self._spark = spark
        self.name = settings.name
        self._settings = settings
        self._files = FileSet(
            folder / settings.path,
            pattern=settings.files,
            limit=int(settings.max_unpacked_gb * GIGABYTE),
        )

    def fingerprint(self) -> str:
        """Return the identity of the files as they lie there now."""
        return self._files.fingerprint()

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        """Count the published rows of the force.

        Raises:
            SourceError: The files cannot be read, give a month twice, hold no row of the force, or
                have too many rows that cannot be counted.
        """
        rejections, fingerprint = Rejections(), self.fingerprint()
        with scratch() as workspace:
            progress(f"{self.name}: reading {self._settings.path}")
            parts = tuple(self._files.parts(workspace))
            with record_files(
                self._settings.engine,
                parts,
                self._columns(),
                workspace=workspace,
                setting="",
                spark=self._spark,
            ) as files:
                groups = group(files, KEYS, rejections)
                repeated, _ = repeats(files, REFERENCE)
                progress(f"{self.name}: counting {int(groups.rows.sum()):,} rows")
                months = self._months(groups, parts, catalogue)
                counts = StreetLevelCounts(self._settings, catalogue, groups, months.keep)
                counts.faults.reject(files, rejections)
                remarks = files.remarks
        self._files.refuse_changed(fingerprint)
        own = int(groups.rows[months.keep].sum()) + sum(groups.misshapen.values())
        held = groups.rows_by_part(len(parts))
        return Delivery(
            source=self.name,
            table=counts.table(months.days),
            inputs=tuple(
                InputFile(
                    name=part.name,
                    size=part.size,
                    sha256=part.sha256,
                    rows=rows,
                )
                for part, rows in zip(parts, held, strict=True)
            ),
            rejected=rejections.settled(
                name=self.name, rows=own, limit=self._settings.max_rejected
            ),
            remarks=(
                *remarks,
                *months.remarks,
                *counts.remarks(),
                *_repeat_remarks(repeated),
            ),
        )

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column(name=REFERENCE, written="Crime ID"),
            Column(name=MONTH, written="Month"),
            Column(name=FORCE, written=self._settings.force_column),
            Column(name=PLACE, written="LSOA name"),
            Column(name=CRIME_TYPE, written="Crime type"),
            Column(name=OUTCOME, written="Last outcome category"),
        )

    def _months(
        self, groups: Groups, parts: tuple[InputPart, ...], catalogue: Catalogue
    ) -> _Months:
        """Choose the rows of the force, each month from one file."""
        own = self._own(groups, catalogue)
        holders: dict[str, set[int]] = defaultdict(set)
        pairs = np.unique(np.stack([groups.codes[MONTH][own], groups.file[own]]), axis=1)
        for month, file in pairs.T.tolist():
            holders[groups.values[MONTH][month]].add(file)
        copies = _copies(holders, parts)
        keep = own & ~np.isin(groups.file, list(copies))
        days = sorted(filter(None, (read_month(month, "%Y-%m") for month in holders)))
        others, held = int(groups.rows[~own].sum()), groups.rows_by_part(len(parts))
        remarks = [
            f"{parts[copy].name} is the same as {parts[original].name}; it was left out "
            f"({held[copy]:,} rows)."
            for copy, original in sorted(copies.items())
        ]
        if others:
            remarks.append(f"{others:,} rows are of other forces and were left out.")
        empty = [part.name for part, rows in zip(parts, held, strict=True) if not rows]
        if empty:
            remarks.append(
                f"These files hold no row, so their months are not covered: {', '.join(empty)}."
            )
        return _Months(keep=keep, days=tuple(days), remarks=(*remarks, *_gap_remarks(days)))

    def _own(self, groups: Groups, catalogue: Catalogue) -> npt.NDArray[np.bool_]:
        """Return which groups are of the force."""
        force = catalogue.force
        wanted = (
            {folded(self._settings.force)}
            if self._settings.force
            else {folded(name) for name in (force.id, force.name, *force.aliases)}
        )
        fits = np.array(
            [_force_names(written) & wanted != set() for written in groups.values[FORCE]],
            dtype=bool,
        )
        own = fits[groups.codes[FORCE]]
        if len(own) and not own.any():
            found = ", ".join(quoted(name) for name in sorted(groups.values[FORCE])[:10])
            raise SourceError(
                f"{self.name}: no row is of {self._settings.force or force.name}; the column "
                f"“{self._settings.force_column}” has {found}.",
                hint="Write the force's name as the files do in `force` of this source.",
            )
        return own


def _copies(holders: dict[str, set[int]], parts: tuple[InputPart, ...]) -> dict[int, int]:
    """Return the files that repeat another to the byte, each with the one that counts.

    Raises:
        SourceError: Two files that differ give the same month.
    """
    copies: dict[int, int] = {}
    contents: dict[int, str] = {}
    for month, files in sorted(holders.items()):
        first, *others = sorted(files)
        for other in others:
            for number in (first, other):
                if number not in contents:
                    contents[number] = content_sha256(parts[number])
            if contents[first] != contents[other]:
                raise SourceError(
                    f"{parts[first].name} and {parts[other].name} both give {month} and differ; "
                    "nothing was counted, because the month would count twice.",
                    hint="Take one of them away, or say which files are read with `files`.",
                )
            copies[other] = first
    return copies


def _gap_remarks(days: list[date]) -> Iterator[str]:
    if not days:
        yield "No file holds a row of the force; nothing is covered."
        return
    missing, day = [], days[0]
    while (day := month_end(day + timedelta(days=1))) < days[-1]:
        if day not in days:
            missing.append(f"{day:%B %Y}")
    if missing:
        shown = ", ".join(missing[:3]) + (f" to {missing[-1]}" if len(missing) > 3 else "")
        yield (
            f"{len(missing)} months between the first and the last are missing and count as not "
            f"delivered, not as zero: {shown}."
        )


def _repeat_remarks(repeated: int) -> Iterator[str]:
    if repeated:
        yield f"{repeated:,} rows repeat a Crime ID; as published, every row counts."


def _force_names(written: str) -> set[str]:
    name = folded(written)
    return {name, *(name.removesuffix(ending) for ending in FORCE_ENDINGS)}
