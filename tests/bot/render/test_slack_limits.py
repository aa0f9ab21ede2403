"""The check before sending notices each thing that Slack would refuse."""

from __future__ import annotations

from typing import Any

import pytest

from bot.render.slack_limits import check, check_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(elements)}],
    }


def words(text: str) -> dict[str, Any]:
    return {"type": "section", "text": plain(text)}


def cells(rows: int, columns: int) -> list[list[dict[str, Any]]]:
    return [[{"type": "raw_text", "text": "1"}] * columns for _ in range(rows)]


def table(rows: list[list[dict[str, Any]]]) -> dict[str, Any]:
    return {"type": "table", "rows": rows}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def button(n: int = 1, label: str = "Go", **more: Any) -> dict[str, Any]:
    return {
        "type": "button", "text": plain(label), "action_id": f"run:{n}", "value": "/x", **more
    }  # fmt: skip


def menu(*options: dict[str, Any]) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "run:1", "options": list(options)}


def option(label: str = "A", value: str = "/x") -> dict[str, Any]:
    return {"text": plain(label), "value": value}


IMAGE = {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A rise"}

REFUSED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "51 blocks": ([words("a")] * 51, "blocks of the message"),
    "no blocks": ([], "blocks of the message"),
    "an empty text": ([words("")], "length of the text of a section"),
    "a text of blanks": ([words(" \n")], "length of the text of a section"),
    "a section of 3,001": ([words("a" * 3_001)], "length of the text of a section"),
    "an ampersand counts as five": ([words("&" * 601)], "length of the text of a section"),
    "a section of nothing": ([{"type": "section"}], "neither text nor fields"),
    "11 fields": ([{"type": "section", "fields": [plain("a")] * 11}], "fields of a section"),
    "a field of 2,001": ([{"type": "section", "fields": [plain("a" * 2_001)]}], "the field"),
    "a header of 151": ([{"type": "header", "text": plain("a" * 151)}], "the header"),
    "11 context elements": ([{"type": "context", "elements": [plain("a")] * 11}], "of a context"),
    "a picture without words": ([IMAGE | {"alt_text": ""}], "alt_text"),
    "words of 2,001 for a picture": ([IMAGE | {"alt_text": "a" * 2_001}], "alt_text"),
    "a picture from nowhere": ([{"type": "image", "alt_text": "a"}], "uploaded to Slack"),
    "a picture from the web": ([IMAGE | {"image_url": "https://x.example"}], "uploaded to Slack"),
    "101 rows": ([table(cells(101, 1))], "rows of a table"),
    "21 columns": ([table(cells(1, 21))], "columns of a table"),
    "a ragged table": ([table([*cells(1, 2), *cells(1, 3)])], "different lengths"),
    "two tables": ([table(cells(1, 1))] * 2, "tables of the message"),
    "an empty cell": ([table([[{"type": "raw_text", "text": ""}]])], "cell of a table is empty"),
    "cells of 10,001": (
        [table([[{"type": "raw_text", "text": "a" * 10_001}]])], "length of a table",
    ),
    "26 buttons": ([actions(*map(button, range(26)))], "elements of an actions block"),
    "a button of 76": ([actions(button(label="a" * 76))], "the button"),
    "a value of 2,001": ([actions(button(value="a" * 2_001))], "value of a button"),
    "an id twice": ([actions(button(1), button(1))], "there twice"),
    "a button with an address": ([actions(button(url="https://x.example"))], "to an address"),
    "a style of its own": ([actions(button(style="plain"))], "unknown style"),
    "101 options": ([actions(menu(*[option()] * 101))], "options of a menu"),
    "no options": ([actions(menu())], "options of a menu"),
    "an option of 76": ([actions(menu(option(label="a" * 76)))], "the option"),
    "an option's value of 151": ([actions(menu(option(value="a" * 151)))], "value of an option"),
    "markup": ([{"type": "section", "text": {"type": "mrkdwn", "text": "a"}}], "not plain text"),
    "a mention in rich text": ([rich({"type": "user", "user_id": "U1"})], "holds a 'user'"),
    "a broadcast": ([rich({"type": "broadcast", "range": "here"})], "holds a 'broadcast'"),
    "a link in rich text": ([rich({"type": "link", "url": "https://x.example"})], "holds a 'link'"),
    "a name that would call": ([words("@channel")], "could call somebody"),
    "an address": ([words("https://x.example")], "become a link"),
    "reversed letters": ([words("a\u202eb")], "could call somebody"),
    "a question in a message": ([{"type": "input", "label": plain("a")}], "not known here"),
    "a message too long as a whole": ([words("a" * 2_500)] * 5, "length of the message"),
}  # fmt: skip


