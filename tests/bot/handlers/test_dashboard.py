"""`/dashboard`: what it comes to, then the table that the papers have."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pytest

from bot.app import App
from bot.handlers.dashboard import dashboard
from bot.names import Ambiguous, Kind, Names, Option, Reading
from bot.replies import Chart, Paragraph, Table
from metrics.dashboards import DashboardName
from metrics.errors import UnknownName
from tests.bot.asked import Ask, asking

THEN = " as at 11 December 2013"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("all-crime" + THEN, "All crime +2.8% on last year (+1,141): no significant change."),
        ("targets" + THEN, "6 of 21 targets are met as things stand."),
        ("scorecard" + THEN, "Domestic burglary (recorded crime), Domestic burglary (outcomes)"),
        ("targets as at 30 September 2014", "sets no numeric targets."),
        ("plan as at 31 December 2015", "Statistically significant deterioration: Theft from"),
        ("long-term as at 31 December 2015", "on the year before."),
        ("csp" + THEN + " daily", "No partnership moved by more than chance explains."),
    ],
)
def test_says_first_what_it_comes_to(ask: Ask, words: str, said: str) -> None:
    reply = ask(dashboard, words)

    assert isinstance(reply.blocks[1], Paragraph)
    assert reply.blocks[1].strong
    assert said in reply.blocks[1].text


@pytest.mark.parametrize("name", list(DashboardName))
def test_every_dashboard_has_its_table(ask: Ask, name: DashboardName) -> None:
    reply = ask(dashboard, f"{name.value} city as at 31 December 2015")

    tables = [one for one in reply.blocks if isinstance(one, Table)]
    for one in tables:
        assert all(len(row.cells) == len(one.columns) for row in one.rows)
    assert len(tables) == 1
    assert len(reply.summary) <= 150


def test_the_table_reads_as_the_board_read_it(ask: Ask) -> None:
    [table] = [
        one for one in ask(dashboard, "police targets" + THEN).blocks if isinstance(one, Table)
    ]
    names = [column.name for column in table.columns]
    [burglary] = [row for row in table.rows if row.label == "Domestic burglary"]

    assert burglary.cells[names.index("Gap")] == "+263"


def test_long_term_is_drawn(ask: Ask) -> None:
    reply = ask(dashboard, "long term as at 31 December 2015")

    assert any(isinstance(one, Chart) for one in reply.blocks)


def test_an_unknown_dashboard_says_which_there_are(ask: Ask) -> None:
    with pytest.raises(UnknownName, match="no dashboard called “tragets”") as caught:
        ask(dashboard, "tragets")

    assert "all-crime, targets, plan, scorecard, csp and long-term" in caught.value.hint


class Doubtful(Names):
    """Names that are never sure."""

    def read(self, words: str, *, today: date, wanted: Collection[Kind]) -> Reading:
        option = Option(label="Blaby LPU", words="blaby lpu")
        raise Ambiguous("“blaby” can mean several things.", options=(option,))


def test_a_choice_keeps_the_dashboard_that_was_named(demonstration_app: App) -> None:
    ask = asking(demonstration_app, Doubtful(demonstration_app.catalogue))

    with pytest.raises(Ambiguous) as caught:
        ask(dashboard, "targets blaby")

    assert [one.words for one in caught.value.options] == ["targets blaby lpu"]
