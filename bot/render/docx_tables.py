"""Tables of a Word document: heads that repeat on every page, rows that never part."""

from __future__ import annotations

from typing import Any, Final

from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from bot.render.fit import clean
from bot.replies.model import Facts, Table

HEAD: Final = "0B2545"
TINTS: Final = {"High": "F6D5C3", "Medium": "FBEFC9", "Low": "DCEBF5"}
"""Behind a classification's word, which carries the meaning."""

SIZE: Final = Pt(8.5)
TEXT_WIDTH_MM: Final = 170.0
NAMES_OF_FACTS: Final = 0.3
"""The share of the page that the names of facts take."""

LABEL_SHARE: Final = 2.4
"""How much wider the column of names is than another."""


def add_table(word: WordDocument, table: Table) -> None:
    """Add a table; without rows, that there is nothing to show."""
    if not table.rows:
        word.add_paragraph("There is nothing to show.")
        return
    made: Any = word.add_table(rows=1, cols=len(table.columns) + 1, style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    head = made.rows[0]
    _mark(head, "w:tblHeader")
    _mark(head, "w:cantSplit")
    names = (table.label, *(one.name for one in table.columns))
    for cell, name in zip(head.cells, names, strict=True):
        _write(cell, name, is_bold=True, colour=RGBColor(0xFF, 0xFF, 0xFF))
        _shade(cell, HEAD)
    for row in table.rows:
        line = made.add_row()
        _mark(line, "w:cantSplit")
        _write(line.cells[0], row.label, is_bold=row.is_total)
        for place, (column, words) in enumerate(zip(table.columns, row.cells, strict=True), 1):
            is_bold = row.is_total or words == "High"
            _write(line.cells[place], words, is_bold=is_bold, is_number=column.is_number)
            if words in TINTS:
                _shade(line.cells[place], TINTS[words])
    _set_widths(made, len(table.columns))
    word.add_paragraph().paragraph_format.space_after = Pt(4)


def add_facts(word: WordDocument, facts: Facts) -> None:
    """Add names and values, side by side."""
    made: Any = word.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in facts.rows:
        row = made.add_row()
        _mark(row, "w:cantSplit")
        _write(row.cells[0], name, is_bold=True)
        _write(row.cells[1], value)
    share = NAMES_OF_FACTS
    _widths(made, [TEXT_WIDTH_MM * share, TEXT_WIDTH_MM * (1 - share)])
    word.add_paragraph().paragraph_format.space_after = Pt(4)


def _write(
    cell: Any,
    words: str,
    *,
    is_bold: bool = False,
    is_number: bool = False,
    colour: RGBColor | None = None,
) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(clean(words))
    run.font.size = SIZE
    run.font.bold = is_bold
    if colour is not None:
        run.font.color.rgb = colour


def _mark(row: Any, name: str) -> None:
    """Set a property of a row that python-docx does not know."""
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:color"), "auto")
    shade.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001


def _set_widths(made: Any, columns: int) -> None:
    one = TEXT_WIDTH_MM / (columns + LABEL_SHARE)
    _widths(made, [one * LABEL_SHARE, *([one] * columns)])


def _widths(made: Any, widths: list[float]) -> None:
    """Set the widths of columns and of their cells: Word takes the latter, others the former."""
    made.autofit = False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
