"""Small numbers stay hidden from whoever adds, subtracts and compares all that is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from bot.access.gate import Cause, Clearance, Hidden
from bot.access.small_numbers import make_mask, small_areas, what_to_hide
from config.catalogue import PLANS, read_catalogue
from metrics.calendar import Window
from metrics.model import Area, AreaId, Catalogue, Level, MeasureId
from metrics.snapshot import SnapshotKind
from tests.bot.access.attack import Attack
from tests.bot.access.conftest import (
    BOATS,
    EBB,
    FLOW,
    FORCE,
    NETS,
    OTHER,
    PLENTY,
    some_figures,
    with_measures,
)

GUARDED = Clearance(is_known=True, internal=False, guarded=True)
SENSITIVE = 5
FEW = {**PLENTY, ("ebb", "net-damage"): 3}
SECRET = Hidden(cause=Cause.RESTRICTED, reason="It is a secret.")

LEICESTERSHIRE = read_catalogue(PLANS / "leicestershire")[0]


@st.composite
def trees(draw: st.DrawFn) -> tuple[Area, ...]:
    """Draw areas below a force: parts of parts, only parts, and areas that lie in two."""
    areas = [Area(id=FORCE, name="Saltmarsh", level=Level.FORCE)]
    levels = (Level.BCU, Level.JOINT, Level.CSP, Level.LPU)
    for n in range(draw(st.integers(1, 9))):
        above = draw(st.lists(st.sampled_from(areas), min_size=1, max_size=2, unique=True))
        level = draw(st.sampled_from(levels))
        parents = tuple(one.id for one in above)
        areas.append(Area(id=AreaId(f"a{n}"), name=f"A{n}", level=level, parents=parents))
    return tuple(areas)


@settings(max_examples=40, deadline=None)
@given(tree=trees(), data=st.data())
def test_no_hidden_figure_follows_from_what_is_shown_in_any_tree(
    tree: tuple[Area, ...], data: st.DataObject, saltmarsh: Catalogue
) -> None:
    plan = replace(saltmarsh, areas={one.id: one for one in tree})
    places = st.sets(st.sampled_from([one.id for one in tree]))
    measures = st.sampled_from([NETS, BOATS, OTHER, MeasureId("net-damage.outcome-rate")])
    small = data.draw(st.dictionaries(measures, places, max_size=3))
    whole = data.draw(st.sets(st.sampled_from(list(plan.measures)), max_size=2))

    hidden = what_to_hide(
        plan,
        areas=[one.id for one in tree],
        whole=dict.fromkeys(whole, SECRET),
        small=small,
    )

    wanted = [
        *((measure, area) for measure, areas in small.items() for area in areas),
        *((measure, one.id) for measure in whole for one in tree),
    ]
    assert set(wanted) <= set(hidden)
    assert Attack(plan).works_out(hidden, wanted) == []


@pytest.mark.parametrize("small", ["rutland", "city-centre"])
def test_no_hidden_figure_of_the_shipped_plan_follows_from_what_is_shown(small: str) -> None:
    measures = [one.id for one in LEICESTERSHIRE.measures.values() if one.minimum]

    hidden = what_to_hide(
        LEICESTERSHIRE,
        areas=[one.id for one in LEICESTERSHIRE.tree],
        whole={},
        small={one: [AreaId(small)] for one in measures},
    )

    wanted = [(measure, AreaId(small)) for measure in measures]
    assert Attack(LEICESTERSHIRE).works_out(hidden, wanted) == []


def test_the_attack_succeeds_where_only_the_small_figure_is_hidden(plan: Catalogue) -> None:
    """The attack is worth something."""
    assert Attack(plan).works_out({(NETS, EBB)}, [(NETS, EBB)]) == [(NETS, EBB)]


def test_the_attack_succeeds_without_companions(plan: Catalogue) -> None:
    hidden = {(NETS, EBB), (NETS, FLOW)}

    assert Attack(plan).works_out(hidden, [(NETS, EBB)]) == [(NETS, EBB)]


@pytest.mark.parametrize("window", [Window.YTD, Window.ROLLING_12, Window.MONTH])
def test_the_least_and_the_most_that_a_small_number_can_be_are_apart(
    plan: Catalogue, window: Window
) -> None:
    """Knowing that no count is below 0 does not tell it either."""
    figures = some_figures(plan, FEW)
    hidden = make_mask(figures, GUARDED).hidden
    attack = Attack(plan)
    positions = figures.snapshot.positions
    known, told = [], []
    for measure in plan.measures.values():
        for area in plan.tree:
            count = positions.get(measure.id, area.id).figures[window].numerator
            if (measure.id, area.id) not in hidden and not np.isnan(count):
                known.append(attack.sums((measure.id, area.id))[0])
                told.append(count)
    wanted = attack.sums((NETS, EBB))[0]

    least, most = (
        linprog(way * wanted, A_eq=np.array(known), b_eq=told, bounds=(0, None)) for way in (1, -1)
    )

    assert np.asarray(least.x) @ wanted <= 0
    assert np.asarray(most.x) @ wanted >= SENSITIVE


def test_siblings_of_a_small_area_are_hidden_with_it(plan: Catalogue) -> None:
    hidden = make_mask(some_figures(plan, FEW), GUARDED).hidden

    assert (NETS, FLOW) in hidden
    assert (NETS, FORCE) not in hidden


def test_a_type_of_the_same_group_is_hidden_in_the_same_areas(plan: Catalogue) -> None:
    hidden = make_mask(some_figures(plan, FEW), GUARDED).hidden

    assert hidden[BOATS, EBB].cause is Cause.COMPANION
    assert (BOATS, FORCE) not in hidden


def test_the_outcome_rate_of_what_is_hidden_is_hidden_too(plan: Catalogue) -> None:
    hidden = make_mask(some_figures(plan, FEW), GUARDED).hidden

    assert (MeasureId("net-damage.outcome-rate"), EBB) in hidden


def test_companions_do_not_depend_on_the_figures(plan: Catalogue) -> None:
    other = {**FEW, ("ebb", "boat-theft"): 1, ("flow", "other"): 900}

    assert set(make_mask(some_figures(plan, FEW), GUARDED).hidden) == set(
        make_mask(some_figures(plan, other), GUARDED).hidden
    )


def test_nothing_is_hidden_where_every_month_is_large(plan: Catalogue) -> None:
    assert not make_mask(some_figures(plan), GUARDED).hidden


def test_a_month_without_any_is_not_small(plan: Catalogue) -> None:
    figures = some_figures(plan, but=[("2020-03", "ebb", "net-damage", 0)])

    assert not small_areas(figures, plan.measures[NETS])


@pytest.mark.parametrize("month", ["2019-04", "2020-03", "2020-11"])
def test_one_small_month_hides_an_area_whatever_its_year_says(plan: Catalogue, month: str) -> None:
    figures = some_figures(plan, but=[(month, "ebb", "net-damage", 4)])

    assert small_areas(figures, plan.measures[NETS]) == {EBB}


@pytest.mark.parametrize("window", [Window.YTD, Window.ROLLING_12, Window.MONTH])
def test_two_month_ends_that_are_both_shown_never_differ_by_a_small_number(
    plan: Catalogue, window: Window
) -> None:
    """Over a series of months of which some are small, whatever is shown of one and the next."""
    counts: Mapping[str, int] = {"2020-03": 5, "2020-04": 0, "2020-05": 12, "2020-06": 6}
    months = [(month, area, "net-damage", n) for month, n in counts.items() for area in (EBB, FLOW)]
    ends = ["2020-03-31", "2020-04-30", "2020-05-31", "2020-06-30"]
    made = [some_figures(plan, but=months, as_at=end) for end in ends]
    shown = [
        figures.snapshot.positions.get(NETS, EBB).figures[window].numerator
        for figures in made
        if (NETS, EBB) not in make_mask(figures, GUARDED).hidden
    ]
    months_between = [counts[end[:7]] for end in ends[1:]]

    assert len(shown) == len(ends)
    assert not any(0 < count < SENSITIVE for count in months_between)


def test_a_month_end_after_a_small_month_is_not_shown_beside_the_one_before(
    plan: Catalogue,
) -> None:
    """Their difference would be the small month."""
    months = [("2020-11", "ebb", "net-damage", 2)]
    before = make_mask(some_figures(plan, but=months, as_at="2020-10-31"), GUARDED)
    after = make_mask(some_figures(plan, but=months, as_at="2020-11-30"), GUARDED)

    assert (NETS, EBB) not in before.hidden
    assert (NETS, EBB) in after.hidden


def test_daily_figures_of_small_areas_are_hidden_however_large(plan: Catalogue) -> None:
    """Today's less yesterday's would be a single day's."""
    hidden = make_mask(some_figures(plan, kind=SnapshotKind.DAILY), GUARDED).hidden

    assert (NETS, EBB) in hidden
    assert (NETS, FORCE) not in hidden
    assert "month ends only" in hidden[NETS, EBB].reason


