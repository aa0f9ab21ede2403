from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.statistics.change_form import change_words


@pytest.mark.parametrize(
    ("current", "base", "words"),
    [
        (3803, 3521, "8.0% increase (282 more)"),  # as the Strategic Assurance Board was told
        (2678, 2775, "3.5% reduction (97 fewer)"),
        (42, 30, "12 more (30 to 42)"),
        (39, 26, "13 more (26 to 39)"),
        (18, 30, "12 fewer (30 to 18)"),
        (30, 30, "no change (30 to 30)"),
        (1000, 1000, "no change (1,000)"),
        (6, 0, "6 where there were none"),
        (0, 0, "none in either period"),
        (math.nan, 30, "not recorded in both periods"),
        (30, math.nan, "not recorded in both periods"),
    ],
)
def test_a_change_is_told_as_the_papers_tell_it(current: float, base: float, words: str) -> None:
    assert change_words(current, base) == words


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_no_change_is_ever_told_as_infinite_or_not_a_number(current: float, base: float) -> None:
    told = change_words(current, base)

    assert "inf" not in told
    assert "nan" not in told
