"""The demonstration's figures, to be asked about."""

from __future__ import annotations

from datetime import date

import pytest

from bot.access import Sight
from bot.app import App
from bot.figures import find_figures
from bot.names import Names
from bot.people import Surface
from metrics.snapshot import SnapshotKind
from tests.bot.asked import CHIEF, Ask, asking
from tests.demonstrated import SnapshotOn

PUBLISHED_DAY = date(2013, 12, 11)

DAYS = (PUBLISHED_DAY, date(2014, 9, 30), date(2015, 12, 31))
"""A day of each of the plan's three frameworks."""


@pytest.fixture(scope="session")
def ask(demonstration_app: App, snapshot_on: SnapshotOn) -> Ask:
    """Ask a handler of the demonstration's figures of three days."""
    for day in DAYS:
        snapshot_on(day)
    return asking(demonstration_app, Names(demonstration_app.catalogue))


@pytest.fixture(scope="session")
def published(demonstration_app: App, snapshot_on: SnapshotOn) -> Sight:
    """The figures of the board paper of December 2013, as a chief officer sees them."""
    snapshot_on(PUBLISHED_DAY)
    figures = find_figures(demonstration_app.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)
    return Sight(figures=figures, person=CHIEF, surface=Surface.PRIVATE)
