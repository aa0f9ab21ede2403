"""A table in Teams, laid out for a phone: a card cannot know how wide the screen is.

A phone shows a name and three or four figures side by side.  Words, and the figures that are too
many, therefore stand in small print under the row's name, where they have the width of the column.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from bot.render.columns import cells_of
from bot.render.fit import clean, is_blank, one_line, shorten
from bot.render.harmless import NOTHING
from bot.render.teams_limits import weight
from bot.render.teams_text import Element, line, text_block
from bot.replies import Table

PHONE_LETTERS: Final = 48
"""Figures in small print that a phone shows in a line of a table, the space beside the columns
included: 320 of its 390 pixels, at 6.67 each, seen in pictures of cards."""

NAME_LETTERS: Final = 15
"""What of them the rows' names have at least, with the space beside them."""

GAP: Final = 3
"""Figures' worth of space and line beside a column."""

BOLD: Final = 1.1
"""How much wider a column's name is, being bold, than figures."""

LONGEST_FIGURE: Final = 12
"""Letters; a column with longer ones holds words."""

LONGEST_CELL: Final = 190
"""Letters of a cell that are shown; a longer one ends in an ellipsis."""

MAX_CELL: Final = 600
"""Bytes of one cell, and of the small print below a name."""

_EMPTY: Final[Element] = {"type": "TableCell", "items": []}

MAX_REMARK: Final = 1_000
"""Bytes of a remark that names the columns left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each column of a table goes, by its place; in order.

    Attributes:
        beside: Columns of their own.
        below: Small print under the row's name.
        left_out: Details without room, which are named instead.
    """

    beside: tuple[int, ...]
    below: tuple[int, ...]
    left_out: tuple[int, ...]


def layout(table: Table) -> Layout:
    """Decide where each column goes: what is no detail is always told somewhere.

    Details stand beside the others where there is room for all; else they are left out, as the
    room is then better given to the names and to what stands below them.
    """
    widths = _widths(table)
    places = range(len(table.columns))
    main = [n for n in places if not table.columns[n].is_detail]
    details = [n for n in places if table.columns[n].is_detail]
    room = PHONE_LETTERS - NAME_LETTERS
    beside = _that_fit(main, widths, room)
    below = [n for n in main if n not in beside]
    if not below:
        room -= sum(widths[n] + GAP for n in beside)
        beside += _that_fit(details, widths, room)
    return Layout(
        beside=tuple(sorted(beside)),
        below=tuple(below),
        left_out=tuple(n for n in details if n not in beside),
    )


def _that_fit(places: list[int], widths: list[int], room: int) -> list[int]:
    """Return the columns of figures for which there is room, the first ones first."""
    fitting = []
    for n in places:
        if widths[n] <= LONGEST_FIGURE and widths[n] + GAP <= room:
            room -= widths[n] + GAP
            fitting.append(n)
    return fitting


def _widths(table: Table) -> list[int]:
    """Return the letters that each column takes: its cells whole, its name at its longest word."""
    widths = []
    for n, column in enumerate(table.columns):
        cells = [len(one_line(row.cells[n])) for row in table.rows if n < len(row.cells)]
        name = max((len(word) for word in column.name.split()), default=1)
        widths.append(max([math.ceil(BOLD * name), *cells]))
    return widths


def table_elements(table: Table, room: int) -> list[Element]:
    """Return a table with its caption within `room` bytes; what is left out is said.

    Where the whole table has no room it is told row by row, which takes a quarter of it; where
    that has none, first rows go, totals last.
    """
    caption = [] if is_blank(clean(table.caption)) else [_caption(table)]
    if not table.rows:
        return [*caption, text_block("There is nothing to show.")]
    places = layout(table)
    facts = [_fact(table, number) for number in range(len(table.rows))]
    if weight(facts) <= room:
        remark = _remark([table.columns[n].name for n in places.left_out], 0)
        whole = [*caption, _grid(table, places, facts), *remark]
        if weight(whole) <= room:
            return whole
    left_out = [column.name for column in table.columns if column.is_detail]
    room -= weight([*caption, *_remark(left_out, len(facts)), _fact_set([])])
    kept = _first_that_fit(table, facts, room)
    shown = [_fact_set([facts[n] for n in kept])] if kept else []
    return [*caption, *shown, *_remark(left_out, len(facts) - len(kept))]


