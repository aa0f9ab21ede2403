"""What the rest of a performance year should bring, and how wrong that has been before.

Counts of all series at once.  The forecast is closed-form: a discounted level, shared month
shares and damped growth.  Its error is measured by making it again in earlier years.

Constants, sources and measured figures: docs/methods/projection.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.statistics.hindcasts import pooled_error

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

MONTHS: Final = 12
SHARE_YEARS: Final = 5
"""Complete years the month shares are taken from, and years that are hindcast."""
SHARE_PRIOR: Final = 400.0
"""Crimes' worth of the measure's month shares added to an area's own."""
LEVEL_MONTHS: Final = 36
DISCOUNT: Final = 0.85
"""Weight that a month keeps with each month of age; flat between 0.8 and 0.9."""
GROWTH_OFFSET: Final = 20.0
GROWTH_PRIOR: Final = 2000.0
"""Crimes a year at which an area's own growth and its measure's weigh the same."""
GROWTH_DAMPING: Final = 0.5
SAMPLING: Final = 1.3
"""Variance of a remainder by chance alone, over its mean."""
LARGEST_ERROR: Final = 0.36
"""What a squared log error counts for at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesHistory:
    """What every forecast of one call has in common."""

    history: FloatArray  # (series, months) on today's recording basis
    measure: IntArray
    level: IntArray
    leads: BoolArray  # the series that stand for their measure: those of the largest areas
    n_measures: int

    @classmethod
    def of(cls, history: FloatArray, *, measure: IntArray, level: IntArray) -> SeriesHistory:
        """Mark the series of each measure's largest areas as its leads."""
        largest = np.zeros(int(measure.max(initial=0)) + 1, dtype=np.int64)
        np.maximum.at(largest, measure, level)
        return cls(
            history=history,
            measure=measure,
            level=level,
            leads=level == largest[measure],
            n_measures=len(largest),
        )


def expected_remainder(
    series: SeriesHistory, *, year: int, whole: int, share: float, part: FloatArray
) -> FloatArray:
    """Expected counts from this point to the year's end, shape (series,); NaN where unknown."""
    if year == 0:
        return np.full(len(series.history), np.nan)
    origin = year * MONTHS + whole
    shares = _month_shares(series, year)
    age = np.arange(min(LEVEL_MONTHS, origin))[::-1]
    recent = series.history[:, origin - len(age) : origin]
    weight = np.where(np.isfinite(recent), DISCOUNT ** (age + share), 0.0)
    month = np.arange(origin - len(age), origin) % MONTHS
    now = share * shares[:, whole] if share > 0 else np.zeros(len(shares))
    seen = (weight * np.nan_to_num(recent)).sum(axis=1) + part
    exposure = (weight * shares[:, month]).sum(axis=1) + now
    left = shares[:, whole:].sum(axis=1) - now
    ahead = (MONTHS - whole - share) / (2.0 * MONTHS)
    growth = np.exp(GROWTH_DAMPING * _growth(series, origin) * ahead)
    known = np.isfinite(recent[:, -MONTHS:]).all(axis=1) & (len(age) >= MONTHS)
    rest = (seen + 0.5) / np.where(exposure > 0, exposure, np.nan) * left * growth
    return np.where(known, rest, np.nan)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PastErrors:
    """Variances of the log of the remainder beyond chance as of two months' ends, (series,)."""

    at_whole: FloatArray  # of the last month that has ended
    at_next: FloatArray  # of the month in progress; where none is, of the last one too


def past_errors(series: SeriesHistory, *, year: int, whole: int, share: float) -> PastErrors:
    """Measure how wrong the forecast has been at two months' ends of earlier years.

    It rests on whole months alone, and so is the same throughout a month.
    """
    at_whole = _hindcast_variance(series, year=year, whole=whole)
    if share == 0 or whole + 1 == MONTHS:
        return PastErrors(at_whole=at_whole, at_next=at_whole)
    at_next = _hindcast_variance(series, year=year, whole=whole + 1)
    return PastErrors(at_whole=at_whole, at_next=at_next)


def errors_so_far(
    monthly: FloatArray, *, measure: IntArray, level: IntArray, months_elapsed: float
) -> PastErrors:
    """Return the past errors of monthly counts; arguments as in `projection.project`."""
    whole = int(np.floor(months_elapsed))
    return past_errors(
        SeriesHistory.of(monthly, measure=measure, level=level),
        year=(monthly.shape[1] - whole) // MONTHS,
        whole=whole,
        share=months_elapsed - whole,
    )


