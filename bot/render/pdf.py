"""A paper as PDF: A4, numbered pages, a header on each, bookmarks, contents.

The same paper always gives the same bytes.  ReportLab does not tag what it writes, so every
picture has its words printed under it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final, assert_never

from matplotlib import get_data_path
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    HRFlowable,
    Image,
    KeepTogether,
    ListFlowable,
    ListItem,
    PageBreak,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Text
from reportlab.platypus.tableofcontents import TableOfContents

from bot.documents.model import Document, Part, numbered
from bot.render.pdf_styles import (
    BOLD,
    INK,
    QUIET,
    REGULAR,
    WARNING,
    escaped,
    heading_style,
    style,
)
from bot.render.pdf_tables import facts_table, paper_table
from bot.replies.charts import Drawing
from bot.replies.model import Bullets, Chart, Facts, Paragraph, Table
from metrics.errors import ThreatDeskError

Draw = Callable[[Drawing], bytes]
"""Draw a chart as a PNG.  Raises `ThreatDeskError` where it cannot: its words then stand alone."""

MARGIN: Final = 20 * mm
HEAD_ROOM: Final = 30 * mm
FOOT_ROOM: Final = 22 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
CHART_WIDTH: Final = 120 * mm

DEEPEST_LISTED: Final = 1
"""Sections so deep stand in the contents; all of them are bookmarks."""

FONT_FILES: Final = {
    REGULAR: "DejaVuSans.ttf",
    BOLD: "DejaVuSans-Bold.ttf",
}
"""The fonts that Matplotlib brings with it, so that paper and charts are of one face everywhere."""


def render(document: Document, *, draw: Draw) -> bytes:
    """Return a paper as PDF.

    Args:
        document: The paper.
        draw: Draws its charts.
    """
    _register_fonts()
    out = io.BytesIO()
    paper = _Paper(out, document)
    paper.multiBuild(list(_story(document, draw)), canvasmaker=_NumberedPages)
    return out.getvalue()


@cache
def _register_fonts() -> None:
    for name, file in FONT_FILES.items():
        pdfmetrics.registerFont(TTFont(name, f"{get_data_path()}/fonts/ttf/{file}"))
    pdfmetrics.registerFontFamily(
        REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD
    )


class _Paper(BaseDocTemplate):
    """The pages: a header with number, date and mark, and bookmarks for the headings."""

    def __init__(self, out: io.BytesIO, document: Document) -> None:
        super().__init__(
            out,
            pagesize=A4,
            title=document.heading,
            subject=f"{document.number}. {document.standing}",
            author="Threat Desk",
            creator="Threat Desk",
            keywords=[word for word in (document.number, document.mark) if word],
            lang=document.language,
            displayDocTitle=True,
            invariant=1,
        )
        self._document = document
        frame = Frame(
            MARGIN,
            FOOT_ROOM,
            WIDTH,
            A4[1] - HEAD_ROOM - FOOT_ROOM,
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        self.addPageTemplates([PageTemplate(id="page", frames=[frame], onPage=self._furnish)])

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - ReportLab's name
        """Put a heading into the bookmarks and the contents once its page is known."""
        depth = getattr(flowable, "depth", 0)
        if not depth:
            return
        words, place = flowable.words, flowable.place  # type: ignore[attr-defined]
        key = f"section-{place}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(words, key, depth - 1, depth > 1)
        if depth <= DEEPEST_LISTED:
            self.notify("TOCEntry", (depth - 1, escaped(words), self.page, key))

    def _furnish(self, canvas: Canvas, _: object) -> None:
        """Draw the header; the footer waits until the number of pages is known."""
        document, top, right = self._document, A4[1] - 14 * mm, A4[0] - MARGIN
        canvas.saveState()
        canvas.setFont(BOLD, 8)
        canvas.setFillColor(HexColor(INK))
        canvas.drawRightString(right, top, document.number)
        room = WIDTH - stringWidth(document.number, BOLD, 8) - 6 * mm
        canvas.setFont(BOLD, _size_within(document.heading, room))
        canvas.drawString(MARGIN, top, escaped(document.heading, markup=False))
        canvas.setFont(REGULAR, 7.5)
        canvas.setFillColor(HexColor(QUIET))
        canvas.drawString(MARGIN, top - 4 * mm, document.standing)
        if document.mark:
            canvas.setFont(BOLD, 7.5)
            canvas.setFillColor(HexColor(WARNING))
            canvas.drawRightString(right, top - 4 * mm, document.mark)
        canvas.setStrokeColor(HexColor(INK))
        canvas.setLineWidth(0.6)
        canvas.line(MARGIN, top - 6 * mm, right, top - 6 * mm)
        canvas.setFont(REGULAR, 7.5)
        canvas.setFillColor(HexColor(QUIET))
        canvas.drawString(MARGIN, 12 * mm, document.made_for)
        canvas.restoreState()


def _size_within(words: str, room: float, *, size: float = 8.0) -> float:
    """Return the size at which a line has room, no larger than it is to be."""
    wide = float(stringWidth(words, BOLD, size))
    return size if wide <= room else size * room / wide


class _NumberedPages(Canvas):
    """A canvas that writes "page 3 of 12" on every page when the last one is known."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - ReportLab's name
        """Keep the page until all are there."""
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        """Write every page with its number."""
        for place, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 7.5)
            self.setFillColor(HexColor(QUIET))
            words = f"Page {place} of {len(self._pages)}"
            self.drawRightString(A4[0] - MARGIN, 12 * mm, words)
            super().showPage()
        super().save()


