"""Every message of the product is plain English: each sentence of its source, by each rule."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.words.rules import IN_EVERY_MESSAGE, LONGEST, broken, too_long
from tests.words.sentences import FEWEST_WORDS, ROOT, every_sentence

PAGES = sorted((ROOT / "bot").rglob("*.html"))
SCRIPTS = sorted((ROOT / "bot/channels/console/static").glob("*.js"))


@pytest.mark.parametrize("rule", IN_EVERY_MESSAGE)
def test_no_sentence_breaks_a_rule(rule: str) -> None:
    search = {rule: IN_EVERY_MESSAGE[rule]}

    assert [f"{one}: {why}" for one in every_sentence() for why in broken(one.text, search)] == []


def test_no_sentence_is_too_long_to_be_heard() -> None:
    told = every_sentence()

    assert [f"{one.place}: {why}" for one in told for why in too_long(one.text, LONGEST)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.name)
def test_a_page_of_the_console_is_plain_english_too(page: Path) -> None:
    reader = _Words()
    reader.feed(re.sub(r"\{[%{].*?[%}]\}", "…", page.read_text("utf-8")))
    told = [one for one in reader.told if len(one.split()) >= FEWEST_WORDS]

    assert [f"{one}: {why}" for one in told for why in broken(one, IN_EVERY_MESSAGE)] == []
    assert [why for one in told for why in too_long(one, LONGEST)] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.name)
def test_what_a_script_of_the_console_says_is_plain_english_too(script: Path) -> None:
    source = re.sub(r"^\s*(?://|\*|/\*).*$", "", script.read_text("utf-8"), flags=re.MULTILINE)
    told = [one[1:-1] for one in re.findall(r'"[^"\n]*"|`[^`]*`', source)]
    told = [one for one in told if len(one.split()) >= FEWEST_WORDS]

    assert [f"{one}: {why}" for one in told for why in broken(one, IN_EVERY_MESSAGE)] == []


class _Words(HTMLParser):
    """The words of a page: its text, and the names that only a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def handle_data(self, data: str) -> None:
        self.told.append(" ".join(data.split()))

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = ("alt", "aria-label", "placeholder", "title")
        self.told += [value for name, value in attrs if name in names and value]
