"""What a rate should be, from its own past and its measure's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metrics.statistics.rate_reference import (
    History,
    Layout,
    RateSeries,
    _hindcasts,
    predict,
)


def rates(
    n_series: int = 20, months: int = 72, trials: float = 40.0, rate: float = 0.4, seed: int = 1
) -> RateSeries:
    """One measure: its areas, and last the force as their sum."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(trials, (n_series, months)).astype(np.float64)
    x = rng.binomial(n.astype(np.int64), rate).astype(np.float64)
    return RateSeries(
        successes=np.concatenate([x, x.sum(axis=0, keepdims=True)]),
        trials=np.concatenate([n, n.sum(axis=0, keepdims=True)]),
        measure=np.zeros(n_series + 1, dtype=np.int64),
        level=np.r_[np.zeros(n_series), 1].astype(np.int64),
    )


def altered(series: RateSeries, row: int, months: slice, factor: float) -> RateSeries:
    """The same series with one area's successes multiplied."""
    successes = series.successes.copy()
    successes[row, months] *= factor
    return replace(series, successes=successes)


def test_an_area_leans_to_the_force_by_kappa() -> None:
    # Areas that differ by less than chance alone allows agree as far as can be: kappa is 2,000.
    months = 40
    n = np.full((4, months), 10.0)
    x = np.full((4, months), 4.0)
    n[3], x[3] = 30.0, 12.0
    x[0, 1:25], x[1, 1:25] = 4.1, 3.9
    series = RateSeries(
        successes=x,
        trials=n,
        measure=np.zeros(4, dtype=np.int64),
        level=np.array([0, 0, 0, 1]),
    )

    found = predict(series, end=40, length=12)

    common = (24 * 12 + 0.5) / (24 * 30 + 1)
    assert found.rate[0] == pytest.approx((24 * 4.1 + 2000 * common) / (240 + 2000), rel=1e-3)
    assert found.information[0] == pytest.approx(2240, rel=1e-3)


def test_kappa_is_found_by_moments() -> None:
    rng = np.random.default_rng(3)
    rate = rng.beta(0.4 * 50, 0.6 * 50, 400)
    n = np.full((400, 40), 100.0)
    x = rng.binomial(100, rate[:, None], (400, 40)).astype(np.float64)
    same = np.zeros(400, dtype=np.int64)
    series = RateSeries(successes=x, trials=n, measure=same, level=same)

    information = predict(series, end=40, length=12).information

    # One level only: its series are leaves and leads at once, and are shrunk to their sum.
    drawn = rate.mean() * (1 - rate.mean()) / rate.var() - 1
    assert information[0] - 2400 == pytest.approx(drawn, rel=0.05)


@pytest.mark.parametrize(("month", "moves"), [(57, False), (56, True), (33, True), (32, False)])
def test_the_reference_is_the_two_years_that_end_three_months_before(
    month: int, *, moves: bool
) -> None:
    series = rates()
    changed = altered(series, 0, slice(month, month + 1), 0.0)

    before = predict(series, end=72, length=12).rate[0]
    after = predict(changed, end=72, length=12).rate[0]

    assert bool(after != before) is moves


def test_the_tested_window_does_not_widen_its_own_limits() -> None:
    series = rates()
    worse = altered(series, 0, slice(60, 72), 0.3)

    drift = predict(series, end=72, length=12).drift[0]

    assert predict(worse, end=72, length=12).drift[0] == drift


def test_one_answer_varies_by_chance_alone_however_well_its_rate_is_known() -> None:
    series = rates(trials=1.0)
    series.trials[:], series.successes[:] = 1.0, np.arange(72) % 2
    layout = Layout(length=1, reference=24, gap=3)

    _, chance = _hindcasts(History.of(series), layout, np.array([72]))

    # The variance of one answer, p (1 - p), on the scale of the logit: 1 / (p (1 - p)).
    assert chance == pytest.approx(4.0, rel=0.01)


def test_drift_between_reference_and_window_is_measured() -> None:
    rng = np.random.default_rng(5)
    steps = np.cumsum(rng.normal(0, 0.06, (60, 84)), axis=1)
    rate = 1 / (1 + np.exp(-steps))
    n = np.full((60, 84), 400.0)
    x = rng.binomial(400, rate).astype(np.float64)
    same = np.zeros(60, dtype=np.int64)
    series = RateSeries(successes=x, trials=n, measure=same, level=same)

    # From the mean of 24 months to one month, 3 months on: about (24 / 3 + 3) steps of 0.06.
    expected = 0.06**2 * (24 / 3 + 3)

    assert predict(series, end=84, length=1).drift[0] == pytest.approx(expected, rel=0.4)
