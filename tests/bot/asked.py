"""Questions put to the handlers as the desk puts them, of the demonstration's figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache

from bot.access import Sight
from bot.app import App
from bot.figures import find_figures
from bot.handlers.command import Asked, Handler
from bot.names import Names
from bot.people import Person, Role, Surface
from bot.replies import Reply
from metrics.snapshot import SnapshotKind

MORNING = datetime(2016, 4, 2, 9, 0, tzinfo=UTC)

CHIEF = Person(id="chief", name="Chief Constable", role=Role.CHIEF_OFFICER)
MEMBER = Person(id="member", name="A member", role=Role.MEMBER)
STRANGER = Person(id="slack:U1", name="Somebody", role=None)

Ask = Callable[..., Reply]
"""(handler, words, person=..., surface=...) to what it replies."""


def asking(app: App, names: Names) -> Ask:
    """Return a way to ask the handlers of what a database holds, read once each."""
    found = cache(lambda kind, as_at: find_figures(app.database, kind=kind, as_at=as_at))

    def ask(
        handler: Handler,
        words: str = "",
        *,
        person: Person = CHIEF,
        surface: Surface = Surface.PRIVATE,
    ) -> Reply:
        def see(kind: SnapshotKind | None, as_at: date | None) -> Sight:
            return Sight(figures=found(kind, as_at), person=person, surface=surface)

        return handler(
            Asked(
                command="test",
                words=words,
                person=person,
                surface=surface,
                now=MORNING,
                catalogue=app.catalogue,
                names=names,
                see=see,
            )
        )

    return ask


def every_word(reply: Reply) -> str:
    """Return all that a reply says: every text of every block, one a line."""
    return "\n".join(_texts(reply.blocks))


def commands_in(reply: Reply) -> list[str]:
    """Return the command of every button and every choice."""
    return [
        button.command
        for block in reply.blocks
        if hasattr(block, "items")
        for button in block.items
        if hasattr(button, "command")
    ]


def _texts(what: object) -> list[str]:
    if isinstance(what, str):
        return [what]
    if isinstance(what, tuple):
        return [text for one in what for text in _texts(one)]
    if is_dataclass(what):
        return [text for one in fields(what) for text in _texts(getattr(what, one.name))]
    return []
