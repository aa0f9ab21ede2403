"""`/operation`: what the force does about its priorities, recorded and shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.access import Refused
from bot.access.writing import Writing
from bot.handlers.command import Asked, Command, Example
from bot.handlers.issue_forms import asking
from bot.handlers.registering import (
    Everyone,
    actor,
    ask_may_write,
    day_named,
    may_write,
    operation_refusal,
    writing,
)
from bot.names import Kind
from bot.people import Person
from bot.register import acts
from bot.register.history import OperationChange, together
from bot.register.model import Operation
from bot.register.ports import Register
from bot.replies import Field, FieldKind, Form, Reply
from bot.replies.operations import operation_reply, operations_reply
from metrics.calendar import london_day, say_date
from metrics.errors import UnknownName, UserError
from metrics.model import AreaId

HINT: Final = "/operation list shows them; /operation new records one."

SLUG: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one question about operations is answered with."""

    asked: Asked
    register: Register
    shipped: Sequence[Operation]
    people: Mapping[str, Person]
    gate: Writing

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation as it stands."""
        return together(self.shipped, self.register.operations())

    def show(self, operation: Operation, said: str = "") -> Reply:
        """Show an operation.

        Raises:
            Refused: Its words may not be shown here.
        """
        if reason := operation_refusal(self.gate, operation):
            raise Refused(reason)
        return operation_reply(
            operation,
            catalogue=self.asked.catalogue,
            people=self.people,
            today=london_day(self.asked.now),
            may_write=all(may_write(self.asked, area) for area in operation.areas or (None,)),
            said=said,
        )

    def set(self, operation: Operation, *, why: str = "") -> Operation:
        """Record how an operation stands."""
        who = actor(self.asked)

        def decide(_before: Operation | None, revision: int) -> OperationChange:
            return acts.set_operation(operation, revision, who, why=why)

        return self.register.set_operation(operation.id, decide)


def operation_command(
    register: Register, *, shipped: Callable[[], Sequence[Operation]], people: Everyone
) -> Command:
    """Make the command over the operations of an installation.

    Args:
        register: Where those are kept that were recorded in chat.
        shipped: Gives those that the plan ships.
        people: Gives everyone who is known.
    """

    def answer(asked: Asked) -> Reply:
        desk = _Desk(asked, register, tuple(shipped()), people(), writing(asked))
        first, _, rest = asked.words.strip().partition(" ")
        part = PARTS.get(first.casefold())
        if part is None and first:
            return _show(desk, asked.words.strip())
        return (part or _list)(desk, rest.strip())

    return Command(
        name="operation",
        usage="/operation [list|show|new|end] …",
        does="What the force does about its priorities, since when; shown with the figures.",
        examples=(
            Example(text="/operation list", gives="The operations, those that go on first"),
            Example(text="/operation new", gives="A form to record one"),
        ),
        handler=answer,
        aliases=("operations",),
    )


def _list(desk: _Desk, _words: str) -> Reply:
    return operations_reply(
        desk.operations, catalogue=desk.asked.catalogue, today=london_day(desk.asked.now)
    )


def _show(desk: _Desk, words: str) -> Reply:
    return desk.show(_named(desk, words))


def _new(desk: _Desk, words: str) -> Reply:
    asked = desk.asked
    if "name" not in asked.fields:
        ask_may_write(asked, asked.person.areas[0] if asked.person.areas else None)
        return asking(_form(asked, words), "Which operation?")
    operation = _from_fields(asked)
    for area in operation.areas or (None,):
        ask_may_write(asked, area)
    if any(one.id == operation.id for one in desk.operations):
        raise UserError(
            f"There is an operation called {operation.name} already.",
            hint=f"/operation show {operation.id} shows it; give another one another name.",
        )
    made = desk.set(operation)
    return desk.show(made, f"{made.name} is recorded, from {say_date(made.first)}.")


def _end(desk: _Desk, words: str) -> Reply:
    """End an operation: "tiger on 31 March 2014"; without a day, a form asks for it."""
    asked = desk.asked
    name, _, day = words.partition(" on ")
    operation = _named(desk, name)
    for area in operation.areas or (None,):
        ask_may_write(asked, area)
    if reason := operation_refusal(desk.gate, operation):
        raise Refused(reason)
    said = day or asked.fields.get("day", "")
    if not said:
        return asking(_end_form(operation, asked), f"When does {operation.name} end?")
    last = _day(said, asked)
    made = desk.set(replace(operation, last=last), why=asked.fields.get("why", ""))
    return desk.show(made, f"{made.name} ends on {say_date(last)}.")


PARTS: Final[Mapping[str, Callable[[_Desk, str], Reply]]] = {
    "list": _list,
    "show": _show,
    "new": _new,
    "end": _end,
}


def _named(desk: _Desk, words: str) -> Operation:
    """Return the operation that words name: its id, its name, or its name without "operation".

    Raises:
        UnknownName: There is none, or several may be meant.
    """
    said = _slug(words)
    found = [one for one in desk.operations if said and said in (one.id, _slug(one.name))]
    if len(found) != 1:
        names = ", ".join(one.name for one in desk.operations) or "none yet"
        what = f"There is no operation “{words}”." if words else "Which operation?"
        raise UnknownName(what, hint=f"They are: {names}. {HINT}")
    return found[0]


def _slug(name: str) -> str:
    """Return a name as commands take it: "Operation Tiger" is "tiger"."""
    plain = SLUG.sub("-", name.casefold()).strip("-")
    return plain.removeprefix("operation-").removeprefix("op-")


def _from_fields(asked: Asked) -> Operation:
    """Return the operation that the form was sent with.

    Raises:
        UserError: Something named in it is not known, or it has no name or no first day.
    """
    fields = {name: value.strip() for name, value in asked.fields.items()}
    name = fields.get("name", "")
    id_ = _slug(name)
    if not id_:
        raise UserError("An operation needs a name.", hint="For example Operation Tiger.")
    first = fields.get("first", "")
    if not first:
        hint = "Give the day, for example 28 October 2013."
        raise UserError(f"When does {name} begin?", hint=hint)
    last = fields.get("last", "")
    today = london_day(asked.now)

    def areas(said: str) -> tuple[AreaId, ...]:
        found = asked.names.read(said, today=today, wanted=(Kind.AREA,)) if said else None
        return tuple(one.id for one in found.areas) if found else ()

    numbers = fields.get("priorities", "")
    read = asked.names.read(numbers, today=today, wanted=(Kind.PRIORITY,)) if numbers else None
    return Operation(
        id=id_,
        name=name,
        first=_day(first, asked),
        last=_day(last, asked) if last else None,
        priorities=tuple(one.number for one in read.priorities) if read else (),
        areas=areas(fields.get("areas", "")),
        comparison_areas=areas(fields.get("comparison_areas", "")),
        does=fields.get("does", ""),
        lead=fields.get("lead", ""),
    )


def _day(said: str, asked: Asked) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return date.fromisoformat(day_named(said, asked))


def _form(asked: Asked, name: str) -> Form:
    today = london_day(asked.now).isoformat()
    return Form(
        title="New operation",
        command="/operation new",
        fields=(
            Field(name="name", label="Name", value=name, hint="For example Operation Tiger."),
            Field(name="does", label="What it does", kind=FieldKind.TEXT, is_required=False),
            Field(
                name="priorities",
                label="Priorities",
                hint="By number or name, for example 12, 13, 14; empty: all.",
                is_required=False,
            ),
            Field(
                name="areas",
                label="Areas",
                hint="For example Charnwood, Blaby; empty: the whole force.",
                is_required=False,
            ),
            Field(
                name="comparison_areas",
                label="Areas to compare with",
                hint="Where it is not, and what else happens is alike.",
                is_required=False,
            ),
            Field(
                name="lead", label="Lead", is_required=False, hint="A post, for example Supt Crime."
            ),
            Field(name="first", label="From", kind=FieldKind.DATE, value=today),
            Field(
                name="last", label="To; empty: it goes on", kind=FieldKind.DATE, is_required=False
            ),
        ),
        submit="Record",
    )


def _end_form(operation: Operation, asked: Asked) -> Form:
    return Form(
        title=f"End {operation.name}",
        command=f"/operation end {operation.id}",
        fields=(
            Field(
                name="day",
                label="Its last day",
                kind=FieldKind.DATE,
                value=london_day(asked.now).isoformat(),
            ),
            Field(name="why", label="Why", is_required=False),
        ),
        submit="End it",
    )
