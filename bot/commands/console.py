"""`threatdesk console`: the page in the browser that needs no account."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Final

import typer
import uvicorn
from starlette.applications import Starlette

from bot.app import App
from bot.channels.console.web import routes
from bot.commands.terminal import open_app, say
from bot.console import console_deliveries, make_console
from bot.figures import find_header
from bot.region.app import RegionApp
from bot.render.studio import NotDrawn
from bot.replies.charts import LongTermChart
from bot.serving import warm
from metrics.errors import ThreatDeskError, UserError

log = logging.getLogger(__name__)

HOST: Final = "127.0.0.1"
"""The console is for whoever sits at this machine: it may take any role."""

LOOKED_EVERY_S: Final = 1.0
"""How often what waits for the console is told."""

AFTER_A_FAILURE_S: Final = 30.0
"""How long to leave it alone when they could not be told."""

FIRST_STROKE: Final = LongTermChart(
    title="", subtitle="", unit="", years=("2012/13", "2013/14"), values=(1.0, 1.0)
)
"""Drawn and thrown away, so that what draws is awake when the first chart is asked for."""

GRACE_S: Final = 2
"""How long an answer that was begun may take when the console is stopped."""

commands = typer.Typer()


@commands.command("console")
def console_command(
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The port; THREATDESK_PORT by default, 0 takes any."),
    ] = None,
    *,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether to open the browser.")
    ] = True,
) -> None:
    """Ask in the browser on this machine: a conversation, and the channels beside it."""
    with open_app(is_recorded=False, whole=True) as app:
        apps = app.forces.values() if isinstance(app, RegionApp) else [app]
        if all(find_header(one.database, None, None) is None for one in apps):
            raise UserError(
                "There are no figures yet.",
                hint="Make the demonstration with `threatdesk demo`, or your own with "
                "`threatdesk run`.",
            )
        serve(app, app.settings.port if port is None else port, browser=browser)


def serve(app: App, port: int, *, browser: bool) -> None:
    """Serve on this machine until Ctrl-C.

    Raises:
        UserError: The port is taken.
    """
    listening = _listen(port)
    address = f"http://{HOST}:{listening.getsockname()[1]}/"
    config = uvicorn.Config(
        console_app(app),
        log_config=None,
        access_log=False,  # it would hold what people ask
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )

    def tell() -> None:
        say(f"Threat Desk is at {address}")
        say("Stop it with Ctrl-C.")
        if browser and _has_screen():  # some browsers are waited for until they are closed
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    with suppress(KeyboardInterrupt):  # how uvicorn passes on that it was stopped
        _Telling(config, tell).run(sockets=[listening])
    say("Stopped.")


class _Telling(uvicorn.Server):
    """A server that tells its address once whoever follows it is answered."""

    def __init__(self, config: uvicorn.Config, tell: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and tell."""
        await super().startup(sockets)
        self._tell()


def console_app(app: App) -> Starlette:
    """Return the application: the console's routes, and what keeps it alive behind them."""

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(asyncio.to_thread(_make_ready, app)),
            *(asyncio.create_task(_tell(one)) for one in console_deliveries(app, name=_name())),
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return Starlette(routes=routes(make_console(app)), lifespan=running)


def _name() -> str:
    """Return a name for what tells here, which no other has."""
    return f"console-{secrets.token_hex(4)}"


async def _tell(deliver: Callable[[], int]) -> None:
    """Tell what waits for the console, so that its channels live without a worker."""
    while True:
        pause = LOOKED_EVERY_S
        try:
            await asyncio.to_thread(deliver)
        except ThreatDeskError as error:  # the database is away: it is tried again
            log.warning("The console's messages were not told: %s", error)
            pause = AFTER_A_FAILURE_S
        except Exception:  # nor does a mistake here end the conversation
            log.exception("the console's messages were not told")
            pause = AFTER_A_FAILURE_S
        await asyncio.sleep(pause)


def _make_ready(app: App) -> None:
    """Have figures and pencils at hand before the first question."""
    warm(app)
    with suppress(NotDrawn):  # starting to draw takes a second or two, and more on a busy machine
        app.draw(FIRST_STROKE)


def _listen(port: int) -> socket.socket:
    """Return a socket on this machine alone.

    Raises:
        UserError: The port is taken.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would share the port with whoever has it
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise UserError(
            f"Port {port} cannot be used: {error.strerror or error}.",
            hint="Give another one: threatdesk console --port 8766; 0 takes any that is free.",
        ) from error
    return listening


def _has_screen() -> bool:
    """Whether a browser could be seen; on Linux without a display it would open in the terminal."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True
