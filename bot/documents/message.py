"""A paper as a message: what it says first, in the room that a chat has.

The paper itself is made by `threatdesk briefing`; a message holds no picture of a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.documents.model import Document, Section, numbered
from bot.replies.footing import remarks
from bot.replies.model import (
    Block,
    Bullets,
    Buttons,
    Facts,
    Footnote,
    Heading,
    Paragraph,
    Reply,
)

SHOWN: Final = 6
"""So many lines of a list go into a message; the others are counted."""

TOLD: Final = (
    "Summary",
    "Areas that may need early attention",
    "Performance risk",
    "Reputational risk",
    "Regional, directorate and departmental issues",
    "Open issues",
    "Horizon scanning",
)
"""The sections that a message tells; the dashboards have commands of their own."""


def as_message(
    document: Document,
    *,
    summary: str,
    paper: str,
    buttons: Buttons | None = None,
    told: tuple[str, ...] = TOLD,
    said_first: tuple[str, ...] = (),
) -> Reply:
    """Return a paper as a message.

    Args:
        document: The paper.
        summary: The message on a locked phone.
        paper: How to get the paper itself, in a sentence.
        buttons: What to look at next.
        told: The titles of the sections that are told.
        said_first: What has to be known before.
    """
    return Reply(
        summary=summary,
        blocks=(
            Heading(text=f"{document.heading} ({document.number})"),
            *remarks(said_first),
            *_blocks(document, told),
            Paragraph(text=paper),
            Footnote(text=_footnote(document)),
            *((buttons,) if buttons else ()),
        ),
    )


def _blocks(document: Document, told: tuple[str, ...]) -> Iterator[Block]:
    for _, _, section in numbered(document):
        if section.title in told:
            yield from _section(section, is_first=section.title == told[0])


def _section(section: Section, *, is_first: bool) -> Iterator[Block]:
    if not is_first:
        yield Heading(text=section.title)
    for part in section.parts:
        if isinstance(part, Bullets):
            yield Bullets(items=shortened(part.items))
        elif isinstance(part, (Facts, Paragraph)):
            yield part


def shortened(items: tuple[str, ...], most: int = SHOWN) -> tuple[str, ...]:
    """Return the first lines of a list, and how many more there are."""
    if len(items) <= most:
        return items
    return (*items[:most], f"… and {len(items) - most} more in the paper.")


def _footnote(document: Document) -> str:
    mark = f"{document.mark}. " if document.mark else ""
    return f"{mark}{document.standing}. {document.source}."
