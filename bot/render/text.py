"""Dashboards in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from bot.render.fit import clean
from bot.render.words import say
from metrics.dashboards import Dashboard

NUMBER_WIDTH: Final = 12
"""Characters that figures take at most; a column with longer texts is not one of figures."""

LABEL_WIDTH: Final = 30
"""Characters that a row's name keeps before it goes over two lines."""

NARROW_LABEL: Final = 22
"""What it keeps before a column that is no detail has to go."""

WIDER_THAN_ANY: Final = 10_000
"""Columns of a terminal that nobody has."""


def print_dashboard(dashboard: Dashboard, console: Console) -> None:
    """Print a dashboard: heading, as-at line, table, caveats, source.

    Nothing from data is read as markup.  Columns without anything to say are left away; columns
    that the terminal has no room for are left out, details first, and said.
    """
    shown = [
        n
        for n in range(len(dashboard.columns))
        if not dashboard.rows or not all(row.cells[n].is_empty for row in dashboard.rows)
    ]
    left_out: list[str] = []
    label = LABEL_WIDTH
    while len(shown) > 1 and not _fits(_table(dashboard, shown, label), console):
        details = [n for n in shown if dashboard.columns[n].is_detail]
        if not details and label > NARROW_LABEL:
            label = NARROW_LABEL
            continue
        least = details[-1] if details else shown[-1]
        shown.remove(least)
        left_out.insert(0, dashboard.columns[least].name)
    console.print(_page(dashboard, _table(dashboard, shown, label), left_out))


def _fits(table: Table, console: Console) -> bool:
    """Whether every figure of a table can be read on one line."""
    unlimited = console.options.update(max_width=WIDER_THAN_ANY)
    return Measurement.get(console, unlimited, table).minimum <= console.width


def _table(dashboard: Dashboard, shown: Sequence[int], label: int) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
        header_style="bold",
    )
    longest = max((len(row.label) for row in dashboard.rows), default=0)
    # A width, not a least one: rich gives a least width back after it has shared out the room.
    table.add_column("", width=min(longest, label))
    for n in shown:
        name = dashboard.columns[n].name
        figures = all(len(say(row.cells[n])) <= NUMBER_WIDTH for row in dashboard.rows)
        table.add_column(
            Text(clean(name.replace(" ", "\n") if figures else name)),
            justify="right" if figures else "left",
            no_wrap=figures,
            min_width=max((len(say(row.cells[n])) for row in dashboard.rows), default=0)
            if figures
            else None,
        )
    for row in dashboard.rows:
        cells = (Text(clean(say(row.cells[n]))) for n in shown)
        table.add_row(Text(clean(row.label)), *cells, style="bold" if row.is_total else "")
    return table


def _page(dashboard: Dashboard, table: Table, left_out: Sequence[str]) -> RenderableType:
    remarks = list(dashboard.caveats)
    if left_out:
        remarks.append(f"No room here for: {', '.join(left_out)}. Use --format csv, or widen.")
    return Group(
        Text(clean(dashboard.heading), style="bold"),
        Text(dashboard.standing),
        Text(""),
        table if dashboard.rows else Text("There is nothing to show."),
        Text(""),
        *(Text(clean(f"• {remark}")) for remark in remarks),
        Text(clean(dashboard.source), style="dim"),
    )
