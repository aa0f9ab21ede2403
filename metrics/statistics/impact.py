"""Did it work: counts since an operation's launch against what was to be expected without it.

An interrupted time series: a seasonal Poisson model is fitted to the months before the launch and
carried on past it (the counterfactual); the effect is the log of observed over expected, less that
of comparison areas where there are some.  How far such an estimate strays when nothing was done is
measured on placebo launches: the same estimate made at earlier dates, of many series at once.

Arrays are (series, months) or (series, launches, months).  Counts are NaN where not recorded.

Formulas, sources, limits and measured figures: docs/methods/impact.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from metrics.statistics.glm import PoissonFit, fit_poisson
from metrics.statistics.hindcasts import pooled_error

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MONTHS: Final = 12

HARMONICS: Final = 2
"""Pairs of sine and cosine of the year (Bernal, Cummins and Gasparrini 2017, step 5c)."""

SLOPE_PRECISION: Final = 100.0
"""Ridge of the trend: a standard deviation of 10% a year.  A free line runs away when carried on:
12 months ahead its error on London's boroughs is a fifth larger (docs/methods/impact.md)."""

SEASON_PRECISION: Final = 30.0
"""Ridge of the harmonics: a standard deviation of 18% each."""

DISCOUNT: Final = 0.93
"""Weight of a month against the one after it: levels drift, so what is recent counts more."""

LEAST_BEFORE: Final = 24
"""Recorded months before a launch: two of each season, as surveillance needs (docs/methods)."""

PLACEBO_STEP: Final = 3
"""Placebo launches are three months apart: nearer ones hardly say anything new."""

AHEAD: Final = 12
"""Months after a launch that an effect is measured over at most: what was to be expected of the
second year is a guess."""

DISPERSION: Final = 2.0
"""Variance over mean of a count by chance alone.  More than the 1.3 of the year-end projection:
with 1.3 the intervals of series of under 50 covered too little, those of large ones too much."""

WIDENING: Final = 1.1
"""Intervals are so much wider than their variance asks: it is itself an estimate, from launches
that overlap in areas that err together.  Chosen on London, checked elsewhere."""

TAIL_FREEDOM: Final = 6.0
"""Of the t distribution of the log error, as in `metrics.statistics.projection`: figures stray far
more often than a normal distribution has it."""

LEAST_EXPECTED: Final = 20.0
"""Expected counts since the launch below which nothing is said."""

CONFIDENCE: Final = 0.95

NOUGHT: Final = 0.5
"""Stands for a count of 0, which has no logarithm."""


