"""Small numbers against somebody who keeps every answer and solves for what was left out.

The attacker takes all counts of all answers together (areas and their sums, types and their
groups, every period of every month's end and of the days), knows that no count is negative, and
looks for a small month that can only be one number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from bot.access import Sight
from bot.people import ANYONE, Person, Role, Surface
from config.catalogue import read_catalogue
from metrics.assessment import PARTS
from metrics.calendar import month_end
from metrics.model import AreaId, Catalogue, MeasureId
from metrics.snapshot import Figures, SnapshotKind
from tests.attacks.world import LEAVES, some_records
from tests.attacks.world import PLAN as GUARDED_PLAN
from tests.attacks.world import some_figures as figures_of
from tests.bot.access.conftest import (
    EBB,
    FLOW,
    MONTHS,
    NETS,
    a_person,
    some_figures,
    with_measures,
)
from tests.conftest import SALTMARSH

SENSITIVE: Final = 5

ROUNDING: Final = 1e-6
"""What a solver is off by."""

Month = str
Unknown = tuple[Month, AreaId, str]
"""How many of a type were counted in one of the smallest areas in a month."""

Seen = tuple[Figures, Person, Surface]
"""Figures, and who looks at them where."""


def the_plan() -> Catalogue:
    """The invented force of two areas, citing everything, to which cut nets are sensitive."""
    plan = read_catalogue(SALTMARSH)[0]
    spoken = tuple(replace(one, not_cited={}) for one in plan.frameworks)
    nets = replace(plan.measures[NETS], minimum=SENSITIVE)
    return with_measures(replace(plan, frameworks=spoken), nets)


PLAN: Final = the_plan()


class Attacker:
    """Somebody who writes down every count that is shown, as a sum of what is not known."""

    def __init__(self, plan: Catalogue) -> None:
        self._plan = plan
        leaves = [one.id for one in plan.tree if not plan.children(one.id)]
        tallies = sorted({tally for _, tally in _counted(plan)})
        self._place = {
            key: n
            for n, key in enumerate(
                (day[:7], leaf, tally) for day in MONTHS for leaf in leaves for tally in tallies
            )
        }
        self._sums: dict[bytes, NDArray[np.float64]] = {}
        self._told: dict[bytes, float] = {}

    def looks_at(self, figures: Figures, person: Person, surface: Surface) -> None:
        """Write down all that somebody is shown of some figures."""
        shown = Sight(figures=figures, person=person, surface=surface).figures.snapshot
        for measure in self._plan.measures.values():
            for area in self._plan.tree:
                position = shown.positions.get(measure.id, area.id)
                for one in position.figures.values():
                    if one.period is None:
                        continue
                    months = _months(one.period.first, one.period.last)
                    self._write(months, area.id, measure.numerator, one.numerator)
                    self._write(months, area.id, measure.denominator, one.denominator)
                trend = shown.trends.get(measure.id, area.id)
                for first, value in zip(trend.months, trend.values, strict=True):
                    if not measure.kind.is_rate:
                        months = _months(first, min(month_end(first), shown.as_at))
                        self._write(months, area.id, measure.numerator, value)

    def _write(
        self, months: Iterable[Month], area: AreaId, tallies: Iterable[str], told: float
    ) -> None:
        if np.isnan(told):
            return
        row = np.zeros(len(self._place))
        inside = self._plan.within[area]
        for month in months:
            for leaf in inside:
                for tally in tallies:
                    if (month, leaf, tally) in self._place:
                        row[self._place[month, leaf, tally]] = 1.0
        self._sums[row.tobytes()] = row
        self._told[row.tobytes()] = told

    def range_of(self, *unknowns: Unknown) -> tuple[float, float]:
        """Return the least and the most that a sum of unknown counts can be."""
        wanted = np.zeros(len(self._place))
        for one in unknowns:
            wanted[self._place[one]] = 1.0
        sums = np.array(list(self._sums.values()))
        told = np.array([self._told[key] for key in self._sums])
        found = [
            linprog(way * wanted, A_eq=sums, b_eq=told, bounds=(0, None), method="highs")
            for way in (1.0, -1.0)
        ]
        least, most = (float(one.fun or 0.0) if one.success else -np.inf for one in found)
        assert least >= 0.0, "what was told cannot all be true"
        return least, -most


def _counted(plan: Catalogue) -> Iterable[tuple[MeasureId, str]]:
    for measure in plan.measures.values():
        for tally in (*measure.numerator, *measure.denominator):
            yield measure.id, tally


def _months(first: date, last: date) -> set[Month]:
    """Return the months that a period holds, of which each has its crimes on one day."""
    return {day[:7] for day in MONTHS if first.isoformat() <= day <= last.isoformat()}


ENDS: Final = ("2020-06-30", "2020-08-31", "2020-09-30", "2020-10-31", "2020-11-30")
DAYS: Final = ("2020-09-14", "2020-09-15", "2020-11-29")
"""Days on which something is recorded, or not, in months of which ends are shown as well."""

GUARDED: Final[tuple[tuple[Person, Surface], ...]] = (
    (ANYONE, Surface.CHANNEL),
    (a_person(Role.MEMBER), Surface.PRIVATE),
)
"""Where small numbers are hidden from everybody in the same way."""

FLOWING: Final = tuple(month[:7] for month in MONTHS if "2020-03" <= month <= "2020-11")

Changed = Sequence[tuple[Month, str, str, int]]

CHANGED: Final = st.lists(
    st.tuples(
        st.sampled_from(FLOWING),
        st.sampled_from(["ebb", "flow"]),
        st.sampled_from(["net-damage", "net-damage", "boat-theft", "other"]),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=6,
)
"""Months that have another number than the others, most of them small."""


def the_figures(changed: Changed, ends: Iterable[str], days: Iterable[str]) -> list[Figures]:
    """Make the figures of some months' ends and of some days."""
    kinds = [(one, SnapshotKind.MONTH_END) for one in ends]
    kinds += [(one, SnapshotKind.DAILY) for one in days]
    return [some_figures(PLAN, but=changed, as_at=day, kind=kind) for day, kind in kinds]


