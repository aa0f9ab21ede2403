"""The generators give the published streams, and the scorers count as they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.daily import read
from bench.generators import noufaily as weekly
from bench.generators import police
from bench.scorers import noufaily as weekly_scorer
from bench.scorers import police as police_scorer
from metrics.statistics.surveillance import LevelIndex

# Of scenario 5, repetition 7, seed 2013, and of force 1; a change of any draw changes them.
WEEKLY_SUM = 2085
WEEKLY_SIZES = [21, 21, 7, 3, 16]
POLICE_SUM = 351_889
POLICE_ARRIVALS = 379_936_509


def test_the_weekly_generator_draws_the_stream_the_published_figures_rest_on() -> None:
    _, counts, outbreaks = weekly.one_series(weekly.scenarios()[4], 7, 2013)

    assert int(counts.sum()) == WEEKLY_SUM
    assert [one.size for one in outbreaks] == WEEKLY_SIZES


def test_the_42_scenarios_come_in_the_order_of_the_paper() -> None:
    table = weekly.scenarios()

    assert [row.scenario for row in table] == list(range(1, 43))
    assert [(row.m, row.beta > 0) for row in table[:6]] == [
        (m, trend) for trend in (False, True) for m in (0, 1, 2)
    ]


def test_the_police_generator_draws_the_stream_the_published_figures_rest_on() -> None:
    force = police.simulate(1)

    assert int(force.counts.sum()) == POLICE_SUM
    assert int(force.arrivals[3].sum()) == POLICE_ARRIVALS


def test_totals_are_the_sums_of_their_parts() -> None:
    small = np.random.default_rng(1).poisson(2.0, (police.SINGLE_MEASURES, police.SMALL_AREAS, 3))
    measures, areas = [*police.MEASURES, *police.TOTALS], list(police.AREAS)

    rows = police.roll_up(small)

    everything = measures.index("all") * len(areas) + areas.index("force")
    assert rows[everything].tolist() == small.sum(axis=(0, 1)).tolist()
    first_bcu = measures.index("acq") * len(areas) + areas.index("bcu0")
    assert rows[first_bcu].tolist() == small[:12, :5].sum(axis=(0, 1)).tolist()


def test_an_alarm_in_the_outbreak_detects_and_one_outside_is_false(tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(
        "series_id,scenario,rep,kind,k,size,start,end\n"
        "A,1,1,current,2,9,600,603\nB,1,2,current,5,9,600,603\nC,1,3,current,8,9,600,603\n"
    )
    alarms = tmp_path / "alarms.csv"
    alarms.write_text("series_id,t,score\nA,602,3\nB,590,3\nC,600,1\n")

    scored = weekly_scorer.load(truth, alarms, first=576, last=624)
    figures = scored.figures(2.0)

    assert figures["pod"] == pytest.approx(1 / 3)
    assert figures["fpr"] == pytest.approx(1 / (3 * 45))
    assert figures["delay"] == 2.0


@pytest.fixture
def small_truth(tmp_path: Path) -> police_scorer.Truth:
    (tmp_path / "meta.csv").write_text(
        "series_id,measure,area,level,annual\nm.a,m,a,leaf,9\nn.a,n,a,leaf,9\n"
    )
    days = "".join(f"{day},2012-01-01,{int(day >= 100)}\n" for day in range(400))
    (tmp_path / "calendar.csv").write_text("day,date,test\n" + days)
    (tmp_path / "events.csv").write_text(
        "event,kind,scope,measure,area,start,end,mult,snr,annual\n0,step40,leaf,m,a,150,180,1.4,5,9\n"
    )
    (tmp_path / "truth_series.csv").write_text(
        "event,series_id,elevation,status\n0,m.a,0.4,affected\n"
    )
    (tmp_path / "changes.csv").write_text("measure,day,mult,announced\nn,200,1.3,1\n")
    return police_scorer.load_truth(tmp_path)


def test_an_alert_is_true_during_neutral_after_and_false_otherwise(
    small_truth: police_scorer.Truth,
) -> None:
    scores = np.full((2, 300), -np.inf)
    scores[0, [60, 100, 250]] = 5.0  # during the deterioration, after it, long after it

    alerts = police_scorer.judge(small_truth, scores, 3.0, quiet=28)

    assert alerts.label.tolist() == [
        police_scorer.AFFECTED, police_scorer.NEUTRAL, police_scorer.CLEAN
    ]  # fmt: skip
    assert alerts.delay == {0: 10}


def test_a_false_alert_after_a_recording_step_is_counted_apart(
    small_truth: police_scorer.Truth,
) -> None:
    scores = np.full((2, 300), -np.inf)
    scores[1, [50, 150]] = 5.0

    assert police_scorer.judge(small_truth, scores, 3.0, quiet=28).recording_false == 1


def test_the_threshold_meets_the_budget(small_truth: police_scorer.Truth) -> None:
    scores = np.random.default_rng(2).normal(0, 1, (2, 300))

    threshold = police_scorer.threshold_for([small_truth], [scores], 0.1, 28)
    figures, _ = police_scorer.pooled([small_truth], [scores], threshold, 28)

    assert figures["false_wk"] <= 0.1


def test_a_day_without_a_row_is_not_recorded_where_zeros_are_written(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("date,area,count\n2020-01-01,a,0\n2020-01-03,a,2\n")

    assert np.isnan(read(path).history.counts[0, 1])


def test_areas_without_a_total_get_their_sum_as_parent(tmp_path: Path) -> None:
    days = pd.date_range("2020-01-01", periods=3).strftime("%Y-%m-%d")
    rows = [f"{day},{area},{index}" for index, area in enumerate("xy", 1) for day in days]
    path = tmp_path / "counts.csv"
    path.write_text("date,area,count\n" + "\n".join(rows) + "\n")

    history = read(path).history

    assert history.counts[-1].tolist() == [3.0, 3.0, 3.0]
    assert history.layout.parent.tolist() == [2, 2, 2]
    assert history.layout.level.tolist() == [LevelIndex.LEAF, LevelIndex.LEAF, LevelIndex.FORCE]