@pytest.mark.parametrize(("blocks", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_a_message_that_slack_would_refuse_is_noticed(
    blocks: list[dict[str, Any]], why: str
) -> None:
    problems = check({"text": "a", "blocks": blocks})

    assert [problem for problem in problems if why in problem]


AT_THE_LIMIT = {
    "50 blocks": [words("a")] * 50,
    "a section of 3,000": [words("a" * 3_000)],
    "10 fields": [{"type": "section", "fields": [plain("a")] * 10}],
    "a header of 150": [{"type": "header", "text": plain("a" * 150)}],
    "100 rows of 20 columns": [table(cells(100, 20))],
    "25 buttons": [actions(*map(button, range(25)))],
    "a value of 2,000": [actions(button(value="a" * 2_000))],
    "a picture": [IMAGE],
}


@pytest.mark.parametrize("blocks", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT.keys())
def test_what_is_just_allowed_is_let_through(blocks: list[dict[str, Any]]) -> None:
    assert check({"text": "a", "blocks": blocks}) == []


@pytest.mark.parametrize("text", ["", "<!channel>", "a & b", "@here", "https://x.example"])
def test_a_fallback_text_that_is_empty_or_live_is_noticed(text: str) -> None:
    assert check({"text": text, "blocks": [words("a")]})


def question(name: str = "a", **more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "answer", **more}
    return {"type": "input", "block_id": name, "label": plain("a"), "element": element}


def modal(**more: Any) -> dict[str, Any]:
    return {
        "type": "modal", "title": plain("a"), "submit": plain("a"), "blocks": [question()], **more
    }  # fmt: skip


REFUSED_VIEWS: dict[str, tuple[dict[str, Any], str]] = {
    "a title of 25": (modal(title=plain("a" * 25)), "the title"),
    "a button of 25": (modal(submit=plain("a" * 25)), "the submit"),
    "private metadata of 3,001": (modal(private_metadata="a" * 3_001), "private_metadata"),
    "101 blocks": (modal(blocks=[words("a")] * 101), "blocks of the view"),
    "a name twice": (modal(blocks=[question(), question()]), "there twice"),
    "a name of 256": (modal(blocks=[question("a" * 256)]), "too long"),
    "a question without a button": (
        {"type": "modal", "title": plain("a"), "blocks": [question()]}, "no submit button",
    ),
    "answers over 3,000": (modal(blocks=[question(max_length=3_001)]), "max_length"),
    "a table": (modal(blocks=[table(cells(1, 1))]), "not known here"),
    "101 blocks at home": ({"type": "home", "blocks": [words("a")] * 101}, "blocks of the view"),
    "neither": ({"type": "page", "blocks": [words("a")]}, "no known type"),
}  # fmt: skip


@pytest.mark.parametrize(("view", "why"), REFUSED_VIEWS.values(), ids=REFUSED_VIEWS.keys())
def test_a_view_that_slack_would_refuse_is_noticed(view: dict[str, Any], why: str) -> None:
    assert [problem for problem in check_view(view) if why in problem]


def test_a_view_within_the_limits_is_let_through() -> None:
    assert check_view(modal()) == []
    assert check_view({"type": "home", "blocks": [words("a")] * 100}) == []
