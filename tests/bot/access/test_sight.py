"""Every way to a figure goes through the gate: roles x surfaces x measures x what is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.access import Refused, Sight
from bot.access.gate import INTERNAL, UNKNOWN_PERSON, UNTIL_PUBLISHED, not_cited
from bot.people import Role, Surface
from metrics.calendar import Window
from metrics.dashboards import DashboardName, Line
from metrics.dashboards.table import Unit
from metrics.model import Area, Catalogue, Measure, MeasureId
from metrics.snapshot import Figures, SnapshotKind
from tests.bot.access.conftest import EBB, FLOW, NETS, PLENTY, a_person, some_figures

FEW = {**PLENTY, ("ebb", "net-damage"): 3}

SILENCE = "Priority 1: The harbour master asked for silence."

PLAIN = MeasureId("all-crime.recorded")
UNCITED = MeasureId("boat-theft.recorded")
UNCITED_RATE = MeasureId("boat-theft.outcome-rate")
RESTRICTED = MeasureId("hate-crime.recorded")
INTERNAL_MONEY = MeasureId("savings")
UNPUBLISHED = MeasureId("rescues")

MEASURES = {
    PLAIN: "",
    UNCITED: SILENCE,
    UNCITED_RATE: SILENCE,
    RESTRICTED: "Figures of this measure are not cited.",
    INTERNAL_MONEY: INTERNAL,
    UNPUBLISHED: UNTIL_PUBLISHED,
}
"""Measures with a restriction of each kind, and the reason that is given."""

ASKED: dict[str, Callable[[Sight, Measure, Area], object]] = {
    "explanation": Sight.explanation,
    "position": Sight.position,
    "assessment": Sight.assessment,
    "trend": Sight.trend,
}


@pytest.fixture
def guarded(guarded_plan: Catalogue) -> Figures:
    return some_figures(guarded_plan)


def expected(measure: MeasureId, role: Role | None, surface: Surface) -> str:
    """The rule of DOMAIN, written down a second time: the reason of a refusal, if it is one."""
    if role is None:
        return UNKNOWN_PERSON
    cleared = role in (Role.CHIEF_OFFICER, Role.ANALYST) and surface is Surface.PRIVATE
    if cleared and measure in (INTERNAL_MONEY, UNPUBLISHED):
        return ""
    return MEASURES[measure]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("role", [*Role, None])
def test_a_figure_is_shown_or_refused_with_its_reason(
    role: Role | None, surface: Surface, measure: MeasureId, asked: str, guarded: Figures
) -> None:
    sight = Sight(figures=guarded, person=a_person(role, "ebb"), surface=surface)
    about, force = sight.catalogue.measures[measure], sight.catalogue.force
    reason = expected(measure, role, surface)

    if not reason:
        assert ASKED[asked](sight, about, force) is not None
        assert sight.refusals == ()
        return
    with pytest.raises(Refused) as refused:
        ASKED[asked](sight, about, force)

    assert str(refused.value) == reason
    assert [(one.measure, one.area, one.reason) for one in sight.refusals] == [
        (measure, force.id, reason)
    ]


@pytest.mark.parametrize("name", DashboardName)
@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("role", Role)
def test_no_dashboard_holds_a_figure_that_is_refused(
    role: Role, surface: Surface, name: DashboardName, guarded: Figures
) -> None:
    sight = Sight(figures=guarded, person=a_person(role), surface=surface)

    for area in sight.catalogue.tree:
        made = sight.dashboard(name, area)
        for row in made.rows:
            if reason := sight.refusal(sight.catalogue.measures[row.measure], area):
                assert all(math.isnan(cell.value) for cell in row.cells)
                assert made.caveats.count(reason) <= 1


@pytest.mark.parametrize("name", DashboardName)
def test_a_dashboard_is_refused_to_who_is_not_known(name: DashboardName, guarded: Figures) -> None:
    sight = Sight(figures=guarded, person=a_person(None), surface=Surface.PRIVATE)

    with pytest.raises(Refused, match="not known here"):
        sight.dashboard(name, sight.catalogue.force)

    assert [one.measure for one in sight.refusals] == [None]


def test_a_restricted_row_stays_and_says_so_with_the_reason_once(guarded: Figures) -> None:
    sight = Sight(figures=guarded, person=a_person(Role.CHIEF_OFFICER), surface=Surface.PRIVATE)

    made = sight.dashboard(DashboardName.ALL_CRIME, sight.catalogue.force)

    [boats] = [row for row in made.rows if row.measure == UNCITED]
    assert {cell.words for cell in boats.cells} == {"restricted"}
    assert made.caveats.count(SILENCE) == 1


def test_the_target_of_a_restricted_measure_is_still_told(guarded: Figures) -> None:
    sight = Sight(figures=guarded, person=a_person(Role.MEMBER), surface=Surface.PRIVATE)

    made = sight.dashboard(DashboardName.TARGETS, sight.catalogue.force)

    assert [cell.words for cell in made.rows[0].cells[:2]] == ["−10%", "restricted"]


def test_an_answer_goes_by_the_id_of_the_whole_snapshot(guarded: Figures) -> None:
    sight = Sight(figures=guarded, person=a_person(Role.MEMBER), surface=Surface.PRIVATE)

    made = sight.dashboard(DashboardName.ALL_CRIME, sight.catalogue.force)

    assert made.snapshot == sight.snapshot == guarded.snapshot.id


def test_a_silence_ends_with_its_framework(guarded_plan: Catalogue) -> None:
    boats = guarded_plan.measures[UNCITED]
    first, second = guarded_plan.frameworks

    assert not_cited(guarded_plan, boats, first.last) == SILENCE
    assert not_cited(guarded_plan, boats, second.first) == ""


def test_the_parts_of_a_priority_are_as_silent_as_the_whole(guarded_plan: Catalogue) -> None:
    part = replace(guarded_plan.measures[UNCITED], priority="1A")

    assert not_cited(guarded_plan, part, guarded_plan.frameworks[0].first) == SILENCE


def test_what_moved_a_count_does_not_name_a_restricted_part(guarded: Figures) -> None:
    """Nor what lies in none of the parts named, which would be the restricted one's."""
    sight = Sight(figures=guarded, person=a_person(Role.CHIEF_OFFICER), surface=Surface.PRIVATE)
    total = sight.catalogue.measures[PLAIN]

    said = _said(sight, total, sight.catalogue.force)

    assert "Boat theft" not in said
    assert "In none of these" not in said


