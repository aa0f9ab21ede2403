"""`threatdesk web`: one process that hears Slack, over HTTP or by Socket Mode, and answers.

It is separate from the worker: answering needs no scheduler, and may run in several processes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.access import Sight
from bot.app import SLACK, App
from bot.channels.slack.app import SlackApp, slack_app
from bot.channels.slack.socket import run_socket
from bot.channels.slack.web import routes as slack_routes
from bot.people import Person, Role, Surface
from metrics.errors import ThreatDeskError, UserError
from metrics.snapshot import SnapshotKind

log = logging.getLogger(__name__)

GRACE_S: Final = 25
"""How long answers that were begun may take at shutdown; platforms kill after 30 s or more."""

ANSWERING: Final = 3
"""How many questions are answered at the same time.  More would be no sooner done, and would keep
the event loop, which acknowledges, from its turn:
`python -m bench.latency` measures it."""

WARMED_EVERY_S: Final = 60.0
"""How often it is looked whether there are newer figures to make ready."""


def web(app: App) -> Starlette:
    """Make the web application.

    Raises:
        UserError: Slack is not set up, so there is nobody to hear.
    """
    slack = make_slack(app)
    ready = asyncio.Event()
    by_http = bool(app.settings.slack_signing_secret)
    app_token = app.settings.slack_app_token

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        stop = asyncio.Event()
        answering = ThreadPoolExecutor(max_workers=ANSWERING, thread_name_prefix="answer")
        asyncio.get_running_loop().set_default_executor(answering)
        async with AsyncExitStack() as running:
            await running.enter_async_context(slack.running())
            warming = asyncio.create_task(_keep_warm(app, ready))
            running.callback(warming.cancel)
            if app_token:
                token = app_token.get_secret_value()
                hearing = asyncio.create_task(run_socket(slack, app_token=token, stop=stop))
                running.push_async_callback(_end, hearing, stop)
            yield

    async def readyz(_: Request) -> Response:
        """Say whether the first questions would be answered at once."""
        if ready.is_set():
            return PlainTextResponse("ready")
        return PlainTextResponse("figures are being made ready", status_code=503)

    routes = [
        Route("/healthz", _healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
    ]
    return Starlette(routes=[*routes, *(slack_routes(slack) if by_http else [])], lifespan=running)


def make_slack(app: App) -> SlackApp:
    """Make what hears and answers Slack.

    Raises:
        UserError: A setting is missing.
    """
    settings = app.settings
    if settings.slack_bot_token is None:
        raise UserError(
            "Slack is not set up: THREATDESK_SLACK_BOT_TOKEN is not set.",
            hint="docs/slack.md says where the token is; `threatdesk console` needs no account.",
        )
    if settings.slack_signing_secret is None and settings.slack_app_token is None:
        raise UserError(
            "Slack cannot reach this desk: neither THREATDESK_SLACK_SIGNING_SECRET (HTTP) nor "
            "THREATDESK_SLACK_APP_TOKEN (Socket Mode) is set.",
            hint="docs/slack.md says which one to choose.",
        )
    secret = settings.slack_signing_secret
    return slack_app(
        settle=app.desk.settle,
        draw=app.draw,
        people=app.people,
        clock=app.now,
        once=app.once(SLACK),
        bot_token=settings.slack_bot_token.get_secret_value(),
        signing_secret=secret.get_secret_value() if secret else "",
        api_url=settings.slack_api_url,
    )


def serve(app: App) -> None:
    """Serve until told to stop; what was begun is finished first."""
    config = uvicorn.Config(
        web(app),
        host=app.settings.host,
        port=app.settings.port,
        log_config=None,
        access_log=False,  # it would hold what people ask
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    uvicorn.Server(config).run()


def warm(app: App) -> None:
    """Make ready what the first questions of the day would otherwise wait for.

    Deciding what each role may see of a snapshot takes about a second; after that it is at hand.
    """
    try:
        app.shelf.refresh()
        for kind in SnapshotKind:
            figures = app.shelf.find(kind, None)
            for role in Role:
                someone = Person(id="warm-up", name="", role=role)
                for surface in (Surface.PRIVATE, Surface.CHANNEL):
                    Sight(figures=figures, person=someone, surface=surface)
    except ThreatDeskError as error:  # no figures yet, or the database is away: it will be asked
        log.warning("Nothing was made ready: %s", error)


async def _keep_warm(app: App, ready: asyncio.Event) -> None:
    while True:
        await asyncio.to_thread(warm, app)
        ready.set()
        await asyncio.sleep(WARMED_EVERY_S)


async def _end(hearing: asyncio.Task[None], stop: asyncio.Event) -> None:
    stop.set()
    await hearing


async def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok")
