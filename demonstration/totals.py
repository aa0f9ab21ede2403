"""Crimes per span, type and area: the published numbers, and shares for all the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demonstration.areas import (
    AREAS,
    CITY_AREAS,
    CITY_SLICE,
    COUNTIES_AREAS,
    COUNTIES_SLICE,
    FORCE,
    UNLOCATED,
)
from demonstration.crime_types import BALANCING_TYPE, CRIME_TYPES, TYPE_IDS, type_index
from demonstration.figures import Integers
from demonstration.periods import (
    CALENDAR_2015,
    LAST_YEAR_REST,
    LAST_YEAR_TO_DATE,
    NINE_MONTHS_2014,
    QUARTER_2016,
    SPANS,
    YEAR_REST,
    YEAR_TO_DATE,
)
from demonstration.published import PUBLISHED
from demonstration.published_crime import LATEST_2015, LONG_TERM
from demonstration.solve import Pair, solve_area, solve_units

Reals = npt.NDArray[np.float64]

# Where the search for whole numbers starts: last year's crimes in City and in Counties.
_NEAR_UNITS: dict[str, tuple[int, int]] = {
    "all-crime": (19850, 21257),
    "domestic-burglary": (1266, 1506),
    "theft-of-motor-vehicle": (310, 437),
    "theft-from-motor-vehicle": (1386, 2132),
    "violence-with-injury": (1530, 1410),
}
_NEAR_FORCE: dict[str, int] = {
    "shoplifting": 3624,
    "cycle-theft": 1507,
    "theft-from-the-person": 806,
    "burglary-other-than-dwelling": 2311,
}
_NEAR_SEXUAL = 643
_NEAR_LOCAL: dict[tuple[str, str], int] = {
    ("domestic-burglary", "blaby-lpu"): 323,
    ("domestic-burglary", "hinckley-lpu"): 198,
    ("theft-of-motor-vehicle", "beaumont-leys"): 75,
    ("theft-of-motor-vehicle", "harborough-lpu"): 26,
    ("theft-of-motor-vehicle", "north-west-leicestershire-lpu"): 70,
    ("violence-with-injury", "city-centre"): 361,
    ("violence-with-injury", "charnwood-lpu"): 188,
}
_COUNTIES_WEIGHTS = (0.13, 0.25, 0.095, 0.135, 0.145, 0.06, 0.075, 0.045)
_CITY_REST_WEIGHTS = (0.33, 0.35, 0.32)  # beside City Centre
# Little changed from 2014 to 2015 (panel report, March 2016); April to December 2014, invented.
_NINE_MONTHS_2014_TOTAL = 44_500
_QUARTER_2016_TOTAL = 14_400
# Records not located more closely than the force; none where City and Counties must add up.
_UNLOCATED_SHARE = 0.003


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Crimes per (span, type, area), and the outcomes solved with them.

    `outcomes` maps a crime type to 2013/14 outcomes to the board day in City and in Counties.
    """

    crimes: Integers
    outcomes: dict[str, tuple[int, int]]


def share_out(total: int, weights: Reals) -> Integers:
    """Whole numbers in proportion to `weights` that add up to `total` (largest remainder)."""
    exact = weights / weights.sum() * total
    whole: Integers = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def share_within(total: int, sizes: Integers, usual: Reals) -> Integers:
    """Parts of `sizes` that add up to `total`: the usual shares, shifted alike on the logit scale.

    Args:
        total: What the parts add up to.
        sizes: Upper bound of each part.
        usual: Usual share of each part, between 0 and 1.
    """
    low, high = -8.0, 8.0
    logit = np.log(usual / (1 - usual))
    for _ in range(60):
        shift = (low + high) / 2
        if float((sizes / (1 + np.exp(-logit - shift))).sum()) < total:
            low = shift
        else:
            high = shift
    return share_out(total, sizes / (1 + np.exp(-logit - low)))


def build() -> Totals:
    """Every span's crimes by type and area."""
    units = {measure: solve_units(measure, *near) for measure, near in _NEAR_UNITS.items()}
    by_type = _by_type(units)
    crimes = np.zeros((len(SPANS), len(TYPE_IDS), len(AREAS)), dtype=np.int64)
    for side, span in enumerate((LAST_YEAR_TO_DATE, YEAR_TO_DATE)):
        crimes[span] = _located(by_type[span], units, side=side)
    shares = crimes[LAST_YEAR_TO_DATE] + crimes[YEAR_TO_DATE]
    for span in range(len(SPANS)):
        if span not in (LAST_YEAR_TO_DATE, YEAR_TO_DATE):
            for row in range(len(TYPE_IDS)):
                weights = shares[row].astype(np.float64)
                if span not in (LAST_YEAR_REST, YEAR_REST):
                    weights[UNLOCATED] = _UNLOCATED_SHARE * weights.sum()
                crimes[span, row] = share_out(int(by_type[span, row]), weights)
    outcomes = {
        measure: (city.outcomes, counties.outcomes)
        for measure, (city, counties) in units.items()
        if city.outcomes is not None and counties.outcomes is not None
    }
    return Totals(crimes=crimes, outcomes=outcomes)


