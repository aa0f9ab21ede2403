"""Where a series stands on its control chart, in the words that the force's papers use.

The rules are written beside each state in `ControlState` and, with their reasons, in
docs/methods/comparison.md, "The papers' words".  The first rule that holds decides.

Arrays are (series, periods) in time order; results are one per series, for the latest period.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from metrics.statistics.control import DEVIATIONS_TO_LIMIT, Limits
from metrics.statistics.control_signals import RUN, WARNING_DEVIATIONS, Signs
from metrics.statistics.verdict import WORD, Floats, Words, floats

YEAR_IN_MONTHS: Final = 12

LONG_TERM: Final = 12
"""Recorded periods that make a long term: the latest year of a monthly chart."""

LONG_TERM_SHARE: Final = 10
"""Of `LONG_TERM` periods, how many have to lie on one side of the mean."""

LONG_TERM_MEAN: Final = DEVIATIONS_TO_LIMIT / LONG_TERM**0.5
"""Mean position of `LONG_TERM` periods that chance would pass about once in 700 (3 sigma)."""

TIGHT: Final = 1.0
"""Within this many deviations of its own mean a stretch of points is called stable."""

WORDS_NEEDED: Final = 5
"""Of the last `RUN` periods, how many must be recorded before a level is described."""


class ControlState(StrEnum):
    """Where the latest point stands, and what the points before it have been doing."""

    NOT_RECORDED = "not_recorded"
    """The latest period is not recorded."""

    TOO_FEW_POINTS = "too_few_points"
    """The limits are not firm, or the baseline never varied."""

    SEASONAL_SPIKE = "seasonal_spike"
    """Above two thirds of the way to the upper limit, as the same period has been before: on
    average at least one deviation above the mean in at least two earlier years, and no more than
    two deviations below the latest.  Not where the last seven points are all on one side: that is
    a level, not a spike."""

    OUTSIDE = "outside"
    """Outside the limits, and not as in the same period of earlier years."""

    STABILISED = "stabilised"
    """The last seven points all on one side of the mean, their own mean rounding to one or two
    deviations from it, none more than one deviation from their own mean."""

    LONG_TERM = "long_term"
    """Inside the limits, but at least ten of the last twelve points on one side and their mean
    beyond 3 / sqrt(12) = 0.87 deviations."""

    AROUND_THE_MEAN = "around_the_mean"
    """The last seven points all within one deviation of the mean."""

    WITHIN_BOUNDS = "within_bounds"
    """Inside the limits, and none of the above."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ControlPosition:
    """Where each series stands at its latest period; one entry per series.

    Attributes:
        state: Values of `ControlState`.
        side: +1 above the mean, -1 below, 0 where the state has no side.
        deviations: Position of the latest point; of a stable or long-term level its mean
            position; NaN where not known.
    """

    state: Words
    side: Signs
    deviations: Floats


def control_position(limits: Limits, *, season: int = YEAR_IN_MONTHS) -> ControlPosition:
    """Say where each series stands at its latest period.

    Args:
        limits: The limits of the charts, with the position of every point.
        season: Periods in a year: 12 for months, 4 for quarters.

    Returns:
        State, side and size, one per series.
    """
    position = np.where(limits.firm, limits.position, np.nan)
    latest = position[:, -1]
    # Firm limits rest on twelve points of their own segment, so neither stretch crosses a break.
    recent, long = position[:, -RUN:], position[:, -LONG_TERM:]
    level, recent_count = _mean(recent), np.sum(~np.isnan(recent), axis=1)
    known = recent_count >= min(WORDS_NEEDED, RUN)
    steps = np.round(np.abs(level))
    with np.errstate(invalid="ignore"):
        tight = np.nanmax(np.abs(recent - level[:, None]), axis=1, initial=0.0) <= TIGHT
        near_mean = np.nanmax(np.abs(recent), axis=1, initial=0.0) <= TIGHT
        one_side = np.all(recent > 0, axis=1) | np.all(recent < 0, axis=1)
        stable = (recent_count == RUN) & one_side & tight & ((steps == 1) | (steps == 2))
        long_level = _mean(long)
        majority = np.sum(np.sign(long) == np.sign(long_level)[:, None], axis=1)
        lasting = (majority >= LONG_TERM_SHARE) & (np.abs(long_level) > LONG_TERM_MEAN)
        beyond = np.abs(latest) > DEVIATIONS_TO_LIMIT
    conditions = [
        ~limits.recorded[:, -1],
        np.isnan(latest),
        _seasonal(position, latest, season) & ~(one_side & (recent_count == RUN)),
        beyond,
        stable,
        lasting,
        known & near_mean,
    ]
    states = [
        ControlState.NOT_RECORDED,
        ControlState.TOO_FEW_POINTS,
        ControlState.SEASONAL_SPIKE,
        ControlState.OUTSIDE,
        ControlState.STABILISED,
        ControlState.LONG_TERM,
        ControlState.AROUND_THE_MEAN,
    ]
    state = np.select(conditions, states, default=ControlState.WITHIN_BOUNDS).astype(WORD)
    deviations = np.select(
        [state == ControlState.STABILISED, state == ControlState.LONG_TERM],
        [level, long_level],
        default=latest,
    )
    has_side = np.isin(state, [str(one) for one in states[2:6]])
    side = np.where(has_side, np.sign(np.nan_to_num(deviations)), 0).astype(np.int8)
    return ControlPosition(state=state, side=side, deviations=deviations)


