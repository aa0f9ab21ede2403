"""What the doctor says: one line for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from bot.app import App
from metrics.errors import ThreatDeskError


class Standing(StrEnum):
    """How something is."""

    OK = "ok"
    LOOK = "look"  # it works, but somebody should see to it
    FAULT = "fault"  # it does not work


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at."""

    what: str
    said: str
    standing: Standing = Standing.OK
    todo: str = ""  # what to do; empty where nothing is to be done

    def as_dict(self) -> dict[str, str]:
        """Return it for a program."""
        return {**asdict(self), "standing": self.standing.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is examined."""

    app: App  # whose database is not touched through it: that would bring it up to date
    now: datetime  # timezone-aware


class Unseen(ThreatDeskError):  # noqa: N818 - named after the fact
    """It cannot be looked at, because something else that another line tells of is broken."""


Check = Callable[[Patient], Iterable[Line]]
"""Looks at one thing.  What it raises becomes a line: no check keeps another from being made."""
