"""Finding what can be pressed on a card, and what is sent when it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.teams.tenant import Json


def pressed(card: Json, label: str, fields: Mapping[str, str]) -> Json:
    """Return what is sent for the action with a label: its data, and what was filled in."""
    for action in actions(card):
        if action.get("title") == label and action["type"] in ("Action.Execute", "Action.Submit"):
            told = {} if action.get("associatedInputs") == "none" else {**filled(card), **fields}
            data = {**told, **(action.get("data") or {})}
            return {**action, "data": data}
    raise AssertionError(f"there is no button {label!r}; there are {labels(card)}")


def labels(card: Json) -> list[str]:
    """Return what can be pressed, in the order that it is shown."""
    return [str(one.get("title", "")) for one in actions(card)]


def actions(card: Any) -> Iterator[Json]:
    """Return every action of a card, those in cards that open among them."""
    for part in walk(card):
        if str(part.get("type", "")).startswith("Action."):
            yield part


def filled(card: Json) -> dict[str, str]:
    """Return what the fields of a form hold before anybody writes."""
    return {
        str(part["id"]): str(part.get("value", ""))
        for part in walk(card)
        if str(part.get("type", "")).startswith("Input.")
    }


def walk(part: Any) -> Iterator[Json]:
    """Return every object in a card; not what stands in for it where it is not understood."""
    if isinstance(part, dict):
        yield part
        for name, inner in part.items():
            if name not in ("fallback", "data"):
                yield from walk(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from walk(inner)
