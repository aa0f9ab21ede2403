"""What can be typed, for the composer to complete: commands, and the names they take.

What a command takes is read from its usage, so that a new command is completed without a word here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypedDict

from bot.handlers.command import Command
from bot.names import Kind, Names
from metrics.model import Catalogue, Level

QUESTION: Final = "How is burglary in Charnwood?"
"""An example in words; the others are the commands' own."""

EXAMPLES: Final = 5
"""So many are offered on the first visit."""

SHOWING: Final = frozenset(
    {"priority", "csp", "dashboard", "threats", "trend", "compare", "briefing", "threatdesk"}
)
"""Commands that only show.  A link may ask these by itself; any other is filled in for a person
to send, so that a link from elsewhere can never do something."""

LEVELS: Final = {
    Level.FORCE: "force",
    Level.BCU: "Basic Command Unit",
    Level.JOINT: "joint partnership",
    Level.CSP: "Community Safety Partnership",
    Level.LPU: "Local Policing Unit",
}


PARTNERSHIPS: Final = frozenset({LEVELS[Level.CSP], LEVELS[Level.JOINT]})


class Suggestion(TypedDict):
    """One thing to complete to."""

    words: str  # what is typed
    label: str  # what it is called
    about: str  # one short line; may be empty


class Offered(TypedDict):
    """One command, and what it takes in order: lists of suggestions by name."""

    name: str
    usage: str
    does: str
    takes: list[str]


class Vocabulary(TypedDict):
    """Everything that can be completed."""

    commands: list[Offered]
    lists: dict[str, list[Suggestion]]


class Invitation(TypedDict):
    """One question to begin with."""

    text: str
    gives: str


def vocabulary(commands: Sequence[Command], catalogue: Catalogue) -> Vocabulary:
    """Return what can be completed under a plan."""
    lists = _names(catalogue)
    offered: list[Offered] = []
    for command in commands:
        takes = []
        for number, slot in enumerate(_slots(command.usage)):
            if isinstance(slot, str):
                takes.append(slot)
                continue
            key = f"{command.name}.{number}"
            lists[key] = [_suggest(one, one) for one in slot]
            takes.append(key)
        offered.append(
            {
                "name": command.name,
                "usage": command.usage,
                "does": command.does,
                "takes": takes,
            }
        )
    return {"commands": offered, "lists": lists}


def invitations(commands: Sequence[Command]) -> list[Invitation]:
    """Return a few questions to begin with: the first commands' own examples, and one in words."""
    found: list[Invitation] = [
        {"text": one.examples[0].text, "gives": one.examples[0].gives}
        for one in commands
        if one.examples
    ]
    asked: Invitation = {"text": QUESTION, "gives": "Or simply ask, in your own words"}
    return [*found[: EXAMPLES - 1], asked]


SLOT: Final = re.compile(r"\[?(?P<slot>[A-Za-z|-]+(?: TYPE)?)\]?")

NAMED: Final = {
    "NUMBER|NAME": "priorities",
    "AREA": "areas",
    "NAME": "partnerships",
    "AREA|PRIORITY": "areas and priorities",
    "PRIORITY": "priorities",
    "MEASURE": "measures",
    "CRIME TYPE": "crime types",
}
"""The list behind each word that usages write in capitals."""


def _slots(usage: str) -> Iterator[str | list[str]]:
    """Give what follows a command: the name of a list, or the words to choose from."""
    _, _, rest = usage.partition(" ")
    for found in SLOT.finditer(rest.replace("[as at DATE]", "").replace("[until DATE]", "")):
        slot = found["slot"]
        if slot in NAMED:
            yield NAMED[slot]
        elif slot.islower():
            yield slot.split("|")


def _names(catalogue: Catalogue) -> dict[str, list[Suggestion]]:
    names = Names(catalogue)
    areas = [
        _suggest(names.say(one, (Kind.AREA,)), one.name, LEVELS.get(one.level, ""))
        for one in catalogue.tree
        if one.level is not Level.FORCE
    ]
    priorities = [
        _suggest(one.number, f"{one.number} · {_short(one.aliases, one.name)}", one.name)
        for one in catalogue.priorities.values()
    ]
    return {
        "areas": areas,
        "partnerships": [one for one in areas if one["about"] in PARTNERSHIPS],
        "priorities": priorities,
        "areas and priorities": [*areas, *priorities],
        "measures": [
            _suggest(names.say(one, (Kind.MEASURE,)), one.name)
            for one in catalogue.measures.values()
        ],
        "crime types": [
            _suggest(names.say(one, (Kind.CRIME_TYPE,)), one.name)
            for one in catalogue.crime_types.values()
        ],
    }


def _short(aliases: Sequence[str], name: str) -> str:
    known_as = aliases[0] if aliases else name
    return known_as[:1].upper() + known_as[1:]


def _suggest(words: str, label: str, about: str = "") -> Suggestion:
    return {"words": words, "label": label, "about": about}
