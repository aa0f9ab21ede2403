"""A paper as plain text."""

from __future__ import annotations

from bot.render import paper as text
from tests.bot.render.papers import a_paper


def test_it_says_its_number_its_day_and_that_it_is_synthetic() -> None:
    said = text.render(a_paper(), width=200)

    assert "PB 2013/14-09. As at 31 December 2013, month-end figures." in said
    assert "SYNTHETIC DEMONSTRATION DATA" in said


def test_a_chart_is_told_in_words() -> None:
    assert "Boats, Ebb: 12 in November." in text.render(a_paper())


def test_no_line_is_longer_than_asked_for() -> None:
    assert max(map(len, text.render(a_paper(), width=60).splitlines())) <= 60
