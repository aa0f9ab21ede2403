"""Year-end projection of outcome rates and satisfaction, with the chance of meeting a target.

What is counted so far is known; the months left are predicted from the last twelve, with a
beta-binomial distribution whose drift is measured on the same forecast made at earlier months.

Constants, sources and measured figures: docs/methods/projection.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.rate_reference import Prediction, RateSeries, predict
from metrics.statistics.rates import lower_tail

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

MONTHS: Final = 12
ROUNDING: Final = 1e-9
HALF_COUNT: Final = 0.5
"""Limits go outwards by it: which rates can come at all depends on the answers still to come."""
QUANTILES: Final = np.array([[0.1], [0.9], [0.025], [0.975]])
"""Of the limits: the lower and the upper one of 80%, then of 95%."""
REFERENCE: Final = 12
"""Months before today that the months left are predicted from."""


class RateWithheld(IntEnum):
    """Why a series has no year-end rate; `NOT` when it has one."""

    NOT = 0
    THIS_YEAR_NOT_RECORDED = 1
    LAST_YEAR_NOT_RECORDED = 2
    NO_ANSWERS = 3
    ERROR_NOT_MEASURED = 4

    @property
    def reason(self) -> str:
        """The reason as a sentence; empty when nothing is withheld."""
        return _REASONS[self]


_REASONS: Final = {
    RateWithheld.NOT: "",
    RateWithheld.THIS_YEAR_NOT_RECORDED: "A month of this performance year is not recorded.",
    RateWithheld.LAST_YEAR_NOT_RECORDED: "A month of the last twelve is not recorded.",
    RateWithheld.NO_ANSWERS: "Nothing was counted in twelve months that a rate could be made of.",
    RateWithheld.ERROR_NOT_MEASURED: (
        "There is too little history to measure how wrong a projection would be."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateProjection:
    """Year-end rates, 0-1; every array has shape (series,), NaN where withheld."""

    months_elapsed: float
    to_date: FloatArray  # NaN while nothing is counted this year
    rate: FloatArray  # expected at the year's end
    lower_80: FloatArray
    upper_80: FloatArray
    lower_95: FloatArray
    upper_95: FloatArray
    chance_met: FloatArray  # NaN where there is no target
    trials_left: FloatArray  # crimes or answers expected in the months left
    withheld: NDArray[np.int8]  # `RateWithheld` codes


def project_rates(
    series: RateSeries,
    *,
    months_elapsed: float,
    part_successes: FloatArray | None = None,
    part_trials: FloatArray | None = None,
    target: FloatArray | None = None,
    at_most: BoolArray | None = None,
    limits: bool = True,
    ahead: Prediction | None = None,
) -> RateProjection:
    """Project the rate of the performance year in progress to its end, for all series.

    Args:
        series: Whole months up to today; the last floor(`months_elapsed`) are this year's.
        months_elapsed: Of the performance year, 0-12, with the current month's share, e.g. 4.5.
        part_successes: Shape (series,), the current month's so far; needed if it has a share.
        part_trials: Shape (series,), likewise.
        target: Shape (series,), the rate to reach, 0-1; NaN for none.
        at_most: Shape (series,), whether the target is a ceiling rather than a floor.
        limits: Whether limits are wanted: they take most of the time.  NaN without.
        ahead: What `rates_ahead` gave for the same series and month, where that is known.

    Returns:
        The projections.  Limits are those of the months left, half a count outwards, added to what
        is counted.

    Raises:
        ValueError: `months_elapsed` is out of range or the current month's counts are missing.

    Source:
        docs/methods/projection.md, "Year-end rate".
    """
    known = _this_year(series, months_elapsed, part_successes, part_trials)
    length = int(np.ceil(MONTHS - months_elapsed))
    ahead = ahead or rates_ahead(series, months_elapsed=months_elapsed)
    recent = series.trials[:, -REFERENCE:]
    complete = np.isfinite(recent).all(axis=1) & (recent.shape[1] == REFERENCE)
    left = np.where(complete, np.nan_to_num(recent).sum(axis=1) / REFERENCE, 0.0)
    left = np.rint(left * (MONTHS - months_elapsed))
    reasons = {
        RateWithheld.THIS_YEAR_NOT_RECORDED: ~np.isfinite(known[0] + known[1]),
        RateWithheld.LAST_YEAR_NOT_RECORDED: (length > 0) & ~(complete & np.isfinite(ahead.rate)),
        RateWithheld.NO_ANSWERS: known[1] + left == 0,
        RateWithheld.ERROR_NOT_MEASURED: (left > 0) & ~np.isfinite(ahead.drift),
    }
    withheld = np.select(list(reasons.values()), [np.int8(c) for c in reasons], np.int8(0))
    return _answer(
        known,
        np.where(withheld == RateWithheld.NOT, left, np.nan),
        ahead,
        months_elapsed=months_elapsed,
        withheld=withheld,
        target=np.full(len(left), np.nan) if target is None else target,
        at_most=np.zeros(len(left), dtype=np.bool_) if at_most is None else at_most,
        limits=limits,
    )


def rates_ahead(series: RateSeries, *, months_elapsed: float) -> Prediction:
    """Predict the rate of the months left, the one in progress among them.

    It rests on whole months alone, and so is the same throughout a month.
    """
    length = int(np.ceil(MONTHS - months_elapsed))
    end = series.trials.shape[1] + length
    return predict(series, end=end, length=length, reference=REFERENCE, gap=0)


def _this_year(
    series: RateSeries,
    months_elapsed: float,
    part_successes: FloatArray | None,
    part_trials: FloatArray | None,
) -> tuple[FloatArray, FloatArray]:
    """Successes and trials of the year so far; NaN where a month is not recorded."""
    whole = int(np.floor(months_elapsed))
    if not 0.0 <= months_elapsed <= MONTHS or whole > series.trials.shape[1]:
        raise ValueError(f"{months_elapsed:g} months elapsed do not fit the months given.")
    first = series.trials.shape[1] - whole
    successes = series.successes[:, first:].sum(axis=1)
    trials = series.trials[:, first:].sum(axis=1)
    if months_elapsed == whole:
        return successes, trials
    if part_successes is None or part_trials is None:
        raise ValueError(f"{months_elapsed:g} months have elapsed: pass the current month's part.")
    return successes + part_successes, trials + part_trials


def _answer(
    known: tuple[FloatArray, FloatArray],
    left: FloatArray,
    ahead: Prediction,
    *,
    months_elapsed: float,
    withheld: NDArray[np.int8],
    target: FloatArray,
    at_most: BoolArray,
    limits: bool,
) -> RateProjection:
    """Add the distribution of the months left to what is counted."""
    successes, trials = known
    # With nothing left there is nothing to predict: any distribution of no answers will do.
    over = left == 0
    rate = np.where(over, 0.5, ahead.rate)
    precision = np.where(over, 1.0, ahead.precision)
    everything = np.where(trials + left > 0, trials + left, np.nan)

    outermost = np.full((len(QUANTILES), len(left)), np.nan)
    if limits:
        outwards = np.where(over, 0.0, HALF_COUNT * np.sign(QUANTILES - 0.5))
        counts = np.clip(_quantiles(left, rate, precision) + outwards, 0.0, left)
        outermost = (successes + counts) / everything
    lower_80, upper_80, lower_95, upper_95 = outermost

    # The smallest number that reaches a floor, the largest that keeps a ceiling; a hair is given
    # so that a target met exactly is not lost to rounding.
    need = target * everything - successes
    floor = np.clip(np.ceil(need - ROUNDING), 0.0, left + 1.0)
    ceiling = np.clip(np.floor(need + ROUNDING) + 1.0, 0.0, left + 1.0)
    first_past = np.where(at_most, ceiling, floor)
    below = lower_tail(np.minimum(first_past, left), left, rate, precision, at=0.0)
    below = np.where(first_past > left, 1.0, below)
    chance = np.where(at_most, below, 1.0 - below)
    return RateProjection(
        months_elapsed=months_elapsed,
        to_date=np.where(
            withheld == RateWithheld.NOT, successes / np.where(trials > 0, trials, np.nan), np.nan
        ),
        rate=(successes + left * rate) / everything,
        lower_80=lower_80,
        upper_80=upper_80,
        lower_95=lower_95,
        upper_95=upper_95,
        chance_met=np.where(np.isfinite(target) & np.isfinite(left), chance, np.nan),
        trials_left=left,
        withheld=withheld,
    )


def _quantiles(trials: FloatArray, rate: FloatArray, precision: FloatArray) -> FloatArray:
    """The smallest counts that `QUANTILES` do not exceed, (quantiles, series), found by halving."""
    shape = (len(QUANTILES), len(trials))
    known = np.isfinite(trials) & np.isfinite(rate)
    high = np.broadcast_to(np.where(known, trials, 0.0), shape).ravel()
    low = np.zeros_like(high)
    quantile, series = (place.ravel() for place in np.indices(shape))
    while (apart := np.flatnonzero(low < high)).size:
        of = series[apart]
        middle = np.floor((low[apart] + high[apart]) / 2)
        tail = lower_tail(middle, trials[of], rate[of], precision[of], at=1.0)
        reached = tail >= QUANTILES[quantile[apart], 0]
        high[apart] = np.where(reached, middle, high[apart])
        low[apart] = np.where(reached, low[apart], middle + 1.0)
    return np.where(known, low.reshape(shape), np.nan)
