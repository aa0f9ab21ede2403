"""`threatdesk web`: one process that hears Slack, Teams or both, and answers.

Slack is heard over HTTP or by Socket Mode, Teams over HTTP.

It is separate from the worker: answering needs no scheduler, and may run in several processes.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from types import FrameType
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.access import Sight
from bot.app import SLACK, App
from bot.channels.slack.web import EVENTS_PATH
from bot.channels.teams.addresses import TEAMS
from bot.channels.teams.heard import MESSAGES_PATH
from bot.hearing import hearings
from bot.observing.acknowledging import Acknowledging
from bot.observing.readiness import Readiness
from bot.observing.scraping import Scrape
from bot.people import Person, Role, Surface
from bot.region.app import RegionApp
from config.settings import Settings
from metrics.errors import ThreatDeskError
from metrics.snapshot import SnapshotKind

log = logging.getLogger(__name__)

GRACE_S: Final = 25
"""How long answers that were begun may take at shutdown; platforms kill after 30 s or more."""

ANSWERING: Final = 3
"""How many questions are answered at the same time.  More would be no sooner done, and would keep
the event loop, which acknowledges, from its turn:
`python -m bench.latency` measures it."""

ASKED_AT: Final = {EVENTS_PATH: SLACK, MESSAGES_PATH: TEAMS}
"""The platform that asks under each path."""

WARMED_EVERY_S: Final = 60.0
"""How often it is looked whether there are newer figures to make ready."""


def web(app: App) -> Starlette:
    """Make the web application.

    Raises:
        UserError: No platform is set up, so there is nobody to hear; or one is by half.
    """
    heard = hearings(app)
    ready = asyncio.Event()
    looking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="looking")

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        answering = ThreadPoolExecutor(max_workers=ANSWERING, thread_name_prefix="answer")
        asyncio.get_running_loop().set_default_executor(answering)
        async with AsyncExitStack() as running:
            running.callback(looking.shutdown, wait=False)
            for platform in heard:
                await running.enter_async_context(platform.running())
            warming = asyncio.create_task(_keep_warm(app, ready))
            running.callback(warming.cancel)
            yield

    readiness = Readiness(
        is_warm=ready.is_set, is_there=lambda: app.database.is_ready(), looking=looking
    )
    routes = [
        Route("/healthz", _healthz, methods=["GET"]),
        Route("/readyz", readiness.readyz, methods=["GET"]),
        *_metrics(app, looking),
    ]
    acknowledging = Middleware(Acknowledging, platforms=ASKED_AT, instruments=app.instruments)
    return Starlette(
        routes=[*routes, *(route for platform in heard for route in platform.routes)],
        middleware=[acknowledging],
        lifespan=running,
    )


def _metrics(app: App, looking: Executor) -> list[Route]:
    """Return where Prometheus asks; nowhere without a token, as anyone may reach this port."""
    token = app.settings.metrics_token
    if token is None:
        return []
    return Scrape(app.registry, token=token.get_secret_value(), looking=looking).routes()


def serve(app: App) -> None:
    """Serve until told to stop; what was begun is finished first."""
    config = uvicorn.Config(web(app), **listening(app.settings))
    server = uvicorn.Server(config)
    with _ending(server):
        server.run()


def listening(settings: Settings) -> dict[str, Any]:
    """Return how uvicorn listens."""
    return {
        "host": settings.host,
        "port": settings.port,
        "log_config": None,
        "access_log": False,  # it would hold what people ask
        "server_header": False,
        "timeout_graceful_shutdown": GRACE_S,
    }


@contextmanager
def _ending(server: uvicorn.Server) -> Iterator[None]:
    """Let a signal end the server, and no more than that.

    Once it has ended in good order, uvicorn raises the signal again, for whoever heard it before;
    by default that would end the process there and then, with what the app opened still open.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    before = {one: signal.signal(one, end) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def warm(app: App) -> None:
    """Make ready what the first questions of the day would otherwise wait for.

    Deciding what each role may see of a snapshot takes about a second; after that it is at hand.
    """
    if isinstance(app, RegionApp):  # each force's own are read when it is first asked
        app.standings.all(SnapshotKind.MONTH_END, None)
        return
    try:
        app.shelf.refresh()
        for kind in SnapshotKind:
            figures = app.shelf.find(kind, None)
            for role in Role:
                someone = Person(id="warm-up", name="", role=role)
                for surface in (Surface.PRIVATE, Surface.CHANNEL):
                    Sight(figures=figures, person=someone, surface=surface, views=app.views)
    except ThreatDeskError as error:  # no figures yet, or the database is away: it will be asked
        log.warning("Nothing was made ready: %s", error)


async def _keep_warm(app: App, ready: asyncio.Event) -> None:
    while True:
        await asyncio.to_thread(warm, app)
        ready.set()
        await asyncio.sleep(WARMED_EVERY_S)


async def _healthz(_: Request) -> Response:
    return PlainTextResponse("ok")