def _caption(table: Table) -> Element:
    return text_block(line(table.caption, MAX_CELL), weight="Bolder")


def _grid(table: Table, places: Layout, facts: list[Element]) -> Element:
    # A cell without words is heard as empty; every other cell says at least that it has none.
    head = [_cell(_cut(table.label), bold=True) if not is_blank(clean(table.label)) else _EMPTY]
    head += [_cell(_cut(table.columns[n].name), bold=True, size="Small") for n in places.beside]
    rows = [head, *(_row(table, places, number) for number in range(len(table.rows)))]
    widths = _widths(table)
    others = sum(widths[n] + GAP for n in places.beside)
    columns: list[Element] = [{"width": max(PHONE_LETTERS - others, NAME_LETTERS)}]
    for n in places.beside:
        side = "Right" if table.columns[n].is_number else "Left"
        columns.append({"width": widths[n] + GAP, "horizontalCellContentAlignment": side})
    return {
        "type": "Table",
        "firstRowAsHeader": True,
        "showGridLines": True,
        "columns": columns,
        "rows": [{"type": "TableRow", "cells": cells} for cells in rows],
        "fallback": _fact_set(facts),
    }


def _row(table: Table, places: Layout, number: int) -> list[Element]:
    name, *cells = cells_of(table, number, _cut)
    bold = table.rows[number].is_total
    first = _cell(name, bold=bold)
    small = _told(table, places.below, cells)
    if small:
        below = text_block(line(small, MAX_CELL), size="Small", isSubtle=True, spacing="None")
        first["items"].append(below)
    return [first, *(_cell(cells[n], bold=bold, size="Small") for n in places.beside)]


def _cut(text: str) -> str:
    """Return what is shown of a cell; what will not be shown is not looked at."""
    return shorten(one_line(clean(text[: 2 * LONGEST_CELL])), LONGEST_CELL)


def _cell(text: str, *, bold: bool, **looks: str) -> Element:
    looks |= {"weight": "Bolder"} if bold else {}
    return {"type": "TableCell", "items": [text_block(line(text, MAX_CELL), **looks)]}


def _told(table: Table, columns: tuple[int, ...], cells: list[str]) -> str:
    """Return cells under their names in one line; empty ones have nothing to say."""
    told = [f"{_cut(table.columns[n].name)}: {cells[n]}" for n in columns if not is_blank(cells[n])]
    return "; ".join(told)


def _fact(table: Table, number: int) -> Element:
    name, *cells = cells_of(table, number, _cut)
    shown = tuple(n for n, column in enumerate(table.columns) if not column.is_detail)
    told = _told(table, shown, cells) or NOTHING
    return {"title": line(name, MAX_CELL), "value": line(told, 2 * MAX_CELL)}


def _fact_set(facts: list[Element]) -> Element:
    return {"type": "FactSet", "facts": facts}


def _first_that_fit(table: Table, facts: list[Element], room: int) -> list[int]:
    """Return the rows that have room, in order: totals before others, else the first ones."""
    kept = []
    for n in sorted(range(len(facts)), key=lambda n: not table.rows[n].is_total):
        room -= weight(facts[n]) + weight(", ")
        if room < 0:
            break
        kept.append(n)
    return sorted(kept)


def _remark(columns: list[str], rows: int) -> list[Element]:
    """Say which columns and how many rows are left out."""
    said = []
    if rows:
        said.append(f"… {rows:,} more row{'' if rows == 1 else 's'} left out.")
    if columns:
        said.append(f"… No room here for: {', '.join(map(_cut, columns))}.")
    if not said:
        return []
    return [text_block(line(" ".join(said), MAX_REMARK), size="Small", isSubtle=True)]
