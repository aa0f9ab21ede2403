"""The reference method against R's own answers, and its seasonal groups."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.generators.noufaily import one_series, scenarios
from metrics.statistics.surveillance.farrington import (
    FarringtonSettings,
    farrington_week,
    seasonal_groups,
)

PEER = "bench/peer/noufaily_farringtonFlexible_nbPlugin.csv.gz"
WEEK = 599


def test_equals_r_farrington_flexible_to_the_digits_r_printed() -> None:
    reference = os.environ.get("THREATDESK_REFERENCE")
    if not reference or not (Path(reference) / PEER).exists():
        pytest.skip("THREATDESK_REFERENCE names no folder with R's answers: left out.")
    peer = pd.read_csv(Path(reference) / PEER)
    peer = peer[peer["t"] == WEEK + 1].set_index("series_id")
    drawn = [one_series(row, rep, 2013) for row in scenarios() for rep in (1, 2, 3)]
    counts = np.stack([series for _, series, _ in drawn]).astype(np.float64)

    ours = farrington_week(counts, WEEK)

    theirs = peer.loc[[name for name, _, _ in drawn]]
    assert ours.p == pytest.approx(theirs["p"].to_numpy(), abs=1e-6)
    assert ours.dispersion == pytest.approx(theirs["phi"].to_numpy(), rel=1e-5)


def test_the_anniversary_weeks_form_the_last_group() -> None:
    groups = seasonal_groups(WEEK, FarringtonSettings())

    for year in range(1, 6):
        around = slice(WEEK - 52 * year - 3, WEEK - 52 * year + 4)
        assert (groups[around] == 10).all()


def test_the_weeks_between_are_shared_out_evenly_with_the_longer_groups_first() -> None:
    groups = seasonal_groups(WEEK, FarringtonSettings())

    between = groups[WEEK - 52 + 4 : WEEK - 3]

    assert [int((between == group).sum()) for group in range(1, 10)] == [5] * 9
    assert (np.diff(between) >= 0).all()


def test_nothing_older_than_five_years_is_used() -> None:
    groups = seasonal_groups(WEEK, FarringtonSettings())

    assert (groups[: WEEK - 5 * 52 - 3] == 0).all()


def test_too_short_a_history_is_refused() -> None:
    with pytest.raises(ValueError, match="less than 5 years"):
        seasonal_groups(200, FarringtonSettings())


def test_the_week_judged_and_the_half_year_before_do_not_train() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(8.0, (4, WEEK + 1)).astype(np.float64)
    surged = counts.copy()
    surged[:, WEEK - 26 :] += 40.0

    calm, loud = farrington_week(counts, WEEK), farrington_week(surged, WEEK)

    assert loud.expected == pytest.approx(calm.expected, rel=1e-12)
    assert (loud.p < 1e-6).all()
