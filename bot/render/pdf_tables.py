"""Tables on paper: columns as wide as they need, rows that never part, heads on every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, LongTable, Spacer
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as PlainTable

from bot.render.pdf_styles import (
    BOLD,
    CELL_SIZE,
    HOUSE,
    LEVEL_TINTS,
    QUIET,
    RULE,
    ZEBRA,
    escaped,
    style,
)
from bot.replies.model import Facts, Table

PADDING: Final = 3.0
"""Points on either side of a cell."""

WIDEST_WORDS: Final = 42 * mm
"""A column of words goes over two lines from here on."""

NAMES_OF_FACTS: Final = 0.3
"""The share of the page that the names of facts take."""

Command = tuple[Any, ...]


def paper_table(table: Table, width: float) -> Iterator[Flowable]:
    """Yield a table under its caption; without rows, that there is nothing to show."""
    caption = Text(escaped(table.caption), style("caption"))
    caption.keepWithNext = True
    yield caption
    if not table.rows:
        yield Text("There is nothing to show.", style("body"))
        return
    numeric = (False, *(one.is_number for one in table.columns))
    names = (table.label, *(one.name for one in table.columns))
    lines = [(row.label, *row.cells) for row in table.rows]
    head = [
        _cell(name, "head", is_number=is_number)
        for name, is_number in zip(names, numeric, strict=True)
    ]
    body = [
        [
            _cell(cell, _kind(cell, n, is_total=row.is_total), is_number=numeric[n])
            for n, cell in enumerate(line)
        ]
        for row, line in zip(table.rows, lines, strict=True)
    ]
    yield LongTable(
        [head, *body],
        colWidths=_widths(names, lines, width),
        repeatRows=1,
        hAlign="LEFT",
        style=[*_look(), *_tints(lines), *_totals([row.is_total for row in table.rows])],
    )
    yield Spacer(1, 4 * mm)


def facts_table(facts: Facts, width: float) -> Flowable:
    """Return names and values, side by side."""
    rows = [[_cell(name, "cell-strong"), _cell(value, "cell")] for name, value in facts.rows]
    return PlainTable(
        rows,
        colWidths=[width * NAMES_OF_FACTS, width * (1 - NAMES_OF_FACTS)],
        hAlign="LEFT",
        style=[
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(RULE)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ],
    )


def _cell(words: str, name: str, *, is_number: bool = False) -> Text:
    return Text(escaped(words), style(f"{name}-right" if is_number else name))


def _kind(cell: str, column: int, *, is_total: bool) -> str:
    strong = is_total or (column > 0 and cell == "High")
    return "cell-strong" if strong else "cell"


def _look() -> list[Command]:
    return [
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(HOUSE)),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("VALIGN", (0, 1), (-1, -1), "TOP"),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [HexColor("#FFFFFF"), HexColor(ZEBRA)]),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, HexColor(RULE)),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
    ]


def _tints(lines: Sequence[Sequence[str]]) -> Iterator[Command]:
    """Yield the tint behind each classification."""
    for row, line in enumerate(lines, start=1):
        for column, cell in enumerate(line):
            if column and cell in LEVEL_TINTS:
                place = (column, row)
                yield "BACKGROUND", place, place, HexColor(LEVEL_TINTS[cell])


def _totals(are_totals: Sequence[bool]) -> Iterator[Command]:
    for row, is_total in enumerate(are_totals, start=1):
        if is_total:
            yield "LINEABOVE", (0, row), (-1, row), 0.8, HexColor(QUIET)
            yield "LINEBELOW", (0, row), (-1, row), 0.8, HexColor(QUIET)


def _widths(names: Sequence[str], lines: Sequence[Sequence[str]], width: float) -> list[float]:
    """Give every column what its longest word needs, and share out the rest.

    The rest goes to the columns in proportion to what they lack of writing on one line, so that
    figures are never parted before words are.
    """
    columns = list(zip(names, *lines, strict=True))
    least = [
        max(_wide(word) for cell in column for word in cell.split() or [""]) for column in columns
    ]
    whole = [
        max(low, min(max(map(_wide, column[1:]), default=0.0), WIDEST_WORDS if n else width))
        for n, (low, column) in enumerate(zip(least, columns, strict=True))
    ]
    least = [one + 2 * PADDING + 1 for one in least]
    whole = [one + 2 * PADDING + 1 for one in whole]
    room = width - sum(least)
    lacking = sum(whole) - sum(least)
    if room <= 0 or lacking <= 0:
        scale = width / sum(least) if room <= 0 else 1.0
        return [one * scale for one in least]
    share = min(room / lacking, 1.0)
    return [low + (high - low) * share for low, high in zip(least, whole, strict=True)]


def _wide(words: str) -> float:
    return float(stringWidth(words, BOLD, CELL_SIZE))
