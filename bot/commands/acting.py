"""Whoever does something at a terminal is written down: who, what, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

import typer

from bot.access import Refused
from bot.app import App
from bot.audit import Entry, Outcome
from bot.local_user import local_user
from bot.people import Person, Surface
from bot.reference import new_reference
from metrics.errors import ThreatDeskError

TERMINAL: Final = "terminal"
"""The platform of what is done at a terminal, in places and in people's ids."""

DONE: Final = "done"
"""What became of a command that ended well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The command that this process runs."""

    words: str  # as it was typed
    reference: str  # by which a fault of ours is found in the log


NOTHING: Final = Running(words="", reference="")

_running: ContextVar[Running] = ContextVar("running", default=NOTHING)


@contextmanager
def running(words: str) -> Iterator[Running]:
    """Run a command under a reference of its own."""
    one = Running(words=words, reference=new_reference())
    token = _running.set(one)
    try:
        yield one
    finally:
        _running.reset(token)


def somebody() -> Person:
    """Return who sits at the terminal."""
    name = local_user()
    return Person(id=f"{TERMINAL}:{name}", name=name, role=None)


class Act:
    """A command at work, and the row that it will be."""

    def __init__(self, app: App) -> None:
        """Begin; nothing is written yet."""
        self._app = app
        self._snapshots: list[str] = []
        self._surface = Surface.PRIVATE
        self._is_recorded = False

    def shows(self, *snapshots: str, surface: Surface) -> None:
        """Write down that figures are about to be shown: without that they are not."""
        self._snapshots += snapshots
        self._surface = surface
        self._record(Outcome.ANSWERED, DONE)

    def ended(self) -> None:
        """Write down that it ended well, if that has not been."""
        if not self._is_recorded:
            self._record(Outcome.ANSWERED, DONE)

    def failed(self, error: BaseException) -> None:
        """Write down how it failed, as far as it can be: the failure itself is told anyway."""
        outcome = Outcome.REFUSED if isinstance(error, Refused) else Outcome.FAILED
        with suppress(ThreatDeskError):
            self._record(outcome, _why(error))

    def _record(self, outcome: Outcome, detail: str) -> None:
        self._app.audit.record(
            Entry(
                at=self._app.now(),
                person=somebody(),
                surface=self._surface,
                place=TERMINAL,
                text=f"threatdesk {_running.get().words}".strip(),
                outcome=outcome,
                detail=detail,
                snapshot=", ".join(dict.fromkeys(self._snapshots)),
            )
        )
        self._is_recorded = True


_act: ContextVar[Act | None] = ContextVar("act", default=None)


@contextmanager
def recorded(app: App) -> Iterator[None]:
    """Write down what a command does with an app: at its end, or before it shows figures.

    Raises:
        StoreError: It was done, or would have been, and cannot be written down.
    """
    act = Act(app)
    token = _act.set(act)
    try:
        yield
    except typer.Exit as end:
        if end.exit_code:
            act.failed(end)
        else:
            act.ended()
        raise
    except BaseException as error:  # Ctrl-C as well
        act.failed(error)
        raise
    else:
        act.ended()
    finally:
        _act.reset(token)


def shows(*snapshots: str, surface: Surface = Surface.PRIVATE) -> None:
    """Say, before figures are shown or written to a file, whose they are.

    Args:
        snapshots: Their ids.
        surface: Who will see them: a file can be passed on.
    """
    act = _act.get()
    if act is not None:
        act.shows(*snapshots, surface=surface)


def _why(error: BaseException) -> str:
    match error:
        case typer.Exit():
            return f"ended with {error.exit_code}"
        case ThreatDeskError():
            return str(error)
        case Exception():  # a bug: its details are in the log
            return _running.get().reference
        case _:
            return "stopped"
