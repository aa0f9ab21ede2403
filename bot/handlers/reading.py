"""What was asked for: the names in it, the figures of the day it is asked of, and the area."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.access import Sight
from bot.handlers.command import Asked
from bot.names import Ambiguous, Kind, Option, Reading, UnknownWords
from metrics.calendar import london_day, say_date
from metrics.errors import UnknownName, UserError
from metrics.model import Area, CrimeType, Level, Priority
from metrics.snapshot import SnapshotKind

Named = TypeVar("Named")

ANOTHER_DAY: Final = "Ask as at a later day, or leave the date out for the newest figures."
"""What to do where the plan of a day did not have what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A command's words as they were read, with the figures to answer it from."""

    reading: Reading
    sight: Sight
    said_first: tuple[str, ...]  # how it was read, and of which day the figures are


def question(
    asked: Asked,
    wanted: Collection[Kind],
    *,
    usual: SnapshotKind = SnapshotKind.DAILY,
    words: str | None = None,
    said: str = "",
) -> Question:
    """Read what was asked and find the figures it is asked of.

    Args:
        asked: The question.
        wanted: What may be named, the first preferred.
        usual: The kind of figures to take where none is said; the other, where there are none.
        words: What to read; all that followed the command by default.
        said: What was read already and stands before the words, so that a choice keeps it.

    Raises:
        Ambiguous: Some words can mean several things.
        UserError: Some words mean nothing, or there are no figures.
    """
    typed = asked.words if words is None else words
    try:
        reading = asked.names.read(typed, today=london_day(asked.now), wanted=wanted)
    except Ambiguous as doubt:
        raise Ambiguous(str(doubt), options=_after(said, doubt.options), hint=doubt.hint) from doubt
    except UnknownWords as doubt:
        offered = _after(said, doubt.options)
        raise UnknownWords(str(doubt), options=offered, hint=doubt.hint) from doubt
    sight = _figures(asked, reading, usual)
    return Question(
        reading=reading, sight=sight, said_first=(*reading.remarks, *_earlier(reading, sight))
    )


def area_of(found: Question) -> Area:
    """Return the area that was named, as the figures' own plan has it; the force by default.

    Raises:
        UserError: More than one was named, it is another force, or the figures do not know it.
    """
    areas = areas_of(found)
    if len(areas) > 1:
        named = " and ".join(one.name for one in areas)
        raise UserError(
            f"{named}: this is answered for one area at a time.",
            hint="Name one area, or put two beside each other with /compare.",
        )
    return areas[0] if areas else found.sight.catalogue.force


def areas_of(found: Question) -> tuple[Area, ...]:
    """Return the areas that were named, as the figures' own plan has them.

    Raises:
        UserError: One is another force, or the figures do not know it.
    """
    known = found.sight.catalogue.areas
    for one in found.reading.areas:
        if one.id not in known or one.level is Level.PEER:
            raise UserError(
                f"There are no figures of {one.name} here.",
                hint="Ask for the force, a Basic Command Unit, a partnership or a policing unit.",
            )
    return tuple(known[one.id] for one in found.reading.areas)


def only(found: tuple[Named, ...], what: str, hint: str) -> Named:
    """Return the one thing that was named.

    Raises:
        UserError: None was, or several.
    """
    if len(found) != 1:
        raise UserError(
            f"Which {what}?" if not found else f"This is answered for one {what} at a time.",
            hint=hint,
        )
    return found[0]


def crime_type_of(found: Question) -> CrimeType | None:
    """Return the crime type that was named, as the figures' own plan has it; None if none was.

    Raises:
        UserError: Several were named, or the figures do not know it.
    """
    named = found.reading.crime_types
    if not named:
        return None
    hint = "Name one crime type, for example /csp charnwood burglary."
    one = only(named, "crime type", hint)
    known = found.sight.catalogue.crime_types.get(one.id)
    if known is None:
        raise UnknownName(f"The plan of these figures has no crime type {one.name}.", hint=hint)
    return known


def priority_in(found: Question, named: Priority) -> Priority:
    """Return a priority as the figures' own plan has it.

    Raises:
        UnknownName: That plan has none of this number.
    """
    known = found.sight.catalogue.priorities.get(named.number)
    if known is None:
        raise UnknownName(
            f"The plan of these figures has no priority {named.number}.", hint=ANOTHER_DAY
        )
    return known


def _figures(asked: Asked, reading: Reading, usual: SnapshotKind) -> Sight:
    if reading.kind is not None:
        return asked.see(reading.kind, reading.as_at)
    try:
        return asked.see(usual, reading.as_at)
    except UserError:
        return asked.see(None, reading.as_at)


def _earlier(reading: Reading, sight: Sight) -> tuple[str, ...]:
    """Say that the figures are of an earlier day than the one that was asked for."""
    if reading.as_at is None or sight.as_at == reading.as_at:
        return ()
    newest = f"these, as at {say_date(sight.as_at)}, are the newest before it"
    return (f"No figures were published as at {say_date(reading.as_at)}: {newest}.",)


def _after(said: str, options: tuple[Option, ...]) -> tuple[Option, ...]:
    """Put what was read already before each choice."""
    return tuple(Option(label=one.label, words=f"{said} {one.words}".strip()) for one in options)
