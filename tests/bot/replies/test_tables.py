"""A dashboard as a table: the same figures in the same words, and nothing empty."""

from __future__ import annotations

import pytest

from bot.access import Sight
from bot.render.words import say
from bot.replies.tables import column, table
from metrics.dashboards import DashboardName


@pytest.mark.parametrize("name", list(DashboardName))
def test_every_cell_says_what_the_dashboard_says(published: Sight, name: DashboardName) -> None:
    made = published.dashboard(name, published.catalogue.force)

    shown = table(made)

    for place, heading in enumerate(shown.columns):
        told = [row.cells[place] for row in shown.rows]
        assert told == [say(cell) for cell in column(made, heading.name)]


def test_a_column_without_anything_to_say_is_left_away(published: Sight) -> None:
    made = published.dashboard(DashboardName.CSP, published.catalogue.area("beaumont-leys"))

    assert "Rank" not in [one.name for one in table(made).columns]


def test_months_come_last_row_by_row(published: Sight) -> None:
    made = published.dashboard(DashboardName.CSP, published.catalogue.area("charnwood"))

    shown = table(made, sparklines={0: "▁█"})

    assert shown.columns[-1].name == "Months"
    assert [row.cells[-1] for row in shown.rows[:2]] == ["▁█", ""]


def test_words_are_not_lined_up_as_numbers(published: Sight) -> None:
    made = published.dashboard(DashboardName.ALL_CRIME, published.catalogue.force)

    numbers = {one.name: one.is_number for one in table(made).columns}
    assert numbers["Year to date"]
    assert not numbers["Significance"]
