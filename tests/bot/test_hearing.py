"""The desk hears every platform that is set up, and says what is missing where none is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.app import App
from bot.hearing import hearings
from bot.serving import web
from config.settings import Settings
from metrics.errors import UserError

SLACK: dict[str, Any] = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "s"}
TEAMS: dict[str, Any] = {
    "teams_app_id": "11111111-2222-3333-4444-555555555555",
    "teams_tenant_id": "99999999-0000-0000-0000-000000000000",
    "teams_client_secret": "s",
}


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'threatdesk.db'}"


@pytest.fixture(autouse=True)
def a_bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is set by the machine."""
    monkeypatch.delenv("DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS", raising=False)


def an_app(database: str, **settings: Any) -> App:
    return App(settings=Settings(database_url=database, _env_file=None, **settings))


@pytest.mark.parametrize(
    ("settings", "paths"),
    [
        (SLACK, ["/slack/events"]),
        (TEAMS, ["/api/messages"]),
        ({**SLACK, **TEAMS}, ["/slack/events", "/api/messages"]),
    ],
    ids=["Slack", "Teams", "both"],
)
def test_every_platform_that_is_set_up_is_heard(
    database: str, settings: dict[str, Any], paths: list[str]
) -> None:
    with an_app(database, **settings) as app:
        heard = [route.path for one in hearings(app) for route in one.routes]

    assert heard == paths


def test_where_no_platform_is_set_up_it_is_said_what_to_set(database: str) -> None:
    with (
        an_app(database) as app,
        pytest.raises(UserError, match="neither THREATDESK_SLACK_BOT_TOKEN nor THREATDESK_TEAMS"),
    ):
        hearings(app)


def test_slack_that_cannot_reach_the_desk_is_said_though_teams_can(database: str) -> None:
    with (
        an_app(database, **{**SLACK, **TEAMS, "slack_signing_secret": None}) as app,
        pytest.raises(UserError, match="Slack cannot reach this desk"),
    ):
        hearings(app)


@pytest.mark.parametrize("missing", TEAMS)
def test_teams_that_is_set_up_by_half_is_said(database: str, missing: str) -> None:
    settings = {name: value for name, value in TEAMS.items() if name != missing}

    with (
        an_app(database, **settings) as app,
        pytest.raises(UserError, match=f"THREATDESK_{missing.upper()}"),
    ):
        hearings(app)


def test_a_desk_that_would_believe_whoever_calls_does_not_start(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS", "true")

    with an_app(database, **TEAMS) as app, pytest.raises(UserError, match="DANGEROUSLY_ALLOW"):
        hearings(app)


def test_the_web_process_refuses_what_nobody_signed_on_each_platform(database: str) -> None:
    async def ask() -> list[int]:
        with an_app(database, **SLACK, **TEAMS) as app:
            served = web(app)
            transport = httpx.ASGITransport(app=served)
            async with (
                served.router.lifespan_context(served),
                httpx.AsyncClient(transport=transport, base_url="http://desk") as http,
            ):
                paths = ("/slack/events", "/api/messages")
                return [(await http.post(path, json={})).status_code for path in paths]

    assert asyncio.run(ask()) == [401, 401]
