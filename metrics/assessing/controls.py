"""Where every measure's latest month stands on its control chart.

Limits come from the months before the performance year and stay frozen over it; they are re-based
only where a dated note says that recording changed.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.assessing.layout import Rows, breaks_of
from metrics.assessing.memory import Memory
from metrics.assessment import Controlled, places
from metrics.model import Catalogue, Measure, TargetKind
from metrics.monthly import MONTHS, Months
from metrics.series import Counts
from metrics.statistics.control import Assurance, Limits, assurance, natural_limits, rate_limits
from metrics.statistics.control_state import ControlPosition, ControlState, control_position

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

BASELINE: Final = 36
"""Months that limits come from: the three performance years before the one that is charted."""


def controlled(
    rows: Rows, counts: Counts, catalogue: Catalogue, *, as_at: date, memory: Memory
) -> Controlled:
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
        for chosen, _, months in rows.by_reach(wanted, counts):
            if not months.starts:
                continue
            held = [months.whole[rows.above[chosen], rows.area[chosen]]]
            if wanted is rows.is_rate:
                held.append(months.whole[rows.below[chosen], rows.area[chosen]])
            limits, position = memory.once(
                "control charts",
                (wanted is rows.is_rate, chosen, months.starts[-1], catalogue.version, *held),
                partial(_charted, rows, chosen, months, catalogue),
            )
            made.state[chosen] = places(ControlState, position.state)
            made.side[chosen] = position.side
            made.deviations[chosen] = position.deviations
            if wanted is rows.is_rate:
                target = np.array([_floor(catalogue, one, as_at) for one in rows.measures])
                made.assurance[chosen] = places(
                    Assurance,
                    assurance(limits, target[rows.measure[chosen]], rows.better[chosen]),
                )
    return made


def _charted(
    rows: Rows, chosen: Integers, months: Months, catalogue: Catalogue
) -> tuple[Limits, ControlPosition]:
    limits = chart_limits(rows, chosen, months, catalogue)
    return limits, control_position(limits)


def chart_limits(rows: Rows, chosen: Integers, months: Months, catalogue: Catalogue) -> Limits:
    """Return the control charts of rows, as they stand when a month has ended.

    Args:
        rows: The rows of the run.
        chosen: Those wanted: all of them counts, or all of them rates; at least one.
        months: At least one whole month.  The last one says which performance year's limits are
            in force: in April, before a month of the new year has ended, still those of the old.
        catalogue: Its notes say where recording changed.

    Returns:
        The limits of the `BASELINE` months before the performance year and of those of the year;
        (chosen rows, months), or fewer months where there are fewer.
    """
    in_year = (len(months.starts) - 1) % MONTHS + 1  # the first of all months is an April
    charted = slice(-BASELINE - in_year, None)
    starts = months.starts[charted]
    baseline = np.arange(len(starts)) < len(starts) - in_year
    rebased = _breaks(catalogue, rows.measures, starts)[rows.measure[chosen]]
    above = months.whole[rows.above[chosen], rows.area[chosen]][:, charted]
    # After a break inside the year, the months since then are all there is to go by.
    since = np.cumsum(rebased, axis=1) == rebased.sum(axis=1, keepdims=True)
    train = baseline | (since & rebased.any(axis=1, keepdims=True))
    if rows.is_rate[chosen[0]]:
        below = months.whole[rows.below[chosen], rows.area[chosen]][:, charted]
        return rate_limits(above, below, baseline=train, breaks=rebased)
    return natural_limits(above, baseline=train, breaks=rebased)


def _breaks(
    catalogue: Catalogue, measures: Sequence[Measure], starts: tuple[date, ...]
) -> Booleans:
    """Mark the first month after each change of a measure's recording, (measures, months)."""
    marked = np.zeros((len(measures), len(starts)), dtype=bool)
    for number, measure in enumerate(measures):
        for day in breaks_of(catalogue, measure):
            if starts[0] < day <= starts[-1]:
                marked[number, bisect_left(starts, day)] = True
    return marked


def _floor(catalogue: Catalogue, measure: Measure, as_at: date) -> float:
    target = catalogue.target(measure.id, as_at)
    return target.value if target and target.kind is TargetKind.AT_LEAST else np.nan
