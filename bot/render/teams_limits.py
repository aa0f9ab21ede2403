"""What Teams refuses or does not show, as named limits, and a check before anything is sent.

Neither check that exists is enough.  `microsoft_teams.cards` lets unknown types, missing texts,
misspelt properties and bad values through.  The published schema (AdaptiveCards 1.5.0) lets
misspelt values through where they contain a right one, knows nothing of sizes, names or what may
stand in what, and refuses what only Teams knows (`msteams`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.render.fit import is_blank
from bot.render.harmless import harmless
from bot.render.teams_text import is_plain

Node = Mapping[str, Any]

VERSION: Final = "1.5"
"""The newest that Teams shows everywhere (learn.microsoft.com, "Types of cards")."""

SCHEMA: Final = "http://adaptivecards.io/schemas/adaptive-card.json"

BOT_ROOM: Final = 80_000
"""Bytes of a card that a bot sends, pictures not counted: 100 KB as UTF-16 is refused about there,
and Teams advises 80 KB (learn.microsoft.com, "Format your bot messages")."""

POST_ROOM: Final = 27_000
"""Bytes of a card that is only posted, all counted: a workflow's webhook takes 28 KB, the message
around the card included (learn.microsoft.com, "Create incoming webhooks with Workflows")."""

MAX_ACTIONS: Final = 6
"""Of one row: Teams on the desktop shows no more; a further row shows six more
(github.com/MicrosoftDocs/msteams-docs, issue 5356; MicrosoftDocs/bot-docs, issue 2161)."""

MAX_PICTURE: Final = 1_000_000
"""Bytes of one picture (learn.microsoft.com, "Format cards in Teams": less than 1 MB)."""

MAX_COMMAND: Final = 4_000
"""Bytes of a command that a button carries; Teams sets no limit of its own."""

MAX_CHOICES: Final = 100
"""Of one menu or field: more could not be read through; Teams sets no limit of its own."""

MAX_INPUT: Final = 3_000
"""Characters that somebody may type into a field, as in Slack."""

PICTURE: Final = "data:image/png;base64,"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a thing of one type must have, and may have."""

    must: frozenset[str]
    may: frozenset[str] = frozenset()


def _kind(must: str, may: str = "") -> Kind:
    return Kind(must=frozenset(must.split()), may=frozenset(may.split()))


ELEMENTS: Final[Mapping[str, Kind]] = {
    "TextBlock": _kind("text wrap", "weight size style isSubtle spacing separator"),
    "FactSet": _kind("facts", "spacing"),
    "Table": _kind("columns rows firstRowAsHeader showGridLines fallback", "spacing gridStyle"),
    "Image": _kind("url altText size", "msteams"),
    "ActionSet": _kind("actions", "spacing"),
    "ColumnSet": _kind("columns"),
    "Input.ChoiceSet": _kind(
        "id label choices style", "value placeholder isRequired errorMessage wrap"
    ),
    "Input.Text": _kind("id label maxLength", "value isMultiline isRequired errorMessage"),
    "Input.Date": _kind("id label", "value isRequired errorMessage"),
}

ACTIONS: Final[Mapping[str, Kind]] = {
    "Action.Execute": _kind("title verb data fallback", "style associatedInputs"),
    "Action.Submit": _kind("title data", "style associatedInputs"),
    "Action.ShowCard": _kind("title card", "style"),
}

CARD: Final = _kind("body", "$schema version msteams fallbackText lang actions")

PARTS: Final[Mapping[str, Kind]] = {
    "fact": _kind("title value"),
    "choice": _kind("title value"),
    "column": _kind("width", "horizontalCellContentAlignment"),
    "Column": _kind("width items", "verticalContentAlignment"),
    "row": _kind("cells"),
    "cell": _kind("items"),
}

VALUES: Final[Mapping[str, tuple[object, ...]]] = {
    "weight": ("Bolder",),
    "size": ("Small", "Medium", "Large", "Stretch"),
    "spacing": ("None", "Small", "Medium"),
    "horizontalCellContentAlignment": ("Left", "Right"),
    "verticalContentAlignment": ("Bottom",),
    "associatedInputs": ("none",),
    "version": (VERSION,),
    "$schema": (SCHEMA,),
}
"""What a property may say, wherever it stands."""

