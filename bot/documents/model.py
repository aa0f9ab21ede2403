"""A paper: numbered sections of the blocks that replies are made of, and what stands on its face.

Nothing here is markup.  A renderer decides how a block looks on paper (`bot.render.pdf`,
`bot.render.docx`, `bot.render.paper`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.replies.model import Bullets, Chart, Facts, Paragraph, Table

Part = Paragraph | Bullets | Facts | Table | Chart
"""What a section holds: blocks that need nobody to press anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a paper under a heading, with the sections below it."""

    title: str
    parts: tuple[Part, ...] = ()
    sections: tuple[Section, ...] = ()
    on_new_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper, complete: two of the same figures and the same day are the same."""

    title: str  # "Performance briefing"
    about: str  # where and of what, e.g. "Leicestershire, December 2013"
    number: str  # "PB 2013/14-08"
    as_at: date
    standing: str  # "As at 30 November 2013, month-end figures"
    made_for: str  # who it may be given to, in words
    mark: str  # stands on every page where the figures are not real ones; empty: they are
    source: str  # the snapshot, and what it rests on
    sections: tuple[Section, ...]
    language: str = "en-GB"

    @property
    def heading(self) -> str:
        """The title with what it is about."""
        return f"{self.title}: {self.about}"


def all_parts(document: Document) -> Iterator[Part]:
    """Yield every block of a paper, in reading order."""
    for section in document.sections:
        yield from _parts(section)


DEEPEST_NUMBERED: Final = 2
"""Deeper headings carry no number: nobody says "3.4.1.1" in a meeting."""


def numbered(document: Document) -> Iterator[tuple[str, int, Section]]:
    """Yield every section in reading order, with its number ("3.2") and its depth from 1.

    The number is empty below `DEEPEST_NUMBERED`.
    """
    for place, section in enumerate(document.sections, start=1):
        yield from _numbered(section, f"{place}", 1)


def _numbered(section: Section, number: str, depth: int) -> Iterator[tuple[str, int, Section]]:
    yield (number if depth <= DEEPEST_NUMBERED else ""), depth, section
    for place, below in enumerate(section.sections, start=1):
        yield from _numbered(below, f"{number}.{place}", depth + 1)


def _parts(section: Section) -> Iterator[Part]:
    yield from section.parts
    for below in section.sections:
        yield from _parts(below)
