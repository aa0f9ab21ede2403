"""A tenant on loopback, a desk and the app between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.channels.teams.app import TeamsApp
from tests.bot.channels.slack.desk import Desk, Pencil, the_priority
from tests.bot.channels.teams.desk import PATIENCE_S, PORT, Kept, an_app, over_http
from tests.fakes.teams import FakeTeams


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached without a proxy, whatever the machine says."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="session")
def fake_teams() -> Iterator[FakeTeams]:
    """The fake's server, started once."""
    server = FakeTeams()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def teams(fake_teams: FakeTeams) -> FakeTeams:
    """A tenant in which nothing was said yet."""
    fake_teams.reset()
    return fake_teams


@pytest.fixture(scope="session", autouse=True)
def a_port() -> Iterator[None]:
    """What the app hears on."""
    PORT.start()
    yield
    PORT.stop()


@pytest.fixture
def desk() -> Desk:
    """A desk that knows one priority."""
    return Desk(replies={"/priority 12": the_priority()})


@pytest.fixture
def pencil() -> Pencil:
    """Draws."""
    return Pencil()


@pytest.fixture
def kept() -> Kept:
    """Where conversations are kept."""
    return Kept()


@pytest.fixture
def app(teams: FakeTeams, desk: Desk, pencil: Pencil, kept: Kept) -> TeamsApp:
    """The app, not running yet."""
    return an_app(
        teams, settle=desk.settle, draw=pencil.draw, conversations=kept, patience_s=PATIENCE_S
    )


@pytest.fixture
def running(app: TeamsApp, teams: FakeTeams) -> Iterator[TeamsApp]:
    """The app, heard over HTTP."""
    with over_http(app, teams):
        yield app
