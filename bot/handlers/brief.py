"""`/brief add TEXT`: what is coming, noted for the next briefing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Protocol

from bot.access import Refused
from bot.handlers.command import Asked, Command, Example
from bot.people import Person, Role, Surface
from bot.replies import Bullets, Button, Buttons, Paragraph, Reply
from bot.replies.doing import HorizonItem
from bot.replies.phrases import counted
from metrics.calendar import say_date
from metrics.errors import UserError

LONGEST: Final = 1000
"""Characters of an item: a paragraph of a paper."""

MAY_WRITE: Final = (Role.CHIEF_OFFICER, Role.ANALYST)
"""Who notes items: they stand in a paper that goes to the board."""

HINT: Final = "Write /brief add TEXT, /brief list, or /brief remove NUMBER."


class Horizon(Protocol):
    """Where items are kept."""

    def items(self) -> tuple[HorizonItem, ...]:
        """Return the items that stand, the oldest first."""

    def add(self, words: str, *, by: Person, now: datetime) -> HorizonItem:
        """Note an item."""

    def remove(self, number: int, *, by: Person, now: datetime) -> HorizonItem:
        """Take an item away.  Raises `UnknownName`."""


def brief_command(horizon: Horizon) -> Command:
    """Make the command over the items that are kept."""
    return Command(
        name="brief",
        usage="/brief add TEXT|list|remove NUMBER",
        does="Notes what is coming for the next briefing: horizon scanning.",
        examples=(Example(text="/brief list", gives="What has been noted"),),
        handler=lambda asked: _answer(asked, horizon),
        aliases=("horizon",),
    )


def _answer(asked: Asked, horizon: Horizon) -> Reply:
    first, _, rest = asked.words.strip().partition(" ")
    part = PARTS.get(first.casefold() or "list")
    if part is None:
        raise UserError(f"/brief cannot “{first}”.", hint=HINT)
    _ask_may_read(asked)
    return part(asked, rest.strip(), horizon)


def _ask_may_read(asked: Asked) -> None:
    """Raises `Refused` where items may not be shown: they are free text that nobody can check."""
    if asked.person.role is None:
        raise Refused(
            "You are not known here, so nothing can be shown.",
            hint="Ask the person who runs Threat Desk to add you.",
        )
    if asked.surface is not Surface.PRIVATE:
        raise Refused("Horizon-scanning items are shown in private and in the paper; ask there.")


def _ask_may_write(asked: Asked) -> None:
    """Raises `Refused` where the asker may only read."""
    if asked.person.role not in MAY_WRITE:
        raise Refused(
            "Items are noted by chief officers and analysts: they stand in a paper of the board.",
            hint="You can read them: /brief list.",
        )


def _list(_asked: Asked, _rest: str, horizon: Horizon) -> Reply:
    return _shown(horizon.items())


def _add(asked: Asked, rest: str, horizon: Horizon) -> Reply:
    _ask_may_write(asked)
    words = " ".join(rest.split())
    if not words:
        raise UserError("What is coming?", hint="Write it after /brief add.")
    if len(words) > LONGEST:
        raise UserError(
            f"That is {len(words)} characters long, and an item has {LONGEST} at most.",
            hint="Note what it means for the force, and where to read the rest.",
        )
    item = horizon.add(words, by=asked.person, now=asked.now)
    return _shown(horizon.items(), said=f"Noted as item {item.number}: it stands in the briefing.")


def _remove(asked: Asked, rest: str, horizon: Horizon) -> Reply:
    _ask_may_write(asked)
    if not (rest.isascii() and rest.isdigit()) or len(rest) > LONGEST_NUMBER:
        raise UserError("Which item?", hint="Write its number: /brief remove 3.")
    item = horizon.remove(int(rest), by=asked.person, now=asked.now)
    return _shown(horizon.items(), said=f"Item {item.number} is taken away: {item.text}")


LONGEST_NUMBER: Final = 9
"""Digits of a number that a database's integer can hold."""

Part = Callable[[Asked, str, Horizon], Reply]

PARTS: Final[Mapping[str, Part]] = {
    "add": _add,
    "list": _list,
    "remove": _remove,
}


def _shown(items: tuple[HorizonItem, ...], *, said: str = "") -> Reply:
    """Show the items that stand, after what was done."""
    count = f"{counted(len(items), 'items')} noted for the briefing." if items else NOTHING
    words = said or count
    lines = tuple(f"{one.number}. {one.text} ({one.by}, {say_date(one.day)})" for one in items)
    return Reply(
        summary=words,
        blocks=(
            Paragraph(text=words, strong=True),
            *((Bullets(items=lines),) if lines else ()),
            Buttons(items=(Button(label="Monthly briefing", command="/briefing monthly"),)),
        ),
    )


NOTHING: Final = "Nothing is noted for the briefing yet."
