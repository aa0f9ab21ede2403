"""The whole product over both fakes: the real app, its real web process, its real posters.

Only the clock and Entra, which is not on loopback, are ours.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

import uvicorn
from sqlalchemy import select

from bot.app import OLDER_FIGURES, App
from bot.channels.slack.web import EVENTS_PATH
from bot.channels.teams.heard import MESSAGES_PATH
from bot.channels.teams.signing_in import SignIn
from bot.figures import find_header, load_figures
from bot.serving import web
from bot.shelf import Shelf
from config.settings import Settings
from config.teams import TeamsSettings
from store.alert_tables import NotificationRow
from store.outbox import State
from tests.fakes import slack, teams
from tests.fakes.slack import FakeSlack
from tests.fakes.teams import FakeTeams
from tests.journeys.platforms import PEOPLE

TRIES: Final = 50
"""How often telling is tried: trouble does not last that long."""


@dataclass
class Clock:
    """A moment that stands still until it is set."""

    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What msal wants of an answer."""

    text: str
    status_code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def raise_for_status(self) -> None:
        """Nothing is wrong."""


class _Entra:
    """Entra, as far as msal asks it: it gives what the fake connector takes."""

    def get(self, url: str, **_: object) -> _Answer:
        base = url.partition("/v2.0")[0]
        ends = {name: f"{base}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
        return _Answer(text=json.dumps({"issuer": base, **ends}))

    def post(self, _url: str, *, data: Mapping[str, Any], **_: object) -> _Answer:
        assert data["client_secret"] == teams.CLIENT_SECRET
        told = {"access_token": teams.BOT_TOKEN, "expires_in": 3_600, "token_type": "Bearer"}
        return _Answer(text=json.dumps(told))

    def close(self) -> None:
        """Close nothing."""


@dataclass(frozen=True, kw_only=True)
class TimedApp(App):
    """The product, with time given to it."""

    clock: Clock

    def now(self) -> datetime:  # type: ignore[override]  # the product's reads the machine's clock
        """Return the moment."""
        return self.clock.now

    @cached_property
    def shelf(self) -> Shelf:
        """The newest figures, looked for every time: a day here takes less than a second."""
        return Shelf(
            header=partial(find_header, self.database),
            load=partial(load_figures, self.database),
            period=timedelta(0),
            keep=OLDER_FIGURES,
        )

    @staticmethod
    def teams_sign_in(teams: TeamsSettings) -> SignIn:
        """Return what signs in, at an Entra of our own."""
        return SignIn(
            app_id=teams.app_id,
            tenant=teams.tenant,
            secret=teams.secret.get_secret_value(),
            http_client=_Entra(),
        )

    def tell(self) -> None:
        """Tell everything that waits, as a worker does, however often it has to be tried."""
        delivery = self.delivery("worker")
        for _ in range(TRIES):
            delivery.deliver(at_most=1_000)
            if (moment := self._next()) is None:
                return
            self.clock.now = max(self.clock.now, moment)
        raise AssertionError("something is never told")

    def _next(self) -> datetime | None:
        """Return when the next thing can be told; None: nothing waits.

        At each destination that is its first: what came later waits for it.
        """
        now = self.clock.now
        with self.database.reading() as session:
            waiting = session.scalars(
                select(NotificationRow)
                .where(NotificationRow.state == State.WAITING.value)
                .order_by(NotificationRow.id.desc())
            )
            first = {(one.platform, one.address): one for one in waiting}
            moments = [max(one.not_before, one.lease_until or now) for one in first.values()]
        return min(moments, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The two platforms."""

    slack: FakeSlack
    teams: FakeTeams


@contextmanager
def a_desk(
    both: Both, folder: Path, *, database: str, now: datetime, plan: str, **more: Any
) -> Iterator[TimedApp]:
    """Open the product on a database, for both platforms and nobody else."""
    people = folder / "people.toml"
    people.write_text(PEOPLE)
    settings = Settings(
        database_url=database,
        plan=plan,
        people=people,
        slack_bot_token=slack.BOT_TOKEN,
        slack_signing_secret=slack.SIGNING_SECRET,
        slack_api_url=both.slack.api_url,
        teams_app_id=teams.APP_ID,
        teams_tenant_id=teams.TENANT,
        teams_client_secret=teams.CLIENT_SECRET,
        teams_service_url=both.teams.base,
        teams_openid_url=both.teams.openid_url,
        _env_file=None,
        **more,
    )
    with TimedApp(settings=settings, clock=Clock(now)) as app:
        yield app


@contextmanager
def heard(app: App, both: Both) -> Iterator[None]:
    """Let one web process hear both platforms."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(web(app), log_config=None))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    assert both.slack.wait_for(lambda: server.started)
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    both.slack.request_url = f"{base}{EVENTS_PATH}"
    both.teams.request_url = f"{base}{MESSAGES_PATH}"
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=40)
        assert not thread.is_alive()