def control_words(state: ControlState, side: int, deviations: float) -> str:
    """Word a state as the force's papers do.

    Args:
        state: One value of `ControlPosition.state`.
        side: +1 above the mean, -1 below, 0 neither.
        deviations: Position in deviations from the mean.
    """
    above = "above" if side > 0 else "below"
    match state:
        case ControlState.NOT_RECORDED:
            return "not recorded for the latest period"
        case ControlState.TOO_FEW_POINTS:
            return "too few points for firm control limits"
        case ControlState.SEASONAL_SPIKE:
            return "a seasonal spike, as in the same period of earlier years"
        case ControlState.OUTSIDE:
            return f"outside the expected bounds, {above} the {_limit(side)} limit"
        case ControlState.STABILISED:
            many = "two deviations" if round(abs(deviations)) == 2 else "one deviation"
            return f"within expected bounds, stabilised at {many} {above} the mean"
        case ControlState.LONG_TERM:
            return f"significantly {'high' if side > 0 else 'low'} over the long term"
        case ControlState.AROUND_THE_MEAN:
            return "levels concentrated around the mean"
        case ControlState.WITHIN_BOUNDS:
            return "within expected bounds"
        case _:
            assert_never(state)


def sigma_band(p_high: ArrayLike) -> NDArray[np.int8]:
    """The sigma band of a seasonal count, from the chance of so many or more.

    z = Phi^-1(1 - p): this takes the place of XmR limits for seasonal small counts.

    Args:
        p_high: Upper mid-P of the latest window (28 days) under its expectation; NaN: not known.

    Returns:
        -3 to +3: how many whole deviations the window lies beyond, with its side; 0 within one
        or not known.
    """
    p = floats(p_high)
    z = -special.ndtri(np.where(np.isnan(p), 0.5, p))
    whole = np.clip(np.floor(np.abs(z)), 0, DEVIATIONS_TO_LIMIT)
    return np.asarray(np.sign(z) * whole, dtype=np.int8)


def band_words(band: int) -> str:
    """Word a sigma band; one language with the control charts."""
    if band == 0:
        return "within expected bounds, around the mean"
    side = "above" if band > 0 else "below"
    if abs(band) >= DEVIATIONS_TO_LIMIT:
        return f"outside the expected bounds, {side} the {_limit(band)} limit"
    many = "two deviations" if abs(band) == WARNING_DEVIATIONS else "one deviation"
    return f"within expected bounds, more than {many} {side} the mean"


def _limit(side: int) -> str:
    return "upper" if side > 0 else "lower"


def _mean(values: Floats) -> Floats:
    """Mean of the recorded values of each row; NaN where there are none."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _seasonal(position: Floats, latest: Floats, season: int) -> NDArray[np.bool_]:
    """Whether a high latest point is as the same period of at least two earlier years was."""
    before = position[:, -1 - season :: -season]
    usual = _mean(before)
    with np.errstate(invalid="ignore"):
        return np.asarray(
            (latest > WARNING_DEVIATIONS)
            & (np.sum(~np.isnan(before), axis=1) >= 2)
            & (usual >= 1.0)
            & (latest - usual <= WARNING_DEVIATIONS)
        )
