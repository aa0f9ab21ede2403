"""How people are named who have something: by name, and whether they are still here."""

from __future__ import annotations

from collections.abc import Mapping

from bot.people import Person

People = Mapping[str, Person]
"""Everyone who is known, by id."""

NOBODY = "nobody yet"


def owner_words(owner: str, people: People) -> str:
    """Name who has something; who is not known any more has left."""
    if not owner:
        return NOBODY
    return people[owner].name if owner in people else f"{owner}, who is not here any more"


def owner_short(owner: str, people: People) -> str:
    """Name who has something in a cell of a table."""
    return owner_words(owner, people) if owner in people or not owner else f"{owner} (has left)"


def writer_words(person: str, people: People) -> str:
    """Name who did something once, whether they are still here or not."""
    return people[person].name if person in people else person
