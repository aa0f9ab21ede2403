"""Days decided one after another with nothing but memory: no database, and nobody is told.

What a worker keeps in the database (open alerts, what has been told, the next number) is a value
here, so that a rehearsal can be cut in two and carried on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.alerts.decide import Decided, decide
from bot.alerts.model import Alert, AlertId, Destination, Notification, Operation, Transition
from bot.alerts.routing import Listener, MayTell
from bot.alerts.telling import Saying, Told
from bot.people import Person, Role
from config.alerts import AlertPolicy, Route
from metrics.calendar import london_day
from metrics.snapshot import Figures, Snapshot

STAND_IN = "route"
"""The platform of a route's stand-in: its address is the route's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What a day leaves to the next one."""

    open_alerts: tuple[Alert, ...] = ()
    messages: Mapping[tuple[AlertId, Destination], date] = field(default_factory=dict)
    posted: Mapping[Destination, int] = field(default_factory=dict)  # on the day of `decided_on`
    decided_on: date | None = None  # the day in London of the last decision
    previous: Snapshot | None = None  # that it rested on
    next_number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing that would have made a sound somewhere: a post, or a follow-up in a thread."""

    as_at: date
    destination: Destination
    operation: Operation
    alert: AlertId | None  # whose living message it is, or follows; None: a list, or nothing new


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """One day of a rehearsal."""

    as_at: date
    transitions: tuple[Transition, ...]
    messages: tuple[Message, ...]
    open_alerts: tuple[Alert, ...]  # after it


def rehearse(
    figures: Figures,
    stage: Stage,
    *,
    policy: AlertPolicy,
    may_tell: MayTell,
    now: datetime,
) -> tuple[Rehearsed, Stage]:
    """Decide one day as a worker would, and return what the next day begins with.

    Args:
        figures: The day's figures, as they were known then.
        stage: What the day before left.
        policy: The configuration that is tried.
        may_tell: The gate.
        now: The moment at which the worker would have run, timezone-aware.
    """
    today = london_day(now)
    posted = dict(stage.posted) if stage.decided_on == today else {}
    numbers = _numbers(stage.next_number)
    made: Decided[Saying] = decide(
        figures,
        previous=stage.previous,
        open_alerts=stage.open_alerts,
        policy=policy,
        audience=stand_ins(policy),
        told=Told(messages=stage.messages, posted_today=posted),
        may_tell=may_tell,
        write=_as_it_is,
        now=now,
        new_id=lambda: next(numbers),
    )
    after = {one.id: one for one in stage.open_alerts}
    after |= {one.alert.id: one.alert for one in made.transitions}
    is_open = tuple(one for one in after.values() if one.is_open)
    messages = dict(stage.messages)
    for one in made.notifications:
        if one.message is not None and one.operation is not Operation.THREAD:
            messages[one.message, one.destination] = today
        if one.message is not None and one.operation is Operation.POST:
            posted[one.destination] = posted.get(one.destination, 0) + 1
    as_at = figures.snapshot.as_at
    day = Rehearsed(
        as_at=as_at,
        transitions=made.transitions,
        messages=tuple(_heard(made.notifications, as_at)),
        open_alerts=is_open,
    )
    return day, replace(
        stage,
        open_alerts=is_open,
        messages=messages,
        posted=posted,
        decided_on=today,
        previous=figures.snapshot,
        next_number=int(next(numbers).removeprefix(NUMBERED)),
    )


NUMBERED = "A-"


def stand_ins(policy: AlertPolicy) -> tuple[Listener, ...]:
    """Return each route with one destination that stands for all it has.

    Of a role's route one person of that role listens, who leads no area and so hears of all.
    """
    return tuple(_stand_in(route) for route in policy.route)


def _stand_in(route: Route) -> Listener:
    there = Destination(platform=STAND_IN, address=route.name)
    if route.role is None:
        return Listener(route=route, destination=there)
    person = Person(id=str(there), name=route.name, role=Role(route.role))
    return Listener(route=route, destination=there, person=person)


def _numbers(first: int) -> Iterator[AlertId]:
    number = first
    while True:
        yield AlertId(f"{NUMBERED}{number}")
        number += 1


def _as_it_is(saying: Saying) -> Saying:
    return saying


def _heard(notifications: Sequence[Notification[Saying]], as_at: date) -> Iterator[Message]:
    """Give what makes a sound; an edit makes none."""
    for one in notifications:
        if one.operation is not Operation.EDIT:
            yield Message(
                as_at=as_at,
                destination=one.destination,
                operation=one.operation,
                alert=one.message,
            )