STYLES: Final[Mapping[str, tuple[str, ...]]] = {
    "TextBlock": ("heading",),
    "Input.ChoiceSet": ("compact", "expanded"),
    "Action.Execute": ("positive", "destructive"),
    "Action.Submit": ("positive", "destructive"),
    "Action.ShowCard": ("positive", "destructive"),
}

LABELS: Final = ("label", "placeholder", "errorMessage", "altText")
"""Seen or heard, and not read as Markdown."""


def weight(node: object) -> int:
    """Return the bytes of a card or a part of it as UTF-16, pictures not counted."""
    pictures = sum(len(url) - len(PICTURE) for url in _pictures(node))
    return len(json.dumps(node, ensure_ascii=False).encode("utf-16-le")) - 2 * pictures


def check(card: Node, *, room: int = BOT_ROOM, is_post_only: bool = False) -> list[str]:
    """Return what Teams would refuse or not show in a card, a sentence each; empty if nothing."""
    problems = list(_card(card))
    problems += _number("bytes of the card", weight(card), room)
    if "version" not in card or is_blank(card.get("fallbackText", "")):
        problems.append("The card has no version, or nothing for who cannot see it.")
    names = Counter(node["id"] for node in _nodes(card) if isinstance(node.get("id"), str))
    problems += [f"The id {name!r} is there twice." for name, n in names.items() if n > 1]
    problems += ["An id is empty." for name in names if is_blank(name)]
    found = {node.get("type", "") for node in _nodes(card)}
    if is_post_only and any(kind.startswith(("Action", "Input", "Image")) for kind in found):
        problems.append("A card that is only posted has buttons, fields or pictures.")
    return problems


def _pictures(node: object) -> Iterator[str]:
    for inner in _nodes(node):
        if inner.get("type") == "Image" and str(inner.get("url")).startswith(PICTURE):
            yield inner["url"]


