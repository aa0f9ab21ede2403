"""Explanations in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from bot.render.fit import clean
from bot.render.words import say_line
from metrics.dashboards import Explanation

INDENT: Final = 2
"""Characters that a sentence stands in from its heading."""


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Print an explanation: heading, as-at line, remarks, then section by section.

    Nothing from data is read as markup.
    """
    console.print(Group(*_parts(explanation)))


def _parts(explanation: Explanation) -> Iterator[RenderableType]:
    yield Text(clean(explanation.heading), style="bold")
    yield Text(explanation.standing)
    for remark in explanation.remarks:
        yield Text(clean(f"• {remark}"))
    for section in explanation.sections:
        yield Text("")
        yield Text(clean(section.heading), style="bold")
        for line in section.lines:
            yield Padding(Text(clean(say_line(line))), (0, 0, 0, INDENT), expand=False)
