"""The audit log as files: CSV, XLSX and JSON lines, in which nothing runs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from bot.audit import Kept
from bot.register.cells import neutral, to_xml
from metrics.errors import UserError

HEADINGS: Final = (
    "row",
    "at",
    "person",
    "name",
    "role",
    "surface",
    "place",
    "asked",
    "outcome",
    "detail",
    "snapshot",
    "hash",
)
"""What a file says of each row; moments are UTC."""

MOST_ROWS: Final = 1_048_575
"""So many fit into a sheet under its headings (Microsoft, Excel specifications and limits)."""

MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Excel takes a CSV file for UTF-8 by its mark alone."""


def to_csv(entries: Iterable[Kept]) -> Iterator[str]:
    """Write entries as the lines of a CSV file."""
    yield MARK + _line(HEADINGS)
    for one in entries:
        yield _line([neutral(value) for value in values(one).values()])


def to_json_lines(entries: Iterable[Kept]) -> Iterator[str]:
    """Write entries as JSON, one a line."""
    for one in entries:
        yield json.dumps(values(one), ensure_ascii=False) + "\n"


def to_xlsx(entries: Iterable[Kept]) -> bytes:
    """Write entries as an Excel workbook of one sheet.

    Raises:
        UserError: There are more than a sheet holds.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("audit")
    sheet.freeze_panes = "A2"
    headings = [WriteOnlyCell(sheet, value=one) for one in HEADINGS]
    for heading in headings:
        heading.font = Font(bold=True)
    sheet.append(headings)
    for count, one in enumerate(entries, start=1):
        if count > MOST_ROWS:
            raise UserError(
                f"More than {MOST_ROWS:,} rows do not fit into a sheet.",
                hint="Ask for a shorter time with --since and --until, or for .csv.",
            )
        sheet.append([to_xml(neutral(value)) or None for value in values(one).values()])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def values(one: Kept) -> dict[str, str]:
    """Return what a file says of an entry, by heading."""
    entry = one.entry
    said = (
        str(one.number),
        entry.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        entry.person.id,
        entry.person.name,
        entry.person.role.value if entry.person.role else "",
        entry.surface.value,
        entry.place,
        entry.text,
        entry.outcome.value,
        entry.detail,
        entry.snapshot,
        one.hash,
    )
    return dict(zip(HEADINGS, said, strict=True))


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue()
