"""Figures of an area in a period: repeated rows, totals beside their parts, and what is covered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from config.sources import AreaTotals, EmptyDays
from metrics.calendar import say_date
from metrics.delivery import CountTable
from metrics.model import AreaId, Catalogue, Level
from metrics.sources.table import Cover, Tallies

Values: TypeAlias = tuple[float, ...]
"""What is counted together: of a survey, satisfied and responses; otherwise one figure."""


@dataclass(kw_only=True)
class Figures:
    """What a table says, one entry for each area, day and thing counted."""

    entries: dict[tuple[date, str], dict[AreaId, Values]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    repeated: int = 0
    first_repeated: str = ""

    def put(self, *, day: date, what: str, area: AreaId, values: Values, where: str) -> None:
        """Take a figure in; one for the same area, day and thing replaces it."""
        areas = self.entries[day, what]
        if area in areas:
            self.repeated += 1
            self.first_repeated = self.first_repeated or where
        areas[area] = values

    def repeat_remarks(self) -> list[str]:
        """Return what to remark about figures that are given more than once."""
        if not self.repeated:
            return []
        return [
            (
                f"{self.repeated:,} rows give a figure again that an earlier row gives (first: "
                f"{self.first_repeated}); the last row counts."
            )
        ]


def located(figures: Figures, catalogue: Catalogue, mode: AreaTotals) -> tuple[Figures, list[str]]:
    """Take apart what is given both for an area and for its parts, so that nothing counts twice.

    Where the row of an area is the total of its parts, what the parts do not explain stays with
    the area, as not located more closely.  Where parts come to more than their total, they count
    and the total does not.

    Returns:
        The figures without the totals, and a remark where totals and parts do not agree.
    """
    if mode is AreaTotals.REST:
        return figures, []
    kept, off = Figures(), []
    for (day, what), areas in figures.entries.items():
        rests: dict[AreaId, Values] = {}
        # The smallest areas first, so that the parts of a total are final when it is looked at.
        for area in sorted(areas, key=lambda one: len(catalogue.within[one])):
            parts = [one for one in rests if one in catalogue.within[area]]
            if not parts:
                rests[area] = areas[area]
                continue
            rest = _rest(areas[area], [rests[part] for part in parts])
            if any(rest):
                off.append(f"{catalogue.areas[area].name}, {say_date(day)}, {what}")
            rests[area] = rest if _is_count(rest) else (0.0,) * len(rest)
        kept.entries[day, what] = rests
    return kept, _off_remarks(off)


def _off_remarks(off: Sequence[str]) -> list[str]:
    if not off:
        return []
    return [
        (
            f"{len(off):,} totals differ from the sum of their parts (first: {off[0]}); parts "
            "count as they are given, and what a total has more counts as not located."
        )
    ]


def _rest(total: Values, parts: Sequence[Values]) -> Values:
    return tuple(one - sum(part[place] for part in parts) for place, one in enumerate(total))


def _is_count(rest: Values) -> bool:
    """Whether a rest can be counted: nothing negative, and no more satisfied than responses."""
    return min(rest) >= 0 and list(rest) == sorted(rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """How figures of one kind cover days."""

    tallies: Mapping[str, tuple[str, ...]]  # of each thing counted, one for each of its values
    absent: EmptyDays  # what an absent row means
    starts: Mapping[date, date]  # the first day of the period that ends on a day


def count_figures(
    figures: Figures, given: Figures, catalogue: Catalogue, period: Period
) -> tuple[CountTable, list[str]]:
    """Return the count table of figures, and a remark about rows that are absent.

    Args:
        figures: What counts.
        given: The rows as they were given, totals included: what they cover.
        catalogue: Says which areas make up the force.
        period: The tallies and the days.
    """
    tallies = Tallies()
    for (day, what), areas in figures.entries.items():
        for area, values in areas.items():
            for tally, value in zip(period.tallies[what], values, strict=True):
                if value:
                    tallies.add_one(cohort=day, day=day, area=area, tally=tally, count=value)
    absent: list[str] = []
    covers = list(_covers(given, catalogue, period, absent))
    remarks = []
    if absent:
        meaning = "zero" if period.absent is EmptyDays.ZERO else "not delivered"
        remarks.append(
            f"{len(absent):,} rows are absent that the file has in other months (first: "
            f"{absent[0]}); they count as {meaning} (`absent_rows`)."
        )
    return tallies.table(covers), remarks


def _covers(
    given: Figures, catalogue: Catalogue, period: Period, absent: list[str]
) -> Iterator[Cover]:
    known: dict[str, set[AreaId]] = defaultdict(set)
    for (_, what), areas in given.entries.items():
        known[what] |= areas.keys()
    for (day, what), areas in sorted(given.entries.items()):
        missing = sorted(known[what] - areas.keys())
        absent += [f"{catalogue.areas[area].name}, {say_date(day)}, {what}" for area in missing]
        present = known[what] if period.absent is EmptyDays.ZERO else set(areas)
        for area in covered_areas(catalogue, present):
            for tally in period.tallies[what]:
                yield Cover(tally=tally, area=area, first=period.starts[day], last=day)


def covered_areas(catalogue: Catalogue, present: set[AreaId]) -> list[AreaId]:
    """Return the widest areas that figures of some areas account for in full."""
    outside = sorted(area for area in present if catalogue.areas[area].level is Level.PEER)
    force = catalogue.force.id
    if _is_whole(catalogue, force, present):
        return [force, *outside]
    return sorted(present)


def _is_whole(catalogue: Catalogue, area: AreaId, present: set[AreaId]) -> bool:
    """Whether an area is present itself or by all its parts."""
    if area in present:
        return True
    # Joint partnerships repeat areas that also stand for themselves.
    parts = [one for one in catalogue.children(area) if one.level is not Level.JOINT]
    return bool(parts) and all(_is_whole(catalogue, part.id, present) for part in parts)
