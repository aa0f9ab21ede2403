"""What `/issue` and `/operation` share: who may write, and what may be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from bot.access import Refused, Sight
from bot.access.writing import Writing
from bot.handlers.command import Asked
from bot.names.dates import read_dates
from bot.people import Person, Role
from bot.register.acts import Actor
from bot.register.model import Issue, Operation
from bot.replies.register import Reading
from metrics.calendar import london_day
from metrics.errors import UserError
from metrics.model import AreaId
from metrics.snapshot import SnapshotKind

Everyone = Callable[[], Mapping[str, Person]]
"""Give everyone who is known by name, by their id in people.toml."""

MAY_WRITE: Final = (Role.CHIEF_OFFICER, Role.ANALYST, Role.AREA_LEAD)
"""Who may write in the register: leads about their own areas."""

AHEAD: Final = timedelta(days=5 * 365)
"""So far ahead a day may be that something is due on."""


def actor(asked: Asked) -> Actor:
    """Return who does something, and when."""
    return Actor(by=asked.person.id, at=asked.now)


def ask_may_write(asked: Asked, area: AreaId | None) -> None:
    """Ask whether somebody may write about an area; None: about no one area.

    Raises:
        Refused: They may read only, or lead other areas.
    """
    if asked.person.role not in MAY_WRITE:
        raise Refused(
            "The register is written by chief officers, analysts and the leads of areas.",
            hint="You can read it: /issue list.",
        )
    if not _leads(asked, area):
        raise Refused(
            "You lead other areas: this is for chief officers, analysts or its lead.",
            hint="You can read it: /issue list.",
        )


def may_write(asked: Asked, area: AreaId | None) -> bool:
    """Whether somebody may write about an area."""
    return asked.person.role in MAY_WRITE and _leads(asked, area)


def _leads(asked: Asked, area: AreaId | None) -> bool:
    """Whether an area is not somebody else's to lead."""
    if asked.person.role is not Role.AREA_LEAD:
        return True
    within = asked.catalogue.within
    own = frozenset[AreaId]().union(*(within.get(one, frozenset()) for one in asked.person.areas))
    return area in own


def writing(asked: Asked) -> Writing:
    """Return the gate for free text, as the asker sees it here."""
    return Writing(
        _sight(asked),
        catalogue=asked.catalogue,
        person=asked.person,
        surface=asked.surface,
        today=london_day(asked.now),
    )


def _sight(asked: Asked) -> Sight | None:
    """Return the newest figures; None where there are none yet."""
    for kind in (SnapshotKind.DAILY, None):
        try:
            return asked.see(kind, None)
        except UserError:
            continue
    return None


def issue_refusal(gate: Writing, issue: Issue) -> str:
    """Say why an issue's words may not be shown here; empty where they may."""
    return gate.refusal(measure=issue.measure, area=issue.area, priority=issue.priority)


def operation_refusal(gate: Writing, operation: Operation) -> str:
    """Say why an operation's words may not be shown here; empty where they may."""
    reasons = (
        gate.refusal(measure=None, area=area, priority=number)
        for number in operation.priorities or ("",)
        for area in operation.areas or (None,)
    )
    return next((reason for reason in reasons if reason), "")


def ask_told(gate: Writing, issue: Issue) -> None:
    """Raises `Refused` where an issue's words may not be shown here."""
    if reason := issue_refusal(gate, issue):
        raise Refused(reason)


def reading(asked: Asked, gate: Writing, people: Mapping[str, Person]) -> Reading:
    """Return who reads the register."""
    return Reading(
        catalogue=asked.catalogue,
        people=people,
        today=london_day(asked.now),
        refusal=lambda issue: issue_refusal(gate, issue),
        may_write=lambda issue: may_write(asked, issue.area),
    )


def person_named(words: str, asked: Asked, people: Mapping[str, Person]) -> str:
    """Return the id of the person that words name: an id, a name, "me" or "nobody".

    Raises:
        UserError: Nobody here is called so, or several are.
    """
    said = " ".join(words.split()).casefold().removeprefix("to ")
    if said in ("me", "myself"):
        if asked.person.id not in people:
            raise UserError(
                "You are not named in people.toml, so nothing can be given to you.",
                hint="Ask the person who runs Threat Desk to add you.",
            )
        return asked.person.id
    if said in ("nobody", "no one"):
        return ""
    found = [one.id for one in people.values() if said in (one.id.casefold(), one.name.casefold())]
    found = found or [one.id for one in people.values() if said and said in one.name.casefold()]
    if len(found) == 1:
        return found[0]
    known = ", ".join(one.name for one in people.values()) if len(people) <= SHORT_LIST else ""
    hint = f"They are: {known}." if known else "Write the name as it stands in people.toml."
    if found:
        raise UserError(f"“{words}” can be more than one person.", hint=hint)
    raise UserError(f"Nobody here is called “{words}”.", hint=hint)


SHORT_LIST: Final = 12
"""So many names are listed to choose from."""


def day_named(words: str, asked: Asked) -> str:
    """Return the day that words name as YYYY-MM-DD; nothing of nothing.

    A day without its year is the next of that name.

    Raises:
        UserError: It is no day.
    """
    said = words.strip()
    if not said:
        return ""
    today = london_day(asked.now)
    for latest in (today + timedelta(days=365), today + AHEAD):
        try:
            found = read_dates(f"on {said}", today=latest)
        except UserError:
            if latest == today + AHEAD:
                raise
            continue
        if found.as_at is not None:
            return found.as_at.isoformat()
    raise UserError(f"“{said}” is not a day.", hint="Write it like 31 March 2027 or 31/3/2027.")
