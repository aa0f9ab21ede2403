"""A table in letters of one width: aligned, and no wider than the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len

from bot.render.fit import clean, one_line, shorten, wrap
from bot.replies import Table, TableColumn

WIDE: Final = 80
"""From this width on there is room for longer names and for two spaces between columns."""

NAME_WIDTH: Final = 30
"""Cells that a row's name keeps on a wide screen before it goes over two lines."""

NARROW_NAME: Final = 0.4
"""The share of a narrow screen that it keeps."""

WORDS_WIDTH: Final = 24
"""Cells that words keep in a column before they go over two lines; a figure is never parted."""

LONGEST_CELL: Final = 200
"""Characters of a cell that are shown."""

RULE: Final = "─"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """A table as lines.

    Attributes:
        head: Headings over a rule.
        rows: The lines of each row, a rule before totals.
        left_out: Names of the columns that had no room.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: tuple[str, ...]


def align(table: Table, *, width: int, tidy: Callable[[str], str] = clean) -> Aligned:
    """Align a table within `width` terminal cells; wide characters take two.

    Columns go when there is no room: details first, and from the right.

    Args:
        table: The table; a row with too few cells is shown with empty ones.
        width: At most so many cells to a line, at least 20.
        tidy: What is done to each text before it is shown.
    """
    names = [_cell(name, tidy) for name in (table.label, *(c.name for c in table.columns))]
    rows = [
        cells_of(table, number, lambda text: _cell(text, tidy)) for number in range(len(table.rows))
    ]
    widths = _widths(table.columns, names, rows, width)
    gap = "  " if width >= WIDE else " "
    shown = list(range(len(names)))
    while len(shown) > 1 and sum(widths[n] for n in shown) + len(gap) * (len(shown) - 1) > width:
        details = [n for n in shown[1:] if table.columns[n - 1].is_detail]
        least = details[-1] if details else shown[-1]
        shown.remove(least)
    numbers = [n > 0 and table.columns[n - 1].is_number for n in shown]

    def lines(cells: Sequence[str], *, at_foot: bool = False) -> tuple[str, ...]:
        return _lines(
            [cells[n] for n in shown], [widths[n] for n in shown], numbers, gap, at_foot=at_foot
        )

    rule = gap.join(RULE * widths[n] for n in shown)
    return Aligned(
        head=(*lines(names, at_foot=True), rule),
        rows=tuple(
            ((rule,) if row.is_total and number else ()) + lines(cells)
            for number, (row, cells) in enumerate(zip(table.rows, rows, strict=True))
        ),
        left_out=tuple(name for n, name in enumerate(names) if n not in shown),
    )


def cells_of(table: Table, number: int, tidy: Callable[[str], str] = clean) -> list[str]:
    """Return a row's name and exactly as many cells as there are columns."""
    row = table.rows[number]
    cells = [*row.cells, *[""] * len(table.columns)][: len(table.columns)]
    return [tidy(cell) for cell in (row.label, *cells)]


def _cell(text: str, tidy: Callable[[str], str]) -> str:
    return shorten(one_line(tidy(text[: 2 * LONGEST_CELL])), LONGEST_CELL)


def _widths(
    columns: Sequence[TableColumn], names: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> list[int]:
    """Return how wide each column is drawn, the rows' names first."""
    name_width = NAME_WIDTH if width >= WIDE else int(width * NARROW_NAME)
    widths = []
    for n, name in enumerate(names):
        widest = max((cell_len(cells[n]) for cells in rows), default=0)
        longest_word = max((cell_len(word) for word in name.split()), default=1)
        if n == 0:
            widths.append(min(max(widest, cell_len(name)), name_width))
        elif columns[n - 1].is_number:
            widths.append(max(widest, longest_word))
        else:
            widths.append(max(min(max(widest, cell_len(name)), WORDS_WIDTH), 1))
    return [max(one, 1) for one in widths]


def _lines(
    cells: Sequence[str],
    widths: Sequence[int],
    numbers: Sequence[bool],
    gap: str,
    *,
    at_foot: bool,
) -> tuple[str, ...]:
    """Return a row as lines: cells wrapped, figures to the right, headings down to the rule."""
    wrapped = [wrap(cell, width) for cell, width in zip(cells, widths, strict=True)]
    if at_foot:
        deepest = max(len(lines) for lines in wrapped)
        wrapped = [[""] * (deepest - len(lines)) + lines for lines in wrapped]
    return tuple(
        gap.join(
            _padded(text, width, to_right=number)
            for text, width, number in zip(line, widths, numbers, strict=True)
        ).rstrip()
        for line in zip_longest(*wrapped, fillvalue="")
    )


def _padded(text: str, width: int, *, to_right: bool) -> str:
    space = " " * (width - cell_len(text))
    return space + text if to_right else text + space