def remainder_variance(errors: PastErrors, *, whole: int, share: float) -> FloatArray:
    """Variance of the log of the remainder beyond chance, shape (series,).

    In earlier years a month is known only as a whole: between two months the variance is read off
    the line from one to the next.
    """
    if share == 0 or whole + 1 == MONTHS:
        return errors.at_whole
    return (1.0 - share) * errors.at_whole + share * errors.at_next


def _by_measure(values: FloatArray, series: SeriesHistory, usable: BoolArray) -> FloatArray:
    """Sum rows (series, k) to (measure, k) over the usable series that stand for their measure."""
    chosen = usable & series.leads
    sums = np.zeros((series.n_measures, values.shape[1]))
    np.add.at(sums, series.measure[chosen], values[chosen])
    return sums


def _month_shares(series: SeriesHistory, year: int) -> FloatArray:
    """Shares of a year by month, shape (series, 12); NaN without a complete year before `year`."""
    first = max(0, year - SHARE_YEARS)
    block = series.history[:, first * MONTHS : year * MONTHS].reshape(-1, year - first, MONTHS)
    complete: BoolArray = np.asarray(np.isfinite(block).all(axis=2))
    own = np.where(complete[:, :, None], block, 0.0)
    logs = np.full((year - first, series.n_measures, MONTHS), np.nan)
    for i in range(year - first):
        sums = _by_measure(own[:, i], series, complete[:, i])
        total = sums.sum(axis=1, keepdims=True)
        # Half a crime keeps a month without any from taking the whole share with it.
        logs[i] = np.where(total > 0, np.log((sums + 0.5) / (total + 0.5 * MONTHS)), np.nan)
    never = np.isnan(logs).all(axis=0)
    even = np.where(never, -np.log(MONTHS), logs[:1] if len(logs) else 0.0)
    typical = np.exp(_median(np.where(never, even, logs)))
    typical /= typical.sum(axis=1, keepdims=True)
    shares: FloatArray = own.sum(axis=1) + SHARE_PRIOR * typical[series.measure]
    shares /= shares.sum(axis=1, keepdims=True)
    shares[~complete.any(axis=1)] = np.nan
    return shares


def _median(values: FloatArray) -> FloatArray:
    """Median over the first axis of what is not NaN, where there is any."""
    ordered = np.sort(values, axis=0)  # NaN sorts last
    known = np.isfinite(values).sum(axis=0)[None]
    low, high = (
        np.take_along_axis(ordered, place, axis=0) for place in ((known - 1) // 2, known // 2)
    )
    return np.asarray((low + high)[0] / 2.0)


def _growth(series: SeriesHistory, origin: int) -> FloatArray:
    """Log growth of the last 12 months on the 12 before, shape (series,); 0 where unknown."""
    if origin < 2 * MONTHS:
        return np.zeros(len(series.history))
    recent = series.history[:, origin - 2 * MONTHS : origin].reshape(-1, 2, MONTHS).sum(axis=2)
    known = np.isfinite(recent).all(axis=1)
    sums = _by_measure(recent, series, known)
    common = np.log((sums[:, 1] + GROWTH_OFFSET) / (sums[:, 0] + GROWTH_OFFSET))[series.measure]
    recent = np.where(known[:, None], recent, 0.0)
    own = np.log((recent[:, 1] + GROWTH_OFFSET) / (recent[:, 0] + GROWTH_OFFSET))
    weight = recent[:, 1] / (recent[:, 1] + GROWTH_PRIOR)
    return weight * own + (1.0 - weight) * common


def _hindcast_variance(series: SeriesHistory, *, year: int, whole: int) -> FloatArray:
    """The same forecast made at the same month of up to five earlier years, and what came."""
    years = range(max(1, year - SHARE_YEARS), year)
    nothing = np.zeros(len(series.history))
    squared = np.full((len(nothing), len(years)), np.nan)
    chance = np.full_like(squared, np.nan)
    for i, earlier in enumerate(years if whole < MONTHS else ()):
        expected = expected_remainder(series, year=earlier, whole=whole, share=0.0, part=nothing)
        months = slice(earlier * MONTHS + whole, (earlier + 1) * MONTHS)
        came = series.history[:, months].sum(axis=1)
        with np.errstate(divide="ignore"):
            squared[:, i] = np.minimum(np.log(came / expected) ** 2, LARGEST_ERROR)
        chance[:, i] = SAMPLING / (expected + 1.0)
    return pooled_error(
        squared, chance, measure=series.measure, level=series.level, cap=LARGEST_ERROR
    )
