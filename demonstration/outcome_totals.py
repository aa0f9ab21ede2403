"""How many outcomes are given in each span, by crime type and command unit.

Printed rates are met exactly; the usual rates fill in the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from demonstration.areas import CITY_SLICE, FORCE, UNLOCATED
from demonstration.crime_types import CRIME_TYPES, TYPE_IDS, type_index
from demonstration.figures import FigureKind, Integers
from demonstration.papers import ANNUAL
from demonstration.periods import (
    LAST_YEAR_REST,
    LAST_YEAR_TO_DATE,
    SPANS,
    YEAR_REST,
    YEAR_TO_DATE,
    span_of_days,
)
from demonstration.published import PUBLISHED
from demonstration.records import Records
from demonstration.solve import solve_hate, solve_outcome_years, solve_rate
from demonstration.totals import share_out, share_within

Booleans = npt.NDArray[np.bool_]

CITY_UNIT, COUNTIES_UNIT, NOWHERE = 0, 1, 2
UNITS = 3
# Outcomes fell everywhere as TICs dried up: the usual rates are those of 2013/14.
_RATE_FACTORS = {0: 1.16, 1: 1.18, 2: 1.20, 3: 1.22, 8: 0.97, 9: 0.90, 10: 0.88}
_REST_RATES = {LAST_YEAR_REST: 0.315, YEAR_REST: 0.285}
_HIGHEST_RATE = 0.90
# Domestic violence with injury before 2013/14 and after: no printed rate.
_DOMESTIC_RATES = {LAST_YEAR_TO_DATE: 0.495, LAST_YEAR_REST: 0.50}
_HATE_RATES = {LAST_YEAR_TO_DATE: 0.50, LAST_YEAR_REST: 0.51}
_FLAG_RATE = 0.49


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Offences admitted together and taken into consideration on one day."""

    day: date
    crime_type: str
    unit: int
    count: int


def _batches() -> tuple[Batch, ...]:
    """Autumn 2013: vehicles in City.  2012: the high volume that made last year's rate 33.2%."""
    found = [
        Batch(day=day, crime_type="theft-of-motor-vehicle", unit=CITY_UNIT, count=count)
        for day, count in (
            (date(2013, 10, 17), 11),
            (date(2013, 11, 8), 16),
            (date(2013, 11, 26), 9),
        )
    ]
    for day in (date(2012, 5, 23), date(2012, 7, 12), date(2012, 9, 20), date(2012, 11, 14)):
        for unit in (CITY_UNIT, COUNTIES_UNIT):
            found += [
                Batch(day=day, crime_type="domestic-burglary", unit=unit, count=34),
                Batch(day=day, crime_type="theft-from-motor-vehicle", unit=unit, count=26),
                Batch(day=day, crime_type="theft-of-motor-vehicle", unit=unit, count=9),
                Batch(day=day, crime_type="burglary-other-than-dwelling", unit=unit, count=12),
            ]
    return tuple(found)


BATCHES: tuple[Batch, ...] = _batches()


def command_units(records: Records) -> Integers:
    """For each crime whether it lies in City, in Counties, or nowhere in particular."""
    city = records.area < CITY_SLICE.stop
    return np.where(city, CITY_UNIT, np.where(records.area == UNLOCATED, NOWHERE, COUNTIES_UNIT))


def flag_targets(records: Records, flagged: Booleans, measure: str) -> Integers:
    """Outcomes to give to flagged crimes, per span."""
    span = span_of_days(records.day)
    size = np.bincount(span[flagged], minlength=len(SPANS))
    rates = _HATE_RATES if measure == "hate-crime" else _DOMESTIC_RATES
    wanted = np.array(
        [round(int(n) * rates.get(index, _FLAG_RATE)) for index, n in enumerate(size)],
        dtype=np.int64,
    )
    if measure == "hate-crime":
        _, to_board = solve_hate()
    else:
        to_board = solve_rate(measure, FORCE, int(size[YEAR_TO_DATE])) or 0
    year = int(size[YEAR_TO_DATE] + size[YEAR_REST])
    wanted[YEAR_TO_DATE] = to_board
    wanted[YEAR_REST] = _year_outcomes(measure, 2013, year) - to_board
    return wanted


