"""The briefing of December 2013 on paper: every published figure can be read off its pages."""

from __future__ import annotations

import io
import re

import docx as word
import pytest
from pypdf import PdfReader

from bot.documents import Document
from bot.render import docx, pdf
from bot.render import paper as plain
from tests.bot.documents.published import PUBLISHED
from tests.bot.render.papers import drawn

FURNITURE = (
    "Performance briefing: ",
    "PB 2013/14-",
    "As at 11 December 2013, prov",
    "SYNTHETIC",
    "For the board",
    "Page ",
)
"""How the lines of headers and footers begin, which can come between two lines of a sentence."""


@pytest.fixture(scope="module")
def printed(paper: Document) -> str:
    """The text of the PDF in one line."""
    pages = PdfReader(io.BytesIO(pdf.render(paper, draw=drawn))).pages
    lines = [line for page in pages for line in page.extract_text().splitlines()]
    return _in_one_line(" ".join(one for one in lines if not one.startswith(FURNITURE)))


@pytest.fixture(scope="module")
def written(paper: Document) -> str:
    """The text of the Word document in one line."""
    made = word.Document(io.BytesIO(docx.render(paper, draw=drawn)))
    return _in_one_line(" ".join(one.text for one in made.paragraphs))


@pytest.fixture(scope="module")
def told(paper: Document) -> str:
    """The plain text in one line."""
    return _in_one_line(plain.render(paper, width=200))


def _in_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("said", PUBLISHED)
def test_every_published_figure_is_in_the_pdf(printed: str, said: str) -> None:
    assert said in printed


@pytest.mark.parametrize("said", PUBLISHED)
def test_every_published_figure_is_in_the_word_document(written: str, said: str) -> None:
    assert said in written


@pytest.mark.parametrize("said", PUBLISHED)
def test_every_published_figure_is_in_the_plain_text(told: str, said: str) -> None:
    assert said in told


def test_the_tables_stand_beside_the_sentences(printed: str) -> None:
    assert "All crime −5% 42,248 41,107 +2.8% +3,197 no under 1%" in printed
    assert "Violence with injury 3,315 2,940 +375 +12.8%" in printed
