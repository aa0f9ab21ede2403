"""A reply as HTML: whole, readable aloud, and with nothing from data that a browser would run."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings

from bot.render import html
from bot.replies import Reply
from tests.bot.render.replies import REPLIES
from tests.bot.render.samples import ALERT, CSP, FORM, PRIORITY, SAMPLES

EMPTY = {"br", "img", "input"}

ELEMENTS = {
    "article", "h2", "h3", "p", "span", "strong", "br", "ul", "li", "dl", "div", "dt", "dd",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "img", "figcaption",
    "details", "summary", "button", "label", "select", "option", "form", "textarea", "input",
    "small",
}  # fmt: skip

ATTRIBUTES = {
    "class", "aria-label", "aria-hidden", "role", "tabindex", "scope", "colspan", "type", "name",
    "value", "required", "selected", "rows", "src", "alt", "data-command", "data-confirm",
    "data-share",
}  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of a fragment."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice: {names}"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(REPLIES)
def test_any_words_stay_words(reply: Reply) -> None:
    page = Page(html.render(reply))

    assert page.open == []
    assert {tag for tag, _ in page.tags} <= ELEMENTS
    assert {name for _, attributes in page.tags for name in attributes} <= ATTRIBUTES
    shown = "".join(page.words) + "".join(v for _, a in page.tags for v in a.values())
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0e-\x1f\x7f-\x9f]", shown)


@pytest.mark.parametrize("name", ["priority", "alert", "form"])
def test_golden(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.html", html.render(SAMPLES[name], charts={4: "/charts/1.png"}))


def test_nothing_needs_an_inline_script_or_style() -> None:
    for sample in SAMPLES.values():
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", html.render(sample))


def test_words_from_data_are_escaped() -> None:
    source = html.render(Reply(summary='"><b>', blocks=(ALERT.blocks[0],)))

    assert "<b>" not in source
    assert "&lt;b&gt;" in source


def test_a_table_has_a_caption_and_headings_for_its_rows_and_columns() -> None:
    page = Page(html.render(CSP))

    assert len(page.all("caption")) == 1
    scopes = [heading["scope"] for heading in page.all("th")]
    assert scopes == ["col"] * 9 + ["row"] * 9


def test_figures_and_details_have_classes_of_their_own() -> None:
    classes = [cell["class"] for cell in Page(html.render(CSP)).all("td")][:8]

    assert classes == [
        "number", "number detail", "number", "number", "number detail", "number",
        "number detail", "text",
    ]  # fmt: skip


def test_a_picture_is_told_in_words_as_well() -> None:
    [image] = Page(html.render(PRIORITY, charts={4: "/charts/1.png"})).all("img")

    assert image["src"] == "/charts/1.png"
    assert image["alt"].startswith("Vehicle crime by month")


def test_without_a_picture_the_words_stand_in_its_place() -> None:
    page = Page(html.render(PRIORITY))

    assert page.all("img") == []
    assert any("above the upper control limit" in words for words in page.words)


def test_buttons_and_menus_carry_their_commands() -> None:
    page = Page(html.render(ALERT))

    assert [one["data-command"] for one in page.all("button")] == [
        "/alert ack A-17", "/alert why A-17", "/alert useless A-17",
    ]  # fmt: skip
    assert page.all("button")[2]["data-confirm"] == "Nobody is told again of this alert."
    assert page.all("option")[1]["data-command"] == "/alert snooze A-17 until 18 December 2013"


def test_a_form_carries_its_command_and_the_names_of_its_fields() -> None:
    page = Page(html.render(FORM))

    assert page.all("form")[0]["data-command"] == "/issue raise"
    assert [one["name"] for one in page.all("input")] == ["title", "due"]
    assert page.all("input")[1]["type"] == "date"
    assert "required" not in page.all("textarea")[0]


def test_the_level_is_told_in_words() -> None:
    assert "●●● High threat" in Page(html.render(ALERT)).words


def test_the_share_button_carries_the_command_that_answers_again() -> None:
    [share] = [one for one in Page(html.render(PRIORITY)).all("button") if "data-share" in one]

    assert share["data-share"] == PRIORITY.share
