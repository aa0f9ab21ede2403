"""What journeys are made of; the demonstration's fixtures are shared by all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.channels.slack.manifest import BOT_SCOPES
from tests.demonstrated import NOW, SnapshotOn, a_run, an_app, quiet
from tests.fakes.slack import FakeSlack
from tests.fakes.teams import FakeTeams
from tests.journeys.desks import Both

__all__ = ["NOW", "SnapshotOn", "a_run", "an_app", "quiet"]


@pytest.fixture(scope="session")
def both() -> Iterator[Both]:
    """Both platforms' servers, started once."""
    both = Both(slack=FakeSlack(scopes=BOT_SCOPES), teams=FakeTeams())
    both.slack.start()
    both.teams.start()
    yield both
    both.slack.stop()
    both.teams.stop()


@pytest.fixture
def without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached without a proxy, whatever the machine says."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
