"""The tables of a paper: dashboards with the columns that a page has room for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.access import Sight
from bot.documents.model import Part
from bot.replies.model import Bullets, Table
from bot.replies.tables import table
from metrics.dashboards import DashboardName
from metrics.dashboards.caveats import SYNTHETIC
from metrics.model import Area

PAPER_COLUMNS: Final = {
    DashboardName.ALL_CRIME: ("Year to date", "Last year", "Change", "Change %", "Significance"),
    DashboardName.TARGETS: (
        "Target",
        "Now",
        "Last year",
        "Change",
        "Gap",
        "Outcomes required",
        "On course",
        "Chance of meeting",
    ),
    DashboardName.SCORECARD: ("Priority", "Recorded crime", "Outcomes", "Satisfaction", "Other"),
    DashboardName.PLAN: (),
    DashboardName.CSP: (),
    DashboardName.LONG_TERM: (),
}
"""The columns that a portrait page has room for, in order; empty: all of them."""

PROJECTION_COLUMNS: Final = ("Target", "Now", "Year end", "95% range", "Chance of meeting")
"""The columns of the targets dashboard that tell where the year is going."""


def paper_table(
    sight: Sight, name: DashboardName, area: Area, *, columns: Sequence[str] = ()
) -> tuple[Part, ...]:
    """Return a dashboard as a table of a paper, with its caveats under it; nothing without rows.

    Args:
        sight: The figures, as whoever the paper is for may see them.
        name: Which dashboard.
        area: Where.
        columns: Which columns, those that a page has room for by default.
    """
    made = sight.dashboard(name, area)
    if not made.rows:
        return ()
    whole = table(made)
    kept = narrowed(whole, columns or PAPER_COLUMNS[name])
    # That the data are synthetic stands on every page already.
    said = tuple(one for one in made.caveats if one != SYNTHETIC)
    return (kept, Bullets(items=said)) if said else (kept,)


def narrowed(whole: Table, names: Sequence[str]) -> Table:
    """Return a table with some of its columns, in its own order; all of them where none is named.

    Rows in which nothing is left are left out.
    """
    places = [n for n, one in enumerate(whole.columns) if not names or one.name in names]
    rows = tuple(replace(row, cells=tuple(row.cells[n] for n in places)) for row in whole.rows)
    return replace(
        whole,
        columns=tuple(whole.columns[n] for n in places),
        rows=tuple(row for row in rows if any(row.cells)),
    )
