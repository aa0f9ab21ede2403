"""Posting to the console: what is told stands in the outbox, and the page reads it there."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.replies import Reply

CONSOLE: Final = "console"
"""The platform's name in addresses: console:chief-officer, console:performance."""


class ConsolePoster:
    """The console as a platform to post to: it takes everything, and is never away."""

    def post(self, address: str, reply: Reply, *, key: str, under: str = "") -> str:  # noqa: ARG002 - the outbox holds the reply
        """Take a message; its key is its id."""
        return key

    def edit(self, message: str, reply: Reply) -> None:
        """Take what a message now says."""

    def find(self, address: str, *, key: str, since: datetime, under: str = "") -> str | None:  # noqa: ARG002 - as above
        """Return the message: it was taken when it was put in."""
        return key

    def is_channel(self, address: str) -> bool:
        """Whether many people read there: an address that begins with a hash is a channel's."""
        return address.startswith("#")

    def close(self) -> None:
        """Nothing is open."""
