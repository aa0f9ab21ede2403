"""`/threatdesk home`: one person's own page: what is theirs, what is open, what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, Protocol

from bot.access import Sight
from bot.alerts.model import Alert, Concern
from bot.handlers.command import Asked, Command, Example
from bot.handlers.subscribe import Subscriptions, name_of
from bot.replies import (
    Block,
    Bullets,
    Button,
    Buttons,
    Facts,
    Heading,
    Paragraph,
    Reply,
)
from bot.replies.alert import STATES, title
from bot.replies.footing import footing, summary
from bot.replies.interest import Interest
from bot.replies.judged import is_kept, judge
from bot.replies.subject import measures_of
from bot.replies.verdict import in_brief
from metrics.calendar import LONDON, say_date
from metrics.model import Area, Priority
from metrics.snapshot import SnapshotKind

MOST: Final = 8
"""So many lines stand under one heading; the others are counted."""


class Standing(Protocol):
    """Where alerts are."""

    def standing(self) -> tuple[Alert, ...]:
        """Return every open alert, oldest first."""


def home_command(
    alerts: Standing, subscriptions: Subscriptions, next_briefing: Callable[[datetime], datetime]
) -> Command:
    """Make the part that shows a person their own page.

    Args:
        alerts: What is open.
        subscriptions: What people follow.
        next_briefing: Gives when the next weekly briefing is due.
    """
    return Command(
        name="home",
        usage="/threatdesk home",
        does="Your own page: your priorities and areas, what is open, what you follow.",
        examples=(Example(text="/threatdesk home", gives="your own page"),),
        handler=lambda asked: _home(asked, alerts, subscriptions, next_briefing(asked.now)),
        aliases=("me",),
        is_slash=False,
    )


def _home(
    asked: Asked, alerts: Standing, subscriptions: Subscriptions, briefing: datetime
) -> Reply:
    sight = asked.see(SnapshotKind.DAILY, None)
    interest = Interest(catalogue=sight.catalogue, person=asked.person)
    found = [one for one in alerts.standing() if _is_shown(one, sight, interest)]
    threats = [one for one in found if one.key.concern is Concern.THREAT and one.head is None]
    said = _said(len(threats))
    return Reply(
        summary=summary(sight, f"{said} for you."),
        blocks=(
            Heading(text=f"Good day, {asked.person.name}"),
            Paragraph(text=f"{said} for you.", strong=True),
            *_open(threats, sight),
            *_priorities(interest, sight),
            Facts(rows=tuple(_facts(asked, interest, subscriptions, briefing))),
            Buttons(items=tuple(_next(interest))),
            *footing(sight),
        ),
    )


def _said(count: int) -> str:
    if not count:
        return "No threat is open"
    return "1 threat is open" if count == 1 else f"{count} threats are open"


def _is_shown(alert: Alert, sight: Sight, interest: Interest) -> bool:
    """Whether an alert is a person's, and may be shown to them."""
    measure = sight.catalogue.measures.get(alert.key.measure)
    area = sight.catalogue.areas.get(alert.key.area)
    if measure is None or area is None or sight.refusal(measure, area):
        return False
    return interest.covers(measure, area)


def _open(threats: list[Alert], sight: Sight) -> Iterator[Block]:
    """Tell what is open, the gravest first, each with a button to it."""
    if not threats:
        return
    gravest = sorted(threats, key=lambda one: (-one.level, one.raised_at, one.id))
    lines = [
        f"{one.level.name.title()}: {title(one, sight.catalogue)} ({one.id}, {STATES[one.state]})"
        for one in gravest[:MOST]
    ]
    more = [f"… and {len(gravest) - MOST} more"] if len(gravest) > MOST else []
    yield Heading(text="Open")
    yield Bullets(items=(*lines, *more))
    yield Buttons(
        items=tuple(Button(label=one.id, command=f"/alert {one.id}") for one in gravest[:MOST])
    )


def _priorities(interest: Interest, sight: Sight) -> Iterator[Block]:
    """Tell how a person's own priorities stand, and their areas' crime."""
    lines = [
        line
        for area in interest.areas
        for priority in interest.priorities
        if (line := _line(priority, area, sight))
    ]
    total = sight.catalogue.total_crime()
    lines += [
        in_brief(judge(sight, total, area))
        for area in interest.areas
        if is_kept(sight, total, area)
    ]
    if lines:
        yield Heading(text="Yours")
        yield Bullets(items=tuple(lines[:MOST]))


def _line(priority: Priority, area: Area, sight: Sight) -> str:
    shown = [one for one in measures_of(sight.catalogue, priority) if is_kept(sight, one, area)]
    if not shown:
        return ""
    return in_brief(judge(sight, shown[0], area))


def _facts(
    asked: Asked, interest: Interest, subscriptions: Subscriptions, briefing: datetime
) -> Iterator[tuple[str, str]]:
    """Tell what the desk knows of the person, and when they are briefed next."""
    role = asked.person.role
    yield "Your role", role.words if role else "none"
    yield "Your areas", ", ".join(one.name for one in interest.areas)
    followed = subscriptions.of(asked.person.id)
    names = ", ".join(name_of(one, asked.catalogue) for one in followed[:MOST])
    yield "You follow", names or "nothing beside what your role is told"
    local = briefing.astimezone(LONDON)
    yield "Next briefing", f"{local:%A} {say_date(local.date())}, {local:%H:%M}"


def _next(interest: Interest) -> Iterator[Button]:
    yield Button(label="Threats", command="/threats")
    for area in interest.areas[:2]:
        yield Button(label=area.name, command=f"/dashboard all-crime {area.id}")
    yield Button(label="My issues", command="/issue mine")
    yield Button(label="What I follow", command="/threatdesk subscribe")
    yield Button(label="Help", command="/threatdesk help")
