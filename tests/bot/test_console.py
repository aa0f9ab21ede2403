"""`threatdesk console`: what it says as it begins, and whose messages it tells."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.alerts.model import Destination
from bot.app import App
from bot.commands.console import serve
from bot.console import console_delivery, make_console
from config.settings import Settings
from metrics.errors import UserError
from store.feed import SqlFeed
from store.outbox import plain_post

NOW = datetime(2016, 4, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The product without any figures."""
    url = f"sqlite:///{tmp_path / 'threatdesk.db'}"
    with App(settings=Settings(database_url=url, data=tmp_path, _env_file=None)) as one:
        yield one


def test_it_offers_the_eyes_of_every_role(app: App) -> None:
    roles = [one.role for one in make_console(app).people.values()]

    assert len(set(roles)) == 4
    assert None not in roles


def test_it_is_for_this_machine_unless_someone_decides_otherwise(app: App) -> None:
    assert make_console(app).anywhere is False


def test_a_port_that_is_taken_is_said(app: App) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(UserError, match="cannot be used") as error,
    ):
        serve(app, taken.getsockname()[1], browser=False)

    assert "--port" in error.value.hint


def test_its_address_is_said_once_it_is_answered(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    answered = []

    def follow(words: str) -> None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/", words):
            with suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", int(found[1]))).close()
                answered.append(words)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("bot.commands.console.say", follow)
    with suppress(KeyboardInterrupt):
        serve(app, 0, browser=False)

    assert len(answered) == 1


def test_it_tells_its_own_messages_and_nobody_else_s(app: App) -> None:
    for platform in ("console", "slack"):
        there = Destination(platform=platform, address="#shared")
        app.outbox.put([plain_post(there, f"{there}/1", "Hello.", NOW)], now=NOW)

    assert console_delivery(app, name="test").deliver() == 1

    assert SqlFeed(app.database, platform="console").posts("x", at_most=1)[0].is_told
    assert not SqlFeed(app.database, platform="slack").posts("x", at_most=1)[0].is_told
