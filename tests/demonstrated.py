"""The demonstration force, loaded once through the product, for every test that asks for it.

Registered as a plugin by `tests/conftest.py`, so that journeys and answers share one of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

import demonstration
from bot import daily
from bot.app import App
from bot.demo import FOLDER
from config.settings import Settings
from metrics.snapshot import Snapshot

NOW = datetime(2016, 4, 2, 5, 10, tzinfo=UTC)

SnapshotOn = Callable[[date], Snapshot]


def quiet(words: str) -> None:
    """Tell nobody."""


@pytest.fixture(scope="session")
def demonstration_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder with the demonstration's files in it."""
    folder = tmp_path_factory.mktemp("data")
    demonstration.write(folder / FOLDER)
    return folder


@pytest.fixture(scope="session")
def demonstration_app(
    demonstration_files: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """The product with the demonstration loaded."""
    database = tmp_path_factory.mktemp("database") / "threatdesk.db"
    with an_app(demonstration_files, f"sqlite:///{database}") as app:
        results = app.load(now=NOW, progress=quiet)
        assert [result.problem for result in results] == [None] * len(results)
        yield app


@pytest.fixture(scope="session")
def snapshot_on(demonstration_app: App) -> SnapshotOn:
    """Run the daily job as at a day, once, and return its snapshot."""

    @cache
    def on(day: date) -> Snapshot:
        return a_run(demonstration_app, day)[0].snapshot

    return on


def an_app(data: Path, database_url: str, *, plan: str = "leicestershire") -> App:
    """Make the product from settings given here, whatever the environment says."""
    settings = Settings(
        database_url=database_url,
        plan=plan,
        data=data,
        _env_file=None,
    )
    return App(settings=settings)


def a_run(app: App, day: date, *, now: datetime = NOW) -> tuple[daily.Made, ...]:
    """Run the daily job."""
    return app.run(as_at=day, now=now, progress=quiet)
