"""Where the performance year is likely to end, and the chance of meeting its target."""

from __future__ import annotations

import math
from datetime import date
from functools import partial

import numpy as np
from numpy.typing import NDArray

from metrics.assessing.layout import Rows
from metrics.assessing.memory import Memory
from metrics.assessment import Projected
from metrics.calendar import performance_year
from metrics.model import Catalogue, Target, TargetKind
from metrics.monthly import MONTHS, Months
from metrics.positions import Positions
from metrics.series import Counts
from metrics.statistics.projection import Projection, Withheld, project
from metrics.statistics.rate_reference import Prediction
from metrics.statistics.remainder import PastErrors, errors_so_far
from metrics.statistics.year_end_rate import (
    RateProjection,
    RateWithheld,
    project_rates,
    rates_ahead,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

REASONS = {
    RateWithheld.NOT: Withheld.NOT,
    RateWithheld.THIS_YEAR_NOT_RECORDED: Withheld.THIS_YEAR_NOT_RECORDED,
    RateWithheld.LAST_YEAR_NOT_RECORDED: Withheld.LAST_YEAR_NOT_RECORDED,
    RateWithheld.NO_ANSWERS: Withheld.NO_COMPLETE_YEAR,
    RateWithheld.ERROR_NOT_MEASURED: Withheld.ERROR_NOT_MEASURED,
}
"""What keeps a rate's year end back, as it is told of counts."""


def projected(
    rows: Rows,
    positions: Positions,
    counts: Counts,
    catalogue: Catalogue,
    *,
    as_at: date,
    memory: Memory,
    limits: bool = True,
) -> Projected:
    """Project every count and rate to the end of the year that its figures reach into.

    Args:
        rows: The rows of the run.
        positions: Give last year's total, which targets are taken off.
        counts: The arrays they were reckoned from.
        catalogue: Its targets.
        as_at: The day of the positions.
        memory: Of what rests on whole months.
        limits: Whether the limits of rates are wanted, which take longest; NaN without.
    """
    made = _empty(len(rows))
    asked = [catalogue.target(one.id, as_at) for one in rows.measures]
    for chosen, day, months in rows.by_reach(rows.is_count, counts):
        target = _count_targets(rows, positions, chosen, asked, performance_year(day))
        _take(made, chosen, _project_counts(rows, chosen, months, target, memory=memory))
    for chosen, _, months in rows.by_reach(rows.is_rate, counts):
        floor = np.array([_floor(asked[number]) for number in rows.measure[chosen]])
        _take(
            made, chosen, _project_rates(rows, chosen, months, floor, limits=limits, memory=memory)
        )
    return made


def _empty(size: int) -> Projected:
    names = (
        "expected",
        "lower_80",
        "upper_80",
        "lower_95",
        "upper_95",
        "chance_met",
        "pace_needed",
    )
    return Projected(
        **{name: np.full(size, np.nan) for name in names},
        withheld=np.full(size, Withheld.THIS_YEAR_NOT_RECORDED, dtype=np.int64),
    )


def _count_targets(
    rows: Rows,
    positions: Positions,
    chosen: Integers,
    asked: list[Target | None],
    year: int,
) -> Floats:
    """Return the year's total that each target allows: taken off the whole of last year."""
    if year - 1 not in positions.years:
        return np.full(chosen.size, np.nan)
    last_year = positions.yearly[chosen, positions.years.index(year - 1)]
    shares = np.array([_share(asked[number]) for number in rows.measure[chosen]], dtype=np.float64)
    return np.asarray(last_year * shares)


def _share(target: Target | None) -> float:
    """Return the share of last year's total that a target allows; NaN without one."""
    if target is None or target.kind not in (TargetKind.REDUCTION, TargetKind.FEWER):
        return np.nan
    return 1.0 - target.value if target.kind is TargetKind.REDUCTION else 1.0


def _floor(target: Target | None) -> float:
    return target.value if target and target.kind is TargetKind.AT_LEAST else np.nan


def _project_counts(
    rows: Rows, chosen: Integers, months: Months, target: Floats, *, memory: Memory
) -> Projection:
    place = rows.above[chosen], rows.area[chosen]
    whole, measure, level = months.whole[place], rows.dense_measure(chosen), rows.level[chosen]
    elapsed = months.elapsed
    errors = memory.once(
        "errors of the months left",
        (math.floor(elapsed), math.ceil(elapsed), whole, measure, level),
        partial(errors_so_far, whole, measure=measure, level=level, months_elapsed=elapsed),
        keep_as=PastErrors,
    )
    return project(
        whole,
        measure=measure,
        level=level,
        months_elapsed=elapsed,
        part_month=months.part[place],
        target=target,
        errors=errors,
    )


def _project_rates(
    rows: Rows,
    chosen: Integers,
    months: Months,
    target: Floats,
    *,
    limits: bool,
    memory: Memory,
) -> RateProjection:
    above, below = (
        (rows.above[chosen], rows.area[chosen]),
        (rows.below[chosen], rows.area[chosen]),
    )
    part = months.part[below]
    series = rows.rate_series(chosen, months)
    ahead = memory.once(
        "rates of the months left",
        (math.ceil(MONTHS - months.elapsed), *series.parts),
        partial(rates_ahead, series, months_elapsed=months.elapsed),
        keep_as=Prediction,
    )
    return project_rates(
        series,
        months_elapsed=months.elapsed,
        part_successes=np.minimum(months.part[above], part),
        part_trials=part,
        target=target,
        limits=limits,
        ahead=ahead,
    )


def _take(made: Projected, chosen: Integers, one: Projection | RateProjection) -> None:
    """Write what was projected into its rows."""
    counts = isinstance(one, Projection)
    made.expected[chosen] = one.total if isinstance(one, Projection) else one.rate
    for name in ("lower_80", "upper_80", "lower_95", "upper_95", "chance_met"):
        getattr(made, name)[chosen] = getattr(one, name)
    if isinstance(one, Projection):
        made.pace_needed[chosen] = one.pace_needed
    codes = one.withheld.astype(np.int64)
    named = codes if counts else [REASONS[RateWithheld(code)] for code in codes.tolist()]
    made.withheld[chosen] = named
