"""The search for whole numbers, and the rounding it honours."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from demonstration.figures import FigureKind, PublishedFigure, rounded, rounded_up
from demonstration.solve import NoSolutionError, solve_area, solve_units
from demonstration.totals import share_out, share_within


def a_figure(kind: FigureKind, value: float, decimals: int = 0) -> PublishedFigure:
    return PublishedFigure(
        what="a figure",
        subject="all-crime",
        area="leicestershire",
        kind=kind,
        value=value,
        decimals=decimals,
        start=date(2013, 4, 1),
        as_at=date(2013, 12, 11),
        source="a paper",
    )


@pytest.mark.parametrize(
    ("numerator", "denominator", "decimals", "expected"),
    [(5, 2, 0, 3), (-5, 2, 0, -3), (1, 8, 2, 13), (3149, 1, -2, 31), (3150, 1, -2, 32)],
)
def test_halves_are_rounded_away_from_zero(
    numerator: int, denominator: int, decimals: int, expected: int
) -> None:
    assert int(rounded(np.array(numerator), denominator, decimals)) == expected


@pytest.mark.parametrize(("numerator", "expected"), [(2001, 3), (2000, 2), (-1, 0)])
def test_gaps_are_rounded_up(numerator: int, expected: int) -> None:
    assert int(rounded_up(np.array(numerator), 1000)) == expected


def test_a_gap_of_part_of_a_crime_counts_as_one_more() -> None:
    figure = a_figure(FigureKind.SHORT, 214)
    assert figure.agrees_with(213.2)
    assert figure.agrees_with(214.0 + 1e-12)
    assert not figure.agrees_with(214.2)


def test_a_rate_is_compared_as_the_paper_prints_it() -> None:
    figure = a_figure(FigureKind.CHANGE_PCT, -3.5, decimals=1)
    assert figure.agrees_with(-0.0354)
    assert not figure.agrees_with(-0.0356)


def test_no_whole_numbers_give_the_violence_figures_if_gaps_round_to_the_nearest() -> None:
    last = np.arange(2000, 4000)
    change = 375
    matches_per_cent = rounded(100 * np.full_like(last, change), last, 1) == 128
    # City at least 220.5 and Counties at least 213.5 make the force at least 434.0.
    reaches_units = 1000 * change + 20 * last >= 434_000
    assert matches_per_cent.any()
    assert reaches_units.any()
    assert not (matches_per_cent & reaches_units).any()


def test_city_and_counties_are_solved_together() -> None:
    city, counties = solve_units("theft-of-motor-vehicle", 310, 437)
    assert (city.this - city.last) + (counties.this - counties.last) == 34
    assert city.outcomes is not None
    assert counties.outcomes is not None
    assert city.outcomes + counties.outcomes == 173


def test_a_search_in_the_wrong_place_says_what_it_could_not_solve() -> None:
    with pytest.raises(NoSolutionError, match="shoplifting in leicestershire"):
        solve_area("shoplifting", "leicestershire", 100)


def test_parts_add_up_to_the_whole() -> None:
    assert share_out(10, np.array([1.0, 1.0, 1.0])).sum() == 10


def test_parts_stay_within_their_sizes() -> None:
    sizes = np.array([100, 100, 50])
    parts = share_within(200, sizes, np.array([0.9, 0.5, 0.2]))
    assert parts.sum() == 200
    assert (parts <= sizes).all()