class _Heading(Text):
    """A heading that knows where it belongs among the bookmarks."""

    def __init__(self, words: str, depth: int, place: int) -> None:
        super().__init__(escaped(words), heading_style(depth))
        self.words, self.depth, self.place = words, depth, place


def _story(document: Document, draw: Draw) -> Iterator[Flowable]:
    yield from _face(document)
    for place, (number, depth, section) in enumerate(numbered(document)):
        if section.on_new_page:
            yield PageBreak()
        if section.title:
            yield _Heading(f"{number}  {section.title}".strip(), depth, place)
        for part in section.parts:
            yield from _flowables(part, draw)


def _face(document: Document) -> Iterator[Flowable]:
    """Yield the title with what it is, and the contents."""
    yield Text(escaped(document.title), style("title"))
    yield Text(escaped(document.about), style("about"))
    yield Text(escaped(f"{document.number}. {document.standing}."), style("quiet"))
    yield HRFlowable(width="100%", thickness=1.2, color=HexColor(INK), spaceBefore=6, spaceAfter=8)
    contents = TableOfContents()
    contents.levelStyles = [style("contents")]
    contents.dotsMinLevel = 0
    yield contents
    yield Spacer(1, 6 * mm)


def _flowables(part: Part, draw: Draw) -> Iterator[Flowable]:
    match part:
        case Paragraph(text=text, strong=strong):
            yield Text(escaped(text), style("strong" if strong else "body"))
        case Bullets(items=items):
            yield _bullets(items)
        case Facts():
            yield facts_table(part, WIDTH)
            yield Spacer(1, 3 * mm)
        case Table():
            yield from paper_table(part, WIDTH)
        case Chart():
            yield _chart(part, draw)
        case _:
            assert_never(part)


def _bullets(items: tuple[str, ...]) -> Flowable:
    lines: list[Any] = [
        ListItem(Text(escaped(one), style("bullet")), leftIndent=12) for one in items
    ]
    return ListFlowable(
        lines,
        bulletType="bullet",
        start="•",
        bulletFontName=REGULAR,
        bulletFontSize=8,
        leftIndent=12,
        spaceAfter=6,
    )


def _chart(chart: Chart, draw: Draw) -> Flowable:
    """Return the picture with its words under it; the words alone where it cannot be drawn."""
    words = Text(escaped(chart.alt), style("caption"))
    try:
        picture = draw(chart.drawing)
    except ThreatDeskError:
        return words
    image = Image(io.BytesIO(picture))
    image.drawHeight *= CHART_WIDTH / image.drawWidth
    image.drawWidth = CHART_WIDTH
    image.hAlign = "LEFT"
    return KeepTogether([image, Spacer(1, 1.5 * mm), words])
