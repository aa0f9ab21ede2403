"""Sheets as a workbook or as one CSV file, and back.  Bytes in, bytes out: nothing is opened here.

A workbook has a sheet of issues, one of updates and one of actions.  A CSV file has them one after
the other under the headings of all of them: its first column says which a row belongs to.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from bot.register.cells import from_xml, neutral, original, text_of, to_xml
from metrics.errors import UserError

MOST_BYTES: Final = 50_000_000
"""A file, or what a workbook unpacks to, is smaller: a register of 10,000 issues has some 5 MB."""

SMALLER: Final = "Take out pictures and what is not of the register, and save it again."

MOST_ROWS: Final = 100_000
MOST_COLUMNS: Final = 40
"""A sheet is read so far: one cell in its last corner stands for 17,000,000,000 empty ones."""

SHEET: Final = "Sheet"
"""The heading of a CSV file's first column; a row without a sheet belongs to the first."""

WRAPPED: Final = Alignment(wrap_text=True, vertical="top")

NARROW: Final = 14
WIDE: Final = 60
WIDE_COLUMNS: Final = frozenset({"Title", "Root cause", "Text"})


class Format(StrEnum):
    """How a register is written to a file."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row of a sheet as it was read."""

    line: int  # as a spreadsheet numbers it: the headings are line 1
    cells: dict[str, str]  # by heading, lower case; texts as they were before they were escaped


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of texts."""

    name: str  # "Issues"
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def write_file(sheets: Sequence[Sheet], form: Format) -> bytes:
    """Write sheets as a file in which nothing runs."""
    return _to_xlsx(sheets) if form is Format.XLSX else _to_csv(sheets)


def read_file(content: bytes, form: Format, names: Sequence[str]) -> dict[str, list[SheetRow]]:
    """Read the sheets of these names from a file, in whatever order they are.

    Returns:
        The rows of each sheet, without those that are empty; of a sheet that is not there, none.

    Raises:
        UserError: It is no such file, or far too large.
    """
    if len(content) > MOST_BYTES:
        raise UserError(f"The file has more than {MOST_BYTES // 1_000_000} MB.", hint=SMALLER)
    rows = _from_xlsx(content, names) if form is Format.XLSX else _from_csv(content, names)
    found: dict[str, list[SheetRow]] = {name: [] for name in names}
    for name, row in rows:
        if any(value.strip() for value in row.cells.values()):
            found[name].append(row)
    return found


Read = Iterator[tuple[str, SheetRow]]
"""The sheet, and a row of it."""


def _to_xlsx(sheets: Sequence[Sheet]) -> bytes:
    book = Workbook()
    for n, sheet in enumerate(sheets):
        page = book.active if n == 0 else book.create_sheet()
        page = page or book.create_sheet()
        page.title = sheet.name
        page.append(list(sheet.headings))
        for row in sheet.rows:
            page.append([to_xml(neutral(text)) or None for text in row])
        for placed in page[1]:
            placed.font = Font(bold=True)
        for column, heading in enumerate(sheet.headings, start=1):
            width = WIDE if heading in WIDE_COLUMNS else NARROW
            page.column_dimensions[get_column_letter(column)].width = width
        for line in page.iter_rows(min_row=2):
            for placed in line:
                placed.alignment = WRAPPED
                placed.number_format = "@"  # a text stays one when it is edited: no date of "1-2"
        page.freeze_panes = "C2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _to_csv(sheets: Sequence[Sheet]) -> bytes:
    headings = list(dict.fromkeys(heading for sheet in sheets for heading in sheet.headings))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([SHEET, *headings])
    for sheet in sheets:
        for row in sheet.rows:
            cells = dict(zip(sheet.headings, map(neutral, row), strict=True))
            writer.writerow([sheet.name, *(cells.get(heading, "") for heading in headings)])
    return out.getvalue().encode("utf-8-sig")  # Excel takes it for UTF-8 by its mark alone


def _from_xlsx(content: bytes, names: Sequence[str]) -> Read:
    try:
        yield from _workbook(content, names)
    except UserError:
        raise
    except Exception as error:  # a damaged part raises whatever its parser does
        raise UserError(
            "This is not a workbook that can be read.",
            hint="Save it as an Excel workbook (.xlsx), or as CSV.",
        ) from error


def _workbook(content: bytes, names: Sequence[str]) -> Read:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
            raise UserError(
                f"The workbook unpacks to more than {MOST_BYTES // 1_000_000} MB.", hint=SMALLER
            )
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    known = {name.casefold(): name for name in names}
    for page in book.worksheets:
        name = known.get(page.title.strip().casefold())
        if name is not None:
            lines = (
                [original(from_xml(text_of(value))) for value in values]  # type: ignore[arg-type]
                for values in page.iter_rows(
                    max_col=MOST_COLUMNS, max_row=MOST_ROWS + 1, values_only=True
                )
            )
            yield from ((name, row) for row in _no_endless_sheet(_under_headings(lines), name))
    book.close()


def _no_endless_sheet(rows: Iterator[SheetRow], name: str) -> Iterator[SheetRow]:
    for row in rows:
        if row.line > MOST_ROWS:
            raise UserError(
                f"The sheet {name} has more than {MOST_ROWS:,} rows.",
                hint="Delete the empty rows below the last issue, and save it again.",
            )
        yield row


def _from_csv(content: bytes, names: Sequence[str]) -> Read:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            "This is not a CSV file in UTF-8.", hint="In Excel, save it as “CSV UTF-8”."
        ) from error
    known = {name.casefold(): name for name in names}
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    lines = ([original(value) for value in values] for values in _lines(reader))
    for row in _under_headings(lines):
        said = row.cells.pop(SHEET.casefold(), "").strip()
        name = known.get(said.casefold()) if said else names[0]
        if name is not None:
            yield name, row


def _lines(reader: Iterable[list[str]]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise UserError(
            f"This CSV file cannot be read: {error}.",
            hint="Save it once more from the spreadsheet, as “CSV UTF-8”.",
        ) from error


def _under_headings(lines: Iterator[list[str]]) -> Iterator[SheetRow]:
    headings = [value.strip().casefold() for value in next(lines, [])]
    for line, values in enumerate(lines, start=2):
        cells = {key: value for key, value in zip(headings, values, strict=False) if key}
        yield SheetRow(line=line, cells=cells)


def _delimiter(text: str) -> str:
    """Return what stands between cells: a spreadsheet of another country writes semicolons."""
    first = text.partition("\n")[0]
    return max((",", ";", "\t"), key=first.count)
