"""A dashboard as a table of a reply: what its cells say, and what they must be read with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.render.words import say
from bot.replies.footing import remarks
from bot.replies.model import Block, Footnote, Table, TableColumn, TableRow
from metrics.dashboards import Cell, Dashboard, Unit

ROW_NAMES: Final = {
    "all-crime": "Crime type",
    "targets": "Measure",
    "scorecard": "Measure",
    "plan": "Measure",
    "long-term": "Year",
}
"""The heading over the names of the rows."""


def table(dashboard: Dashboard, *, sparklines: dict[int, str] | None = None) -> Table:
    """Return a dashboard's rows as a table, without the columns that have nothing to say.

    Args:
        dashboard: What may be shown, as the gate gave it.
        sparklines: By row: its months in a few characters, for a last column of their own.
    """
    shown = [
        n
        for n in range(len(dashboard.columns))
        if not dashboard.rows or not all(row.cells[n].is_empty for row in dashboard.rows)
    ]
    columns = [
        TableColumn(
            name=dashboard.columns[n].name,
            is_number=all(_is_number(row.cells[n]) for row in dashboard.rows),
            is_detail=dashboard.columns[n].is_detail,
        )
        for n in shown
    ]
    lines = sparklines or {}
    if lines:
        columns.append(TableColumn(name="Months", is_detail=True))
    return Table(
        caption=f"{dashboard.heading}. {dashboard.standing}.",
        label=_row_name(dashboard),
        columns=tuple(columns),
        rows=tuple(
            TableRow(
                label=row.label,
                cells=(
                    *(say(row.cells[n]) for n in shown),
                    *((lines.get(place, ""),) if lines else ()),
                ),
                is_total=row.is_total,
            )
            for place, row in enumerate(dashboard.rows)
        ),
    )


def _row_name(dashboard: Dashboard) -> str:
    """Return the heading over the rows' names: never none, as it is read before each of them."""
    if dashboard.name in ROW_NAMES:
        return ROW_NAMES[dashboard.name]
    return "Crime type" if len({row.area for row in dashboard.rows}) == 1 else "Partnership"


def dashboard_blocks(
    dashboard: Dashboard, *, sparklines: dict[int, str] | None = None
) -> Iterator[Block]:
    """Give a dashboard's table, its caveats, its as-at line and its source."""
    if dashboard.rows:
        yield table(dashboard, sparklines=sparklines)
    yield from remarks(dashboard.caveats)
    yield Footnote(text=f"{dashboard.standing}. {dashboard.source}.")


def column(dashboard: Dashboard, name: str) -> list[Cell]:
    """Return what stands under a heading, row by row.

    Raises:
        ValueError: The dashboard has no such column.
    """
    place = [one.name for one in dashboard.columns].index(name)
    return [row.cells[place] for row in dashboard.rows]


def _is_number(cell: Cell) -> bool:
    return cell.unit is not Unit.WORDS or cell.is_empty
