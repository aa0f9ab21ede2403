"""Dialogues: a form, what was typed into it, and an answer that is read in one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.channels.slack.heard import Body, Metadata
from bot.render.slack import FORM, render_form, render_home
from bot.render.slack_limits import MAX_VIEW_BLOCKS
from bot.replies import Buttons, Form, Menu, Reply

ANSWER: Final = "answer"
"""The callback_id of an answer: it is only read."""

_ABOVE: Final = "above-"
"""How the ids of blocks begin that say what is wrong with a form."""


def form_of(reply: Reply) -> Form | None:
    """Return the form that a reply asks to be filled in, or None."""
    return next((block for block in reply.blocks if isinstance(block, Form)), None)


def form_view(reply: Reply, form: Form, *, channel: str) -> dict[str, Any]:
    """Return the dialogue of a form, with what the reply says besides above it."""
    carried = Metadata(command=form.command, channel=channel).write()
    view: dict[str, Any] = render_form(form, private_metadata=carried)
    words = tuple(one for one in reply.blocks if not isinstance(one, Form | Buttons | Menu))
    if words:
        above = _above(Reply(summary=reply.summary, blocks=words, standing=reply.standing))
        view["blocks"] = [*above, *view["blocks"]][:MAX_VIEW_BLOCKS]
    return {**view, "callback_id": FORM, "private_metadata": carried}


def answer_view(
    reply: Reply, *, channel: str = "", files: Mapping[int, str] | None = None
) -> dict[str, Any]:
    """Return a dialogue in which a reply is read."""
    return {
        "type": "modal",
        "callback_id": ANSWER,
        "title": _plain("Threat Desk"),
        "close": _plain("Close"),
        "private_metadata": Metadata(channel=channel).write(),
        "blocks": _blocks(reply, files),
    }


def home_view(reply: Reply, *, files: Mapping[int, str] | None = None) -> dict[str, Any]:
    """Return the app's Home with a reply in it."""
    return {"type": "home", "blocks": _blocks(reply, files)}


def waiting_view(view: Body) -> dict[str, Any]:
    """Return what a form shows while its answer is being worked out."""
    return {
        "type": "modal",
        "callback_id": ANSWER,
        "title": view["title"],
        "close": _plain("Close"),
        "blocks": [
            {"type": "section", "text": _plain("It is being done; this takes a moment longer.")}
        ],
    }


def form_again(view: Body, reply: Reply) -> dict[str, Any]:
    """Return a form that was sent, as it was filled in, with what is wrong above it."""
    kept = [
        _filled(block, view)
        for block in view["blocks"]
        if not str(block.get("block_id", "")).startswith(_ABOVE)
    ]
    blocks = [*_above(reply), *kept][:MAX_VIEW_BLOCKS]
    shown = {name: view[name] for name in ("type", "title", "submit", "close") if view.get(name)}
    carried = view.get("private_metadata", "")
    return {**shown, "callback_id": FORM, "private_metadata": carried, "blocks": blocks}


def answers(view: Body) -> dict[str, str]:
    """Return what was filled in, by the field's name; what was left empty is empty."""
    return {name: _said(element) for name, element in _elements(view)}


def _elements(view: Body) -> Iterator[tuple[str, Body]]:
    """Each element of a form that was sent; its block carries the field's name."""
    for name, elements in view["state"]["values"].items():
        for element in elements.values():
            yield name, element


def _said(element: Body) -> str:
    chosen = element.get("selected_option") or {}
    said = element.get("value") or element.get("selected_date") or chosen.get("value")
    return str(said or "")


_STARTS: Final = {
    "plain_text_input": ("initial_value", "value"),
    "datepicker": ("initial_date", "selected_date"),
    "static_select": ("initial_option", "selected_option"),
    "radio_buttons": ("initial_option", "selected_option"),
}
"""By type of element: what it starts with, and what was said in it (docs.slack.dev, Blocks)."""


def _filled(block: Body, view: Body) -> dict[str, Any]:
    """Return a field as it was filled in; any other block as it is."""
    element = block.get("element") or {}
    if element.get("type") not in _STARTS:
        return dict(block)
    starts_with, said_in = _STARTS[element["type"]]
    said = dict(_elements(view)).get(block.get("block_id", ""), {}).get(said_in)
    empty = {key: value for key, value in element.items() if key != starts_with}
    return {**block, "element": {**empty, **({starts_with: said} if said else {})}}


def _above(reply: Reply) -> list[dict[str, Any]]:
    return [
        {**block, "block_id": f"{_ABOVE}{number}"}
        for number, block in enumerate(_blocks(reply, None))
        if block["type"] != "actions"
    ]


def _blocks(reply: Reply, files: Mapping[int, str] | None) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = render_home(reply, charts=files or {})["blocks"]
    return blocks


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
