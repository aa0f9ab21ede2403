"""Where channels and people are written to, kept whenever Teams is heard."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final

from bot.channels.teams import quiet
from bot.conversations import Conversation, Conversations

log = quiet.logger(__name__)

KNOWN: Final = 5_000
"""Addresses that are known to be kept already, so that the database is not asked each time."""


class Keeping:
    """Keeps conversations, off the event loop; a failure is logged and keeps no answer back."""

    def __init__(self, conversations: Conversations, clock: Callable[[], datetime]) -> None:
        self._conversations = conversations
        self._clock = clock
        self._known: OrderedDict[str, Conversation] = OrderedDict()

    async def keep(self, address: str, conversation: Conversation) -> None:
        """Remember where an address is written to."""
        if not address or self._known.get(address) == conversation:
            return
        try:
            await asyncio.to_thread(
                self._conversations.keep, address, conversation, now=self._clock()
            )
        except Exception:
            log.exception("where Teams is written to could not be kept")
            return
        self._known[address] = conversation
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)

    async def find(self, address: str) -> Conversation | None:
        """Return where an address is written to; None where it is not known."""
        if not address:
            return None
        try:
            return self._known.get(address) or await asyncio.to_thread(
                self._conversations.find, address
            )
        except Exception:
            log.exception("where Teams is written to could not be looked up")
            return None
