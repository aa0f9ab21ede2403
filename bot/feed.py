"""What was told at a platform's destinations, as it now stands there: to be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.replies import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One message in the thread under another."""

    at: datetime  # when it was put in
    reply: Reply
    is_told: bool  # False: it waits
    waits_until: datetime | None = None  # of one that waits: not before this moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message at a destination, and its thread."""

    key: str  # the same however often it is edited
    address: str  # the platform's own, e.g. "chief-officer" or "#shared"
    alert: str  # the alert whose living message it is, e.g. "A-17"; empty: none
    at: datetime  # when it was put in
    edited_at: datetime | None  # when it was last changed; None: never
    reply: Reply  # as it was last told; of one that was never told, as it will be
    is_told: bool  # False: it waits
    waits_until: datetime | None = None  # of one that waits: not before this moment
    thread: tuple[FollowUp, ...] = ()  # oldest first


class Feed(Protocol):
    """What was told at the destinations of one platform."""

    def posts(self, reader: str, *, at_most: int) -> tuple[Post, ...]:
        """Return the newest messages in every channel, and to one reader, newest first.

        Args:
            reader: The reader's own address: what was told to others alone is not returned.
            at_most: How many messages.
        """

    def mark(self) -> str:
        """Return what changes whenever anything is told or put in; cheap."""
