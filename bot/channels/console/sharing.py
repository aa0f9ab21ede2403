"""Sharing an answer to the console's channel, as it would be shared on a platform."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.alerts.model import Destination
from bot.channels.console.posting import CONSOLE
from bot.delivery import Telling, post_to
from bot.people import Person
from bot.replies import Footnote, Heading, Reply

SHARED: Final = Destination(platform=CONSOLE, address="#shared")
"""The channel that the console shares to."""


def shared(reply: Reply, person: Person, *, at: datetime) -> Telling:
    """Return a reply as a post to the channel, with who shared it.

    Args:
        reply: The answer, asked again for everyone in the channel.
        person: Who shares it.
        at: The moment, timezone-aware.
    """
    by = Footnote(text=f"Shared by {person.name}")
    titled = bool(reply.blocks) and isinstance(reply.blocks[0], Heading)
    first = reply.blocks[:1] if titled else ()
    said = replace(reply, share="", blocks=(*first, by, *reply.blocks[len(first) :]))
    return post_to(SHARED, f"{SHARED}/{secrets.token_hex(8)}/shared", said, at)
