"""What is hidden from whom is decided once, kept for so many, and let go with its figures."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.access import Sight, Views, views_for
from bot.access.gate import Clearance
from bot.access.small_numbers import Mask, make_mask
from bot.people import ANYONE, Surface
from metrics.model import Catalogue, Restriction
from metrics.snapshot import Figures
from tests.bot.access.conftest import NETS, PLENTY, some_figures, with_measures

EVERYONE = Clearance(is_known=True, internal=False, guarded=True)
CHIEFS = Clearance(is_known=True, internal=True, guarded=False)

FEW = {**PLENTY, ("ebb", "net-damage"): 3}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Figures]:
    """The figures of which it had to be decided what is hidden, each time."""
    found: list[Figures] = []

    def watched(figures: Figures, cleared: Clearance) -> Mask:
        found.append(figures)
        return make_mask(figures, cleared)

    monkeypatch.setattr("bot.access.views.make_mask", watched)
    return found


@pytest.fixture
def some(guarded_plan: Catalogue) -> Callable[[], Figures]:
    """Make figures, unlike all others."""
    return lambda: some_figures(guarded_plan, FEW)


def test_it_is_decided_once_for_everyone_who_is_cleared_alike(
    some: Callable[[], Figures], made: list[Figures]
) -> None:
    figures, views = some(), Views()

    first, again = views.get(figures, EVERYONE), views.get(figures, EVERYONE)
    views.get(figures, CHIEFS)

    assert again == first
    assert len(made) == 2


def test_many_forces_in_turn_do_not_push_each_other_out(
    some: Callable[[], Figures], made: list[Figures]
) -> None:
    forces = [some() for _ in range(20)]
    views = Views(views_for(len(forces)))

    for _ in range(3):
        for figures in forces:
            views.get(figures, EVERYONE)

    assert len(made) == len(forces)


def test_only_so_many_are_kept_and_the_least_lately_asked_goes_first(
    some: Callable[[], Figures], made: list[Figures]
) -> None:
    one, two, three = some(), some(), some()
    views = Views(2)

    for figures in (one, two, one, three, one, two):
        views.get(figures, EVERYONE)

    assert views.count == 2
    assert made == [one, two, three, two]


def test_a_view_goes_with_its_snapshot(some: Callable[[], Figures]) -> None:
    figures, views = some(), Views()
    views.get(figures, EVERYONE)

    del figures
    gc.collect()

    assert views.count == 0


def test_a_view_in_which_nothing_is_hidden_keeps_no_snapshot(saltmarsh: Catalogue) -> None:
    open_ = (
        replace(one, restriction=Restriction.NONE, minimum=0) for one in saltmarsh.measures.values()
    )
    plan = replace(with_measures(saltmarsh, *open_), frameworks=())
    figures, views = some_figures(plan), Views()
    _, shown = views.get(figures, CHIEFS)
    assert shown is figures
    assert views.get(figures, CHIEFS)[1] is figures

    del figures, shown
    gc.collect()

    assert views.count == 0


def test_what_is_hidden_is_hidden_by_given_views_too(some: Callable[[], Figures]) -> None:
    figures = some()
    measure = figures.catalogue.measures[NETS]
    ebb = next(one for one in figures.catalogue.tree if one.id == "ebb")

    sight = Sight(figures=figures, person=ANYONE, surface=Surface.CHANNEL, views=Views())

    assert sight.refusal(measure, ebb)


@pytest.mark.parametrize(("forces", "kept"), [(1, 16), (4, 16), (10, 40), (43, 172)])
def test_more_are_kept_for_more_forces(forces: int, kept: int) -> None:
    assert views_for(forces) == kept
