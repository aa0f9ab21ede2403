"""A table in Slack: its own where one is allowed, else lines in letters of one width."""

from __future__ import annotations

from typing import Final

from bot.render import slack_limits as limits
from bot.render.columns import align, cells_of
from bot.render.fit import is_blank, one_line, shorten
from bot.render.harmless import harmless
from bot.render.slack_text import Payload, plain, preformatted, rich, section, size, words
from bot.replies import Table

PHONE_COLUMNS: Final = 40
"""Letters of one width that a phone shows in a line of Slack; longer lines would be broken."""

MAX_CELL: Final = 200
"""Of one cell in a native table."""

TABLE_ROOM: Final = 7_000
"""What one table may add to a message, so that there is room for the words beside it."""

REMARK_ROOM: Final = 400

ONE_LINE: Final = 24
"""Characters of a row's name that stay on one line; longer ones would push the figures away."""

EMPTY: Final = " "
"""Slack refuses a cell without a character."""


def native(table: Table) -> list[Payload]:
    """Return a table of Slack's own with its caption; empty if not even one row has room.

    Columns go if there are too many, details first, and rows from the end, totals last; what is
    left out is said.
    """
    shown = list(range(len(table.columns)))
    while len(shown) >= limits.MAX_TABLE_COLUMNS:
        shown.remove(max(shown, key=lambda n: (table.columns[n].is_detail, n)))
    places = [0, *(n + 1 for n in shown)]
    names = [table.label, *(column.name for column in table.columns)]
    head = [_cell(names[n], bold=False) for n in places]
    rows = [_row(table, number, places) for number in range(len(table.rows))]
    longest = max((size(row.label) for row in table.rows), default=0)
    block: Payload = {
        "type": "table",
        "column_settings": [
            {
                "align": "right" if n and table.columns[n - 1].is_number else "left",
                "is_wrapped": n == 0 and longest > ONE_LINE,
            }
            for n in places
        ],
        "rows": [head],
    }
    room = TABLE_ROOM - limits.weight(block)
    kept = _first_that_fit(table, [limits.weight(row) for row in rows], room)
    kept = kept[: limits.MAX_TABLE_ROWS - 1]
    if not kept:
        return []
    block["rows"] = [head, *(rows[n] for n in sorted(kept))]
    left_out = [c.name for n, c in enumerate(table.columns) if n not in shown]
    return [*_caption(table), block, *_remark(left_out, len(rows) - len(kept))]


def in_lines(table: Table) -> list[Payload]:
    """Return a table as aligned lines for the width of a phone; what has no room is named."""
    if not table.rows:
        return [
            *_caption(table),
            {"type": "section", "text": plain("There is nothing to show.", 50)},
        ]
    aligned = align(table, width=PHONE_COLUMNS, tidy=harmless)
    sizes = [size("\n".join(row)) + 1 for row in aligned.rows]
    kept = sorted(_first_that_fit(table, sizes, limits.MAX_TEXT - size("\n".join(aligned.head))))
    if not kept:
        return [*_caption(table), *_remark(aligned.left_out, len(table.rows))]
    lines = [*aligned.head, *(line for n in kept for line in aligned.rows[n])]
    remark = _remark(aligned.left_out, len(table.rows) - len(kept))
    return [*_caption(table), rich(preformatted(lines)), *remark]


def _first_that_fit(table: Table, sizes: list[int], room: int) -> list[int]:
    """Return the rows that have room: totals before others, else the first ones."""
    kept = []
    for n in sorted(range(len(table.rows)), key=lambda n: not table.rows[n].is_total):
        room -= sizes[n]
        if room < 0:
            break
        kept.append(n)
    return kept


def _row(table: Table, number: int, places: list[int]) -> list[Payload]:
    cells = cells_of(table, number)
    return [_cell(cells[n], bold=table.rows[number].is_total) for n in places]


def _caption(table: Table) -> list[Payload]:
    if is_blank(table.caption):
        return []
    return [rich(section(table.caption, limits.MAX_FIELD, bold=True))]


def _remark(columns: list[str] | tuple[str, ...], rows: int) -> list[Payload]:
    """Say which columns and how many rows are left out."""
    said = []
    if columns:
        said.append(f"… No room here for: {', '.join(map(one_line, columns))}.")
    if rows:
        said.append(f"… {rows:,} more row{'' if rows == 1 else 's'} left out.")
    text = " ".join(said)
    return [{"type": "context", "elements": [plain(text, REMARK_ROOM)]}] if said else []


def _cell(text: str, *, bold: bool) -> Payload:
    said = one_line(harmless(text))
    if is_blank(said):
        return {"type": limits.CELL, "text": EMPTY}
    if bold:
        return rich(section(said, MAX_CELL, bold=True))
    return {"type": limits.CELL, "text": shorten(words(said, MAX_CELL), MAX_CELL, measure=size)}
