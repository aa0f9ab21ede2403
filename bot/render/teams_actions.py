"""What can be pressed, chosen and filled in on a card: how it is written, and read when it comes.

`Action.Execute` comes back as an invoke whose answer replaces the card; where a client does not
know it, its fallback `Action.Submit` comes back as a message.  Both carry the same data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.render.fit import is_blank
from bot.render.teams_limits import MAX_COMMAND
from bot.render.teams_text import Element, label, size, text_block, words
from bot.replies import Button, Style

RUN: Final = "run"
"""The verb of what runs a command."""

SHARE: Final = "share"
"""The verb of the button whose command is to be answered in the channel."""

FORM: Final = "form"
"""The verb of a form that is sent."""

COMMAND: Final = "command"
"""Data: the command of a button, or of a form."""

MENU: Final = "menu"
"""Data: the input whose chosen value is the command, e.g. "menu.1"."""

FIELDS: Final = "fields"
"""Data: how the names of the inputs begin that are a form's fields, e.g. "field."."""

VERB: Final = "verb"
"""Data of an `Action.Submit`, which has no verb of its own."""

MAX_TITLE: Final = 120
"""Bytes of a button's title: some 60 letters, two lines on a phone."""

MAX_QUESTION: Final = 1_000
"""Bytes of what is asked before something is done."""

STYLES: Final[Mapping[Style, str]] = {Style.PRIMARY: "positive", Style.DANGER: "destructive"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What somebody did on a card.

    Attributes:
        verb: RUN, SHARE or FORM; empty: not one of our buttons.
        command: What is asked for; empty: nothing was chosen.
        fields: The answers to a form, by the names of its fields; empty answers included.
    """

    verb: str
    command: str
    fields: Mapping[str, str]


def read_pressed(data: Mapping[str, object], *, verb: str = "") -> Pressed:
    """Read what came back from a card.

    Args:
        data: Of `Action.Execute` the action's data, of `Action.Submit` the message's value.  Who
            sends it may have changed it: it says no more than what somebody might have typed.
        verb: Of `Action.Execute`; an `Action.Submit` has it in its data.
    """
    command = data.get(COMMAND) or data.get(str(data.get(MENU, ""))) or ""
    start = data.get(FIELDS)
    fields = {
        name.removeprefix(start): value
        for name, value in data.items()
        if isinstance(start, str) and start and name.startswith(start) and isinstance(value, str)
    }
    told = verb or data.get(VERB)
    return Pressed(
        verb=told if told in (RUN, SHARE, FORM) else "",
        command=command if isinstance(command, str) else "",
        fields=fields,
    )


def can_carry(command: str) -> bool:
    """Whether a button or a choice can hold a command."""
    return not is_blank(command) and size(command) <= MAX_COMMAND


def action(
    title: str, verb: str, data: Mapping[str, str], *, style: str = "", reads_inputs: bool = False
) -> Element:
    """Return a button.

    Args:
        title: What is on it.
        verb: RUN, SHARE or FORM.
        data: What comes back when it is pressed.
        style: Of Adaptive Cards; empty: like any other.
        reads_inputs: Whether what is filled in on the card comes back too.  If not, an empty
            required field elsewhere does not hold the button up.
    """
    looks: Element = {"title": label(title, MAX_TITLE)}
    looks |= {"style": style} if style else {}
    looks |= {} if reads_inputs else {"associatedInputs": "none"}
    fallback = {"type": "Action.Submit", **looks, "data": {VERB: verb, **data}}
    return {
        "type": "Action.Execute",
        **looks,
        "verb": verb,
        "data": dict(data),
        "fallback": fallback,
    }


def button(one: Button) -> Element:
    """Return a button of a reply; what is to be confirmed first opens its question."""
    title = one.label if not is_blank(one.label) else one.command
    style = STYLES.get(one.style, "")
    made = action(title, RUN, {COMMAND: one.command}, style=style)
    if is_blank(one.confirm):
        return made
    question = text_block(words(one.confirm, MAX_QUESTION))
    return {
        "type": "Action.ShowCard",
        "title": made["title"],
        **({"style": style} if style else {}),
        "card": {"type": "AdaptiveCard", "body": [question], "actions": [made]},
    }


def share(command: str) -> Element:
    """Return the button that answers a command again in the channel."""
    return action("Share to channel", SHARE, {COMMAND: command})


def action_set(actions: list[Element]) -> Element:
    """Return a row of buttons."""
    return {"type": "ActionSet", "actions": actions}
