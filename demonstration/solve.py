"""Whole numbers that satisfy every published rounding at once.

The papers print per cents, changes and gaps to target; the counts behind them are not printed.
For a crime type the unknowns are last year's and this year's crimes in City and in Counties, and
this year's outcomes in each.  All candidates near a stated size are tried in one array, those
that break any printed figure are dropped, and the nearest to the stated size is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from demonstration.areas import CITY, COUNTIES, FORCE
from demonstration.figures import FigureKind, Integers, PublishedFigure, holds, rounded
from demonstration.papers import BOARD
from demonstration.periods import BOARD_DAY
from demonstration.published import PUBLISHED

_CRIME_KINDS = frozenset({FigureKind.CHANGE, FigureKind.CHANGE_PCT, FigureKind.SHORT})
_RATE_KINDS = frozenset({FigureKind.OUTCOME_RATE, FigureKind.OUTCOMES_REQUIRED})
# How far from the stated size the search goes, and how far round a printed per cent.
_REACH = 0.06
# A penalty in crimes that outweighs any distance.
_FAR = 1_000_000
_NEAR_HATE = 654  # 68 outcomes required / (0.55 - 0.446), rounded
_OFFSETS = np.arange(-3, 4, dtype=np.int64)


class NoSolutionError(ValueError):
    """No whole numbers satisfy the published figures: the message names the measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Crimes last year and this year, and this year's outcomes where they are published."""

    last: int
    this: int
    outcomes: int | None = None


def figures_for(measure: str, area: str, kinds: frozenset[FigureKind]) -> list[PublishedFigure]:
    """The December 2013 figures about one measure in one area."""
    return [
        figure
        for figure in PUBLISHED
        if figure.source == BOARD
        and figure.as_at == BOARD_DAY
        and figure.subject == measure
        and figure.area == area
        and figure.kind in kinds
    ]


def _candidates(figures: list[PublishedFigure], near: int) -> tuple[Integers, Integers]:
    """Last and this year's crimes, 1-D and aligned, that satisfy one area's figures."""
    reach = max(round(near * _REACH), 8)
    last = np.arange(near - reach, near + reach + 1, dtype=np.int64)[:, None]
    changes = [figure.scaled for figure in figures if figure.kind is FigureKind.CHANGE]
    if changes:
        this = last + changes[0]
    else:
        per_cent = next(f.value for f in figures if f.kind is FigureKind.CHANGE_PCT)
        this = last + np.round(last * per_cent / 100).astype(np.int64) + _OFFSETS
    last, this = (np.ravel(values) for values in np.broadcast_arrays(last, this))
    kept = np.ones(last.shape, dtype=np.bool_)
    for figure in figures:
        kept &= holds(figure, this=this, last=last)
    return last[kept], this[kept]


def solve_area(measure: str, area: str, near: int) -> Pair:
    """Crimes of one measure in one area, nearest to `near` last year.

    Raises:
        NoSolutionError: If no candidate within 6% of `near` satisfies the figures.
    """
    last, this = _candidates(figures_for(measure, area, _CRIME_KINDS), near)
    if not last.size:
        raise NoSolutionError(
            f"No whole numbers satisfy the published figures of {measure} in {area}."
        )
    best = int(np.argmin(np.abs(last - near)))
    return Pair(last=int(last[best]), this=int(this[best]))


