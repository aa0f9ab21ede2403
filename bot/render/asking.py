"""A form, and things to do, where neither dialogues nor buttons exist: what to type."""

from __future__ import annotations

from bot.replies import Button, Field, FieldKind, Form


def what_to_type(button: Button) -> str:
    """Say how the command of a button is given by hand."""
    return f"{button.label}: type `{button.command}`"


def field_in_words(field: Field) -> str:
    """Say what a field asks for, and what it holds already."""
    match field.kind:
        case FieldKind.LINE:
            wanted = ""
        case FieldKind.TEXT:
            wanted = "several lines"
        case FieldKind.CHOICE:
            wanted = "one of: " + ", ".join(choice.label for choice in field.choices)
        case FieldKind.DATE:
            wanted = "a date, YYYY-MM-DD"
    about = [wanted, "" if field.is_required else "may be left empty", field.hint]
    if field.value:
        about.append(f"now: {_label_of(field)}")
    said = "; ".join(part for part in about if part)
    return f"{field.label} ({said})" if said else field.label


def how_to_answer(form: Form) -> str:
    """Say what to type instead of sending the form."""
    labels = "; ".join(field.label for field in form.fields)
    return f"{form.submit}: type `{form.command}`" + (f" and add: {labels}" if labels else "")


def _label_of(field: Field) -> str:
    """Return what is filled in, in the words that are shown for it."""
    labels = {choice.value: choice.label for choice in field.choices}
    return labels.get(field.value, field.value)
