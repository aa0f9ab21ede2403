"""The local console over an app: what its page works with, and how its own messages are told."""

from __future__ import annotations

from typing import Final

from bot.app import App
from bot.channels.console.posting import CONSOLE, ConsolePoster
from bot.channels.console.web import Console
from bot.delivery import Delivery, Elsewhere
from metrics.errors import UserError
from store.feed import SqlFeed

NOBODY: Final = Elsewhere(operators=None, fallback=None)
"""The console takes everything, so nothing of it is ever told elsewhere."""


def make_console(app: App, *, anywhere: bool = False) -> Console:
    """Make what `bot.channels.console.web.routes` serves.

    Args:
        app: Everything else.
        anywhere: Whether other machines may use it too.  Whoever reaches the console may take any
            of its roles, so it is for this machine alone unless someone has decided otherwise.

    Raises:
        UserError: There is nobody whose eyes could be borrowed.
    """
    people = app.people.on(CONSOLE)
    if not people:
        raise UserError(
            "people.toml names nobody for the console.",
            hint='Give someone console = "their-name" (docs/people.md).',
        )
    return Console(
        settle=app.desk.settle,
        people=people,
        commands=app.commands,
        catalogue=lambda: app.catalogue,
        figures=app.shelf.find,
        draw=app.draw,
        feed=SqlFeed(app.database, platform=CONSOLE),
        outbox=app.outbox,
        clock=app.now,
        anywhere=anywhere,
    )


def console_delivery(app: App, *, name: str) -> Delivery:
    """Return what tells the console's own messages, and nobody else's, as one worker."""
    return Delivery(
        app.outbox, {CONSOLE: ConsolePoster()}, elsewhere=NOBODY, name=name, clock=app.now
    )
