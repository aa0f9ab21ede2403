"""The cards of a conversation, with what they carry along unseen.

Teams sends a press without the card it was pressed on.  So each button of an answer says that one
person alone sees its card, and each form's button carries the form, to show it again as it was
filled in.  What comes back may have been changed by who sent it, and shows nobody else anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.channels.teams.pictures import Drawn
from bot.render.teams import BOT_ROOM, FORM, Card, render
from bot.replies import Form, Reply

ALONE: Final = "alone"
"""Data: the card is seen by one person alone, so that an answer may stand in its place."""

CARRIED: Final = "form"
"""Data: the form that is sent."""

_FORMS: Final = TypeAdapter(Form)

_CARRIED_TWICE: Final = 2
"""A button carries its data once more in its fallback."""


def answer_card(reply: Reply, pictures: Drawn | None = None) -> Card:
    """Return an answer as a card that one person alone is to see."""
    forms = {
        one.command: _FORMS.dump_json(one).decode() for one in reply.blocks if isinstance(one, Form)
    }
    carried = sum(len(form) for form in forms.values()) * _CARRIED_TWICE * 2  # in UTF-16
    card = render(reply, pictures=pictures, room=max(BOT_ROOM - carried, BOT_ROOM // 2))
    for action in _actions(card):
        data = action.get("data")
        if not isinstance(data, dict):
            continue
        data[ALONE] = "yes"
        verb = action.get("verb") or data.get("verb")
        if verb == FORM and (form := forms.get(data.get("command", ""))):
            data[CARRIED] = form
    return card


def is_alone(data: Mapping[str, Any]) -> bool:
    """Whether a press came from a card that one person alone sees."""
    return data.get(ALONE) == "yes"


def form_again(data: Mapping[str, Any], fields: Mapping[str, str], reply: Reply) -> Reply:
    """Return what is wrong with a form, and the form below it as it was filled in."""
    try:
        form = _FORMS.validate_json(data.get(CARRIED, ""))
    except (ValidationError, TypeError):
        return reply  # no form of ours: what is wrong is said, without it
    filled = tuple(replace(one, value=fields.get(one.name, one.value)) for one in form.fields)
    return replace(reply, blocks=(*reply.blocks, replace(form, fields=filled)))


def _actions(part: Any) -> Iterator[dict[str, Any]]:
    """Return every action of a card, those in its fallbacks and opening parts among them."""
    if isinstance(part, dict):
        if str(part.get("type", "")).startswith("Action."):
            yield part
        for inner in part.values():
            yield from _actions(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _actions(inner)
