"""One place for signs, rounding, thousands and units."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.words import chance, number, ordinal, say, say_line, signed, whole_needed
from metrics.dashboards import Cell, Unit


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (1141, Unit.COUNT, "1,141"),
        (1141, Unit.CHANGE, "+1,141"),
        (-263, Unit.CHANGE, "−263"),
        (0, Unit.CHANGE, "0"),
        (2881.2, Unit.TARGET_LEVEL, "2,881"),
        (90.00000000000001, Unit.TARGET_LEVEL, "90"),
        (433.2, Unit.OVER_TARGET, "+434"),
        (434.00000000000006, Unit.OVER_TARGET, "+434"),
        (-450.3, Unit.OVER_TARGET, "−450"),
        (218.6, Unit.STILL_NEEDED, "219"),
        (-3.2, Unit.STILL_NEEDED, "0"),
        (0.274, Unit.PROPORTION, "27.4%"),
        (0.0285, Unit.CHANGE_PROPORTION, "+2.9%"),
        (-0.0349, Unit.CHANGE_PROPORTION, "−3.5%"),
        (-0.0004, Unit.CHANGE_PROPORTION, "0.0%"),
        (-0.082, Unit.POINTS, "−8.2 pts"),
        (64.25, Unit.PER_THOUSAND, "64.3"),
        (3, Unit.RANK, "3rd"),
        (26.4, Unit.MONEY, "£26.4m"),
        (0.0213, Unit.CHANCE, "2%"),
        (0.0, Unit.CHANCE, "under 1%"),
        (1e-9, Unit.CHANCE, "under 1%"),
        (0.9999, Unit.CHANCE, "over 99%"),
        (0.00312, Unit.P_VALUE, "0.0031"),
        (1e-12, Unit.P_VALUE, "under 0.0001"),
        (790.44, Unit.EXPECTED, "790.4"),
        (1.24, Unit.DEVIATIONS, "+1.2"),
        (9.987, Unit.DISPERSION, "9.99"),
        (math.nan, Unit.CHANCE, "not known"),
        (math.nan, Unit.COUNT, "not known"),
    ],
)
def test_cells_are_said_as_people_write_them(value: float, unit: Unit, said: str) -> None:
    assert say(Cell(value=value, unit=unit)) == said


def test_an_empty_cell_says_nothing_and_words_say_themselves() -> None:
    assert say(Cell()) == ""
    assert say(Cell(value=3, unit=Unit.COUNT, words="from 0")) == "from 0"


@pytest.mark.parametrize(
    ("value", "decimals", "said"),
    [(0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (0.285 * 100, 1, "28.5"), (1.005, 2, "1.01")],
)
def test_halves_are_rounded_away_from_nought(value: float, decimals: int, said: str) -> None:
    assert number(value, decimals) == said


@pytest.mark.parametrize(
    ("place", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (21, "21st"), (111, "111th")],
)  # fmt: skip
def test_places(place: int, said: str) -> None:
    assert ordinal(place) == said


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 99))
def test_target_level_and_gap_add_up_to_the_crimes_beside_them(
    now: int, last_year: int, per_cent: int
) -> None:
    level = last_year * (1 - per_cent / 100)

    shown_level = -whole_needed(-level)
    shown_gap = whole_needed(now - level)

    assert shown_level + shown_gap == now


@given(st.floats(-1e9, 1e9))
def test_a_change_and_its_opposite_differ_only_in_sign(value: float) -> None:
    assert signed(value, 1).lstrip("+−") == signed(-value, 1).lstrip("+−")
    assert "-" not in signed(value, 1)


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_a_chance_is_never_rounded_to_a_certainty(probability: float) -> None:
    assert chance(probability) not in ("0%", "100%")


def test_figures_in_a_sentence_are_written_as_on_a_dashboard() -> None:
    line = ("Gap: ", Cell(value=433.2, unit=Unit.OVER_TARGET), ".")

    assert say_line(line) == "Gap: +434."
