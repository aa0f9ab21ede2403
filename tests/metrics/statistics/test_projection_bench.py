"""The hindcast bench: what it reads, how it scores, and the gates on real months."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.projection import ALL_AREAS, COVID_YEARS, hindcast, main, read_monthly, summary
from bench.scorers.projection import score

LONDON = "data/london/mps_month_borough_type.csv.gz"


def monthly_file(folder: Path, *, layout: str, years: int = 8) -> Path:
    """Two areas and one crime type from April 2010 on, in either layout."""
    rng = np.random.default_rng(1)
    months = pd.period_range("2010-04", periods=12 * years, freq="M").astype(str)
    rows = pd.DataFrame(
        [(month, area, int(rng.poisson(50))) for month in months for area in ("North", "South")],
        columns=["month", "area", "count"],
    )
    if layout == "plain":
        rows["measure"] = "Burglary"
    else:
        rows = rows.rename(columns={"area": "borough"}).assign(major="BURGLARY", minor="BURGLARY")
    path = folder / "monthly.csv"
    rows.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("layout", ["plain", "london"])
def test_both_layouts_are_read_with_the_sum_of_their_areas(tmp_path: Path, layout: str) -> None:
    data = read_monthly(monthly_file(tmp_path, layout=layout))

    assert [name.split(" | ")[1] for name in data.names] == ["North", "South", ALL_AREAS]
    assert data.counts[2] == pytest.approx(data.counts[:2].sum(axis=0))


def test_months_before_the_file_begins_are_not_recorded(tmp_path: Path) -> None:
    path = monthly_file(tmp_path, layout="plain")
    rows = pd.read_csv(path)
    rows[rows["month"] >= "2010-07"].to_csv(path, index=False)

    data = read_monthly(path)

    assert np.isnan(data.counts[:, :3]).all()
    assert np.isfinite(data.counts[:, 3:]).all()


def test_every_scored_year_is_projected_at_three_points(tmp_path: Path) -> None:
    data = read_monthly(monthly_file(tmp_path, layout="plain"))

    rows = hindcast(data, first=2015, last=2017)

    assert rows.groupby("series").size().tolist() == [9, 9, 9]


def test_a_hindcast_knows_nothing_of_what_came(tmp_path: Path) -> None:
    data = read_monthly(monthly_file(tmp_path, layout="plain"))
    before = hindcast(data, first=2016, last=2016)
    later = data.counts * np.where(np.arange(96) < 6 * 12 + 9, 1.0, 3.0)

    after = hindcast(replace(data, counts=later), first=2016, last=2016)

    assert after["projection"].tolist() == before["projection"].tolist()
    assert after["upper_95"].tolist() == before["upper_95"].tolist()


def test_the_command_writes_one_row_per_hindcast(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"

    main(["--monthly", str(monthly_file(tmp_path, layout="plain")), "--out", str(out)])

    assert len(pd.read_csv(out)) == 3 * 3 * 3


def test_a_perfect_projection_scores_perfectly() -> None:
    daily = pd.DataFrame(np.full((1, 730), 2.0), index=["a"])
    daily.iloc[0, 365:] = 1.0
    answers = pd.DataFrame(
        {"series_id": ["a"], "as_of": [465], "mean": [365.0], "p_met": [1.0]}
        | {name: [365.2] for name in ("lo80", "hi80", "lo95", "hi95")}
    )

    scored = score(daily, 365, answers).iloc[0]

    assert scored["error"] == 0.0
    assert scored["covered_80"] == 1.0
    assert scored["brier"] == 0.0


def test_the_naive_projection_is_the_year_to_date_over_last_years_share() -> None:
    daily = pd.DataFrame(np.full((1, 730), 2.0), index=["a"])
    daily.iloc[0, 365:465] = 3.0
    answers = pd.DataFrame(
        {name: [1.0] for name in ("mean", "lo80", "hi80", "lo95", "hi95", "p_met")}
        | {"series_id": ["a"], "as_of": [465]}
    )

    scored = score(daily, 365, answers).iloc[0]

    # 300 so far, 200 by then last year of 730: 1,095 against an actual of 830.
    assert scored["error_naive"] == pytest.approx(265 / 830)


def test_the_gates_hold_on_fifteen_years_of_london() -> None:
    folder = os.environ.get("THREATDESK_REFERENCE")
    if not folder or not (Path(folder) / LONDON).exists():
        pytest.skip("THREATDESK_REFERENCE names no folder with data/london/: gate left out.")
    rows = hindcast(read_monthly(Path(folder) / LONDON), first=2015, last=2024)
    table = summary(rows[~rows["year"].isin(COVID_YEARS)])

    assert (table["mape_ratio"] <= [0.62, 0.70, 0.74]).all()
    assert table["coverage_95"].between(0.94, 0.97).all()
    assert table["coverage_80"].between(0.78, 0.84).all()
    assert (table["brier_ratio"] <= 0.65).all()
