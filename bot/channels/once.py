"""Everything that a platform tells is done once, however often it tells it.

Slack repeats an event up to three times, over an hour, when it saw no answer in time
(docs.slack.dev, Events API, "Retries"); Teams repeats an activity too.  Neither SDK drops them.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Protocol

KEPT_FOR: Final = timedelta(hours=2)
"""Longer than any platform repeats."""

ROOM: Final = 20_000
"""How many keys are remembered at most: days of a busy force, and 2 MB."""


class Once(Protocol):
    """Remembers what was seen.  May block: it is not called on the event loop."""

    def first(self, key: str, at: datetime) -> bool:
        """Whether a key is seen for the first time; from now on it is not."""


class Remembered:
    """Remembers in memory: enough for one process."""

    def __init__(self, *, room: int = ROOM, kept_for: timedelta = KEPT_FOR) -> None:
        self._seen: OrderedDict[str, datetime] = OrderedDict()
        self._room = room
        self._kept_for = kept_for
        self._lock = Lock()

    def first(self, key: str, at: datetime) -> bool:
        """Whether a key is seen for the first time; from now on it is not."""
        with self._lock:
            self._forget(at)
            if key in self._seen:
                return False
            self._seen[key] = at
            return True

    def _forget(self, now: datetime) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if len(self._seen) < self._room and now - self._seen[oldest] <= self._kept_for:
                return
            del self._seen[oldest]
