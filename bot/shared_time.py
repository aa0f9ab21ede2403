"""The time that all workers go by: the database server's, where there is one.

A machine whose clock is wrong would otherwise take runs and messages out of the hands of another
that is still at them, or leave its own claimed for a year.  SQLite has no clock of its own: there
the machine's is used, and it is only noticed when somebody sets it.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Protocol

from bot.jobs import TellOperators
from metrics.calendar import london_day

APART: Final = timedelta(minutes=1)
"""Clocks that are further apart than this are told of."""


def steady() -> float:
    """Return seconds that nobody can set, those that the machine sleeps included where it can."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class SharedTime:
    """Gives the moment.  Thread-safe; between two looks it needs no database."""

    def __init__(
        self,
        theirs: Callable[[], datetime | None],
        own: Callable[[], datetime],
        *,
        seconds: Callable[[], float] = steady,
    ) -> None:
        """Prepare; nothing is asked yet.

        Args:
            theirs: The moment by the database server's clock; None where there is no server.
            own: The moment by this machine's, timezone-aware.
            seconds: Seconds that only go forward.
        """
        self._theirs = theirs
        self._own = own
        self._seconds = seconds
        self._lock = Lock()
        self._seen: tuple[datetime, float] | None = None
        self.has_server = False
        """Whether the newest look found a server's clock."""

    def __call__(self) -> datetime:
        """Return the moment."""
        with self._lock:
            seen = self._seen
        if seen is None or not self.has_server:
            return self._own()
        moment, at = seen
        return moment + timedelta(seconds=self._seconds() - at)

    def look(self) -> timedelta:
        """Look what time it is; return how far this machine's clock is ahead of that.

        Without a server: how far it was set forward since the look before.

        Raises:
            StoreError: The database cannot be asked.
        """
        theirs = self._theirs()
        at, own = self._seconds(), self._own()
        with self._lock:
            self.has_server = theirs is not None
            if theirs is None and self._seen is not None:
                before, since = self._seen
                ahead = own - before - timedelta(seconds=at - since)
            else:
                ahead = own - theirs if theirs is not None else timedelta(0)
            self._seen = (theirs or own, at)
        return ahead


class Signs(Protocol):
    """Where signs of life are left."""

    def give(self, worker: str, *, now: datetime) -> None:
        """Note that a worker lives."""


class SignsInTime:
    """Signs of life, at each of which clocks are compared."""

    def __init__(self, signs: Signs, shared: SharedTime, tell_operators: TellOperators) -> None:
        """Prepare.

        Args:
            signs: Where they are left.
            shared: The time that all workers go by.
            tell_operators: Called where clocks are too far apart, once a day for each machine.
        """
        self._signs = signs
        self._shared = shared
        self._tell = tell_operators

    def give(self, worker: str, *, now: datetime) -> None:
        """Compare, then note that a worker lives."""
        ahead = self._shared.look()
        if abs(ahead) > APART:
            # Dated by the shared time: a wrong clock must not tell of itself every day anew.
            day, host = london_day(self._shared()), socket.gethostname()
            self._tell(f"clock/{host}/{day}", said(host, ahead, has_server=self._shared.has_server))
        self._signs.give(worker, now=now)


def said(host: str, ahead: timedelta, *, has_server: bool) -> str:
    """Say to operators how a machine's clock is wrong, and whether that matters."""
    apart = _length(abs(ahead))
    mend = "Let a time server set it (chrony, systemd-timesyncd)."
    if has_server:
        where = "ahead of" if ahead > timedelta(0) else "behind"
        return (
            f"The clock of {host} is {apart} {where} the database server's. Runs and messages go "
            f"by the database server's, so none is lost or done twice. {mend}"
        )
    where = "forward" if ahead > timedelta(0) else "back"
    return (
        f"The clock of {host} was set {where} by {apart}. What was claimed by the wrong time is "
        f"taken up again by the right one. {mend}"
    )


def _length(time_: timedelta) -> str:
    """Say how long, in the largest unit of which there are two."""
    minutes = time_ / timedelta(minutes=1)
    for unit, size in (("days", 24 * 60), ("hours", 60)):
        if minutes >= 2 * size:
            return f"{minutes / size:.0f} {unit}"
    return f"{minutes:.0f} minutes" if minutes >= 1.5 else "a minute"