class ImpactVerdict(StrEnum):
    """What can be said of an effect."""

    FALL = "fall"
    """The 95% interval lies below no change."""
    RISE = "rise"
    """The 95% interval lies above no change."""
    NOT_DETECTABLE = "not_detectable"
    """The interval holds no change: there may be an effect, smaller than can be seen yet."""
    TOO_EARLY = "too_early"
    """No whole month has passed since the launch."""
    TOO_FEW = "too_few"
    """Fewer than `LEAST_EXPECTED` were to be expected since the launch."""
    TOO_SHORT = "too_short"
    """Fewer than `LEAST_BEFORE` months are recorded before the launch, or too few to try
    placebo launches on."""
    BROKEN = "broken"
    """Recording changed since the launch: before and after are not alike."""
    NOT_RECORDED = "not_recorded"
    """A month since the launch is not recorded."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Months:
    """The months of some series.

    Attributes:
        of_year: (months,) the month of the year, 1 to 12.
        days: (months,) days of each month.
    """

    of_year: Integers
    days: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Placebos:
    """What came of launches that never were, and what had been expected.

    Both are (series, launches, months).  NaN where a month is not recorded or does not lie before
    the true launch, or where there was no model.
    """

    observed: Floats
    expected: Floats


Over = Callable[[Floats], Floats]
"""What is measured: (..., months) to (..., months); `since_launch` or `by_itself`."""


def counterfactual(counts: Floats, months: Months, *, before: int) -> Floats:
    """Return what each month was to be expected to hold, from the months before a launch alone.

    Args:
        counts: (series, months).
        months: Of the columns.
        before: So many columns come before the launch; nothing after them is looked at.

    Returns:
        (series, months): fitted before the launch, carried on past it.  NaN for a series with
        fewer than `LEAST_BEFORE` recorded months before it, or without a single count.

    Source:
        Bernal, Cummins and Gasparrini (2017), Int J Epidemiol 46, 348-355: Poisson regression on
        time and harmonics.  Deviations: ridge, discount, and a fit to the time before alone, so
        that the effect cannot bend the trend that it is measured against.
    """
    fitted = fit(counts, months, before=before)
    known = np.isfinite(counts[:, :before]).sum(axis=1) >= LEAST_BEFORE
    known &= np.nansum(counts[:, :before], axis=1) > 0
    return np.where(known[:, None], fitted.mean, np.nan)


def fit(
    counts: Floats,
    months: Months,
    *,
    before: int,
    precision: tuple[float, float] = (SLOPE_PRECISION, SEASON_PRECISION),
    discount: float = DISCOUNT,
) -> PoissonFit:
    """Fit the seasonal model to the first `before` months, and carry it on over the rest."""
    time = np.arange(counts.shape[1])
    train = np.where(time < before, counts, np.nan)
    slope, season = precision
    penalty = np.array([0.0, slope, *[season] * (2 * HARMONICS)])
    weights = np.where(time < before, discount ** (before - 1.0 - time), 0.0)
    offset = np.broadcast_to(np.log(months.days), counts.shape)
    return fit_poisson(
        train,
        _design(months, before),
        offset=offset,
        weights=np.broadcast_to(weights, counts.shape),
        penalty=penalty,
    )


def _design(months: Months, before: int) -> Floats:
    """Return (months, terms): level, years since the launch, and the harmonics of the year."""
    years = (np.arange(len(months.days)) - before + 0.5) / MONTHS
    angle = 2.0 * np.pi * months.of_year / MONTHS
    waves = [wave(n * angle) for n in range(1, HARMONICS + 1) for wave in (np.cos, np.sin)]
    return np.column_stack([np.ones_like(years), years, *waves])


def placebo_launches(counts: Floats, months: Months, *, launch: int, gap: int) -> Placebos:
    """Pretend launches at earlier dates, and see what came.

    Args:
        counts: (series, months).
        months: Of the columns.
        launch: Column of the month of the true launch: nothing from it on is looked at, so that
            no effect of the operation passes for chance.
        gap: Months between the last that is fitted and the first that is measured: 1 where the
            true launch was within a month, which is then neither before nor after, else 0.
    """
    latest = launch - gap - 1  # leaves one month to measure
    starts = range(latest, LEAST_BEFORE - 1, -PLACEBO_STEP)
    shape = (len(counts), len(starts), AHEAD)
    observed, expected = np.full(shape, np.nan), np.full(shape, np.nan)
    for number, before in enumerate(starts):
        first, last = before + gap, min(before + gap + AHEAD, launch)
        came = counts[:, first:last]
        upto = Months(of_year=months.of_year[:last], days=months.days[:last])
        told = counterfactual(counts[:, :last], upto, before=before)
        both = np.isfinite(came) & np.isfinite(told[:, first:])
        observed[:, number, : last - first] = np.where(both, came, np.nan)
        expected[:, number, : last - first] = np.where(both, told[:, first:], np.nan)
    return Placebos(observed=observed, expected=expected)


def since_launch(monthly: Floats) -> Floats:
    """Return the sums over the first month, the first two, and so on; NaN from a gap on."""
    return np.cumsum(monthly, axis=-1)


def by_itself(monthly: Floats) -> Floats:
    """Return each month by itself."""
    return monthly


def log_ratio(observed: Floats, expected: Floats) -> Floats:
    """Return log(observed / expected), `NOUGHT` standing for a count of 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(np.maximum(observed, NOUGHT) / expected))


