"""What is being done is told with a priority's figures and marked on the charts, by the gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.answer import Desk, Request
from bot.audit import Entry
from bot.handlers.commands import command_table
from bot.handlers.under_way import find_under_way
from bot.people import Person, Surface
from bot.register.model import Operation
from bot.register.operations import KnownOperations
from bot.replies import Chart, Reply
from bot.replies.charts import ControlChart, CumulativeChart, Marker, MarkerKind
from metrics.model import AreaId, Catalogue, MeasureId
from metrics.snapshot import Figures
from tests.bot.access.conftest import some_figures, with_measures
from tests.bot.asked import every_word
from tests.bot.register.making import JANE, MORNING, PEOPLE, FakeRegister, an_issue

BOATS, NETS = MeasureId("boat-theft.recorded"), MeasureId("net-damage.recorded")
TIGER = Operation(
    id="tiger",
    name="Operation Tiger",
    first=date(2020, 10, 28),
    priorities=("1",),
    does="Watches the quays.",
)
BEGINS = Marker(day=TIGER.first, label="Operation Tiger begins", kind=MarkerKind.ACTION)


class NoAudit:
    def record(self, entry: Entry) -> None:
        """Forget it."""


@pytest.fixture(scope="module")
def plan(saltmarsh: Catalogue) -> Catalogue:
    """The invented force, citing everything; damaged nets are sensitive, and of priority 1."""
    spoken = tuple(replace(one, not_cited={}) for one in saltmarsh.frameworks)
    nets = replace(saltmarsh.measures[NETS], minimum=5)
    return with_measures(replace(saltmarsh, frameworks=spoken), nets)


@pytest.fixture(scope="module")
def figures(plan: Catalogue) -> Figures:
    return some_figures(plan)


def ask(
    figures: Figures,
    text: str,
    register: FakeRegister,
    *,
    person: Person = JANE,
    surface: Surface = Surface.PRIVATE,
) -> Reply:
    known = KnownOperations(register=register, shipped=lambda: [TIGER])
    under_way = find_under_way(register, operations=known.operations, people=lambda: PEOPLE)
    desk = Desk(
        commands=command_table(under_way=under_way),
        figures=lambda _kind, _as_at: figures,
        catalogue=lambda: figures.catalogue,
        audit=NoAudit(),
    )
    return desk.answer(Request(text=text, person=person, at=MORNING, surface=surface))


@pytest.fixture
def register() -> FakeRegister:
    register = FakeRegister()
    register.keep(
        an_issue(1, title="Quays are dark"),
        an_issue(2, title="Nets are cut", measure=NETS, area=AreaId("flow")),
    )
    return register


def marks_in(reply: Reply) -> list[Marker]:
    drawings = [one.drawing for one in reply.blocks if isinstance(one, Chart)]
    return [
        marker
        for drawing in drawings
        if isinstance(drawing, ControlChart | CumulativeChart)
        for marker in drawing.markers
        if marker.kind is MarkerKind.ACTION
    ]


def test_a_priority_says_what_is_being_done_and_marks_it(
    figures: Figures, register: FakeRegister
) -> None:
    reply = ask(figures, "/priority 1", register)

    said = every_word(reply)
    assert "What is being done" in said
    assert "Operation Tiger, since 28 October 2020: Watches the quays." in said
    assert "I-1 Quays are dark: scanning, with Jane Smith" in said
    assert BEGINS in marks_in(reply)


def test_a_trend_marks_it(figures: Figures, register: FakeRegister) -> None:
    assert BEGINS in marks_in(ask(figures, "/trend boat theft", register))


def test_a_measure_of_another_priority_is_not_marked(
    figures: Figures, register: FakeRegister
) -> None:
    assert marks_in(ask(figures, "/trend net damage", register)) == []


def test_in_a_channel_the_words_about_what_is_sensitive_are_left_out(
    figures: Figures, register: FakeRegister
) -> None:
    said = every_word(ask(figures, "/priority 1", register, surface=Surface.CHANNEL))

    assert "Quays are dark" in said
    assert "I-2: scanning" in said
    assert "Nets are cut" not in said
