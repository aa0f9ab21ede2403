"""Who is told of an alert, and why, or why not.  Every decision explains itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Final

from bot.alerts.model import Alert, Concern, Destination
from bot.people import Person
from config.alerts import QuietHours, Route, RouteConcern
from metrics.calendar import LONDON
from metrics.classification import ThreatLevel
from metrics.model import Area, AreaId, Catalogue, Measure

MayTell = Callable[[Measure, Area, Destination], str]
"""Say why a measure's figures in an area may not be told at a destination; empty where they may.

It is the one gate (`bot.access`), asked with the surface that the destination is.
"""

SATURDAY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person that a role's route reaches, and where."""

    person: Person
    destination: Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A route with one destination: a channel, a person, or one person of a role."""

    route: Route
    destination: Destination
    person: Person | None = None  # of a role's route, and of a subscription
    by_wish: bool = False  # of a subscription: not bound by what the person leads


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether one alert is told at one destination, and why."""

    destination: Destination
    told: bool
    why: str


def listeners(
    routes: Iterable[Route], members: Sequence[Member], subscriptions: Iterable[Listener] = ()
) -> tuple[Listener, ...]:
    """Return every route with its destination; a role's route becomes one for each member.

    Args:
        routes: As configured.
        members: Everyone with a role.
        subscriptions: What people asked for themselves; the gate binds them, what they lead not.
    """
    found = []
    for route in routes:
        if route.to is not None:
            platform, _, address = route.to.partition(":")
            there = Destination(platform=platform, address=address)
            found.append(Listener(route=route, destination=there))
            continue
        found += [
            Listener(route=route, destination=one.destination, person=one.person)
            for one in members
            if one.person.role is not None and one.person.role.value == route.role
        ]
    return (*found, *subscriptions)


def decide_for(
    alert: Alert, listener: Listener, catalogue: Catalogue, may_tell: MayTell
) -> Decision:
    """Decide whether an alert is told to a listener.

    Filters come first and the gate last, so that what is refused for its restriction is only what
    would otherwise have been told.
    """
    why_not = _filtered(alert, listener, catalogue)
    if not why_not:
        why_not = refusal(alert, listener.destination, catalogue, may_tell)
    name = listener.route.name
    if why_not:
        return Decision(
            destination=listener.destination, told=False, why=f"Route “{name}”: {why_not}"
        )
    return Decision(
        destination=listener.destination, told=True, why=f"Route “{name}”: {_fits(alert)}"
    )


def decide_all(
    alert: Alert, audience: Sequence[Listener], catalogue: Catalogue, may_tell: MayTell
) -> tuple[Decision, ...]:
    """Decide for every destination, once each: told where any of its routes tells it."""
    by_destination: dict[Destination, Decision] = {}
    for listener in audience:
        made = decide_for(alert, listener, catalogue, may_tell)
        before = by_destination.get(made.destination)
        if before is None or (made.told and not before.told):
            by_destination[made.destination] = made
        elif made.told == before.told and made.why not in before.why:
            by_destination[made.destination] = replace(before, why=f"{before.why} {made.why}")
    return tuple(by_destination.values())


def refusal(alert: Alert, destination: Destination, catalogue: Catalogue, may_tell: MayTell) -> str:
    """Say why an alert's figures may not be told at a destination; empty where they may."""
    if alert.key.concern is Concern.LATE:
        return ""  # it holds no figure: only what has not come
    measure = catalogue.measures.get(alert.key.measure)
    area = catalogue.areas.get(alert.key.area)
    if measure is None or area is None:
        return "the plan in force does not know it any more."
    return may_tell(measure, area, destination)


def held_until(now: datetime, quiet: QuietHours) -> datetime:
    """Return when something may be posted: now, or the end of quiet hours, in London's time."""
    local = now.astimezone(LONDON)
    moment = local
    while _is_quiet(moment, quiet):
        moment = _next_end(moment, quiet)
    return now if moment == local else moment.astimezone(now.tzinfo)


def _is_quiet(moment: datetime, quiet: QuietHours) -> bool:
    if quiet.weekends and moment.weekday() >= SATURDAY:
        return True
    at = moment.time()
    if quiet.start == quiet.end:
        return False
    if quiet.start < quiet.end:
        return quiet.start <= at < quiet.end
    return at >= quiet.start or at < quiet.end


def _next_end(moment: datetime, quiet: QuietHours) -> datetime:
    """Return the next time of day that quiet hours end; days follow the calendar, not 24 hours."""
    day = moment.date()
    end = quiet.end if quiet.start != quiet.end else time(0)
    if moment.time() >= end:
        day += timedelta(days=1)
    return datetime.combine(day, end, tzinfo=LONDON)


def _filtered(alert: Alert, listener: Listener, catalogue: Catalogue) -> str:
    """Say which filter holds an alert back; empty where none does."""
    route = listener.route
    if RouteConcern(alert.key.concern.value) not in route.concerns:
        return f"it does not carry alerts of the kind “{alert.key.concern.value}”."
    if alert.key.concern is Concern.THREAT and alert.level < ThreatLevel[route.least.upper()]:
        return f"the alert is {alert.level.name.title()}, and it carries {route.least} and above."
    measure = catalogue.measures.get(alert.key.measure)
    area = catalogue.areas.get(alert.key.area)
    if measure is None or area is None:
        return "the plan in force does not know the measure or the area any more."
    priority = catalogue.priorities.get(measure.priority)
    if route.priorities and measure.priority not in route.priorities:
        return f"{measure.name} is not of its priorities."
    if route.themes and (priority is None or priority.theme not in route.themes):
        return f"{measure.name} is not of its themes."
    if route.areas and not _inside(area.id, route.areas, catalogue):
        return f"{area.name} is not one of its areas."
    if route.area_levels and area.level not in route.area_levels:
        return f"it does not carry areas of the level “{area.level.value}”."
    return "" if listener.by_wish else _not_theirs(listener.person, measure, area, catalogue)


def _not_theirs(person: Person | None, measure: Measure, area: Area, catalogue: Catalogue) -> str:
    """Say that an alert is outside what someone leads; those who lead nothing see everything."""
    if person is None or not (person.areas or person.priorities):
        return ""
    if _inside(area.id, person.areas, catalogue) or measure.priority in person.priorities:
        return ""
    return f"{measure.name} in {area.name} is not among the areas or priorities of {person.name}."


def _inside(area: AreaId, wanted: Iterable[str], catalogue: Catalogue) -> bool:
    return any(area in catalogue.within.get(AreaId(one), frozenset()) for one in wanted)


def _fits(alert: Alert) -> str:
    level = alert.level.name.title() if alert.key.concern is Concern.THREAT else "every"
    return f"its filters let this alert through ({level}, {alert.key.concern.value})."
