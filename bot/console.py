"""The local console over an app: what its page works with, and how its own messages are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final, Never

from bot.app import App
from bot.channels.console.posting import CONSOLE, ConsolePoster
from bot.channels.console.web import Console
from bot.delivery import Delivery, Elsewhere, Outbox
from bot.feed import Feed
from bot.local_user import local_user
from bot.region.app import RegionApp
from bot.region.stamping import RegionFeed, Shown
from metrics.errors import UserError
from metrics.snapshot import SnapshotKind
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
    region = app if isinstance(app, RegionApp) else None
    return Console(
        settle=app.heard_on(CONSOLE, place=f"{CONSOLE}:{local_user()}"),
        people=people,
        commands=app.commands,
        catalogue=lambda: app.catalogue,
        figures=_each_its_own if region else app.shelf.find,
        draw=app.draw,
        feed=_feed(region) if region else SqlFeed(app.database, platform=CONSOLE),
        outbox=app.outbox,
        outboxes=_Outboxes(region) if region else {},
        clock=app.now,
        anywhere=anywhere,
    )


def console_delivery(app: App, *, name: str) -> Delivery:
    """Return what tells the console's own messages, and nobody else's, as one worker."""
    return Delivery(
        app.outbox, {CONSOLE: ConsolePoster()}, elsewhere=NOBODY, name=name, clock=app.now
    )


def console_deliveries(app: App, *, name: str) -> Sequence[Callable[[], int]]:
    """Return what tells the console's own messages, of every force that there is by itself.

    Nothing is opened before it is called; each raises `StoreError` while its database is away.
    """
    apps = app.forces.values() if isinstance(app, RegionApp) else (app,)
    return [partial(_deliver, one, name) for one in apps]


def _deliver(app: App, name: str) -> int:
    return console_delivery(app, name=name).deliver()


class _Outboxes(Mapping[str, Outbox]):
    """The outbox of each force, opened when something is put into it."""

    def __init__(self, region: RegionApp) -> None:
        self._forces = region.forces

    def __getitem__(self, force: str) -> Outbox:
        return self._forces[force].outbox

    def __iter__(self) -> Iterator[str]:
        return iter(self._forces)

    def __len__(self) -> int:
        return len(self._forces)


def _told(app: App) -> Feed:
    return SqlFeed(app.database, platform=CONSOLE)


def _feed(region: RegionApp) -> RegionFeed:
    """Return the console's channels, to each reader those of their own forces."""
    return RegionFeed(
        {
            id_: Shown(
                feed=partial(_told, app),
                name=app.force.name,
                readers=frozenset(region.people.by_force[id_].on(CONSOLE)),
            )
            for id_, app in region.forces.items()
        }
    )


def _each_its_own(_kind: SnapshotKind | None, _as_at: date | None) -> Never:
    """Say that there is no one day at which a region's figures stand."""
    raise UserError(
        "Every answer says which force it is of, and as at when.",
        hint="Ask a question, or ask /region for the forces side by side.",
    )
