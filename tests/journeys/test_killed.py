"""A process that dies at any moment leaves the figures before it, whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.figures import find_figures
from metrics.dashboards import DashboardName, make_dashboard
from metrics.errors import UserError
from metrics.snapshot import SnapshotKind
from store.loads import SqlLoads
from store.snapshots import SqlSnapshots
from tests.journeys.conftest import an_app

MOMENTS_S = (0.05, 0.6, 1.0, 1.3, 1.6, 1.9, 2.2, 2.6)
"""Seconds after which the process is killed, spread over the time that a run takes."""


def _command(data: Path, database: str, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "THREATDESK_DATA": str(data),
        "THREATDESK_DATABASE_URL": database,
        "THREATDESK_PLAN": "leicestershire",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.parametrize(
    "command", [("load",), ("run", "--as-at", "2013-12-12")], ids=["load", "run"]
)
def test_killed_at_any_moment_nothing_is_half_written(
    demonstration_files: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    database = f"sqlite:///{tmp_path / 'desk.db'}"
    assert _command(demonstration_files, database, "run", "--as-at", "2013-12-11").wait() == 0
    with an_app(demonstration_files, database) as app, app.database.reading() as session:
        before = SqlSnapshots(session).newest(kind=SnapshotKind.DAILY)
    assert before is not None
    surveys = demonstration_files / "demonstration" / "surveys.csv"
    text = surveys.read_text(encoding="utf-8")
    try:
        for kill, seconds in enumerate(MOMENTS_S):
            # Something to load each time, so that there is something to be killed in.
            surveys.write_text(text + "\n" * (kill + 1), encoding="utf-8")
            process = _command(demonstration_files, database, *command)
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
            process.wait()
            _is_whole(demonstration_files, database, before.id)
    finally:
        surveys.write_text(text, encoding="utf-8")
    assert _command(demonstration_files, database, "run", "--as-at", "2013-12-12").wait() == 0


def _is_whole(data: Path, database: str, snapshot: str) -> None:
    """Read everything there is; every snapshot is checked against its id as it is read."""
    with an_app(data, database) as app:
        with app.database.reading() as session:
            store = SqlSnapshots(session)
            for header in store.list():
                assert store.get(header.id) is not None
            assert snapshot in {header.id for header in store.list()}
            for load, table in SqlLoads(session).tables():
                assert load.cohort_days_changed == 0 or len(table.covers) > 0
        figures = find_figures(app.database, kind=SnapshotKind.DAILY, as_at=None)
        assert make_dashboard(figures, DashboardName.TARGETS, None).rows


def test_before_the_first_run_there_are_no_figures_and_it_is_said(tmp_path: Path) -> None:
    with (
        an_app(tmp_path, f"sqlite:///{tmp_path / 'desk.db'}") as app,
        pytest.raises(UserError, match="There are no daily figures"),
    ):
        find_figures(app.database, kind=SnapshotKind.DAILY, as_at=None)
