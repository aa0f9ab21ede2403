"""A paper as a Word document: headings, tables, pictures and what it says of itself."""

from __future__ import annotations

import io
from typing import Any

import docx as word

from bot.documents import Document
from bot.render import docx
from tests.bot.render.papers import a_paper, drawn, not_drawn

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(document: Document, **given: Any) -> Any:
    return word.Document(io.BytesIO(docx.render(document, draw=given.get("draw", drawn))))


def test_headings_are_headings() -> None:
    found = [
        (one.style.name, one.text)
        for one in read(a_paper()).paragraphs
        if one.style.name.startswith("Heading")
    ]

    assert found == [
        ("Heading 1", "1  Summary"),
        ("Heading 1", "2  Tables"),
        ("Heading 2", "2.1  Scorecard"),
        ("Heading 2", "2.2  Chart"),
        ("Heading 3", "Deep down"),
    ]


def test_the_head_of_a_table_repeats_and_no_row_parts() -> None:
    [table] = [one for one in read(a_paper()).tables if one.cell(0, 0).text == "Measure"]

    assert table.rows[0]._tr.findall(f".//{W}tblHeader")
    assert all(row._tr.findall(f".//{W}cantSplit") for row in table.rows)


def test_a_classification_is_a_word_and_not_only_a_tint() -> None:
    [table] = [one for one in read(a_paper()).tables if one.cell(0, 0).text == "Measure"]

    assert table.cell(1, 1).text == "High"
    assert table.cell(1, 1)._tc.findall(f".//{W}shd")


def test_a_picture_has_its_words_for_whoever_does_not_see_it() -> None:
    [shape] = read(a_paper()).inline_shapes

    assert shape._inline.docPr.get("descr") == "Boats, Ebb: 12 in November."


def test_a_chart_that_cannot_be_drawn_leaves_its_words() -> None:
    made = read(a_paper(), draw=not_drawn)

    assert not made.inline_shapes
    assert "Boats, Ebb: 12 in November." in [one.text for one in made.paragraphs]


def test_header_and_footer_carry_number_date_mark_and_page() -> None:
    section = read(a_paper()).sections[0]
    head = "\n".join(one.text for one in section.header.paragraphs)

    assert "PB 2013/14-09" in head
    assert "As at 31 December 2013, month-end figures" in head
    assert "SYNTHETIC DEMONSTRATION DATA" in head
    fields = [one.get(f"{W}instr") for one in section.footer._element.iter(f"{W}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]


def test_it_says_its_title_and_language() -> None:
    about = read(a_paper()).core_properties

    assert about.title == "Performance briefing: Saltmarsh, December 2013"
    assert about.language == "en-GB"


def test_control_characters_are_left_out_and_markup_is_text() -> None:
    text = "\n".join(one.text for one in read(a_paper()).paragraphs)

    assert "the <b>worst</b> & more" in text
    assert "\x00" not in text
