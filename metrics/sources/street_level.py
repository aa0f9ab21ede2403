"""What rows of street-level files mean: crime types, districts and outcomes by month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from config.sources import POLICEUK_OUTCOMES, OutcomeClass, PoliceUkSource
from metrics.delivery import CountTable
from metrics.model import Catalogue
from metrics.sources.dates import month_complaint, read_month
from metrics.sources.judging import Faults, judge
from metrics.sources.names import Names, area_names, crime_type_names, folded
from metrics.sources.records import Groups
from metrics.sources.rejections import quoted
from metrics.sources.table import Codes, Cover, Tallies, day_number, number_day

MONTH: Final = "month"
FORCE: Final = "force"
PLACE: Final = "place"
CRIME_TYPE: Final = "crime_type"
OUTCOME: Final = "outcome"
KEYS: Final = (MONTH, FORCE, PLACE, CRIME_TYPE, OUTCOME)

WITHOUT_OUTCOMES: Final = ("anti-social behaviour",)
"""Published as a crime type, but an incident: it never has an outcome (data.police.uk/about)."""


class StreetLevelCounts:
    """The rows of one force, counted by month, area, crime type and outcome."""

    def __init__(
        self,
        settings: PoliceUkSource,
        catalogue: Catalogue,
        groups: Groups,
        keep: npt.NDArray[np.bool_],
    ) -> None:
        """Count.

        Args:
            settings: What categories and districts are called.
            catalogue: What the force calls them.
            groups: Rows grouped by their raw values.
            keep: Which groups count, shape (groups,).

        Raises:
            SourceError: The name of a district or crime type can mean more than one.
        """
        groups = _chosen(groups, keep)
        self._groups, self._force = groups, catalogue.force.id
        self._districts = area_names(
            catalogue, settings.areas, among=lambda area: area.level is settings.level
        )
        self._tallies = Tallies()
        self._types: list[str] = []
        names = crime_type_names(catalogue, settings.crime_types)
        classes = {folded(key): one for key, one in POLICEUK_OUTCOMES.items()}
        classes |= {folded(key): one for key, one in settings.outcome_types.items()}
        order = list(OutcomeClass)

        self.faults = Faults(groups)
        months = judge(groups, MONTH, _month_code, say=_not_a_month, together=True)
        types = judge(groups, CRIME_TYPE, lambda text: self._type(names, text), say=_unknown_type)
        self.faults.column(MONTH, months.faults)
        self.faults.column(CRIME_TYPE, types.faults)
        counts = ~self.faults.any

        def outcome_class(text: str) -> int | None:
            one = classes.get(folded(text))
            return None if one is None else order.index(one)

        outcomes = judge(groups, OUTCOME, outcome_class, say=_unknown_outcome)
        self.faults.column(OUTCOME, outcomes.faults)
        areas, self._nowhere, self._outside = self._areas(groups, counts)
        day = months.codes[groups.codes[MONTH]]
        kind = types.codes[groups.codes[CRIME_TYPE]]
        outcome = outcomes.codes[groups.codes[OUTCOME]]
        bare = np.isin(
            groups.codes[CRIME_TYPE],
            [n for n, one in enumerate(groups.values[CRIME_TYPE]) if _has_no_outcome(one)],
        )
        closed = counts & ~bare & (outcome >= 0) & (outcome != order.index(OutcomeClass.OPEN))
        resolved = closed & (outcome == order.index(OutcomeClass.OUTCOME))
        for what, which in (("recorded", counts), ("outcomes", resolved), ("closed", closed)):
            codes = np.array([self._tallies.tally(f"{one}.{what}") for one in self._types], int)
            self._tallies.add(
                cohort=day[which],
                day=day[which],
                area=areas[which],
                tally=codes[kind[which]],
                count=groups.rows[which].astype(np.float64),
            )
        with_outcomes = {self._types[n] for n in np.unique(kind[counts & ~bare])}
        self._first = {
            self._types[n]: int(day[counts & (kind == n)].min()) for n in np.unique(kind[counts])
        }
        self._with_outcomes = with_outcomes

    def table(self, days: tuple[date, ...]) -> CountTable:
        """Return the count table.

        A crime type is covered from the first month in which the files have it: categories were
        added over the years, and are not zero before.
        """
        return self._tallies.table(self._covers(days))

    def remarks(self) -> Iterator[str]:
        """Yield what a reader of the figures should know."""
        total = int(self._groups.rows.sum())
        for rows, what in (
            (self._nowhere, "have no location"),
            (self._outside, "lie in a district outside the force"),
        ):
            if rows:
                yield (
                    f"{rows:,} rows ({rows / total:.1%}) {what}; they count for the force, and for "
                    "none of its areas."
                )
        if self._with_outcomes:
            yield (
                "Outcomes are as at the download and stand in the month of their crime, so those "
                "of recent months are still incomplete."
            )

    def _covers(self, days: tuple[date, ...]) -> Iterator[Cover]:
        for kind, first in self._first.items():
            whats = ("recorded", "outcomes", "closed")
            for what in whats if kind in self._with_outcomes else whats[:1]:
                for last in days:
                    if last >= number_day(first):
                        yield Cover(
                            tally=f"{kind}.{what}",
                            area=self._force,
                            first=last.replace(day=1),
                            last=last,
                        )

    def _type(self, names: Names, text: str) -> int | None:
        found = names.find(text)
        if found is None:
            return None
        if found not in self._types:
            self._types.append(found)
        return self._types.index(found)

    def _areas(self, groups: Groups, counts: npt.NDArray[np.bool_]) -> tuple[Codes, int, int]:
        """Return the area of each group, and how many rows are nowhere and outside."""
        force = self._tallies.area(self._force)
        found = [self._districts.find(_district(name)) for name in groups.values[PLACE]]
        codes = np.array([self._tallies.area(one) if one else force for one in found], np.int64)
        blank = np.array([not name.strip() for name in groups.values[PLACE]], dtype=bool)
        unknown = np.array([one is None for one in found], dtype=bool) & ~blank
        places = groups.codes[PLACE]
        nowhere = int(groups.rows[counts & blank[places]].sum())
        outside = int(groups.rows[counts & unknown[places]].sum())
        return codes[places], nowhere, outside


def _chosen(groups: Groups, keep: npt.NDArray[np.bool_]) -> Groups:
    return Groups(
        values=groups.values,
        codes={key: codes[keep] for key, codes in groups.codes.items()},
        file=groups.file[keep],
        rows=groups.rows[keep],
        misshapen=groups.misshapen,
    )


def _district(place: str) -> str:
    """Return the district of an LSOA name: what stands before its code ("Charnwood 005A")."""
    return place.strip().rpartition(" ")[0]


def _has_no_outcome(crime_type: str) -> bool:
    return folded(crime_type) in WITHOUT_OUTCOMES


def _month_code(text: str) -> int | None:
    day = read_month(text, "%Y-%m")
    return None if day is None else day_number(day)


def _not_a_month(text: str) -> str:
    return month_complaint(text, "%Y-%m", what="Month")


def _unknown_type(text: str) -> str:
    if not text.strip():
        return "the crime type is missing"
    return f"the plan has no crime type {quoted(text)} (name it in `crime_types`)"


def _unknown_outcome(text: str) -> str:
    return (
        f"the outcome category {quoted(text)} is not in `outcome_types`; the crime is counted, its "
        "outcome is not"
    )
