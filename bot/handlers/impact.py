"""`/impact tiger`: whether an operation worked, as far as figures can say."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Final, Protocol

from bot.access import Refused
from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import Question, areas_of, only, question
from bot.handlers.registering import operation_refusal, writing
from bot.names import Kind
from bot.names.dates import read_dates
from bot.register.model import Operation as Kept
from bot.replies import Reply
from bot.replies.impact import impact_reply, operations_reply
from metrics.calendar import london_day, say_date
from metrics.errors import UnknownName, UserError
from metrics.impact_series import is_measurable
from metrics.model import Area, Catalogue, Measure, MeasureId
from metrics.operations import Operation

HINT: Final = "Name one operation, for example /impact tiger; /impact alone lists them."

FIRST_WORD: Final = "operation "
"""May be left out of an operation's name."""


class Operations(Protocol):
    """Where operations are kept."""

    def operations(self) -> Sequence[Kept]:
        """Return every operation: those of the plan, and those that were added in chat."""


def impact_command(operations: Operations) -> Command:
    """Make the command over the operations of an installation."""
    return Command(
        name="impact",
        usage="/impact OPERATION [MEASURE] [AREA] [as at DATE]",
        does="The measured effect of an operation since its launch, and what would show when.",
        examples=(
            Example(text="/impact tiger", gives="Whether Operation Tiger shows in its measure"),
            Example(text="/impact tiger burglary city", gives="Burglary in the City since then"),
        ),
        handler=lambda asked: _answer(asked, operations.operations()),
        aliases=("effect",),
    )


def as_measured(kept: Kept, catalogue: Catalogue) -> Operation:
    """Return an operation as its effect is measured: on what was recorded under its priorities.

    An operation against everything is measured on all crime.
    """
    numbers = {one for number in kept.priorities for one in (number, *_parts(number, catalogue))}
    measures = [
        one.id
        for one in catalogue.measures.values()
        if one.priority in numbers and is_measurable(one)
    ]
    order = {number: place for place, number in enumerate(kept.priorities)}
    measures.sort(key=lambda one: order.get(catalogue.measures[one].priority, len(order)))
    return Operation(
        id=kept.id,
        name=kept.name,
        first=kept.first,
        last=kept.last,
        measures=tuple(measures) or ((catalogue.total_crime().id,) if not numbers else ()),
        areas=kept.areas,
        comparison=kept.comparison_areas,
    )


def _parts(number: str, catalogue: Catalogue) -> list[str]:
    """Return the parts of a priority: of 14, 14A and 14B."""
    return [one for one in catalogue.priorities if one.rstrip(ascii_uppercase) == number]


def _answer(asked: Asked, kept: Sequence[Kept]) -> Reply:
    """Answer about one operation, or list them.

    Raises:
        UserError: There is no such operation, or it cannot be measured on what was named.
        Refused: It may not be shown here.
    """
    if not kept:
        raise UserError(
            "No operations are recorded yet.",
            hint="They are written in the plan's operations.toml, or added with /operation new.",
        )
    gate = writing(asked)
    operation, rest = _named(asked.words, kept)
    if operation is None:
        if read_dates(rest, today=london_day(asked.now)).rest.strip():
            raise UnknownName(f"There is no operation called “{rest}”.", hint=HINT)
        return _list(asked, [one for one in kept if not operation_refusal(gate, one)], rest)
    if reason := operation_refusal(gate, operation):
        raise Refused(reason)
    wanted = (Kind.MEASURE, Kind.CRIME_TYPE, Kind.AREA)
    found = question(asked, wanted, words=rest, said=operation.id)
    measured = as_measured(operation, found.sight.catalogue)
    measure = _measure(found, measured)
    area = _area(found, measured)
    return impact_reply(found.sight, measured, measure, area, said_first=found.said_first)


def _named(words: str, kept: Sequence[Kept]) -> tuple[Kept | None, str]:
    """Return the operation that words begin with, the longest name first, and what follows it."""
    typed = " ".join(words.split())
    names = [
        (name.casefold(), one)
        for one in kept
        for name in (one.id, one.name, one.name.casefold().removeprefix(FIRST_WORD))
    ]
    for name, one in sorted(names, key=lambda pair: -len(pair[0])):
        for start in (name, f"{FIRST_WORD}{name}"):
            if f"{typed.casefold()} ".startswith(f"{start} "):
                return one, typed[len(start) :].strip()
    return None, typed


def _list(asked: Asked, kept: Sequence[Kept], rest: str) -> Reply:
    found = question(asked, (), words=rest)
    sight = found.sight
    newest = sorted(kept, key=lambda one: one.first, reverse=True)
    measured = [as_measured(one, sight.catalogue) for one in newest if one.first <= sight.as_at]
    if not measured:
        raise UserError(
            f"No operation that can be shown here had begun by {say_date(sight.as_at)}.",
            hint="Ask for a later day, or in private.",
        )
    return operations_reply(sight, [(one, f"/impact {one.id}") for one in measured])


def _measure(found: Question, operation: Operation) -> Measure:
    """Return the measure that was named, or the operation's leading one."""
    catalogue = found.sight.catalogue
    named: list[MeasureId] = [one.id for one in found.reading.measures]
    named += [catalogue.recorded(one.id).id for one in found.reading.crime_types]
    if not named:
        named = list(operation.measures[:1])
    hint = f"Name one, for example /impact {operation.id} burglary."
    one = only(tuple(dict.fromkeys(named)), "measure", hint)
    if one not in catalogue.measures:
        raise UnknownName(f"The plan of these figures has no measure {one}.", hint=hint)
    return catalogue.measures[one]


def _area(found: Question, operation: Operation) -> Area:
    """Return the area that was named, or the operation's own; the force where it has none."""
    areas = areas_of(found)
    known = found.sight.catalogue.areas
    if areas:
        return only(areas, "area", f"Name one, for example /impact {operation.id} charnwood.")
    own = [known[one] for one in operation.areas if one in known]
    return own[0] if own else found.sight.catalogue.force
