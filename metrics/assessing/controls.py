"""Where every measure's latest month stands on its control chart.

Limits come from the months before the performance year and stay frozen over it; they are re-based
only where a dated note says that recording changed.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.assessing.layout import Rows, breaks_of
from metrics.assessment import Controlled, places
from metrics.calendar import performance_year, whole_year
from metrics.model import Catalogue, Measure, TargetKind
from metrics.monthly import Months
from metrics.series import Counts
from metrics.statistics.control import Assurance, Limits, assurance, natural_limits, rate_limits
from metrics.statistics.control_state import ControlState, control_position

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

CHART: Final = 48
"""Months on a chart: three years of baseline and the year in progress."""


def controlled(rows: Rows, counts: Counts, catalogue: Catalogue, *, as_at: date) -> Controlled:
    """Return the state of every count's and rate's control chart."""
    unknown = places(ControlState, [ControlState.NOT_RECORDED])[0]
    not_assessed = places(Assurance, [Assurance.NOT_ASSESSED])[0]
    made = Controlled(
        state=np.full(len(rows), unknown),
        side=np.zeros(len(rows), dtype=np.int64),
        deviations=np.full(len(rows), np.nan),
        assurance=np.full(len(rows), not_assessed),
    )
    for wanted in (rows.is_count, rows.is_rate):
        for chosen, day, months in rows.by_reach(wanted, counts):
            if not months.starts:
                continue
            limits = _limits(rows, chosen, months, catalogue, day)
            position = control_position(limits)
            made.state[chosen] = places(ControlState, position.state)
            made.side[chosen] = position.side
            made.deviations[chosen] = position.deviations
            if wanted is rows.is_rate:
                target = [
                    _floor(catalogue, rows.measures[one], as_at) for one in rows.measure[chosen]
                ]
                made.assurance[chosen] = places(
                    Assurance, assurance(limits, target, rows.better[chosen])
                )
    return made


def _limits(
    rows: Rows, chosen: Integers, months: Months, catalogue: Catalogue, day: date
) -> Limits:
    starts = months.starts[-CHART:]
    year = whole_year(performance_year(day)).first
    baseline = np.array([start < year for start in starts])
    breaks = np.array([_breaks(catalogue, one, starts) for one in rows.measures])
    rebased = breaks[rows.measure[chosen]]
    above = months.whole[rows.above[chosen], rows.area[chosen]][:, -CHART:]
    # After a break inside the year, the months since then are all there is to go by.
    since = np.cumsum(rebased, axis=1) == rebased.sum(axis=1, keepdims=True)
    train = baseline | (since & rebased.any(axis=1, keepdims=True))
    if rows.is_rate[chosen[0]]:
        below = months.whole[rows.below[chosen], rows.area[chosen]][:, -CHART:]
        return rate_limits(above, below, baseline=train, breaks=rebased)
    return natural_limits(above, baseline=train, breaks=rebased)


def _breaks(catalogue: Catalogue, measure: Measure, starts: tuple[date, ...]) -> Booleans:
    """Mark the first month after each change of a measure's recording."""
    marked = np.zeros(len(starts), dtype=bool)
    for day in breaks_of(catalogue, measure):
        after = [number for number, start in enumerate(starts) if start >= day]
        if after and starts[0] < day:
            marked[after[0]] = True
    return marked


def _floor(catalogue: Catalogue, measure: Measure, as_at: date) -> float:
    target = catalogue.target(measure.id, as_at)
    return target.value if target and target.kind is TargetKind.AT_LEAST else np.nan