def solve_rate(measure: str, area: str, crimes: int) -> int | None:
    """Outcomes that satisfy the published rates for this many crimes; None if none do."""
    figures = figures_for(measure, area, _RATE_KINDS)
    outcomes = np.arange(crimes + 1, dtype=np.int64)
    this = np.full_like(outcomes, crimes)
    kept = np.ones(outcomes.shape, dtype=np.bool_)
    for figure in figures:
        kept &= holds(figure, this=this, outcomes=outcomes)
    found = outcomes[kept]
    return int(found[found.size // 2]) if found.size else None


def solve_hate() -> tuple[int, int]:
    """Hate crimes and their outcomes: neither is printed, only the rate and what it lacks."""
    near = range(_NEAR_HATE - 20, _NEAR_HATE + 21)
    for crimes in sorted(near, key=lambda size: abs(size - _NEAR_HATE)):
        outcomes = solve_rate("hate-crime", FORCE, crimes)
        if outcomes is not None:
            return crimes, outcomes
    raise NoSolutionError("No whole numbers satisfy the published figures of hate crime.")


def solve_units(measure: str, near_city: int, near_counties: int) -> tuple[Pair, Pair]:
    """City and Counties, such that both and their sum satisfy everything printed.

    Raises:
        NoSolutionError: If no pair of candidates satisfies crimes and outcomes together.
    """
    city_last, city_this = _candidates(figures_for(measure, CITY, _CRIME_KINDS), near_city)
    rest_last, rest_this = _candidates(figures_for(measure, COUNTIES, _CRIME_KINDS), near_counties)
    last = city_last[:, None] + rest_last[None, :]
    this = city_this[:, None] + rest_this[None, :]
    kept = np.ones(last.shape, dtype=np.bool_)
    for figure in figures_for(measure, FORCE, _CRIME_KINDS):
        kept &= holds(figure, this=this, last=last)
    rows, columns = np.nonzero(kept)
    distance = np.abs(city_last[rows] - near_city) + np.abs(rest_last[columns] - near_counties)
    distance += _FAR * _not_nearest(
        measure,
        {
            CITY: (city_last[rows], city_this[rows]),
            COUNTIES: (rest_last[columns], rest_this[columns]),
            FORCE: (last[rows, columns], this[rows, columns]),
        },
    )
    for choice in np.argsort(distance, kind="stable"):
        row, column = rows[choice], columns[choice]
        split = _outcomes(measure, int(city_this[row]), int(rest_this[column]))
        if split is not None:
            return (
                Pair(last=int(city_last[row]), this=int(city_this[row]), outcomes=split[0]),
                Pair(last=int(rest_last[column]), this=int(rest_this[column]), outcomes=split[1]),
            )
    raise NoSolutionError(f"No whole numbers satisfy the published figures of {measure}.")


def _not_nearest(measure: str, counts: dict[str, tuple[Integers, Integers]]) -> Integers:
    """For each candidate, how many gaps would print differently if rounded to the nearest.

    Such candidates come last, so that the demonstration reads the same under either rule
    wherever the papers allow it.
    """
    differing = [
        (~holds(figure, this=this, last=last, gaps=rounded)).astype(np.int64)
        for area, (last, this) in counts.items()
        for figure in figures_for(measure, area, frozenset({FigureKind.SHORT}))
    ]
    return np.asarray(np.sum(differing, axis=0), dtype=np.int64)


def _outcomes(measure: str, city: int, counties: int) -> tuple[int | None, int | None] | None:
    """Outcomes in City and Counties that also give the force's figures; None if none do.

    Where no rate is printed for the units, both are None.
    """
    if not figures_for(measure, CITY, _RATE_KINDS):
        return None, None
    force = figures_for(measure, FORCE, _RATE_KINDS)
    this = np.full((1, 1), city + counties, dtype=np.int64)
    city_range, rest_range = (
        _within(figures_for(measure, area, _RATE_KINDS), crimes)
        for area, crimes in ((CITY, city), (COUNTIES, counties))
    )
    total = city_range[:, None] + rest_range[None, :]
    kept = np.ones(total.shape, dtype=np.bool_)
    for figure in force:
        kept &= holds(figure, this=np.broadcast_to(this, total.shape), outcomes=total)
    found = np.argwhere(kept)
    if not found.size:
        return None
    row, column = found[len(found) // 2]
    return int(city_range[row]), int(rest_range[column])


def _within(figures: Iterable[PublishedFigure], crimes: int) -> Integers:
    """Every number of outcomes that gives an area's printed rates."""
    outcomes = np.arange(crimes + 1, dtype=np.int64)
    kept = np.ones(outcomes.shape, dtype=np.bool_)
    for figure in figures:
        kept &= holds(figure, this=np.full_like(outcomes, crimes), outcomes=outcomes)
    return outcomes[kept]


def solve_outcome_years(crimes: int, last_crimes: int) -> tuple[int, int]:
    """All-crime outcomes this year and last: both printed rates and "2,098 fewer"."""
    this = np.arange(crimes + 1, dtype=np.int64)
    about = [figure for figure in PUBLISHED if figure.subject == "all-crime"]
    fewer = next(f.scaled for f in about if f.kind is FigureKind.OUTCOMES_CHANGE)
    rates = {f.as_at: f for f in about if f.kind is FigureKind.OUTCOME_RATE}
    now, before = rates[max(rates)], rates[min(rates)]
    last = this - fewer
    kept = holds(now, this=np.full_like(this, crimes), outcomes=this)
    kept &= holds(before, this=np.full_like(this, last_crimes), outcomes=last)
    found = this[kept]
    if not found.size:
        raise NoSolutionError("No whole numbers satisfy the all-crime outcome rates of both years.")
    middle = int(found[found.size // 2])
    return middle, middle - fewer
