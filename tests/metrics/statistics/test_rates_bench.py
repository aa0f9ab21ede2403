"""The simulated rates, their scorer, and how well the product does on a small run."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from bench import rates as bench
from bench.generators.rates import Kind, write
from bench.scorers.rates import found, main, threshold


# What the first published version of the simulation wrote for seed 7: the stream must not change,
# or figures of different dates could not be compared.
@pytest.mark.parametrize(
    ("kind", "file", "digest"),
    [
        (Kind.OUTCOMES, "series.csv", "94b990f7957a860f"),
        (Kind.OUTCOMES, "events.csv", "c1ccee1c7993f0ec"),
        (Kind.SATISFACTION, "series.csv", "41789ad8f0e3e671"),
        (Kind.SATISFACTION, "events.csv", "2d492255151011d9"),
    ],
)
def test_the_random_stream_is_the_published_one(
    tmp_path: Path, kind: Kind, file: str, digest: str
) -> None:
    write(tmp_path, kind, 7, null=False)

    assert hashlib.sha256((tmp_path / file).read_bytes()).hexdigest().startswith(digest)


def test_a_twin_differs_only_where_a_drop_is_applied(tmp_path: Path) -> None:
    for name, null in (("drop", False), ("twin", True)):
        write(tmp_path / name, Kind.SATISFACTION, 3, null=null)

    _, drop = bench.read(tmp_path / "drop")
    _, twin = bench.read(tmp_path / "twin")

    assert np.array_equal(drop.trials, twin.trials)
    assert np.array_equal(drop.successes[:, :72], twin.successes[:, :72])
    assert not np.array_equal(drop.successes, twin.successes)


def test_an_alarm_before_its_drop_is_not_a_detection() -> None:
    scores = np.full((1, 12), -np.inf)
    scores[0, 1] = 9.0

    told = found(scores, np.array([3.0]), np.array([0.08]), above=1.0)

    assert told[2].probability == 0.0


def test_months_to_detection_count_the_month_of_the_drop_as_the_first() -> None:
    scores = np.zeros((1, 12))
    scores[0, 5] = 9.0

    told = found(scores, np.array([3.0]), np.array([0.08]), above=1.0)

    assert told[2].months == 3.0


def test_the_threshold_is_passed_by_the_share_that_is_allowed() -> None:
    null = np.tile(np.arange(100.0)[:, None], 12)

    assert (null.max(axis=1) > threshold(null, 0.05)).sum() <= 5


def test_the_bench_runs_from_simulation_to_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, null in (("drop", False), ("twin", True)):
        write(tmp_path / name, Kind.SATISFACTION, 3, null=null)
        alarms = tmp_path / f"{name}.csv"
        bench.main(["--dir", str(tmp_path / name), "--alarms", str(alarms), "--method", "12"])

    paths = {"--dir": "drop", "--null": "twin"}
    files = {"--alarms": "drop.csv", "--null-alarms": "twin.csv"}
    main([word for key, value in (paths | files).items() for word in (key, str(tmp_path / value))])

    assert "of series falsely alarmed a year" in capsys.readouterr().out
