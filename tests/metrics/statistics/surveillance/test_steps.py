"""The search for steps nobody announced."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from metrics.statistics.glm import fit_poisson
from metrics.statistics.surveillance.steps import find_step, step_scores


def test_the_score_statistic_is_that_of_statsmodels() -> None:
    rng = np.random.default_rng(2)
    counts = rng.poisson(20.0, (1, 60)).astype(np.float64)
    design = np.column_stack([np.ones(60), np.arange(60) / 52])
    fit = fit_poisson(counts, design, tolerance=1e-13)

    ours = step_scores(counts, design[None], fit)[0, 25]

    column = (np.arange(60) >= 25).astype(np.float64)[:, None]
    model = sm.GLM(counts[0], design, family=sm.families.Poisson())
    params = model.fit(tol=1e-14).params
    statistic, _, _ = model.score_test(params, exog_extra=column)
    dispersion = max(1.0, float(model.fit().pearson_chi2 / model.fit().df_resid))
    assert ours**2 * dispersion == pytest.approx(float(np.squeeze(statistic)), rel=0.05)


def test_a_large_step_is_found_at_its_week_and_none_where_there_is_none() -> None:
    rng = np.random.default_rng(3)
    mean = np.full((2, 150), 30.0)
    mean[0, 90:] = 48.0
    counts = rng.poisson(mean).astype(np.float64)
    design = np.broadcast_to(np.ones((150, 1)), (2, 150, 1))
    fit = fit_poisson(counts, design)

    week, found = find_step(counts, design, fit)

    assert found.tolist() == [True, False]
    assert abs(int(week[0]) - 90) <= 1


def test_the_first_and_last_quarter_year_are_not_searched() -> None:
    counts = np.full((1, 80), 20.0)
    counts[0, -5:] = 80.0
    design = np.ones((1, 80, 1))

    _, found = find_step(counts, design, fit_poisson(counts, design))

    assert not found[0]
