"""The platforms that this desk hears, as far as they are set up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from starlette.routing import Route

from bot.app import SLACK, App
from bot.channels.slack.app import SlackApp, slack_app
from bot.channels.slack.socket import run_socket
from bot.channels.slack.web import routes as slack_routes
from bot.channels.teams.addresses import TEAMS
from bot.channels.teams.connector import Connector
from config.teams import TeamsSettings
from metrics.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """One platform that is heard, while it is running."""

    routes: Sequence[Route]  # none where it is heard over a connection of our own
    running: Callable[[], AbstractAsyncContextManager[None]]


def hearings(app: App) -> tuple[Hearing, ...]:
    """Return every platform that is set up.

    Raises:
        UserError: None is, or one is set up by half.
    """
    heard = []
    if app.settings.slack_bot_token is not None:
        heard.append(_hear_slack(app))
    if app.teams is not None:
        heard.append(_hear_teams(app, app.teams))
    if not heard:
        raise UserError(
            "There is nobody to hear: neither THREATDESK_SLACK_BOT_TOKEN nor "
            "THREATDESK_TEAMS_APP_ID is set.",
            hint="docs/slack.md and docs/teams.md say where they are; `threatdesk console` needs "
            "no account.",
        )
    return tuple(heard)


def _hear_slack(app: App) -> Hearing:
    slack, token = _make_slack(app), app.settings.slack_app_token

    @asynccontextmanager
    async def by_socket() -> AsyncIterator[None]:
        stop = asyncio.Event()
        async with slack.running():
            app_token = token.get_secret_value() if token else ""
            hearing = asyncio.create_task(run_socket(slack, app_token=app_token, stop=stop))
            try:
                yield
            finally:
                stop.set()
                await hearing

    return Hearing(
        routes=slack_routes(slack) if slack.signing_secret else (),
        running=by_socket if token else slack.running,
    )


def _make_slack(app: App) -> SlackApp:
    settings = app.settings
    token, secret = settings.slack_bot_token, settings.slack_signing_secret
    if token is None or (secret is None and settings.slack_app_token is None):
        raise UserError(
            "Slack cannot reach this desk: neither THREATDESK_SLACK_SIGNING_SECRET (HTTP) nor "
            "THREATDESK_SLACK_APP_TOKEN (Socket Mode) is set.",
            hint="docs/slack.md says which one to choose.",
        )
    return slack_app(
        settle=app.heard_on(SLACK),
        draw=app.draw,
        people=app.people,
        clock=app.now,
        once=app.once(SLACK),
        bot_token=token.get_secret_value(),
        signing_secret=secret.get_secret_value() if secret else "",
        api_url=settings.slack_api_url,
    )


def _hear_teams(app: App, settings: TeamsSettings) -> Hearing:
    # Here, because Microsoft's SDK takes a second to import, which no other command needs.
    from bot.channels.teams.app import teams_app
    from bot.channels.teams.web import routes as teams_routes

    teams = teams_app(
        settle=app.heard_on(TEAMS),
        draw=app.draw,
        people=app.people,
        clock=app.now,
        connector=Connector(
            app.teams_sign_in(settings), tenant=settings.tenant, service_url=settings.service_url
        ),
        conversations=app.conversations(TEAMS),
        once=app.once(TEAMS),
        app_id=settings.app_id,
        tenant=settings.tenant,
        openid_url=settings.openid_url,
        is_targeted=settings.is_targeted,
    )
    return Hearing(routes=teams_routes(teams), running=teams.running)
