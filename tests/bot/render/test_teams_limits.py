"""The check before sending notices each thing that Teams would refuse or not show."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from bot.render.teams_limits import MAX_PICTURE, PICTURE, check, weight


def words(text: str = "Words", **looks: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **looks}


def button(**more: Any) -> dict[str, Any]:
    submit = {"type": "Action.Submit", "title": "Go", "data": {"verb": "run"}}
    return {
        "type": "Action.Execute", "title": "Go", "verb": "run", "data": {"command": "/x"},
        "fallback": submit, **more,
    }  # fmt: skip


def row(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "ActionSet", "actions": list(buttons)}


def asked(inner: dict[str, Any]) -> dict[str, Any]:
    card = {"type": "AdaptiveCard", "body": [words("Sure?")], "actions": [inner]}
    return {"type": "Action.ShowCard", "title": "Go", "card": card}


def field(**more: Any) -> dict[str, Any]:
    return {"type": "Input.Text", "id": "field.a", "label": "A", "maxLength": 100, **more}


def menu(**more: Any) -> dict[str, Any]:
    choices = [{"title": "A", "value": "/a"}]
    return {
        "type": "Input.ChoiceSet", "id": "menu.1", "label": "A", "style": "compact",
        "choices": choices, **more,
    }  # fmt: skip


def picture(**more: Any) -> dict[str, Any]:
    return {"type": "Image", "url": PICTURE + "AAAA", "altText": "A", "size": "Stretch", **more}


def facts(**fact: Any) -> dict[str, Any]:
    return {"type": "FactSet", "facts": [{"title": "A", "value": "B", **fact}]}


def table(columns: int = 1, **more: Any) -> dict[str, Any]:
    cell = {"type": "TableCell", "items": [words("1")]}
    return {
        "type": "Table", "firstRowAsHeader": True, "showGridLines": True, "fallback": facts(),
        "columns": [{"width": 1}] * columns,
        "rows": [{"type": "TableRow", "cells": [cell]}], **more,
    }  # fmt: skip


def column(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "ColumnSet",
        "columns": [{"type": "Column", "width": "auto", "items": list(items), **more}],
    }


def card(*body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "AdaptiveCard", "version": "1.5", "fallbackText": "Words", "body": list(body),
        **more,
    }  # fmt: skip


def without(key: str, node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name != key}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing at all": (card(), "elements of a card"),
    "no version": (without("version", card(words())), "no version"),
    "another version": (card(words(), version="1.6"), "has version '1.6'"),
    "nothing for who cannot see it": (card(words(), fallbackText=""), "no version, or nothing"),
    "a width with a capital": (card(words(), msteams={"width": "Full"}), "width that Teams"),
    "no card": (card(words(), type="Card"), "of no known type"),
    "an unknown type": (card({"type": "Chart.Line"}), "'Chart.Line' is not known"),
    "a misspelt property": (card(words(colour="red")), "has 'colour'"),
    "a bad value": (card(words(weight="Bold")), "has weight 'Bold'"),
    "a bad style": (card(words(style="title")), "has style 'title'"),
    "a fixed colour": (card(words(color="Attention")), "has 'color'"),
    "a text that is missing": (card(without("text", words())), "has no text"),
    "an empty text": (card(words(" \n")), "text is empty"),
    "words that do not wrap": (card(without("wrap", words())), "has no wrap"),
    "markup": (card(words("*a*")), "read as markup"),
    "a mention": (card(words("<at>Chief</at>")), "read as markup"),
    "markup where cards are not known": (card(words(), fallbackText="[a](b)"), "fallbackText"),
    "markup in a fact": (card(facts(value="_a_")), "value of a fact"),
    "a fact without a name": (card(facts(title="")), "title of a fact"),
    "no facts": (card({"type": "FactSet", "facts": []}), "facts of a FactSet"),
    "seven buttons": (card(row(*[button()] * 7)), "actions of a row"),
    "a row without buttons": (card(row()), "actions of a row"),
    "a link": (card(row({"type": "Action.OpenUrl"})), "'Action.OpenUrl' is not known"),
    "a button without words": (card(row(button(title=""))), "title of an action"),
    "a button that leads somewhere": (card(row(button(title="a.example"))), "become a link"),
    "an empty verb": (card(row(button(verb=""))), "empty verb"),
    "data that are words": (card(row(button(data="/x"))), "no object"),
    "a button of an unknown style": (card(row(button(style="danger"))), "style 'danger'"),
    "a button without a fallback": (card(row(without("fallback", button()))), "has no fallback"),
    "a bad fallback": (card(row(button(fallback={"type": "drop"}))), "'drop' is not known"),
    "a card in a card in a card": (card(row(asked(asked(button())))), "shows another one"),
    "a field without a name": (card(without("id", field())), "has no id"),
    "a field without a label": (card(field(label=" ")), "label of a Input.Text"),
    "a name twice": (card(field(), field()), "there twice"),
    "an empty name": (card(field(id="")), "id is empty"),
    "an answer of 3,001": (card(field(maxLength=3_001)), "maxLength of a field"),
    "no choices": (card(menu(choices=[])), "choices of a menu"),
    "a choice that says nothing": (
        card(menu(choices=[{"title": "A", "value": ""}])), "choice has no value",
    ),
    "a start that is no choice": (card(menu(value="/b")), "a choice that it does not have"),
    "a picture from the web": (card(picture(url="https://x.example")), "not in the card itself"),
    "a picture without words": (card(picture(altText="")), "altText of a Image"),
    "a picture over a megabyte": (
        card(picture(url=PICTURE + "A" * (MAX_PICTURE * 4 // 3 + 8))), "bytes of a picture",
    ),
    "a ragged table": (card(table(columns=2)), "as many cells"),
    "a table without a fallback": (card(table(fallback="drop")), "table has no fallback"),
    "a table of anything": (
        card(table(rows=[{"type": "TableRow", "cells": [words()]}])), "something else than cells",
    ),
    "a column of unknown width": (card(column(words(), width="50px")), "of a known width"),
    "80,001 bytes": (card(words("a" * 40_000)), "bytes of the card"),
}  # fmt: skip


@pytest.mark.parametrize(("wrong", "why"), REFUSED.values(), ids=REFUSED.keys())
def test_what_teams_would_refuse_is_noticed(wrong: dict[str, Any], why: str) -> None:
    assert [problem for problem in check(wrong) if why in problem]


@pytest.mark.parametrize(
    "element", [row(button()), field(), picture(), column(menu()), row(asked(button()))]
)
def test_nothing_can_be_pressed_or_seen_on_a_card_that_is_only_posted(
    element: dict[str, Any],
) -> None:
    assert check(card(element), is_post_only=False) == []
    assert check(card(element), is_post_only=True)


def test_what_is_within_the_limits_is_let_through() -> None:
    whole = card(
        words(style="heading", size="Large", weight="Bolder"),
        words("- one\r- two"),
        facts(),
        table(),
        picture(msteams={"allowExpand": True}),
        row(*[button(style="positive")] * 6),
        row(asked(button(style="destructive"))),
        column(menu(), verticalContentAlignment="Bottom"),
        field(isRequired=True, errorMessage="Please fill in: A"),
        msteams={"width": "full"},
    )

    assert check(whole) == []


def test_pictures_do_not_count() -> None:
    data = base64.b64encode(b"x" * 300_000).decode()

    assert weight(picture(url=PICTURE + data)) == weight(picture(url=PICTURE))
