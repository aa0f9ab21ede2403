"""`threatdesk web` in several processes behind one address.

Each opens an app of its own; what they share is the database, which remembers what was heard, and
the socket, from which the system gives each connection to whichever is free.  One that dies is
replaced; SIGHUP replaces them all, one after the other.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.supervisors import Multiprocess

from bot.app import App
from bot.commands.choosing import chosen, the_app
from bot.hearing import hearings
from bot.observing.instruments import SHARED
from bot.observing.logs import log_to_screen
from bot.serving import listening, web
from config.settings import read_settings
from metrics.arithmetic import settle_arithmetic
from metrics.errors import UserError

HANGS_S: Final = 60
"""A process that does not answer for so long is replaced; reading figures holds it up for some."""


FEW_ARENAS: Final = ("MALLOC_ARENA_MAX", "2")
"""glibc gives every thread an arena of its own, and what one has freed no other uses: with figures
of many days read by turns, that was 60 MB of 820 for each process (docs/scale.md)."""


class _Processes(Multiprocess):
    """The processes, each replaced as soon as it has died."""

    def keep_subprocess_alive(self) -> None:
        """Look at each, and replace those that have died or hang."""
        for one in self.processes:
            # Its end of the pipe is its own.  While we held it too, one that died just when it was
            # asked whether it lives would have been waited for as if it hung.
            one.child_conn.close()
        super().keep_subprocess_alive()


def serve_in_processes(app: App) -> None:
    """Serve until told to stop; what was begun is finished first.

    Raises:
        UserError: No platform is set up, or one is by half; or one force of a region was chosen.
    """
    hearings(app)  # a sentence here, and not from each process
    if force := chosen():
        raise UserError(
            f"--force {force}: several processes answer for the whole region.",
            hint="Leave --force out, or set THREATDESK_WEB_PROCESSES=1.",
        )
    settings = app.settings
    config = uvicorn.Config(
        "bot.commands.several:one_of_them",
        factory=True,
        workers=settings.web_processes,
        timeout_worker_healthcheck=HANGS_S,
        **listening(settings),
    )
    with tempfile.TemporaryDirectory(prefix="threatdesk-metrics-") as shared:
        os.environ[SHARED] = shared  # read where the processes import what counts
        os.environ.setdefault(*FEW_ARENAS)  # read by the C library of each as it begins
        _Processes(config, sockets=[config.bind_socket()]).run()


def one_of_them() -> Starlette:
    """Make the web application of one process."""
    settle_arithmetic()
    settings = read_settings()
    log_to_screen(settings.log)
    opened = ExitStack()
    served = web(opened.enter_context(the_app(settings, whole=True)))
    running = served.router.lifespan_context

    @asynccontextmanager
    async def until_the_end(application: Starlette) -> AsyncIterator[None]:
        with opened:
            async with running(application):
                yield

    served.router.lifespan_context = until_the_end
    return served
