"""Dashboards as files: CSV, JSON and XLSX, with the figures in full and their caveats beside them.

Numbers stay numbers (proportions 0-1); what is not known is an empty cell, never a nought.
"""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from bot.render.fit import clean
from metrics.dashboards import Cell, Dashboard, Unit

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A spreadsheet runs a text that starts like this (OWASP, CSV injection)."""

SHEET_FORMATS: Final = {
    Unit.COUNT: "#,##0",
    Unit.CHANGE: "+#,##0;−#,##0;0",
    Unit.TARGET_LEVEL: "#,##0",
    Unit.OVER_TARGET: "+#,##0;−#,##0;0",
    Unit.STILL_NEEDED: "#,##0",
    Unit.CHANCE: "0%",
    Unit.PROPORTION: "0.0%",
    Unit.CHANGE_PROPORTION: "+0.0%;−0.0%;0.0%",
    Unit.PER_THOUSAND: "0.0",
    Unit.RANK: "0",
    Unit.MONEY: "0.0",
    Unit.POINTS: "+0.000;−0.000;0.000",
}

WIDEST_COLUMN: Final = 60
"""Characters; a longer text wraps."""


def to_csv(dashboard: Dashboard) -> str:
    """Write a dashboard as CSV: a header, a line for each row, then the caveats."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["name", "measure", "area", *(_safe(one.name) for one in dashboard.columns)])
    for row in dashboard.rows:
        values = ["" if (plain := _plain(cell)) is None else plain for cell in row.cells]
        writer.writerow([_safe(one) for one in (row.label, row.measure, row.area, *values)])
    writer.writerow([])
    for line in _about(dashboard):
        writer.writerow([_safe(line)])
    return out.getvalue()


def to_json(dashboard: Dashboard) -> str:
    """Write a dashboard as JSON; what is not known is null."""
    content = {
        "dashboard": dashboard.name,
        "title": dashboard.title,
        "area": dashboard.area,
        "as_at": dashboard.as_at.isoformat(),
        "kind": dashboard.kind.value,
        "snapshot": dashboard.snapshot,
        "source": dashboard.source,
        "caveats": list(dashboard.caveats),
        "columns": [
            {"name": column.name, "meaning": column.meaning} for column in dashboard.columns
        ],
        "rows": [
            {
                "name": row.label,
                "measure": row.measure,
                "area": row.area,
                "values": {
                    column.name: {"value": _plain(cell), "unit": cell.unit.value}
                    for column, cell in zip(dashboard.columns, row.cells, strict=True)
                },
            }
            for row in dashboard.rows
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def to_xlsx(dashboard: Dashboard) -> bytes:
    """Write a dashboard as an Excel workbook of one sheet."""
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = dashboard.name
    sheet.append([clean(dashboard.heading)])
    sheet["A1"].font = Font(bold=True)
    sheet.append([])
    sheet.append(["", *(clean(column.name) for column in dashboard.columns)])
    for heading in sheet[sheet.max_row]:
        heading.font = Font(bold=True)
    for row in dashboard.rows:
        sheet.append([clean(row.label), *(_plain(cell) for cell in row.cells)])
        for placed, cell in zip(sheet[sheet.max_row][1:], row.cells, strict=True):
            placed.number_format = SHEET_FORMATS.get(cell.unit, "General")
    sheet.append([])
    for line in _about(dashboard):
        sheet.append([clean(line)])
    for placed in (one for line in sheet.iter_rows() for one in line):
        _as_text(placed)
    names = max((len(row.label) for row in dashboard.rows), default=10)
    sheet.column_dimensions["A"].width = min(names + 2, WIDEST_COLUMN)
    for n, column in enumerate(dashboard.columns, start=2):
        sheet.column_dimensions[get_column_letter(n)].width = max(len(column.name) + 2, 10)
    sheet.freeze_panes = "B4"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _about(dashboard: Dashboard) -> list[str]:
    return [dashboard.standing, *dashboard.caveats, dashboard.source]


def _plain(cell: Cell) -> float | int | str | None:
    if cell.words:
        return clean(cell.words)
    if math.isnan(cell.value):
        return None
    whole = int(cell.value)
    return whole if whole == cell.value else cell.value


def _safe(value: float | str) -> float | str:
    """Stop a text from being run as a formula, or obeyed by a terminal."""
    if not isinstance(value, str):
        return value
    text = clean(value)
    runs = value.startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS)
    return f"'{text}" if runs else text


def _as_text(placed: SheetCell | object) -> None:
    """Keep a text a text, whatever it starts with."""
    if isinstance(placed, SheetCell) and isinstance(placed.value, str):
        placed.data_type = "s"
