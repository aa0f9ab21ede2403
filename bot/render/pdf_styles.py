"""The type of a printed paper: one face, few sizes, colours that print and photocopy."""

from __future__ import annotations

from functools import cache
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle

from bot.render.charts.lettering import legible

REGULAR: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"

INK: Final = "#1A1A1A"
QUIET: Final = "#595959"
HOUSE: Final = "#0B2545"
"""Headings and the heads of tables: dark blue, 15 to 1 on white."""
WARNING: Final = "#B34A00"
ZEBRA: Final = "#F4F6F9"
RULE: Final = "#C9D1DC"

LEVEL_TINTS: Final = {"High": "#F6D5C3", "Medium": "#FBEFC9", "Low": "#DCEBF5"}
"""Behind a classification's word, which carries the meaning: pale enough to photocopy to white."""

HEADING_SIZES: Final = (14.0, 11.5, 10.0, 9.0)
"""By depth; deeper ones are as the last."""

CELL_SIZE: Final = 7.5


def escaped(text: str, *, markup: bool = True) -> str:
    """Return a text for a paragraph: nothing in it is markup, every character has a letter."""
    readable = "\n".join(legible(line) for line in text.splitlines()) or ""
    return escape(readable).replace("\n", "<br/>") if markup else readable.replace("\n", " ")


@cache
def heading_style(depth: int) -> ParagraphStyle:
    """Return the style of a heading, which stays with what follows it."""
    size = HEADING_SIZES[min(depth, len(HEADING_SIZES)) - 1]
    return ParagraphStyle(
        f"heading-{depth}",
        fontName=BOLD,
        fontSize=size,
        leading=size * 1.25,
        textColor=HexColor(HOUSE),
        spaceBefore=size * (1.0 if depth == 1 else 0.7),
        spaceAfter=size * 0.35,
        keepWithNext=True,
    )


@cache
def style(name: str) -> ParagraphStyle:
    """Return the style of running text."""
    body = ParagraphStyle(
        "body",
        fontName=REGULAR,
        fontSize=9,
        leading=13,
        textColor=HexColor(INK),
        spaceAfter=5,
        allowWidows=0,
        allowOrphans=0,
    )
    changed: dict[str, dict[str, Any]] = {
        "body": {},
        "strong": {"fontName": BOLD},
        "bullet": {"spaceAfter": 2},
        "title": {
            "fontName": BOLD,
            "fontSize": 22,
            "leading": 27,
            "textColor": HexColor(HOUSE),
            "spaceAfter": 1,
        },
        "about": {"fontSize": 13, "leading": 18, "spaceAfter": 3},
        "quiet": {"fontSize": 8, "leading": 11, "textColor": HexColor(QUIET), "spaceAfter": 0},
        "caption": {"fontSize": 7, "leading": 9.5, "textColor": HexColor(QUIET), "spaceAfter": 8},
        "contents": {"leading": 14, "spaceAfter": 0},
        "cell": {"fontSize": CELL_SIZE, "leading": CELL_SIZE * 1.25, "spaceAfter": 0},
        "cell-strong": {
            "fontName": BOLD,
            "fontSize": CELL_SIZE,
            "leading": CELL_SIZE * 1.25,
            "spaceAfter": 0,
        },
        "head": {
            "fontName": BOLD,
            "fontSize": CELL_SIZE,
            "leading": CELL_SIZE * 1.25,
            "textColor": HexColor("#FFFFFF"),
            "spaceAfter": 0,
        },
    }
    if name.endswith("-right"):
        return ParagraphStyle(name, parent=style(name.removesuffix("-right")), alignment=TA_RIGHT)
    return ParagraphStyle(name, parent=body, **changed[name])
