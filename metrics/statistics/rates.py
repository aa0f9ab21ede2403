"""Watching outcome rates and satisfaction: is a rate worse than its own past allows?

All series at once.  A window is tested against the two years before it with a beta-binomial
distribution, whose width holds three uncertainties: the answers of the window, the rate of the
reference, and how far such rates have drifted between the two in the past (hindcast).

Constants, sources and measured figures: docs/methods/projection.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln
from statsmodels.stats.proportion import proportion_confint

from metrics.statistics.rate_reference import (
    GAP,
    REFERENCE,
    History,
    Layout,
    RateSeries,
    predict,
    reference_rates,
)

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

WINDOWS: Final = (1, 3, 12)
"""Months that are tested together, ending at the last one."""
WORSE_ODDS: Final = 0.75
"""The odds ratio that the CUSUM looks for."""
ROLLING: Final = 12
FEW_ANSWERS: Final = 30.0
"""Below this many answers the pooled figure is shown, and no direction."""
LEAST_CHANCE: Final = 1e-300
TERMS: Final = 64
NEGLIGIBLE: Final = 1e-17


class Untested(IntEnum):
    """Why a window was not tested; `NOT` when it was."""

    NOT = 0
    WINDOW_NOT_RECORDED = 1
    NO_ANSWERS = 2
    HISTORY_TOO_SHORT = 3
    ERROR_NOT_MEASURED = 4

    @property
    def reason(self) -> str:
        """The reason as a sentence; empty when the window was tested."""
        return _REASONS[self]


_REASONS: Final = {
    Untested.NOT: "",
    Untested.WINDOW_NOT_RECORDED: "A month of the period is not recorded.",
    Untested.NO_ANSWERS: "Nothing was counted in the period that a rate could be made of.",
    Untested.HISTORY_TOO_SHORT: "Fewer than 12 earlier months are recorded to compare with.",
    Untested.ERROR_NOT_MEASURED: "There is too little history to know how far such rates drift.",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RateSurveillance:
    """Tests of all windows ending at the last month; rows of arrays follow `WINDOWS`."""

    rate: FloatArray  # (windows, series), 0-1
    expected: FloatArray  # (windows, series), 0-1
    chance: FloatArray  # (windows, series), mid-P of a rate as bad or worse; NaN = not tested
    untested: NDArray[np.int8]  # (windows, series), `Untested` codes
    score: FloatArray  # (series,), the largest -log10 chance; NaN = no window tested
    cusum: FloatArray  # (series,), second opinion: log likelihood ratio of worse odds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RollingRates:
    """The rolling 12 months, arrays of shape (series,); NaN where a month is not recorded."""

    rate: FloatArray  # as counted; may exceed 1 where outcomes outnumber crimes
    lower_95: FloatArray  # Wilson
    upper_95: FloatArray
    pooled: FloatArray  # shrunk towards the measure's rate
    trials: FloatArray
    few: BoolArray  # too few answers: show `pooled`, and no direction


def lower_tail(
    successes: FloatArray,
    trials: FloatArray,
    mean: FloatArray,
    precision: FloatArray,
    *,
    at: float = 0.5,
) -> FloatArray:
    """Return P(X < x) + `at` P(X = x) of the beta-binomial distribution.

    Args:
        successes: x, whole numbers, any shape; 0 to `trials`, NaN gives NaN.
        trials: n, whole numbers, broadcast with `successes`; where 0 the result is `at`.
        mean: Expected share, strictly between 0 and 1; NaN gives NaN.
        precision: a + b of the beta distribution, above 0.
        at: Share of the probability at x itself: a half is the mid-P, 1 the distribution function.

    Returns:
        Of the broadcast shape.  The smaller tail is summed term by term, so that a chance of
        1e-12 is as exact as one of a half.

    Source:
        Mid-P: Lancaster (1961), JASA 56, 223-234.  Tested against scipy.stats.betabinom.
    """
    x = np.asarray(np.broadcast_to(successes, np.broadcast_shapes(successes.shape, trials.shape)))
    n, p, m = (np.asarray(np.broadcast_to(values, x.shape)) for values in (trials, mean, precision))
    low = x <= n * p
    share = np.where(low, p, 1.0 - p)
    count = np.where(low, x, n - x)
    tail = _small_tail(count, n, share * m, (1.0 - share) * m, np.where(low, at, 1.0 - at))
    return np.where(low, tail, 1.0 - tail)


def _small_tail(
    x: FloatArray, n: FloatArray, a: FloatArray, b: FloatArray, at: FloatArray
) -> FloatArray:
    """Sum `at` of the probability at x and all of it below, a block of terms at a time."""
    result = np.full(x.shape, np.nan)
    known = np.isfinite(x) & np.isfinite(a) & np.isfinite(b)
    x, n, a, b, at = x[known], n[known], a[known], b[known], at[known]
    log_first = betaln(x + a, n - x + b) - betaln(a, b) - np.log1p(n) - betaln(n - x + 1, x + 1)
    first = np.exp(log_first)
    total, last = at * first, first.copy()
    todo = np.flatnonzero(x > 0)
    done = 0
    while len(todo):
        k = np.maximum(x[todo, None] - done - np.arange(TERMS), 0.0)
        n_, a_, b_ = n[todo, None], a[todo, None], b[todo, None]
        # At k = 0 the ratio is 0, and so is every term after it.
        ratio = k * (n_ - k + b_) / ((n_ - k + 1.0) * np.where(k > 0, a_ + k - 1.0, 1.0))
        terms = last[todo, None] * np.cumprod(ratio, axis=1)
        total[todo] += terms.sum(axis=1)
        last[todo] = terms[:, -1]
        done += TERMS
        # Beyond the mode terms fall at least geometrically, unless both a and b are below 1.
        left = last[todo] * x[todo] > NEGLIGIBLE * np.maximum(total[todo], first[todo])
        todo = todo[left & (x[todo] > done)]
    result[known] = total
    return result


def survey(series: RateSeries, *, worse_below: BoolArray) -> RateSurveillance:
    """Test the windows of 1, 3 and 12 months that end at the last month of every series.

    Args:
        series: The history up to the month asked about.
        worse_below: Shape (series,), whether a lower rate is worse (outcomes, satisfaction).

    Returns:
        Chances, expectations, a score and the CUSUM.  Rates above 1 (more outcomes than crimes)
        are tested as 1.

    Source:
        docs/methods/projection.md: lower mid-P of a beta-binomial, largest of three windows.
    """
    shape = (len(WINDOWS), len(series.measure))
    rate, expected, chance = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    untested = np.zeros(shape, dtype=np.int8)
    end = series.successes.shape[1]
    for i, length in enumerate(WINDOWS):
        prediction = predict(series, end=end, length=length)
        x, n, recorded = _window(series, length)
        untested[i] = np.select(
            [
                ~recorded,
                n == 0,
                ~np.isfinite(prediction.rate),
                ~np.isfinite(prediction.drift),
            ],
            [code.value for code in list(Untested)[1:]],
            Untested.NOT.value,
        )
        tested = untested[i] == Untested.NOT
        expected[i] = prediction.rate
        rate[i] = np.where(n > 0, x / np.where(n > 0, n, 1.0), np.nan)
        bad = np.where(worse_below, x, np.maximum(n - x, 0.0))
        share = np.where(worse_below, prediction.rate, 1.0 - prediction.rate)
        p = lower_tail(np.minimum(bad, n), n, np.where(tested, share, np.nan), prediction.precision)
        chance[i] = np.where(tested, p, np.nan)
    strength = -np.log10(np.maximum(chance, LEAST_CHANCE))
    score = np.where(np.isnan(strength).all(axis=0), np.nan, np.fmax.reduce(strength))
    cusum = odds_cusum(series, worse_below=worse_below)
    return RateSurveillance(
        rate=rate,
        expected=expected,
        chance=chance,
        untested=untested,
        score=score,
        cusum=cusum[:, -1],
    )


def odds_cusum(
    series: RateSeries, *, worse_below: BoolArray, odds_ratio: float = WORSE_ODDS
) -> FloatArray:
    """Add up the evidence for worse odds than the reference's, month by month.

    Args:
        series: The history.
        worse_below: Shape (series,), whether a lower rate is worse.
        odds_ratio: Of the worse rate, below 1; a rise is looked for with its inverse.

    Returns:
        Shape (series, months): C = max(0, C + LLR), LLR = x log R - n log(1 - p + R p) with p the
        shrunk rate of the two years that end three months before.  A month that is not recorded,
        or has no reference yet, leaves it as it was.

    Source:
        Steiner, Cook, Farewell and Treasure (2000), Biostatistics 1, 441-452 (risk-adjusted
        CUSUM); docs/methods/projection.md.
    """
    layout = Layout(length=1, reference=REFERENCE, gap=GAP)
    months = series.successes.shape[1]
    rate, _ = reference_rates(History.of(series), layout, np.arange(1, months + 1))
    ratio = np.where(worse_below, odds_ratio, 1.0 / odds_ratio)[:, None]
    x = np.minimum(series.successes, series.trials)
    evidence = x * np.log(ratio) - series.trials * np.log1p((ratio - 1.0) * rate)
    evidence = np.where(np.isfinite(evidence), evidence, 0.0)
    path = np.zeros(evidence.shape)
    value = np.zeros(len(evidence))
    for month in range(months):
        value = np.maximum(value + evidence[:, month], 0.0)
        path[:, month] = value
    return path


def rolling_rates(series: RateSeries) -> RollingRates:
    """Return the rates of the last 12 months with what is needed to show them honestly.

    Args:
        series: The history, of at least 12 months.

    Returns:
        Rates, Wilson 95% intervals and pooled figures.

    Source:
        Wilson (1927), by statsmodels; docs/methods/projection.md, Brown, Cai and DasGupta (2001).
    """
    x, n, recorded = _window(series, ROLLING)
    known = recorded & (n > 0)
    safe = np.where(known, n, 1.0)
    lower, upper = proportion_confint(
        np.where(known, np.minimum(x, n), 0.0), safe, alpha=0.05, method="wilson"
    )
    layout = Layout(length=0, reference=ROLLING, gap=0)
    pooled, _ = reference_rates(History.of(series), layout, np.array([series.successes.shape[1]]))
    return RollingRates(
        rate=np.where(known, x / safe, np.nan),
        lower_95=np.where(known, lower, np.nan),
        upper_95=np.where(known, upper, np.nan),
        pooled=np.where(recorded, pooled[:, 0], np.nan),
        trials=np.where(recorded, n, np.nan),
        few=recorded & (n < FEW_ANSWERS),
    )


def _window(series: RateSeries, length: int) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Successes and trials of the last months, and whether all of them are recorded."""
    x, n = series.successes[:, -length:], series.trials[:, -length:]
    known = np.isfinite(x) & np.isfinite(n)
    recorded = known.all(axis=1) & (x.shape[1] == length)
    return (
        np.where(known, x, 0.0).sum(axis=1),
        np.where(known, n, 0.0).sum(axis=1),
        np.asarray(recorded),
    )
