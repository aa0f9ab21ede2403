"""The first hour goes as it is written."""

from __future__ import annotations

import os
import re
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bot.app import App
from bot.demo import DECIDED_AT, PUBLISHED_DAY
from bot.figures import find_figures
from metrics.snapshot import SnapshotKind
from tests.demonstrated import SnapshotOn, an_app

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"

COMMANDS = re.findall(r"^\$ threatdesk (.+)$", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE)

SHOWN = {
    "why domestic": "chance",
    "ask how is burglary": "charnwod",
    "alerts": "A-1",
    "audit verify": "Whole",
}
"""What the reader is told that they will see."""


@pytest.fixture(scope="module")
def folder(
    demonstration_app: App, snapshot_on: SnapshotOn, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Where `make run` has been: figures of a day, and its alerts."""
    snapshot_on(date(2013, 12, 11))
    folder = tmp_path_factory.mktemp("first-hour")
    source = demonstration_app.settings.database_url.get_secret_value()
    with (
        closing(sqlite3.connect(source.removeprefix("sqlite:///"))) as there,
        closing(sqlite3.connect(folder / "threatdesk.db")) as here,
    ):
        there.backup(here)
    with an_app(demonstration_app.settings.data, f"sqlite:///{folder / 'threatdesk.db'}") as app:
        figures = find_figures(app.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)
        app.deciding.day(figures, now=DECIDED_AT)
    return folder


def test_there_is_something_to_type() -> None:
    assert len(COMMANDS) > 8
    assert all(any(one.startswith(shown) for one in COMMANDS) for shown in SHOWN)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_the_tutorial_says_can_be_typed(
    command: str, folder: Path, demonstration_files: Path
) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "bot", *shlex.split(command)],
        cwd=folder,
        env={
            **os.environ,
            "THREATDESK_DATABASE_URL": f"sqlite:///{folder / 'threatdesk.db'}",
            "THREATDESK_DATA": str(demonstration_files),
            "THREATDESK_PLAN": "leicestershire",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 0, said.stderr
    assert said.stdout or "--output" in command
    for begun, shown in SHOWN.items():
        if command.startswith(begun):
            assert shown in said.stdout
