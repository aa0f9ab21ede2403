"""Real answers of the demonstration, to be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from bot.answer import Request
from bot.app import App
from bot.people import Person, Role
from bot.replies import Reply
from tests.demonstrated import SnapshotOn

DAYS = (date(2013, 12, 11), date(2015, 12, 31))
"""A day with targets and one without; of the second the month end is there too."""

MORNING = datetime(2016, 4, 2, 9, 0, tzinfo=UTC)

CHIEF = Person(id="chief", name="Chief Constable", role=Role.CHIEF_OFFICER)

Answer = Callable[[str], Reply]


@pytest.fixture(scope="session")
def answer(demonstration_app: App, snapshot_on: SnapshotOn) -> Answer:
    """Ask the desk as a chief officer does in private."""
    for day in DAYS:
        snapshot_on(day)

    def ask(text: str) -> Reply:
        return demonstration_app.desk.answer(Request(text=text, person=CHIEF, at=MORNING))

    return ask