def _said(sight: Sight, measure: Measure, area: Area) -> str:
    sections = sight.explanation(measure, area).sections
    moved = [one for one in sections if one.heading.startswith("What moved it")]
    return "\n".join(_line(line) for section in moved for line in section.lines)


def _line(line: Line) -> str:
    return "".join(part if isinstance(part, str) else str(part.value) for part in line)


# Small numbers


@pytest.mark.parametrize(
    ("role", "areas", "surface", "is_shown"),
    [
        (Role.CHIEF_OFFICER, (), Surface.PRIVATE, True),
        (Role.ANALYST, (), Surface.PRIVATE, True),
        (Role.AREA_LEAD, ("ebb",), Surface.PRIVATE, True),
        (Role.AREA_LEAD, ("saltmarsh",), Surface.PRIVATE, True),
        (Role.AREA_LEAD, ("flow",), Surface.PRIVATE, False),
        (Role.AREA_LEAD, (), Surface.PRIVATE, False),
        (Role.MEMBER, ("ebb",), Surface.PRIVATE, False),
        *(
            (role, ("ebb",), surface, False)
            for role in Role
            for surface in (Surface.CHANNEL, Surface.EXPORT, Surface.PUBLIC)
        ),
    ],
)
@pytest.mark.parametrize("asked", ASKED)
def test_small_numbers_are_for_those_who_need_them_in_private(
    role: Role,
    areas: tuple[str, ...],
    surface: Surface,
    is_shown: bool,  # noqa: FBT001 - from the table above
    asked: str,
    plan: Catalogue,
) -> None:
    sight = Sight(figures=some_figures(plan, FEW), person=a_person(role, *areas), surface=surface)
    nets, ebb = plan.measures[NETS], plan.areas[EBB]

    if is_shown:
        assert ASKED[asked](sight, nets, ebb) is not None
    else:
        with pytest.raises(Refused, match="Counts under 5"):
            ASKED[asked](sight, nets, ebb)


def a_channel(figures: Figures) -> Sight:
    return Sight(figures=figures, person=a_person(Role.CHIEF_OFFICER), surface=Surface.CHANNEL)