def _by_type(units: dict[str, tuple[Pair, Pair]]) -> Integers:
    """Crimes per (span, type) for the force."""
    stated = np.array([crime_type.totals for crime_type in CRIME_TYPES], dtype=np.int64).T
    first_year, last_ytd, last_year, ytd, year, latest = stated.copy()
    for measure, (city, counties) in units.items():
        if measure != "all-crime":
            row = type_index(measure)
            last_ytd[row], ytd[row] = city.last + counties.last, city.this + counties.this
    for measure, near in _NEAR_FORCE.items():
        pair = solve_area(measure, FORCE, near)
        last_ytd[type_index(measure)], ytd[type_index(measure)] = pair.last, pair.this
    rape, sexual = type_index("rape"), type_index("other-sexual-offences")
    pair = solve_area("sexual-offences", FORCE, _NEAR_SEXUAL)
    last_ytd[sexual], ytd[sexual] = pair.last - last_ytd[rape], pair.this - ytd[rape]
    for measure, count in LATEST_2015.items():
        if measure != "all-crime":
            latest[type_index(measure)] = count
    for yearly, start in ((last_year, 2012), (year, 2013)):
        for figure in PUBLISHED:
            if figure.kind == "count" and figure.start.year == start and not figure.flag:
                for crime_type in figure.crime_types:
                    yearly[type_index(crime_type)] = figure.scaled
    all_city, all_counties = units["all-crime"]
    _balance(last_ytd, all_city.last + all_counties.last)
    _balance(ytd, all_city.this + all_counties.this)
    _balance(last_year, LONG_TERM[2012])
    _balance(year, LONG_TERM[2013])
    _balance(latest, LATEST_2015["all-crime"])
    _balance(first_year, LONG_TERM[2008])

    found = np.zeros((len(SPANS), len(TYPE_IDS)), dtype=np.int64)
    for index, start in enumerate((2008, 2009, 2010, 2011)):
        part = index / 4
        weights = np.exp((1 - part) * np.log(first_year) + part * np.log(last_year))
        found[index] = share_out(LONG_TERM[start], weights)
    found[LAST_YEAR_TO_DATE], found[LAST_YEAR_REST] = last_ytd, last_year - last_ytd
    found[YEAR_TO_DATE], found[YEAR_REST] = ytd, year - ytd
    found[CALENDAR_2015] = latest
    summer, winter = last_ytd / last_year, (last_year - last_ytd) / last_year
    found[NINE_MONTHS_2014] = share_out(_NINE_MONTHS_2014_TOTAL, np.sqrt(year * latest) * summer)
    found[QUARTER_2016] = share_out(_QUARTER_2016_TOTAL, latest * winter)
    return found


def _balance(counts: Integers, total: int) -> None:
    """Give the balancing type what is left of a total, in place."""
    counts[BALANCING_TYPE] += total - int(counts.sum())


def _located(by_type: Integers, units: dict[str, tuple[Pair, Pair]], *, side: int) -> Integers:
    """Crimes per (type, area) in a window where City, Counties and units are printed.

    `side` is 0 for last year and 1 for this year.
    """
    found = np.zeros((len(TYPE_IDS), len(AREAS)), dtype=np.int64)
    pinned = {type_index(m): pair[0] for m, pair in units.items() if m != "all-crime"}
    city = np.zeros(len(TYPE_IDS), dtype=np.int64)
    for row, pair in pinned.items():
        city[row] = pair.this if side else pair.last
    free = np.array([row for row in range(len(TYPE_IDS)) if row not in pinned])
    whole = units["all-crime"][0].this if side else units["all-crime"][0].last
    usual = np.array([CRIME_TYPES[row].city for row in free])
    city[free] = share_within(whole - int(city.sum()), by_type[free], usual)
    for row, crime_type in enumerate(CRIME_TYPES):
        centre = (crime_type.centre, *((1 - crime_type.centre) * w for w in _CITY_REST_WEIGHTS))
        found[row, CITY_SLICE] = _local(row, int(city[row]), CITY_AREAS, centre, side=side)
        rest = int(by_type[row] - city[row])
        found[row, COUNTIES_SLICE] = _local(row, rest, COUNTIES_AREAS, _COUNTIES_WEIGHTS, side=side)
    return found


def _local(
    row: int, total: int, areas: tuple[str, ...], weights: tuple[float, ...], *, side: int
) -> Integers:
    """One type's crimes in one command unit, with the printed local units held."""
    held: dict[int, int] = {}
    for position, area in enumerate(areas):
        near = _NEAR_LOCAL.get((TYPE_IDS[row], area))
        if near is not None:
            pair = solve_area(TYPE_IDS[row], area, near)
            held[position] = pair.this if side else pair.last
    free = [position for position in range(len(areas)) if position not in held]
    found = np.zeros(len(areas), dtype=np.int64)
    for position, count in held.items():
        found[position] = count
    found[free] = share_out(total - sum(held.values()), np.array([weights[p] for p in free]))
    return found
