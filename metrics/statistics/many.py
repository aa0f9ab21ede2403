"""Which of many series to speak about today.

Thousands of p-values a day would flood a channel at any textbook threshold.  Two ways lie on the
same curve of found against false: the Benjamini-Hochberg step-up of the day, which adapts to the
number of series, and a fixed score threshold set to a budget.  Either is capped by what a channel
may still receive this week.

Windows of successive days overlap, so that the level q of the step-up is NOT the share of false
alerts over the year (measured: 36% of series-days at q = 0.10).  Never print it as one.

Sources: Benjamini and Hochberg (1995), J R Stat Soc B 57, 289-300.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

WINDOWS_TRIED: Final = 1.5
"""A score is the best of three overlapping windows, worth about one and a half independent tries.
Measured on simulated years without deteriorations."""

PUSH_LEVEL: Final = 0.10
"""Level q of the step-up for messages pushed to a channel."""

DIGEST_LEVEL: Final = 0.20
"""Level q of the step-up for the weekly digest."""

QUIET_DAYS: Final = 28
"""After an alert a series stays silent for so long.  56 days gave 18% fewer alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to speak about today; both of shape (series,)."""

    push: Mask
    digest: Mask


def select(
    score: Array,
    *,
    push_left: int | None = None,
    push_level: float = PUSH_LEVEL,
    digest_level: float = DIGEST_LEVEL,
) -> Selection:
    """Choose the series to push and those for the digest.

    Args:
        score: (series,) of one day; minus infinity or NaN where there is nothing to say.
        push_left: Messages the channel may still receive this week.  None is no limit.
        push_level: Level q of the step-up for pushed messages.
        digest_level: The same for the digest.

    Returns:
        Pushed series are also in the digest.
    """
    p = score_p(score)
    push = benjamini_hochberg(p, push_level)
    if push_left is not None:
        push = strongest(score, push, push_left)
    return Selection(push=push, digest=push | benjamini_hochberg(p, digest_level))


def score_p(score: Array) -> Array:
    """Return the p-value of a day's score: min(1, 1.5 x 10^-score); 1 where there is no score."""
    usable = np.where(np.isfinite(score), score, 0.0)
    return np.asarray(np.minimum(1.0, WINDOWS_TRIED * 10.0**-usable))


def benjamini_hochberg(p: Array, level: float) -> Mask:
    """Return which p-values the step-up procedure rejects, along the last axis.

    Args:
        p: (..., tests).  NaN is no test: it is not counted and never rejected.
        level: The level q, between 0 and 1.
    """
    tests = (~np.isnan(p)).sum(axis=-1, keepdims=True)
    ordered = np.sort(np.where(np.isnan(p), np.inf, p), axis=-1)
    rank = np.arange(1, p.shape[-1] + 1)
    below = ordered <= level * rank / np.maximum(tests, 1)
    cut = np.where(below, ordered, -np.inf).max(axis=-1, keepdims=True, initial=-np.inf)
    return np.asarray(p <= cut)


def strongest(score: Array, selected: Mask, number: int) -> Mask:
    """Return the `number` selected series of the highest score; ties in the order of the series."""
    order = np.argsort(np.where(selected, -score, np.inf), kind="stable")
    kept = np.zeros(len(score), dtype=np.bool_)
    kept[order[: max(number, 0)]] = True
    return kept & selected


def alert_days(scores: Array, threshold: float, *, quiet_days: int = QUIET_DAYS) -> Mask:
    """Return (series, days) the days on which an alert begins.

    Args:
        scores: (series, days), consecutive days.
        threshold: An alert needs a higher score.
        quiet_days: Days after an alert during which the series raises no other.
    """
    alerts = np.zeros(scores.shape, dtype=np.bool_)
    last = np.full(len(scores), -np.inf)
    for day in range(scores.shape[1]):
        alerts[:, day] = (scores[:, day] > threshold) & (day - last >= quiet_days)
        last[alerts[:, day]] = day
    return alerts


def budget_threshold(
    scores: Array, alerts_a_week: float, *, quiet_days: int = QUIET_DAYS, precision: float = 0.01
) -> float:
    """Return the lowest threshold at which past days would have kept to a budget.

    Args:
        scores: (series, days) of consecutive past days, best a year of one's own.
        alerts_a_week: Alerts wanted a week over all series, quiet periods observed.
        quiet_days: As in `alert_days`.
        precision: How exactly the threshold is found.
    """
    finite = scores[np.isfinite(scores)]
    if finite.size == 0:
        return np.inf
    allowed = alerts_a_week * scores.shape[1] / 7.0
    low, high = float(finite.min()) - precision, float(finite.max())
    while high - low > precision:
        middle = (low + high) / 2.0
        raised = int(alert_days(scores, middle, quiet_days=quiet_days).sum())
        low, high = (middle, high) if raised > allowed else (low, middle)
    return high
