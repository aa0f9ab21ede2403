"""What people wrote is shown where the figures it is about are shown, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.access import Sight
from bot.access.writing import ABOUT_NOTHING, NOT_KNOWN_ANY_MORE, SENSITIVE, Writing
from bot.people import Person, Role, Surface
from metrics.model import AreaId, Catalogue, MeasureId
from metrics.snapshot import Figures
from tests.bot.access.conftest import BOATS, EBB, FORCE, NETS, OTHER, a_person, some_figures

CHIEF, MEMBER = a_person(Role.CHIEF_OFFICER), a_person(Role.MEMBER)
DAY = date(2020, 12, 11)


def refusal(
    figures: Figures,
    *,
    measure: MeasureId | None = None,
    area: AreaId | None = None,
    priority: str = "",
    person: Person = CHIEF,
    surface: Surface = Surface.PRIVATE,
    has_figures: bool = True,
) -> str:
    sight = Sight(figures=figures, person=person, surface=surface) if has_figures else None
    gate = Writing(sight, catalogue=figures.catalogue, person=person, surface=surface, today=DAY)
    return gate.refusal(measure=measure, area=area, priority=priority)


@pytest.fixture
def figures(plan: Catalogue) -> Figures:
    return some_figures(plan)


@pytest.mark.parametrize("surface", list(Surface))
def test_what_is_not_guarded_is_shown_everywhere(figures: Figures, surface: Surface) -> None:
    assert refusal(figures, measure=BOATS, person=MEMBER, surface=surface) == ""


@pytest.mark.parametrize("surface", [Surface.CHANNEL, Surface.EXPORT, Surface.PUBLIC])
@pytest.mark.parametrize("area", [EBB, FORCE, None])
def test_words_on_what_is_sensitive_are_for_private_alone(
    figures: Figures, surface: Surface, area: AreaId | None
) -> None:
    assert refusal(figures, measure=NETS, area=area, surface=surface) == SENSITIVE


@pytest.mark.parametrize("has_figures", [True, False])
def test_in_a_priority_the_most_guarded_measure_decides(
    plan: Catalogue,
    has_figures: bool,  # noqa: FBT001
) -> None:
    nets = replace(plan.measures[NETS], priority="1")
    figures = some_figures(replace(plan, measures={**plan.measures, NETS: nets}))

    said = refusal(figures, priority="1", surface=Surface.CHANNEL, has_figures=has_figures)

    assert said == SENSITIVE


def test_without_figures_what_is_sensitive_is_hidden_from_who_is_not_cleared(
    figures: Figures,
) -> None:
    assert refusal(figures, measure=NETS, area=EBB, person=MEMBER, has_figures=False) == SENSITIVE
    assert refusal(figures, measure=NETS, area=EBB, person=CHIEF, has_figures=False) == ""
    lead = a_person(Role.AREA_LEAD, "ebb")
    assert refusal(figures, measure=NETS, area=EBB, person=lead, has_figures=False) == ""


@pytest.mark.parametrize("has_figures", [True, False])
def test_what_is_internal_is_for_who_is_cleared_and_in_private(
    guarded_plan: Catalogue,
    has_figures: bool,  # noqa: FBT001
) -> None:
    figures = some_figures(guarded_plan)

    def said(person: Person, surface: Surface) -> str:
        return refusal(
            figures,
            measure=MeasureId("savings"),
            person=person,
            surface=surface,
            has_figures=has_figures,
        )

    assert said(CHIEF, Surface.PRIVATE) == ""
    assert "internal" in said(MEMBER, Surface.PRIVATE)
    assert "internal" in said(CHIEF, Surface.CHANNEL)


@pytest.mark.parametrize("has_figures", [True, False])
def test_what_the_framework_does_not_cite_is_not_told(
    guarded_plan: Catalogue,
    has_figures: bool,  # noqa: FBT001
) -> None:
    said = refusal(some_figures(guarded_plan), priority="1", has_figures=has_figures)

    assert "harbour master" in said


def test_words_about_nothing_are_not_shown_where_others_read(figures: Figures) -> None:
    assert refusal(figures, surface=Surface.CHANNEL) == ABOUT_NOTHING
    assert refusal(figures, surface=Surface.PRIVATE) == ""


def test_what_the_plan_has_lost_is_not_shown(figures: Figures) -> None:
    assert refusal(figures, measure=MeasureId("gone")) == NOT_KNOWN_ANY_MORE
    assert refusal(figures, priority="99") == NOT_KNOWN_ANY_MORE
    assert refusal(figures, measure=OTHER, area=AreaId("gone")) == NOT_KNOWN_ANY_MORE


def test_who_is_not_known_is_told_nothing(figures: Figures) -> None:
    assert "not known" in refusal(figures, measure=BOATS, person=a_person(None))


def test_what_is_withheld_is_remembered_for_the_audit(figures: Figures) -> None:
    figures_of_nets = some_figures(figures.catalogue, but=[("2020-11", "ebb", "net-damage", 1)])
    sight = Sight(figures=figures_of_nets, person=MEMBER, surface=Surface.CHANNEL)
    gate = Writing(
        sight, catalogue=figures.catalogue, person=MEMBER, surface=Surface.CHANNEL, today=DAY
    )

    assert gate.refusal(measure=NETS, area=EBB, priority="")
    assert [one.measure for one in sight.refusals] == [NETS]
