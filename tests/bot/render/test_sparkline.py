"""A series in a few characters."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bot.render.sparkline import LEVELS, sparkline


def test_the_least_is_the_lowest_block_and_the_most_the_highest() -> None:
    assert sparkline([1, 2, 4, 8]) == "▁▂▄█"


def test_what_is_not_recorded_is_a_gap() -> None:
    assert sparkline([0.0, math.nan, 7.0]) == "▁ █"


def test_a_series_that_never_varies_stands_at_middle_height() -> None:
    assert sparkline([5, 5, 5]) == "▄▄▄"


def test_nothing_recorded_is_nothing_drawn() -> None:
    assert sparkline([math.nan, math.nan]) == ""


@given(st.lists(st.floats(), min_size=1, max_size=60))
def test_any_values_give_one_character_each(values: list[float]) -> None:
    drawn = sparkline(values)
    assert len(drawn) in (0, len(values))
    assert set(drawn) <= {*LEVELS, " "}