def chance_variance(expected: Floats) -> Floats:
    """Return the variance of a log count by chance alone."""
    return np.asarray(np.log1p(DISPERSION / np.maximum(expected, NOUGHT)))


def drift(
    placebos: Placebos,
    *,
    measure: Integers,
    level: Integers,
    over: Over,
    comparison: Placebos | None = None,
) -> Floats:
    """Return the variance of the log effect beyond chance where nothing was done, by horizon.

    Args:
        placebos: Of the series.
        measure: (series,) index of each series' measure, from 0.
        level: (series,) index of each series' level of areas, from 0.
        over: What is measured: everything `since_launch`, or each month `by_itself`.
        comparison: The same launches in each series' comparison areas, taken together.

    Returns:
        (series, AHEAD): after 1 month, 2, ...; NaN where fewer than ten placebos reach so far.
    """
    error, chance = _errors(placebos, over)
    if comparison is not None:
        theirs, noise = _errors(comparison, over)
        error, chance = error - theirs, chance + noise
    made = np.isfinite(error) & np.isfinite(chance)
    return np.column_stack(
        [
            pooled_error(
                np.where(made[:, :, month], error[:, :, month] ** 2, np.nan),
                np.where(made[:, :, month], chance[:, :, month], 1.0),
                measure=measure,
                level=level,
                overlap=-(-(month + 1) // PLACEBO_STEP),
            )
            for month in range(AHEAD)
        ]
    )


def _errors(placebos: Placebos, over: Over) -> tuple[Floats, Floats]:
    """Return log errors and their variance by chance; of counts too small to tell, neither."""
    observed, expected = over(placebos.observed), over(placebos.expected)
    enough = expected >= LEAST_EXPECTED
    error = np.where(enough, log_ratio(observed, expected), np.nan)
    return error, np.where(enough, chance_variance(expected), np.nan)


def reach(chance: Floats, tau2: Floats) -> Floats:
    """Return half the width of the 95% interval of a log effect.

    Args:
        chance: Its variance by chance alone, from `chance_variance`; a comparison's is added.
        tau2: Its variance beyond chance, from `drift`.
    """
    share = (TAIL_FREEDOM - 2.0) / TAIL_FREEDOM  # a t distribution is wider than its scale
    quantile = float(stats.t.ppf((1.0 + CONFIDENCE) / 2.0, TAIL_FREEDOM))
    return np.asarray(WIDENING * quantile * np.sqrt(share * (chance + tau2)))


def chance_of_effect(observed: Floats, expected: Floats) -> Floats:
    """Return the variance of a log effect by chance alone, as it was found.

    After a large fall fewer are left, which vary more: so between what came and was expected.
    """
    return chance_variance((observed + expected) / 2.0)


def never_surer(tau2: Floats) -> Floats:
    """Return variances of single months that never fall with the months ahead.

    A month further ahead cannot be foreseen better; that one seems to be is chance.  The nearest
    such variances in squares (isotonic regression: Barlow et al. 1972); NaN stays NaN.
    """
    smooth = np.full(tau2.shape, np.nan)
    known = np.isfinite(tau2)
    if known.any():
        smooth[known] = optimize.isotonic_regression(tau2[known]).x
    return smooth


def smallest_fall(reached: Floats) -> Floats:
    """Return the smallest fall that an interval of such a reach would show, as a proportion."""
    return np.asarray(-np.expm1(-reached))


def verdict(low: float, high: float) -> ImpactVerdict:
    """Say whether an interval holds no change."""
    if high < 0.0:
        return ImpactVerdict.FALL
    return ImpactVerdict.RISE if low > 0.0 else ImpactVerdict.NOT_DETECTABLE
