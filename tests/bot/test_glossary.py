"""The glossary has one source, and the document repeats it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.glossary import TERMS, alike, find_term

DOCUMENT = Path(__file__).parents[2] / "docs" / "glossary.md"


def test_the_document_says_what_the_bot_says() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text, flags=re.MULTILINE)

    assert rows[2:] == list(TERMS.items())


def test_its_words_are_in_the_order_of_the_alphabet() -> None:
    assert list(TERMS) == sorted(TERMS, key=str.casefold)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("YTD", "YTD"),
        ("ytd", "YTD"),
        ("threat", "classification, threat"),
        ("threats", "classification, threat"),
        ("control limit", "control limits"),
        ("Performance Year", "performance year"),
        ("as-at", "as at"),
    ],
)
def test_a_word_is_found_as_people_type_it(said: str, words: str) -> None:
    term = find_term(said)

    assert term is not None
    assert term.words == words


def test_a_word_that_is_not_there_is_not_guessed() -> None:
    assert find_term("projektion") is None
    assert alike("projektion") == ("projection",)
