"""Render a reply as a fragment of HTML for the local console.

Semantic, and readable aloud: headings, captions, row and column headings, names and values.
Nothing in it needs an inline script or style, so the page may forbid both.  Looks are the page's:
each part has a class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, assert_never

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.render.columns import cells_of
from bot.render.fit import clean
from bot.render.signs import LEVELS, STANDINGS
from bot.render.sparkline import GAP
from bot.render.sparkline import LEVELS as HEIGHTS
from bot.replies import (
    Block,
    Bullets,
    Buttons,
    Chart,
    Facts,
    Footnote,
    Form,
    Heading,
    Menu,
    Paragraph,
    Reply,
    Table,
)

BARS: Final = frozenset((*HEIGHTS, GAP))
"""What a row of bars is made of."""


def _seen(value: object) -> object:
    """Clean every text that a template shows, so that none can be forgotten."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("bot.render"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_seen,
)


def render(reply: Reply, *, charts: Mapping[int, str] | None = None) -> str:
    """Return an `<article>`; buttons and forms carry their command as `data-command`.

    Args:
        reply: What is said.
        charts: Where the picture of a chart is, by the chart's place in `reply.blocks`.  A chart
            without one is told in words.
    """
    blocks = reply.blocks or (Paragraph(text=reply.summary),)
    template = _ENVIRONMENT.get_template("reply.html")
    return template.render(
        reply=reply,
        blocks=[(_kind(block), block) for block in blocks],
        charts=charts or {},
        share_at=max((n for n, one in enumerate(blocks) if isinstance(one, Buttons)), default=-1),
        standing=STANDINGS[reply.standing],
        level=None if reply.level is None else LEVELS[reply.level],
        cells_of=_cells,
    )


def _cells(table: Table, number: int) -> list[tuple[str, bool, bool, bool]]:
    """Return the cells of a row after its name.

    Of each: what is shown, is it a number, is it a detail, is it a row of bars, which is for eyes
    only: aloud each bar would be named.
    """
    cells = cells_of(table, number)[1:]
    return [
        (cell, column.is_number, column.is_detail, bool(cell) and set(cell) <= BARS)
        for cell, column in zip(cells, table.columns, strict=True)
    ]


def _kind(block: Block) -> str:
    """Return the name under which the template knows a block."""
    match block:
        case Heading():
            return "heading"
        case Paragraph():
            return "paragraph"
        case Bullets():
            return "bullets"
        case Facts():
            return "facts"
        case Table():
            return "table"
        case Chart():
            return "chart"
        case Buttons():
            return "buttons"
        case Menu():
            return "menu"
        case Form():
            return "form"
        case Footnote():
            return "footnote"
        case _:
            assert_never(block)