def small_months(changed: Changed, until: str) -> list[Unknown]:
    """Return the months in which there are few of the sensitive type in an area."""
    last = {(month, area, kind): count for month, area, kind, count in changed}
    return [
        (month, AreaId(area), "net-damage.recorded")
        for (month, area, kind), count in last.items()
        if kind == "net-damage" and 0 < count < SENSITIVE and month <= until[:7]
    ]


def pinned(attacker: Attacker, unknowns: Iterable[Unknown]) -> list[tuple[Unknown, float]]:
    """Return the small months that can only be one whole number."""
    ranges = {one: attacker.range_of(one) for one in unknowns}
    return [
        (one, least)
        for one, (least, most) in ranges.items()
        if np.floor(most + ROUNDING) <= np.ceil(least - ROUNDING)
    ]


@settings(max_examples=12, deadline=None)
@given(
    changed=CHANGED,
    ends=st.sets(st.sampled_from(ENDS), min_size=1, max_size=4),
    days=st.sets(st.sampled_from(DAYS), max_size=2),
)
def test_no_small_month_can_be_only_one_number(
    changed: Changed, ends: set[str], days: set[str]
) -> None:
    """All areas, types, periods, days and months' ends together, on every guarded surface."""
    made = the_figures(changed, ends, days)
    attacker = Attacker(PLAN)
    for figures in made:
        for person, surface in GUARDED:
            attacker.looks_at(figures, person, surface)

    assert pinned(attacker, small_months(changed, max(*ends, *days, ""))) == []


@settings(max_examples=10, deadline=None)
@given(changed=CHANGED, ends=st.sets(st.sampled_from(ENDS), min_size=1, max_size=3))
def test_a_lead_alone_cannot_work_out_the_small_months_of_another_area(
    changed: Changed, ends: set[str]
) -> None:
    attacker = Attacker(PLAN)
    for figures in the_figures(changed, ends, ()):
        attacker.looks_at(figures, a_person(Role.AREA_LEAD, "ebb"), Surface.PRIVATE)

    others = [one for one in small_months(changed, max(ends)) if one[1] == FLOW]

    assert pinned(attacker, others) == []


A_SMALL_MONTH: Final = [("2020-08", "ebb", "net-damage", 3)]
THE_SMALL_MONTH: Final[Unknown] = ("2020-08", EBB, "net-damage.recorded")


def attacked_by(*lookers: tuple[Person, Surface]) -> tuple[float, float]:
    attacker = Attacker(PLAN)
    for figures in the_figures(A_SMALL_MONTH, ENDS, ()):
        for person, surface in lookers:
            attacker.looks_at(figures, person, surface)
    return attacker.range_of(THE_SMALL_MONTH)


def test_the_attacker_works_out_what_is_shown() -> None:
    assert attacked_by((a_person(Role.ANALYST), Surface.PRIVATE)) == (3.0, 3.0)