def _nodes(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for inner in node:
            yield from _nodes(inner)
    elif isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from _nodes(inner)


def _number(what: str, found: int, most: int, *, least: int = 1) -> Iterator[str]:
    if not least <= found <= most:
        yield f"The {what}: {found:,}, and {least} to {most:,} are allowed."


def _card(card: Node, *, is_inner: bool = False) -> Iterator[str]:
    if card.get("type") != "AdaptiveCard":
        yield "The card is of no known type."
    yield from _properties("card", card, CARD)
    yield from _number("elements of a card", len(card.get("body", [])), 10**6)
    for element in card.get("body", []):
        yield from _element(element)
    if "actions" in card:
        yield from _actions(card["actions"], is_inner=is_inner)
    if not is_inner and card.get("msteams", {"width": "full"}) != {"width": "full"}:
        yield "The card has a width that Teams does not know."
    if "fallbackText" in card:
        yield from _markdown("fallbackText", card["fallbackText"])


def _properties(what: str, node: Node, kind: Kind) -> Iterator[str]:
    for missing in sorted(kind.must - node.keys()):
        yield f"A {what} has no {missing}."
    for unknown in sorted(node.keys() - kind.must - kind.may - {"type"}):
        yield f"A {what} has {unknown!r}, which is not known here."
    for name, allowed in VALUES.items():
        if name in node and node[name] not in allowed:
            yield f"A {what} has {name} {node[name]!r}."
    for name in LABELS:
        if name in node:
            yield from _label(f"{name} of a {what}", node[name])
    style = node.get("style")
    if style is not None and style not in STYLES.get(what, ()):
        yield f"A {what} has style {style!r}."


def _element(element: Node) -> Iterator[str]:
    name = element.get("type", "")
    kind = ELEMENTS.get(name)
    if kind is None:
        yield f"An element of type {name!r} is not known here."
        return
    yield from _properties(name, element, kind)
    match name:
        case "TextBlock":
            yield from _markdown("text", element.get("text"))
        case "FactSet":
            yield from _facts(element.get("facts", []))
        case "Table":
            yield from _table(element)
        case "Image":
            yield from _image(element)
        case "ActionSet":
            yield from _actions(element.get("actions", []))
        case "ColumnSet":
            yield from _columns(element.get("columns", []))
        case "Input.ChoiceSet":
            yield from _choices(element)
        case "Input.Text":
            yield from _number("maxLength of a field", element.get("maxLength", 0), MAX_INPUT)


def _markdown(what: str, text: object) -> Iterator[str]:
    if not isinstance(text, str) or is_blank(text):
        yield f"The {what} is empty, or no text."
    elif not is_plain(text):
        yield f"The {what} could be read as markup, or call somebody: {text[:80]!r}."


def _label(what: str, text: object) -> Iterator[str]:
    if not isinstance(text, str) or is_blank(text):
        yield f"The {what} is empty, or no text."
    elif harmless(text) != text:
        yield f"The {what} could call somebody or become a link: {text[:80]!r}."


def _facts(facts: list[Node]) -> Iterator[str]:
    yield from _number("facts of a FactSet", len(facts), 10**6)
    for fact in facts:
        yield from _properties("fact", fact, PARTS["fact"])
        for name in ("title", "value"):
            yield from _markdown(f"{name} of a fact", fact.get(name))


def _columns(columns: list[Node]) -> Iterator[str]:
    for column in columns:
        yield from _properties("Column", column, PARTS["Column"])
        if column.get("type") != "Column" or column.get("width") not in ("stretch", "auto"):
            yield "A column set holds something else than columns of a known width."
        for element in column.get("items", []):
            yield from _element(element)


def _image(element: Node) -> Iterator[str]:
    url = str(element.get("url"))
    if not url.startswith(PICTURE):
        yield "A picture is not in the card itself."
    yield from _number("bytes of a picture", (len(url) - len(PICTURE)) * 3 // 4, MAX_PICTURE)
    if element.get("msteams", {"allowExpand": True}) != {"allowExpand": True}:
        yield "A picture has something for Teams that Teams does not know."


def _table(table: Node) -> Iterator[str]:
    columns, rows = table.get("columns", []), table.get("rows", [])
    yield from _number("rows of a table", len(rows), 10**6)
    for column in columns:
        yield from _properties("column", column, PARTS["column"])
    for row in rows:
        yield from _properties("row", row, PARTS["row"])
        if row.get("type") != "TableRow" or len(row.get("cells", [])) != len(columns):
            yield "A row of a table has not as many cells as there are columns."
        for cell in row.get("cells", []):
            yield from _properties("cell", cell, PARTS["cell"])
            if cell.get("type") != "TableCell":
                yield "A row of a table holds something else than cells."
            for element in cell.get("items", []):
                yield from _element(element)
    fallback = table.get("fallback")
    yield from _element(fallback) if isinstance(fallback, dict) else ["A table has no fallback."]


def _choices(element: Node) -> Iterator[str]:
    choices = element.get("choices", [])
    yield from _number("choices of a menu", len(choices), MAX_CHOICES)
    for choice in choices:
        yield from _properties("choice", choice, PARTS["choice"])
        yield from _label("title of a choice", choice.get("title"))
        if not choice.get("value"):
            yield "A choice has no value."
    values = [choice.get("value") for choice in choices]
    if "value" in element and element["value"] not in values:
        yield "A menu begins with a choice that it does not have."


def _actions(actions: list[Node], *, is_inner: bool = False) -> Iterator[str]:
    yield from _number("actions of a row", len(actions), MAX_ACTIONS)
    for action in actions:
        yield from _action(action, is_inner=is_inner)


def _action(action: Node, *, is_inner: bool = False) -> Iterator[str]:
    name = action.get("type", "")
    kind = ACTIONS.get(name)
    if kind is None:
        yield f"An action of type {name!r} is not known here."
        return
    yield from _properties(name, action, kind)
    yield from _label("title of an action", action.get("title"))
    if "data" in action and not isinstance(action["data"], dict):
        yield "The data of an action are no object."
    if "verb" in action and is_blank(str(action["verb"])):
        yield "An action has an empty verb."
    if isinstance(action.get("fallback"), dict):
        yield from _action(action["fallback"], is_inner=is_inner)
    if name == "Action.ShowCard":
        if is_inner:
            yield "A card that is shown by a button shows another one: Teams does not."
        yield from _card(action.get("card", {}), is_inner=True)
