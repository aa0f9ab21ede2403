"""What was away for a while: since when, and what the operators are told about it afterwards.

While something is away nobody can be told of it where it matters: the database holds what is to be
told, and the platform is what it is told on.  So it is remembered, and said once when it is back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from metrics.calendar import LONDON, london_day, say_date

QUIET_FOR: Final = timedelta(minutes=15)
"""Two failures further apart than this are two outages: what is away is tried more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One thing that has been away."""

    what: str  # a platform's name, or "database"
    since: datetime
    last: datetime  # it was still away then
    why: str  # in a sentence, as at the first failure

    @property
    def lasted(self) -> timedelta:
        """How long it is known to have been away."""
        return self.last - self.since

    def key(self, until: datetime) -> str:
        """Return the key of the message about it: whoever noticed, at most one an hour."""
        return f"away/{self.what}/{until.astimezone(LONDON):%Y-%m-%dT%H}"


class Outages:
    """Remembers what is away.  Thread-safe; a process that ends forgets."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: dict[str, Outage] = {}

    def failed(self, what: str, why: str, *, now: datetime) -> bool:
        """Note a failure; return whether it is the first of an outage.

        A clock that was set back, like a long silence, begins a new one.
        """
        with self._lock:
            known = self._found.get(what)
            goes_on = known is not None and known.last <= now <= known.last + QUIET_FOR
            if known is not None and goes_on:
                self._found[what] = replace(known, last=now)
            else:
                self._found[what] = Outage(what=what, since=now, last=now, why=why)
            return not goes_on

    def get(self, what: str) -> Outage | None:
        """Return the outage that has not been settled yet, or None."""
        with self._lock:
            return self._found.get(what)

    def settle(self, what: str) -> None:
        """Forget an outage: it is over, and has been told if it was worth telling."""
        with self._lock:
            self._found.pop(what, None)


def from_to(since: datetime, until: datetime) -> str:
    """Say when something was, in London time, e.g. "from 09:00 to 10:04 on 10 March 2026"."""
    start, end = since.astimezone(LONDON), until.astimezone(LONDON)
    day = say_date(london_day(until))
    if start.date() == end.date():
        return f"from {start:%H:%M} to {end:%H:%M} on {day}"
    return f"from {start:%H:%M} on {say_date(london_day(since))} to {end:%H:%M} on {day}"
