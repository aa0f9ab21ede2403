"""A paper as plain text: to read in a terminal, to search, and to compare two of them."""

from __future__ import annotations

from collections.abc import Iterator

from bot.documents.model import Document, numbered
from bot.render import plain
from bot.replies.model import Block, Footnote, Heading, Reply


def render(document: Document, *, width: int = 100) -> str:
    """Return a paper as lines of at most `width` characters; its charts are told in words."""
    reply = Reply(summary=document.heading, blocks=tuple(_blocks(document)))
    return plain.render(reply, width=width)


def _blocks(document: Document) -> Iterator[Block]:
    yield Heading(text=document.heading)
    about = (document.number, document.standing, document.made_for, document.mark)
    yield Footnote(text=". ".join(one for one in about if one))
    for number, _, section in numbered(document):
        if section.title:
            yield Heading(text=f"{number}  {section.title}".strip())
        yield from section.parts
