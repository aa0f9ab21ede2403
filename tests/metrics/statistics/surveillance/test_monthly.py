"""Sources that report by month only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metrics.errors import UserError
from metrics.statistics.surveillance import NoVerdict
from metrics.statistics.surveillance.monthly import MonthlyHistory, assess_month
from tests.metrics.statistics.surveillance.made_up import AREAS, FORCE_ROW, a_layout

MONTHS = 60
LAST = MONTHS - 1


def a_history(*, lift: float = 1.0, last_months: int = 2, months: int = MONTHS) -> MonthlyHistory:
    rng = np.random.default_rng(6)
    days = np.resize([30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31], months).astype(np.float64)
    mean = 3.0 * days * np.ones((AREAS, 1))
    mean[:, months - last_months :] *= lift
    areas = rng.poisson(mean).astype(np.float64)
    return MonthlyHistory(
        counts=np.vstack([areas, areas.sum(axis=0)]), first_month=4, days=days, layout=a_layout()
    )


def test_a_surge_of_two_months_is_found() -> None:
    verdict = assess_month(a_history(lift=2.0), LAST)

    assert (verdict.score > 3.2).all()


def test_quiet_months_are_within_bounds_and_february_is_expected_to_be_short() -> None:
    history = a_history()

    verdict = assess_month(history, 58)

    assert (verdict.score < 3.2).all()
    assert history.days[58] == 28
    assert verdict.expected[:AREAS, 0] == pytest.approx(np.full(AREAS, 3.0 * 28), rel=0.15)


def test_an_announced_step_does_not_alert() -> None:
    history = a_history(lift=2.0, last_months=3)

    told = replace(history, changes=[(0, MONTHS - 3)])

    assert assess_month(history, LAST).score[FORCE_ROW] > 2.8
    assert assess_month(told, LAST).score[FORCE_ROW] < 2.0


def test_a_missing_month_leaves_its_windows_without_a_verdict() -> None:
    history = a_history()
    counts = history.counts.copy()
    counts[:, LAST - 1] = np.nan

    verdict = assess_month(replace(history, counts=counts), LAST)

    assert (verdict.reason[:, 0] == NoVerdict.HAS_VERDICT).all()
    assert (verdict.reason[:, 1] == NoVerdict.GAP_IN_WINDOW).all()


def test_less_than_a_year_gives_no_verdict() -> None:
    verdict = assess_month(a_history(months=11), 10)

    assert (verdict.reason == NoVerdict.TOO_LITTLE_HISTORY).all()


def test_a_month_beyond_the_counts_is_refused() -> None:
    with pytest.raises(UserError, match="There are 60 months of counts"):
        assess_month(a_history(), MONTHS)