def test_figures_without_their_months_are_hidden_in_small_areas(plan: Catalogue) -> None:
    figures = some_figures(plan)
    empty = replace(figures.snapshot.trends, months=())
    old = replace(figures, snapshot=replace(figures.snapshot, trends=empty))

    assert small_areas(old, plan.measures[NETS]) == {EBB, FLOW}


def test_an_area_lead_sees_their_own_and_nothing_that_gives_others_away(
    plan: Catalogue,
) -> None:
    """Of two areas, the lead of one would know the other from their sum: it is hidden."""
    lead = replace(GUARDED, own=frozenset({EBB}))

    hidden = make_mask(some_figures(plan, {**PLENTY, ("flow", "net-damage"): 3}), lead).hidden

    assert (NETS, EBB) not in hidden
    assert {(NETS, FLOW), (NETS, FORCE)} <= set(hidden)
    assert Attack(plan).works_out(hidden, [(NETS, FLOW)]) == []


def test_who_is_cleared_sees_small_numbers(plan: Catalogue) -> None:
    cleared = Clearance(is_known=True, internal=True, guarded=False)

    assert not make_mask(some_figures(plan, FEW), cleared)


def test_a_restricted_type_is_not_told_by_all_crime_less_the_others(plan: Catalogue) -> None:
    hidden = what_to_hide(plan, areas=[FORCE, EBB, FLOW], whole={NETS: SECRET}, small={})

    wanted = [(NETS, area) for area in (FORCE, EBB, FLOW)]
    assert Attack(plan).works_out(hidden, wanted) == []


def test_a_survey_with_a_minimum_is_hidden_by_its_responses(plan: Catalogue) -> None:
    rate = replace(plan.measures[MeasureId("net-damage.outcome-rate")], minimum=5)
    counts = {**PLENTY, ("ebb", "net-damage"): 6}  # half of which have an outcome

    assert small_areas(some_figures(with_measures(plan, rate), counts), rate) >= {EBB}
