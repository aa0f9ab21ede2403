"""Year-end projection of counts, with limits and the chance of meeting a target.

All series are projected at once.  How wrong a projection is likely to be is never taken from a
model: it is measured, by making the same projection at the same point of earlier years.

Constants, sources and measured figures: docs/methods/projection.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from metrics.statistics.remainder import (
    MONTHS,
    SAMPLING,
    PastErrors,
    SeriesHistory,
    expected_remainder,
    past_errors,
    remainder_variance,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

TAIL_FREEDOM: Final = 6.0
"""Degrees of freedom of the t distribution of the log error."""
UNIT_VARIANCE: Final = float(np.sqrt((TAIL_FREEDOM - 2.0) / TAIL_FREEDOM))
"""What scales a t distribution to a standard deviation of 1."""


class Withheld(IntEnum):
    """Why a series has no projection; `NOT` when it has one."""

    NOT = 0
    THIS_YEAR_NOT_RECORDED = 1
    LAST_YEAR_NOT_RECORDED = 2
    NO_COMPLETE_YEAR = 3
    ERROR_NOT_MEASURED = 4

    @property
    def reason(self) -> str:
        """The reason as a sentence; empty when nothing is withheld."""
        return _REASONS[self]


_REASONS: Final = {
    Withheld.NOT: "",
    Withheld.THIS_YEAR_NOT_RECORDED: "A month of this performance year is not recorded.",
    Withheld.LAST_YEAR_NOT_RECORDED: "A month of the last twelve is not recorded.",
    Withheld.NO_COMPLETE_YEAR: "No earlier performance year is recorded from April to March.",
    Withheld.ERROR_NOT_MEASURED: (
        "There are too few earlier years to measure how wrong a projection would be."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordingSteps:
    """Changes of recording practice, one entry per series and change; arrays of equal length."""

    series: IntArray  # row of the series in the count array
    month: FloatArray  # column at which it begins; 14.5 is the middle of column 14
    log_step: FloatArray  # log of what is recorded after the change over what was before


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projection:
    """Year-end projections; every array has shape (series,), NaN where withheld.

    Limits are whole crimes, rounded outwards.  Chances are NaN where there is no target.
    """

    months_elapsed: float
    year_to_date: FloatArray
    total: FloatArray  # as likely to be passed as not
    lower_80: FloatArray
    upper_80: FloatArray
    lower_95: FloatArray
    upper_95: FloatArray
    chance_met: FloatArray  # of the target, on the figures as they are recorded
    chance_met_like_for_like: FloatArray  # as if today's recording practice had always held
    pace_needed: FloatArray  # crimes a month from here to meet the target; NaN if out of reach
    pace_expected: FloatArray  # crimes a month from here if the projection is right
    log_error: FloatArray  # standard deviation of the log of what is still to come
    withheld: NDArray[np.int8]  # `Withheld` codes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Outlook:
    """The remainder of the year and its error, before any question is asked of them."""

    to_date: FloatArray
    comparable: FloatArray  # the year to date on today's recording basis
    last_year_factor: FloatArray
    rest: FloatArray
    log_error: FloatArray
    months_elapsed: float
    withheld: NDArray[np.int8]


def present_basis(n_series: int, n_months: int, steps: RecordingSteps) -> FloatArray:
    """Return the factors that put every month on the latest recording basis.

    Args:
        n_series: Rows of the count array.
        n_months: Columns of the count array.
        steps: The recording changes.  A month in which one begins is scaled by the share of the
            month before it.

    Returns:
        Shape (n_series, n_months): multiply the recorded counts by it.  1 after the last step.

    Source:
        docs/methods/projection.md, "A change of recording practice".
    """
    size = np.exp(steps.log_step)[:, None]
    after = np.clip(np.arange(1, n_months + 1) - steps.month[:, None], 0.0, 1.0)
    factors = np.ones((n_series, n_months))
    np.multiply.at(factors, steps.series, size / (after * size + 1.0 - after))
    return factors


def project(
    monthly: FloatArray,
    *,
    measure: IntArray,
    level: IntArray,
    months_elapsed: float,
    part_month: FloatArray | None = None,
    target: FloatArray | None = None,
    at_least: BoolArray | None = None,
    basis: FloatArray | None = None,
    errors: PastErrors | None = None,
) -> Projection:
    """Project every series to the end of the performance year in progress.

    Args:
        monthly: Shape (series, months), whole months, oldest first.  Column 0 is the first month
            of a performance year: pad with NaN.  NaN means "not recorded", never zero.
        measure: Shape (series,), index of each series' measure, from 0.
        level: Shape (series,), 0 for the smallest areas, larger for larger areas.
        months_elapsed: Of the performance year, 0-12, with the current month's share, e.g. 4.5.
        part_month: Shape (series,), counts of the current month so far; needed if it has a share.
        target: Shape (series,), the year's total to meet; NaN for none.
        at_least: Shape (series,), whether the target is a floor rather than a ceiling.
        basis: Shape (series, months), factors of `present_basis`; None if recording never changed.
        errors: What `errors_so_far` gave for the same series and month, where that is known.

    Returns:
        The projections.  A series whose needed months are missing has NaN and a reason code.

    Raises:
        ValueError: The columns and `months_elapsed` disagree, or `part_month` is missing.

    Source:
        docs/methods/projection.md.  Level: discounted gamma-Poisson (Harvey and Fernandes 1989).
    """
    whole, share = _elapsed(monthly.shape[1], months_elapsed, part_month)
    part = np.zeros(len(monthly)) if part_month is None or share == 0 else part_month
    factors = np.ones_like(monthly) if basis is None else basis
    history = SeriesHistory.of(monthly * factors, measure=measure, level=level)
    year = (monthly.shape[1] - whole) // MONTHS
    if whole == MONTHS:
        rest, variance = np.zeros(len(monthly)), np.zeros(len(monthly))
    else:
        rest = expected_remainder(history, year=year, whole=whole, share=share, part=part)
        errors = errors or past_errors(history, year=year, whole=whole, share=share)
        variance = remainder_variance(errors, whole=whole, share=share)
    withheld = _withheld(monthly, part, rest, variance, whole=whole)
    shown = withheld == Withheld.NOT
    return _answer(
        _Outlook(
            to_date=_where_shown(monthly[:, year * MONTHS :].sum(axis=1) + part, shown),
            comparable=_where_shown(history.history[:, year * MONTHS :].sum(axis=1) + part, shown),
            last_year_factor=_last_year_factor(monthly, history.history, year=year),
            rest=_where_shown(rest, shown),
            log_error=np.sqrt(np.log1p(SAMPLING / (rest + 0.5) + variance)),
            months_elapsed=months_elapsed,
            withheld=withheld,
        ),
        target=np.full(len(monthly), np.nan) if target is None else target,
        at_least=np.zeros(len(monthly), dtype=np.bool_) if at_least is None else at_least,
    )


def chance_met(
    *,
    to_date: FloatArray,
    rest: FloatArray,
    scale: FloatArray,
    target: FloatArray,
    at_least: BoolArray,
) -> FloatArray:
    """Return the chance that the year's total meets its target.

    Args:
        to_date: Shape (series,), the year's count so far.
        rest: Shape (series,), the expected count of the remainder; 0 when the year is over.
        scale: Shape (series,), scale of the t distribution of the log of the remainder.
        target: Shape (series,), the total to meet; NaN gives NaN.
        at_least: Shape (series,), whether the target is a floor rather than a ceiling.

    Returns:
        Shape (series,), 0-1.  A ceiling already passed gives 0, a floor already reached 1.

    Source:
        docs/methods/projection.md: P(met) = T((log((target - YTD) / E)) / scale).
    """
    room = target - to_date
    with np.errstate(divide="ignore", invalid="ignore"):
        below = stats.t.cdf(np.log(np.maximum(room, 0.0) / rest) / scale, TAIL_FREEDOM)
    over = rest == 0
    reached = np.where(over, room <= 0, 1.0 - below)
    below = np.where(over, room >= 0, below)
    known = np.isfinite(room) & np.isfinite(rest)
    return np.where(known, np.where(at_least, reached, below), np.nan)


def _elapsed(
    columns: int, months_elapsed: float, part_month: FloatArray | None
) -> tuple[int, float]:
    """Split the months elapsed into whole months and the share of the current one."""
    whole = int(np.floor(months_elapsed))
    if not 0.0 <= months_elapsed <= MONTHS or (columns - whole) % MONTHS:
        raise ValueError(
            f"{columns} monthly columns do not begin a performance year and end with "
            f"{months_elapsed:g} months of one elapsed; pad the beginning with NaN."
        )
    share = months_elapsed - whole
    if share > 0 and part_month is None:
        raise ValueError(f"{months_elapsed:g} months have elapsed: pass the counts of part_month.")
    return whole, share


def _withheld(
    monthly: FloatArray, part: FloatArray, rest: FloatArray, variance: FloatArray, *, whole: int
) -> NDArray[np.int8]:
    """Reason codes, the most telling first."""
    this_year = monthly[:, monthly.shape[1] - whole :]
    reasons = (
        (~np.isfinite(this_year).all(axis=1) | ~np.isfinite(part), Withheld.THIS_YEAR_NOT_RECORDED),
        (np.full(len(rest), whole == MONTHS), Withheld.NOT),
        (~np.isfinite(monthly[:, -MONTHS:]).all(axis=1), Withheld.LAST_YEAR_NOT_RECORDED),
        (~np.isfinite(rest), Withheld.NO_COMPLETE_YEAR),
        (~np.isfinite(variance), Withheld.ERROR_NOT_MEASURED),
    )
    return np.select(
        [missing for missing, _ in reasons], [np.int8(code) for _, code in reasons], np.int8(0)
    )


def _where_shown(values: FloatArray, shown: BoolArray) -> FloatArray:
    return np.where(shown, values, np.nan)


def _last_year_factor(recorded: FloatArray, comparable: FloatArray, *, year: int) -> FloatArray:
    """By how much last year's total grows on today's recording basis; 1 where unknown."""
    if year == 0:
        return np.ones(len(recorded))
    last = slice((year - 1) * MONTHS, year * MONTHS)
    before = recorded[:, last].sum(axis=1)
    known = before > 0
    return np.where(known, comparable[:, last].sum(axis=1) / np.where(known, before, 1.0), 1.0)


def _answer(outlook: _Outlook, *, target: FloatArray, at_least: BoolArray) -> Projection:
    """Turn the remainder and its error into limits, chances and paces."""
    scale = outlook.log_error * UNIT_VARIANCE
    left = MONTHS - outlook.months_elapsed
    room = target - outlook.to_date
    needed = np.where(at_least, np.maximum(room, 0.0), np.where(room >= 0, room, np.nan))
    quantile = {
        p: outlook.to_date + outlook.rest * np.exp(scale * stats.t.ppf(p, TAIL_FREEDOM))
        for p in (0.025, 0.1, 0.9, 0.975)
    }
    return Projection(
        months_elapsed=outlook.months_elapsed,
        year_to_date=outlook.to_date,
        total=outlook.to_date + outlook.rest,
        lower_80=np.floor(quantile[0.1]),
        upper_80=np.ceil(quantile[0.9]),
        lower_95=np.floor(quantile[0.025]),
        upper_95=np.ceil(quantile[0.975]),
        chance_met=chance_met(
            to_date=outlook.to_date,
            rest=outlook.rest,
            scale=scale,
            target=target,
            at_least=at_least,
        ),
        chance_met_like_for_like=chance_met(
            to_date=outlook.comparable,
            rest=outlook.rest,
            scale=scale,
            target=target * outlook.last_year_factor,
            at_least=at_least,
        ),
        pace_needed=needed / left if left > 0 else np.full_like(needed, np.nan),
        pace_expected=outlook.rest / left if left > 0 else np.full_like(needed, np.nan),
        log_error=outlook.log_error,
        withheld=outlook.withheld,
    )
