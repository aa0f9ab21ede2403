"""A paper as a Word document: real headings, table heads that repeat, pictures with their words.

It is for whoever has to work on the text: nothing in it is a picture of text, every heading is in
the navigation pane, and a screen reader finds the words of every chart.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any, Final, assert_never

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section as WordSection
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from bot.documents.model import Document, Part, numbered
from bot.render.docx_tables import add_facts, add_table
from bot.replies.charts import Drawing
from bot.replies.model import Bullets, Chart, Facts, Paragraph, Table
from metrics.errors import ThreatDeskError

Draw = Callable[[Drawing], bytes]
"""Draw a chart as a PNG.  Raises `ThreatDeskError` where it cannot: its words then stand alone."""

FACE: Final = "Calibri"
HOUSE: Final = RGBColor(0x0B, 0x25, 0x45)
QUIET: Final = RGBColor(0x59, 0x59, 0x59)
WARNING: Final = RGBColor(0xB3, 0x4A, 0x00)

MARGIN: Final = Mm(20)
PAGE: Final = (Mm(210), Mm(297))
TEXT_WIDTH: Final = Mm(170)
CHART_WIDTH: Final = Mm(125)

DEEPEST: Final = 4
"""Deeper headings are set like these."""

HEADING_SIZES: Final = (16, 13, 11.5, 10.5)
"""In points, by depth."""


def render(document: Document, *, draw: Draw) -> bytes:
    """Return a paper as a Word document.

    Args:
        document: The paper.
        draw: Draws its charts.
    """
    word = docx.Document()
    _describe(word, document)
    _set_styles(word, document.language)
    _furnish(word.sections[0], document)
    _face(word, document)
    for number, depth, section in numbered(document):
        if section.title:
            level = min(depth, DEEPEST)
            heading = word.add_heading(_safe(f"{number}  {section.title}".strip()), level)
            heading.paragraph_format.page_break_before = section.on_new_page
        for part in section.parts:
            _add(word, part, draw)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _describe(word: WordDocument, document: Document) -> None:
    about = word.core_properties
    about.title = document.heading
    about.subject = f"{document.number}. {document.standing}"
    about.author = "Threat Desk"
    about.keywords = ", ".join(one for one in (document.number, document.mark) if one)
    about.language = document.language
    about.comments = ""
    # The day that the figures stand at, so that the same paper says the same of itself.
    moment = datetime.combine(document.as_at, time(), tzinfo=UTC).replace(tzinfo=None)
    about.created = about.modified = moment
    about.last_modified_by = "Threat Desk"


def _set_styles(word: WordDocument, language: str) -> None:
    styles: Any = word.styles
    _set_face(styles["Normal"], 10.5)
    styles["Normal"].paragraph_format.space_after = Pt(6)
    for depth, size in enumerate(HEADING_SIZES, start=1):
        heading = styles[f"Heading {depth}"]
        _set_face(heading, size)
        heading.font.bold = True
        heading.font.italic = False
        heading.font.color.rgb = HOUSE
        heading.paragraph_format.keep_with_next = True
        heading.paragraph_format.space_before = Pt(size * 0.9)
        heading.paragraph_format.space_after = Pt(4)
    _set_face(styles["Title"], 26)
    styles["Title"].font.color.rgb = HOUSE
    _set_face(styles["Caption"], 8.5)
    styles["Caption"].font.bold = False
    styles["Caption"].font.color.rgb = QUIET
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), language)
    styles["Normal"].element.get_or_add_rPr().append(spoken)


def _set_face(style: Any, size: float) -> None:
    """Set a style's font, also for what Word counts as another script."""
    style.font.name = FACE
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FACE)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        fonts.attrib.pop(qn(theme), None)


def _furnish(section: WordSection, document: Document) -> None:
    """Set the page, its header and its footer."""
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = PAGE
    section.left_margin = section.right_margin = MARGIN
    section.top_margin = section.bottom_margin = Mm(24)
    head = section.header.paragraphs[0]
    _two_sides(head, _safe(document.heading), document.number, is_bold=True)
    below = section.header.add_paragraph()
    _two_sides(below, _safe(document.standing), document.mark)
    if document.mark:
        below.runs[-1].font.color.rgb = WARNING
        below.runs[-1].font.bold = True
    foot = section.footer.paragraphs[0]
    _two_sides(foot, _safe(document.made_for), "Page ")
    _field(foot, "PAGE")
    foot.add_run(" of ").font.size = Pt(8.5)
    _field(foot, "NUMPAGES")


def _two_sides(paragraph: WordParagraph, left: str, right: str, *, is_bold: bool = False) -> None:
    stops = paragraph.paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    paragraph.paragraph_format.space_after = Pt(0)
    for words in (f"{left}\t", right):
        run = paragraph.add_run(words)
        run.font.size = Pt(8.5)
        run.font.bold = is_bold


def _field(paragraph: WordParagraph, name: str) -> None:
    """Add a field that Word fills in, e.g. the number of the page."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    size = OxmlElement("w:sz")
    size.set(qn("w:val"), "17")
    properties = OxmlElement("w:rPr")
    properties.append(size)
    run.append(properties)
    run.append(text)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no fields


def _face(word: WordDocument, document: Document) -> None:
    word.add_paragraph(_safe(document.title), style="Title")
    about = word.add_paragraph()
    run = about.add_run(_safe(document.about))
    run.font.size = Pt(14)
    standing = word.add_paragraph(_safe(f"{document.number}. {document.standing}."))
    standing.runs[0].font.color.rgb = QUIET


def _add(word: WordDocument, part: Part, draw: Draw) -> None:
    match part:
        case Paragraph(text=text, strong=strong):
            paragraph = word.add_paragraph()
            paragraph.add_run(_safe(text)).bold = strong or None
        case Bullets(items=items):
            for item in items:
                bullet = word.add_paragraph(_safe(item), style="List Bullet")
                bullet.paragraph_format.space_after = Pt(2)
        case Facts():
            add_facts(word, part)
        case Table():
            caption = word.add_paragraph(_safe(part.caption), style="Caption")
            caption.paragraph_format.keep_with_next = True
            add_table(word, part)
        case Chart():
            _add_chart(word, part, draw)
        case _:
            assert_never(part)


def _add_chart(word: WordDocument, chart: Chart, draw: Draw) -> None:
    """Add the picture with its words as alternative text; the words alone where it is not drawn."""
    try:
        picture = draw(chart.drawing)
    except ThreatDeskError:
        word.add_paragraph(_safe(chart.alt), style="Caption")
        return
    shape = word.add_picture(io.BytesIO(picture), width=CHART_WIDTH)
    described = shape._inline.docPr  # noqa: SLF001 - python-docx has no alternative text
    described.set("descr", _safe(chart.alt))
    described.set("title", _safe(chart.drawing.title))
    holder = word.paragraphs[-1]
    holder.alignment = WD_ALIGN_PARAGRAPH.LEFT
    holder.paragraph_format.keep_with_next = True
    word.add_paragraph(_safe(chart.alt), style="Caption")


def _safe(text: str) -> str:
    """Return a text without the control characters that XML cannot hold."""
    return "".join(one for one in text if one in "\n\t" or one.isprintable() or one == "\u00a0")
