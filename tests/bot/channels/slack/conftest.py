"""A workspace, a desk and the app between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from bot.channels.slack.app import SlackApp, slack_app
from bot.channels.slack.manifest import BOT_SCOPES
from tests.bot.channels.slack.desk import (
    EVERYONE,
    Desk,
    Pencil,
    by_socket,
    over_http,
    the_clock,
    the_priority,
)
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET, FakeSlack

Serve = Callable[[SlackApp, FakeSlack], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached without a proxy, whatever the machine says."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def fake() -> Iterator[FakeSlack]:
    """The fake's server, started once."""
    server = FakeSlack(scopes=BOT_SCOPES)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def slack(fake: FakeSlack) -> FakeSlack:
    """A workspace that grants what the manifest asks for, and nothing else."""
    fake.reset()
    fake.workspace.groups["S01"] = ["U2"]
    return fake


@pytest.fixture
def desk() -> Desk:
    """A desk that knows one priority."""
    return Desk(replies={"/priority 12": the_priority()})


@pytest.fixture
def pencil() -> Pencil:
    """Draws."""
    return Pencil()


@pytest.fixture
def app(slack: FakeSlack, desk: Desk, pencil: Pencil) -> SlackApp:
    """The app, not running yet."""
    return slack_app(
        settle=desk.settle,
        draw=pencil.draw,
        people=EVERYONE,
        clock=the_clock,
        bot_token=BOT_TOKEN,
        signing_secret=SIGNING_SECRET,
        api_url=slack.api_url,
        timeout_s=2,
    )


@pytest.fixture(params=["http", "socket"])
def running(request: pytest.FixtureRequest, app: SlackApp, slack: FakeSlack) -> Iterator[SlackApp]:
    """The app, heard over HTTP and by Socket Mode."""
    serve: Serve = over_http if request.param == "http" else by_socket
    with serve(app, slack):
        yield app


@pytest.fixture
def on_http(app: SlackApp, slack: FakeSlack) -> Iterator[SlackApp]:
    """The app, heard over HTTP."""
    with over_http(app, slack):
        yield app
