"""A form as a dialogue of Slack: one field to a block, under the field's own name."""

from __future__ import annotations

from datetime import date
from typing import Final

from bot.render import slack_limits as limits
from bot.render.fit import is_blank, one_line, shorten
from bot.render.slack_limits import check_view
from bot.render.slack_text import Payload, plain, size
from bot.replies import Field, FieldKind, Form

FORM: Final = "form"
"""The `callback_id` of a dialogue; what is to be done stands in its private metadata."""

ANSWER: Final = "answer"
"""The `action_id` of each field; its `block_id` is the field's name."""


def render_form(form: Form, *, private_metadata: str) -> Payload:
    """Return a modal for `views.open`: `state.values[field.name]["answer"]` holds an answer.

    Args:
        form: What is asked for.
        private_metadata: What the channel needs when the form is sent, its command included.

    Raises:
        ValueError: The view would be refused: names of fields that recur or are too long, or
            private metadata over 3,000 characters.
    """
    fitting = form.fields[: limits.MAX_VIEW_BLOCKS - 1]
    blocks = [_block(field) for field in fitting]
    if len(form.title) > limits.MAX_VIEW_TITLE or not blocks:
        blocks.insert(0, _said(form.title))
        del blocks[limits.MAX_VIEW_BLOCKS - 1 :]
    left_out = len(form.fields) - sum(block["type"] == "input" for block in blocks)
    if left_out:
        blocks.append(_said(f"… {left_out} more questions left out: Slack shows "
                            f"{limits.MAX_VIEW_BLOCKS} at most."))  # fmt: skip
    view = {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": private_metadata,
        "title": plain(form.title, limits.MAX_VIEW_TITLE),
        "submit": plain(form.submit, limits.MAX_VIEW_TITLE),
        "close": plain("Cancel", limits.MAX_VIEW_TITLE),
        "blocks": blocks,
    }
    problems = check_view(view)
    if problems:
        raise ValueError("Slack would refuse this form: " + " ".join(problems[:5]))
    return view


def _said(text: str) -> Payload:
    return {"type": "section", "text": plain(text, limits.MAX_TEXT)}


def _block(field: Field) -> Payload:
    element = _element(field)
    block = {
        "type": "input",
        "block_id": field.name,
        "label": plain(one_line(field.label), limits.MAX_LABEL),
        "element": element | {"action_id": ANSWER},
        "optional": not field.is_required,
    }
    if not is_blank(field.hint):
        block["hint"] = plain(field.hint, limits.MAX_LABEL)
    return block


def _element(field: Field) -> Payload:
    """Return what an answer is given with; a choice among nothing becomes a line to fill in."""
    match field.kind:
        case FieldKind.CHOICE if options := _options(field):
            chosen = [option for option in options if option["value"] == field.value]
            begin = {"initial_option": chosen[0]} if chosen else {}
            return {"type": "static_select", "options": options, **begin}
        case FieldKind.DATE:
            return {
                "type": "datepicker",
                **({"initial_date": field.value} if _is_day(field.value) else {}),
            }
        case FieldKind.LINE | FieldKind.TEXT | FieldKind.CHOICE:
            text: Payload = {
                "type": "plain_text_input",
                "multiline": field.kind is FieldKind.TEXT,
                "max_length": limits.MAX_INPUT,
            }
            start = shorten(field.value, limits.MAX_INPUT, measure=size)
            return text | ({"initial_value": start} if start else {})


def _options(field: Field) -> list[Payload]:
    """Return the choices that Slack can carry; each value once."""
    options = {
        choice.value: {
            "text": plain(one_line(choice.label), limits.MAX_OPTION),
            "value": choice.value,
        }
        for choice in reversed(field.choices)
        if choice.value and size(choice.value) <= limits.MAX_OPTION_VALUE
    }
    return list(reversed(options.values()))[: limits.MAX_OPTIONS]


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
