"""Everything that Slack tells is done once, however often it tells it.

Slack repeats an event up to three times, over an hour, when it saw no answer in time
(docs.slack.dev, Events API, "Retries"); slack_bolt does not drop the repetitions.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, Protocol

KEPT_FOR: Final = timedelta(hours=2)
"""Longer than Slack repeats."""

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


def key_of(body: Mapping[str, Any]) -> str:
    """Return what identifies a delivery, the same each time it is delivered.

    An event has an `event_id`; a command, a press and a dialogue have a `trigger_id` of their own.
    Empty where there is neither.
    """
    return str(body.get("event_id") or body.get("trigger_id") or "")