def test_a_table_says_that_a_small_number_is_hidden(plan: Catalogue) -> None:
    sight = a_channel(some_figures(plan, FEW))

    made = sight.dashboard(DashboardName.ALL_CRIME, plan.areas[EBB])

    [nets] = [row for row in made.rows if row.measure == NETS]
    assert {cell.words for cell in nets.cells} == {"<5 or withheld"}


def test_what_is_small_and_what_is_withheld_for_it_look_alike(plan: Catalogue) -> None:
    sight = a_channel(some_figures(plan, FEW))

    rows = sight.dashboard(DashboardName.CSP, plan.force, crime_type="net-damage").rows

    words = {row.area: {cell.words for cell in row.cells} for row in rows[:2]}
    assert words[EBB] == words[FLOW]


def test_what_lies_in_no_partnership_is_withheld_beside_a_hidden_one(plan: Catalogue) -> None:
    sight = a_channel(some_figures(plan, FEW))

    *_, remainder, total = sight.dashboard(
        DashboardName.CSP, plan.force, crime_type="net-damage"
    ).rows

    assert {cell.words for cell in remainder.cells} == {"", "withheld"}
    assert not math.isnan(total.cells[1].value)


def test_no_rank_is_given_among_areas_of_which_one_is_hidden(plan: Catalogue) -> None:
    sight = a_channel(some_figures(plan, FEW))

    rows = sight.dashboard(DashboardName.CSP, plan.force, crime_type="net-damage").rows

    assert all(
        math.isnan(cell.value) for row in rows for cell in row.cells if cell.unit is Unit.RANK
    )


def test_areas_that_are_hidden_do_not_show_in_what_moved_the_whole(plan: Catalogue) -> None:
    figures = some_figures(plan, FEW, but=[("2020-10", "flow", "net-damage", 80)])
    sight = a_channel(figures)

    said = _said(sight, plan.measures[NETS], plan.force)

    assert "Ebb" not in said
    assert "Flow" not in said
    assert "not shown here" in said


def test_the_figures_themselves_are_not_there(plan: Catalogue) -> None:
    """Whatever a handler makes of them, it cannot tell what is not in them."""
    seen = a_channel(some_figures(plan, FEW)).figures.snapshot

    position = seen.positions.get(NETS, EBB)
    trend = seen.trends.get(NETS, EBB)

    assert all(math.isnan(value) for value in position.values.values())
    assert all(math.isnan(one.numerator) for one in position.figures.values())
    assert all(math.isnan(value) for value in position.yearly.values())
    assert all(math.isnan(value) for value in trend.values)
    assert trend.days == ()
    assert seen.assessments.get(NETS, EBB).threat.level is None


def test_a_sensitive_count_is_shown_in_a_channel_without_its_days_and_weeks(
    plan: Catalogue,
) -> None:
    sight = a_channel(some_figures(plan))
    nets = plan.measures[NETS]

    assert sight.trend(nets, plan.force).days == ()
    assert math.isnan(sight.position(nets, plan.force).values[Window.LATEST])
    assert sight.position(nets, plan.force).values[Window.MONTH] == 17


def test_other_counts_keep_their_weeks(plan: Catalogue) -> None:
    sight = a_channel(some_figures(plan))

    assert sight.trend(plan.measures[PLAIN], plan.force).days


def test_a_daily_dashboard_in_a_channel_hides_a_sensitive_type_in_small_areas(
    plan: Catalogue,
) -> None:
    sight = a_channel(some_figures(plan, kind=SnapshotKind.DAILY))

    assert "month ends only" in sight.refusal(plan.measures[NETS], plan.areas[EBB])
    assert not sight.refusal(plan.measures[NETS], plan.force)


def test_the_same_clearance_sees_the_very_same_figures(plan: Catalogue) -> None:
    """What is hidden is decided once for a snapshot, not once for an answer."""
    figures = some_figures(plan, FEW)

    assert a_channel(figures).figures is a_channel(figures).figures


def test_the_figures_of_who_is_cleared_are_those_of_the_snapshot(plan: Catalogue) -> None:
    figures = some_figures(plan, FEW)
    sight = Sight(figures=figures, person=a_person(Role.ANALYST), surface=Surface.PRIVATE)

    assert sight.figures is figures
