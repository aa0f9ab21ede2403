"""Why: an explanation as blocks, section by section, the question that was asked first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.render.words import say_line
from bot.replies.footing import remarks
from bot.replies.model import Block, Bullets, Footnote, Heading
from metrics.dashboards import Explanation, Section

FIRST: Final = "The classification"
"""The section that "Why High?" asks for; the others follow in the order of the arithmetic."""


def why_blocks(explanation: Explanation) -> Iterator[Block]:
    """Give an explanation: its heading, what must be said before, its sections, its source."""
    yield Heading(text=f"Why: {explanation.heading}")
    yield from remarks(explanation.remarks)
    for section in sorted(explanation.sections, key=lambda one: one.heading != FIRST):
        yield from _section(section)
    yield Footnote(text=f"{explanation.standing}. Snapshot {explanation.snapshot}.")


def _section(section: Section) -> Iterator[Block]:
    yield Heading(text=section.heading)
    yield Bullets(items=tuple(say_line(line) for line in section.lines))