def _year_outcomes(measure: str, start: int, crimes: int) -> int:
    """Outcomes of a whole year that give the annual report's printed rate."""
    rate = next(
        figure.value
        for figure in PUBLISHED
        if figure.source == ANNUAL
        and figure.subject == measure
        and figure.kind is FigureKind.OUTCOME_RATE
        and figure.start.year == start
    )
    return round(crimes * rate / 100)


def unit_targets(totals: Integers, solved: dict[str, tuple[int, int]]) -> Integers:
    """Outcomes to give per (span, type, unit)."""
    city = totals[:, :, CITY_SLICE].sum(axis=2)
    nowhere = totals[:, :, UNLOCATED]
    crimes = np.stack((city, totals.sum(axis=2) - city - nowhere, nowhere), axis=2)
    whole = crimes.sum(axis=2)
    usual = np.array([crime_type.rate for crime_type in CRIME_TYPES])
    force = np.zeros(whole.shape, dtype=np.int64)
    for span, factor in _RATE_FACTORS.items():
        force[span] = np.rint(whole[span] * np.minimum(usual * factor, _HIGHEST_RATE))
    this, last = solve_outcome_years(
        int(whole[YEAR_TO_DATE].sum()), int(whole[LAST_YEAR_TO_DATE].sum())
    )
    held = _held(whole, solved)
    for span, total in (
        (LAST_YEAR_TO_DATE, last),
        (LAST_YEAR_REST, round(_REST_RATES[LAST_YEAR_REST] * int(whole[LAST_YEAR_REST].sum()))),
        (YEAR_TO_DATE, this),
        (YEAR_REST, round(_REST_RATES[YEAR_REST] * int(whole[YEAR_REST].sum()))),
    ):
        rows = [row for row in range(len(TYPE_IDS)) if row not in held]
        for row, counts in held.items():
            force[span, row] = counts[span]
        rest = total - int(sum(counts[span] for counts in held.values()))
        force[span, rows] = share_within(rest, whole[span, rows], usual[rows])
    return _by_unit(force, crimes, solved)


def _held(whole: Integers, solved: dict[str, tuple[int, int]]) -> dict[int, dict[int, int]]:
    """Printed outcomes per type and span, 2012/13 and 2013/14."""
    found: dict[int, dict[int, int]] = {}
    for measure, (city, counties) in solved.items():
        row = type_index(measure)
        before = _year_outcomes(
            measure, 2012, int(whole[LAST_YEAR_TO_DATE, row] + whole[LAST_YEAR_REST, row])
        )
        after = _year_outcomes(measure, 2013, int(whole[YEAR_TO_DATE, row] + whole[YEAR_REST, row]))
        part = whole[LAST_YEAR_TO_DATE, row] / (
            whole[LAST_YEAR_TO_DATE, row] + whole[LAST_YEAR_REST, row]
        )
        to_board = round(before * float(part))
        found[row] = {
            LAST_YEAR_TO_DATE: to_board,
            LAST_YEAR_REST: before - to_board,
            YEAR_TO_DATE: city + counties,
            YEAR_REST: after - city - counties,
        }
    return found


def _by_unit(force: Integers, crimes: Integers, solved: dict[str, tuple[int, int]]) -> Integers:
    """Split outcomes per (span, type) over City, Counties and records without a place."""
    found = np.zeros(crimes.shape, dtype=np.int64)
    for span in range(force.shape[0]):
        for row in range(force.shape[1]):
            weights = crimes[span, row].astype(np.float64)
            found[span, row] = share_out(int(force[span, row]), weights)
    for measure, (city, counties) in solved.items():
        found[YEAR_TO_DATE, type_index(measure)] = (city, counties, 0)
    return found


def strict_groups(targets: Integers) -> Booleans:
    """Groups whose outcomes enter a printed figure: all of 2012/13 and 2013/14."""
    strict = np.zeros(targets.shape, dtype=np.bool_)
    for span in (LAST_YEAR_TO_DATE, LAST_YEAR_REST, YEAR_TO_DATE, YEAR_REST):
        strict[span] = True
    return strict.ravel()
