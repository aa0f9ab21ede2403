"""A form as fields on a card."""

from __future__ import annotations

from datetime import date
from typing import Final

from bot.render.fit import clean, is_blank, shorten
from bot.render.teams_actions import COMMAND, FIELDS, FORM, action, action_set
from bot.render.teams_limits import MAX_CHOICES, MAX_COMMAND, MAX_INPUT
from bot.render.teams_text import Element, label, line, size, text_block
from bot.replies import Field, FieldKind, Form

MAX_LABEL: Final = 800
"""Bytes of a field's label, its hint included, and of what is said of an empty one."""

MAX_CHOICE: Final = 300
"""Bytes of what is shown of a choice."""


def form_elements(form: Form, *, number: int, is_alone: bool) -> list[Element]:
    """Return the title, the fields and the button of a form.

    Args:
        form: What is asked for.
        number: Which form of the card it is, from 1: tells fields of the same name apart.
        is_alone: Whether nothing else on the card reads inputs.  Teams holds every such button up
            while any required field of the card is empty, so only then a field may be required;
            else the label says that it is needed.
    """
    start = "field." if number == 1 else f"field{number}."
    data = {COMMAND: form.command, FIELDS: start}
    title = [] if is_blank(clean(form.title)) else [_title(form.title)]
    fields = [_input(field, start, is_alone=is_alone) for field in form.fields]
    send = action(form.submit, FORM, data, style="positive", reads_inputs=True)
    return [*title, *fields, action_set([send])]


def _title(text: str) -> Element:
    return text_block(line(text, MAX_LABEL), weight="Bolder")


def _input(field: Field, start: str, *, is_alone: bool) -> Element:
    about = [field.hint] if not is_blank(clean(field.hint)) else []
    about += ["needed"] if field.is_required and not is_alone else []
    made = _element(field)
    left_out = len({one.value for one in field.choices}) - len(made.get("choices", []))
    if field.kind is FieldKind.CHOICE and left_out:
        about.append(f"{left_out:,} choices left out")
    name = f"{field.label} ({'; '.join(about)})" if about else field.label
    made |= {"id": start + field.name, "label": label(name, MAX_LABEL)}
    if field.is_required and is_alone:
        said = label(f"Fill in: {field.label}", MAX_LABEL)
        made |= {"isRequired": True, "errorMessage": said}
    return made


def _element(field: Field) -> Element:
    """Return what an answer is given with; a choice among nothing becomes a line to fill in."""
    match field.kind:
        case FieldKind.CHOICE if choices := _choices(field):
            chosen = [one["value"] for one in choices if one["value"] == field.value]
            start = {"value": chosen[0]} if chosen else {"placeholder": "Choose"}
            return {"type": "Input.ChoiceSet", "style": "compact", "choices": choices, **start}
        case FieldKind.DATE:
            return {"type": "Input.Date"} | ({"value": field.value} if _is_day(field) else {})
        case FieldKind.LINE | FieldKind.TEXT | FieldKind.CHOICE:
            value = shorten(clean(field.value), MAX_INPUT)
            return {
                "type": "Input.Text",
                "maxLength": MAX_INPUT,
                **({"isMultiline": True} if field.kind is FieldKind.TEXT else {}),
                **({"value": value} if value else {}),
            }


def _choices(field: Field) -> list[Element]:
    """Return the choices that a card can carry; each value once."""
    choices = {
        choice.value: {"title": label(choice.label, MAX_CHOICE), "value": choice.value}
        for choice in reversed(field.choices)
        if choice.value and size(choice.value) <= MAX_COMMAND
    }
    return list(reversed(choices.values()))[:MAX_CHOICES]


def _is_day(field: Field) -> bool:
    try:
        return date.fromisoformat(field.value).isoformat() == field.value
    except ValueError:
        return False
