"""A paper as PDF: what is on its pages, its bookmarks and what it says of itself."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from pypdf import PdfReader

from bot.documents import Document
from bot.render import pdf
from bot.render.charts import draw
from tests.bot.render.papers import a_paper, drawn, not_drawn


def read(document: Document, **given: object) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.render(document, draw=given.get("draw", drawn))))  # type: ignore[arg-type]


def words(reader: PdfReader) -> str:
    """Return the text of all pages in one line: how it breaks over lines is not what is said."""
    text = " ".join(page.extract_text() for page in reader.pages)
    return re.sub(r"\s+", " ", text)


def test_every_page_has_header_mark_and_number() -> None:
    reader = read(a_paper())

    for place, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert "PB 2013/14-09" in text
        assert "As at 31 December 2013, month-end figures" in text
        assert "SYNTHETIC DEMONSTRATION DATA" in text
        assert f"Page {place} of {len(reader.pages)}" in text


def test_a_forces_own_figures_carry_no_mark() -> None:
    assert "SYNTHETIC" not in words(read(a_paper(mark="")))


def test_it_is_a4_and_says_its_title_and_language() -> None:
    reader = read(a_paper())

    assert reader.metadata is not None
    assert reader.metadata.title == "Performance briefing: Saltmarsh, December 2013"
    assert str(reader.root_object["/Lang"]) == "en-GB"
    assert [round(float(one)) for one in reader.pages[0].mediabox[2:]] == [595, 842]


def titles(entries: Sequence[Any]) -> list[str]:
    """Return the titles of bookmarks, those below others after them."""
    found: list[str] = []
    for one in entries:
        found += titles(one) if isinstance(one, list) else [str(one["/Title"])]
    return found


def test_every_heading_is_a_bookmark() -> None:
    assert titles(read(a_paper()).outline) == [
        "1  Summary",
        "2  Tables",
        "2.1  Scorecard",
        "2.2  Chart",
        "Deep down",
    ]


def test_text_is_never_markup_and_what_has_no_letter_is_shown_as_such() -> None:
    said = words(read(a_paper()))

    assert "Up 2.8% − the <b>worst</b> & more" in said


def test_a_long_table_repeats_its_head_on_every_page() -> None:
    reader = read(a_paper(rows=120))
    pages = [page.extract_text() for page in reader.pages]

    with_rows = [text for text in pages if "Measure 1" in text]
    assert len(with_rows) > 1
    assert all("Level" in text for text in with_rows)


def test_an_empty_table_says_so() -> None:
    assert "There is nothing to show." in words(read(a_paper()))


def test_a_chart_has_its_words_under_it() -> None:
    reader = read(a_paper())

    assert "Boats, Ebb: 12 in November." in words(reader)
    assert sum(len(page.images) for page in reader.pages) == 1


def test_a_chart_that_cannot_be_drawn_leaves_its_words() -> None:
    reader = read(a_paper(), draw=not_drawn)

    assert "Boats, Ebb: 12 in November." in words(reader)
    assert sum(len(page.images) for page in reader.pages) == 0


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert pdf.render(a_paper(), draw=drawn) == pdf.render(a_paper(), draw=drawn)


def test_a_real_chart_is_printed() -> None:
    [image] = [one for page in read(a_paper(), draw=draw).pages for one in page.images]

    assert image.image is not None
    assert image.image.width == 1600
