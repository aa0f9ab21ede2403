"""The app that hears Teams, over HTTP, with a desk whose answers are laid down beforehand."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from bot.channels.teams.app import TeamsApp, teams_app
from bot.channels.teams.connector import Connector
from bot.channels.teams.heard import MESSAGES_PATH
from bot.channels.teams.web import routes
from bot.conversations import Conversation
from config.people import people_from
from tests.bot.channels.slack.desk import the_clock
from tests.bot.channels.teams.outward import token
from tests.fakes.teams import AMIR, APP_ID, CHANNEL, TENANT, FakeTeams, Message

TIMEOUT_S = 2.0

PATIENCE_S = 1.0
"""How long a press waits for its answer here."""

EVERYONE: Final = people_from(
    f"""
    [defaults]
    unknown = "member"

    [[person]]
    id = "amir.khan"
    name = "Amir Khan"
    role = "analyst"
    teams = "{AMIR}"
    """
)
"""One who is named, and members."""


class Kept:
    """Where conversations are kept: in memory."""

    def __init__(self) -> None:
        self.all: dict[str, Conversation] = {}
        self.writes = 0

    def find(self, address: str) -> Conversation | None:
        """Look it up."""
        return self.all.get(address)

    def keep(self, address: str, conversation: Conversation, *, now: datetime) -> None:
        """Write it down."""
        assert now.tzinfo is not None
        self.writes += 1
        self.all[address] = conversation


def an_app(teams: FakeTeams, **more: Any) -> TeamsApp:
    """Return the app, not running yet."""
    given: dict[str, Any] = {
        "people": EVERYONE,
        "clock": the_clock,
        "connector": Connector(token, tenant=TENANT, service_url=teams.base, timeout_s=TIMEOUT_S),
        "conversations": Kept(),
        "app_id": APP_ID,
        "tenant": TENANT,
        "openid_url": teams.openid_url,
        **more,
    }
    return teams_app(**given)


class Port:
    """A port that is listened on once for all tests: starting to listen takes its time."""

    def __init__(self) -> None:
        self._app: Starlette | None = None
        config = uvicorn.Config(
            self._serve,
            host="127.0.0.1",
            port=0,
            log_level="error",
            lifespan="off",
            interface="asgi3",
        )
        self._server = uvicorn.Server(config)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        assert FakeTeams.wait_for(lambda: self._server.started)
        number = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{number}{MESSAGES_PATH}"

    def stop(self) -> None:
        """Stop."""
        self._server.should_exit = True
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()
        self._loop.close()

    @contextmanager
    def open_to(self, app: TeamsApp) -> Iterator[None]:
        """Let an app run and hear."""
        running = app.running()
        self._on_loop(running.__aenter__())
        self._app = Starlette(routes=routes(app))
        try:
            yield
        finally:
            self._app = None
            self._on_loop(running.__aexit__(None, None, None))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None, "nobody listens"
        await self._app(scope, receive, send)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())

    def _on_loop(self, doing: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(30)


PORT: Final = Port()


@contextmanager
def over_http(app: TeamsApp, teams: FakeTeams) -> Iterator[None]:
    """Let the app run and hear the tenant."""
    teams.request_url = PORT.url
    with PORT.open_to(app):
        yield


def by_bot(teams: FakeTeams, place: str = CHANNEL) -> list[Message]:
    """Return what the bot said for everybody in a place, oldest first."""
    return [one for one in teams.tenant.posted(place) if "attachments" in one.activity]


def to_person(teams: FakeTeams, person: str) -> list[Message]:
    """Return what the bot said to one person alone, oldest first."""
    return [one for one in teams.tenant.told(person) if "attachments" in one.activity]


def pictures(card: Mapping[str, Any]) -> int:
    """Return how many pictures a card carries."""
    return str(card).count("data:image/png;base64,")
