"""Where a platform is written to, on platforms that say so only when they are heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A place that can be written to."""

    id: str  # the platform's, of a channel or of the conversation with one person
    service_url: str  # the address that takes messages for it


class Conversations(Protocol):
    """Remembers them.  May block: it is not called on the event loop."""

    def find(self, address: str) -> Conversation | None:
        """Return where a channel or person is written to; None where nothing was heard yet."""

    def keep(self, address: str, conversation: Conversation, *, now: datetime) -> None:
        """Remember where a channel or person was heard last."""
