"""What a channel itself says: a sentence, and whose name stands over what is shared."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.people import Person
from bot.replies import Footnote, Paragraph, Reply, Standing

NAME_ROOM: Final = 200
"""Characters of a name that are shown."""


def said(words: str, standing: Standing = Standing.NOTICE) -> Reply:
    """Return a reply of one paragraph."""
    return Reply(summary=words, blocks=(Paragraph(text=words),), standing=standing)


def under_name(reply: Reply, person: Person) -> Reply:
    """Return what is shared, with the sharer's name before it, which pings nobody."""
    by = f"Shared by {person.name[:NAME_ROOM]}"
    return replace(
        reply,
        summary=f"{by}: {reply.summary}",
        blocks=(Footnote(text=by), *reply.blocks),
        share="",
    )
