"""All that a paper says, as one text."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from bot.documents import Document
from bot.documents.model import numbered


def every_word(document: Document) -> str:
    """Return every text of a paper, one a line, its charts by their words."""
    return "\n".join(_texts(document))


def section_words(document: Document, title: str) -> str:
    """Return what stands in the section of a title, and in those below it."""
    [found] = [section for _, _, section in numbered(document) if section.title == title]
    return "\n".join(_texts(found))


def _texts(what: object) -> list[str]:
    if isinstance(what, str):
        return [what]
    if isinstance(what, tuple):
        return [text for one in what for text in _texts(one)]
    if is_dataclass(what):
        return [
            text
            for one in fields(what)
            if one.name != "drawing"
            for text in _texts(getattr(what, one.name))
        ]
    return []