def test_the_attacker_works_out_what_only_its_own_cells_hide(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without siblings and companions the rest of the sums gives the number away."""
    alone = {
        "bot.access.areas.AreaSums.close": lambda _, hidden, own=(): frozenset(hidden) - set(own),
        "bot.access.small_numbers._Making.hide_what_would_tell": lambda _: None,
    }
    for name, instead in alone.items():
        monkeypatch.setattr(name, instead)

    assert attacked_by((ANYONE, Surface.CHANNEL)) == (3.0, 3.0)


def test_files_and_papers_show_what_a_channel_does() -> None:
    """So that who puts them beside each other learns nothing."""
    [figures] = the_figures(A_SMALL_MONTH, ["2020-11-30"], ())
    seen = {
        id(Sight(figures=figures, person=person, surface=surface).figures)
        for surface in (Surface.CHANNEL, Surface.EXPORT, Surface.PUBLIC)
        for person in (ANYONE, a_person(Role.CHIEF_OFFICER), a_person(Role.AREA_LEAD, "ebb"))
    }

    assert len(seen) == 1


def test_what_is_left_open_is_wide() -> None:
    least, most = attacked_by(*GUARDED)

    assert least == 0.0
    assert most > SENSITIVE


def test_a_lead_who_reads_the_channel_too_knows_the_other_of_two_areas() -> None:
    """Known, and told in docs/methods/small-numbers.md: two readers with different rights.

    Whoever closes this has to hide the force's figure from everybody, for the sake of one lead.
    """
    lead = (a_person(Role.AREA_LEAD, "flow"), Surface.PRIVATE)

    assert attacked_by(lead, (ANYONE, Surface.CHANNEL)) == (3.0, 3.0)
    assert attacked_by(lead) != (3.0, 3.0)


# Not only sums: nothing that is shown may move when only what is hidden moves.

LEFT = {("net-damage", "sands"): 9, ("boat-theft", "quay"): 11, ("boat-theft", "sands"): 9}
RIGHT = {
    ("net-damage", "quay"): 2,
    ("net-damage", "sands"): 7,
    ("boat-theft", "quay"): 9,
    ("boat-theft", "sands"): 11,
}
"""The same sums of areas and of types, month by month, with other hidden figures."""

COMPARED: Final = ("p_value", "p_adjusted", "low", "high", "dispersion", "verdict", "fragile")
LEARNED_TOGETHER: Final = frozenset(
    {f"{part}.{field}" for part in ("last_year", "baseline", "month") for field in COMPARED}
    | {f"watch.{field}" for field in ("dispersion", "expected", "p_value", "score", "sigma")}
    | {f"year_end.{field}" for field in ("expected", "chance_met", "pace_needed")}
    | {f"year_end.{end}_{range_}" for end in ("lower", "upper") for range_ in (80, 95)}
    | {"threat.level", "threat.pending", "threat.reasons"}
)
"""The usual variation and chance adjusted for all that was tested, which are learned once for
everybody, and what follows from them (docs/methods/small-numbers.md, "What is not")."""


def _shown(figures: Figures) -> dict[str, NDArray[np.generic]]:
    """Return every array that a channel may be shown something of."""
    seen = Sight(figures=figures, person=ANYONE, surface=Surface.CHANNEL).figures.snapshot
    wholes: dict[str, Any] = {"positions": seen.positions, "trends": seen.trends}
    wholes |= {part: getattr(seen.assessments, part) for part in PARTS}
    return {
        f"{name}.{one.name}": array
        for name, whole in wholes.items()
        for one in fields(whole)
        if isinstance(array := getattr(whole, one.name), np.ndarray)
    }


@pytest.mark.parametrize("kind", SnapshotKind)
def test_what_is_shown_does_not_move_when_only_hidden_figures_do(kind: SnapshotKind) -> None:
    plan = read_catalogue(GUARDED_PLAN)[0]
    tilts: list[Mapping[tuple[str, str], int]] = [
        {**LEFT, **{("smuggling", leaf): 900 for leaf in LEAVES}},
        {**RIGHT, **{("wrecking", leaf): 900 for leaf in LEAVES}},
    ]
    one, other = (figures_of(plan, some_records(tilt), kind) for tilt in tilts)
    before, after = _shown(one), _shown(other)

    moved = {
        name
        for name, array in before.items()
        if not np.array_equal(array, after[name], equal_nan=array.dtype.kind == "f")
    }

    left, right = (each.snapshot.positions.numerator for each in (one, other))
    assert not np.array_equal(left, right, equal_nan=True)
    assert moved <= LEARNED_TOGETHER
