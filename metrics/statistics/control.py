"""Control charts: natural limits, and whether a process within them will meet its target.

XmR charts for values (counts a month, a rolling figure) and Laney's p' chart for proportions with
their n, many series at once.  The points that stand out are in `control_signals`, the words in
`control_state`.  They are for reading, never for alerting: on seasonal small counts XmR limits
raise several times too many flags (docs/methods/comparison.md, "Control charts").

All arrays are (series, periods) in time order.  NaN means "not recorded": it is left out, and so
are the moving range, run or trend that would touch it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.statistics.verdict import WORD, Flags, Floats, Words, floats

MINIMUM_POINTS: Final = 12
"""Fewer points give limits too loose to judge by: they are drawn as provisional (NHS England,
Making Data Count, "Strengthening your decisions")."""

DEVIATIONS_TO_LIMIT: Final = 3.0

RANGE_TO_DEVIATION: Final = 1.128
"""d2 for moving ranges of two points: their mean is 1.128 standard deviations."""

NATURAL_LIMIT: Final = 2.66
"""3 / d2, rounded as Wheeler and Making Data Count publish it."""

RANGE_LIMIT: Final = 3.267
"""D4 for ranges of two points: a longer moving range is itself a signal (Nelson 1982)."""


class Assurance(StrEnum):
    """Whether a process that goes on as it is will meet its target."""

    WILL_MEET = "will_meet"
    HIT_OR_MISS = "hit_or_miss"
    WILL_NOT_MEET = "will_not_meet"
    NOT_ASSESSED = "not_assessed"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limits:
    """The limits of control charts, each array (series, periods).

    Attributes:
        lower: Lower limit; NaN where there are no two points to measure variation by.
        centre: Mean of the baseline of the period's segment.
        upper: Upper limit.
        deviation: One third of the way from the centre to the limits (before any clipping).
        spread: What a segment's deviations share: of values, the deviation itself; of
            proportions, the deviation in sampling errors, so that limits can be told for any n.
        position: (value - centre) / deviation: the value in standard deviations; NaN where it
            is not recorded or where the baseline never varied, so that nothing can be said.
        recorded: Whether the value itself is recorded.
        segment: Which stretch between breaks a period is in, from 0.
        firm: Whether the segment's limits rest on at least `MINIMUM_POINTS` points.
    """

    lower: Floats
    centre: Floats
    upper: Floats
    deviation: Floats
    spread: Floats
    position: Floats
    recorded: Flags
    segment: NDArray[np.intp]
    firm: Flags


def natural_limits(
    values: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    breaks: ArrayLike = False,
    screen: bool = True,
) -> Limits:
    """Return the natural process limits of XmR charts.

    Args:
        values: Shape (series, periods), equally spaced, in the unit of the measure.
        baseline: True for the periods that limits are computed from, (periods,) or (series,
            periods); the limits stay frozen over the others.  None: every period.
        breaks: True for the first period after a dated break (a logged change of recording, an
            approved re-base), (periods,) or (series, periods).  Limits are re-based there and
            nowhere else.
        screen: Leave moving ranges above `RANGE_LIMIT` times their mean out of a second mean.

    Returns:
        The limits.  The lower one may fall below zero: clipping it is the drawer's decision.

    Source: Wheeler 2000, Understanding Variation, ch. 3; Nelson 1982 (screening).
    """
    y = floats(values)
    segment, train = _segments(y, baseline, breaks)
    mean = _segment_mean(np.where(train, y, np.nan), segment)
    typical_range = _mean_range(y, segment, train, screen=screen)
    reach = NATURAL_LIMIT * typical_range
    deviation = reach / DEVIATIONS_TO_LIMIT
    return Limits(
        lower=mean - reach,
        centre=mean,
        upper=mean + reach,
        deviation=deviation,
        spread=deviation,
        position=_position(y, mean, deviation),
        recorded=~np.isnan(y),
        segment=segment,
        firm=_count(train, segment) >= MINIMUM_POINTS,
    )


def rate_limits(
    successes: ArrayLike,
    trials: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    breaks: ArrayLike = False,
    screen: bool = True,
) -> Limits:
    """Return the limits of Laney's p' charts, for proportions with their n.

    Args:
        successes: x, shape (series, periods); NaN: not recorded.
        trials: n, same shape; NaN or 0: not recorded.
        baseline: As in `natural_limits`.
        breaks: As in `natural_limits`.
        screen: As in `natural_limits`, on the ranges of standardised values.

    Returns:
        The limits, clipped to 0-1; they are wider where n is small.

    Source: Laney 2002, Quality Engineering 14(4), 531-537.
    """
    x, n = np.broadcast_arrays(floats(successes), floats(trials))
    known = ~np.isnan(x) & (n > 0)
    x, n = np.where(known, x, np.nan), np.where(known, n, np.nan)
    rate = x / n
    segment, train = _segments(rate, baseline, breaks)
    centre = _segment_mean(np.where(train, x, np.nan), segment) / _segment_mean(
        np.where(train, n, np.nan), segment
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        sampling = np.sqrt(np.clip(centre * (1.0 - centre), 0.0, None) / n)
        standardised = np.where(sampling > 0, (rate - centre) / sampling, np.nan)
    spread = _mean_range(standardised, segment, train, screen=screen) / RANGE_TO_DEVIATION
    deviation = sampling * spread
    reach = DEVIATIONS_TO_LIMIT * deviation
    return Limits(
        lower=np.maximum(0.0, centre - reach),
        centre=centre,
        upper=np.minimum(1.0, centre + reach),
        deviation=deviation,
        spread=spread,
        position=_position(rate, centre, deviation),
        recorded=known,
        segment=segment,
        firm=_count(train, segment) >= MINIMUM_POINTS,
    )


def assurance(limits: Limits, target: ArrayLike, better: ArrayLike) -> Words:
    """Whether each process, going on as it is, will meet its target.

    The latest limits decide: after a re-base the old ones no longer describe the process.

    Args:
        limits: The limits of the charts.
        target: In the unit of the charts, one per series; NaN: no target.
        better: +1 higher is better, -1 lower is better, 0 neither, one per series.

    Returns:
        Values of `Assurance`, one per series; not assessed without a target, a direction or firm
        limits.
    """
    goal, way = floats(target), np.asarray(better)
    lower, upper = _latest(limits.lower), _latest(limits.upper)
    usable = ~np.isnan(goal) & (way != 0) & limits.firm[:, -1] & ~np.isnan(upper)
    above, below = goal > upper, goal < lower
    return np.select(
        [
            ~usable,
            np.where(way > 0, below, above),
            np.where(way > 0, above, below),
        ],
        [Assurance.NOT_ASSESSED, Assurance.WILL_MEET, Assurance.WILL_NOT_MEET],
        default=Assurance.HIT_OR_MISS,
    ).astype(WORD)


def _segments(
    values: Floats, baseline: ArrayLike | None, breaks: ArrayLike
) -> tuple[NDArray[np.intp], Flags]:
    """Number the stretches between breaks, and say which points limits are computed from."""
    starts = np.broadcast_to(np.asarray(breaks, dtype=bool), values.shape)
    wanted = np.broadcast_to(np.asarray(True if baseline is None else baseline), values.shape)
    segment = np.cumsum(starts, axis=1) - starts[:, :1]
    return segment.astype(np.intp), np.asarray(wanted.astype(bool) & ~np.isnan(values))


def _cells(segment: NDArray[np.intp]) -> tuple[NDArray[np.intp], int]:
    """One number for each (series, segment)."""
    width = int(segment.max(initial=0)) + 1
    return segment + width * np.arange(segment.shape[0])[:, None], width * segment.shape[0]


def _segment_mean(values: Floats, segment: NDArray[np.intp]) -> Floats:
    """Mean of the recorded values of each segment, at every period of the segment."""
    cell, cells = _cells(segment)
    known = ~np.isnan(values)
    total = np.bincount(cell[known], weights=values[known], minlength=cells)
    with np.errstate(invalid="ignore"):
        return np.asarray((total / np.bincount(cell[known], minlength=cells))[cell])


def _count(train: Flags, segment: NDArray[np.intp]) -> NDArray[np.intp]:
    cell, cells = _cells(segment)
    return np.asarray(np.bincount(cell[train], minlength=cells)[cell], dtype=np.intp)


def _mean_range(values: Floats, segment: NDArray[np.intp], train: Flags, *, screen: bool) -> Floats:
    """Mean moving range of each segment's baseline, at every period of the segment."""
    pair = train[:, 1:] & train[:, :-1] & (np.diff(segment, axis=1) == 0)
    # The range belongs to its second point; the first column has none.
    ranges = np.full(values.shape, np.nan)
    ranges[:, 1:] = np.where(pair, np.abs(np.diff(values, axis=1)), np.nan)
    typical = _segment_mean(ranges, segment)
    if screen:
        typical = _segment_mean(np.where(ranges <= RANGE_LIMIT * typical, ranges, np.nan), segment)
    return typical


def _position(values: Floats, centre: Floats, deviation: Floats) -> Floats:
    """Values in deviations from the centre; NaN where the baseline never varied."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(deviation > 0, (values - centre) / deviation, np.nan)


def _latest(limit: Floats) -> Floats:
    """The last recorded limit of each series (a p' chart has none where n is missing)."""
    periods = np.arange(limit.shape[1])
    last = np.where(np.isnan(limit), -1, periods).max(axis=1, initial=-1)
    return np.where(last >= 0, limit[np.arange(len(limit)), np.maximum(last, 0)], np.nan)
