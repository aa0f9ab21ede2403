"""`/threatdesk subscribe burglary charnwood`: follow the alerts of a priority, an area, or both."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from bot.alerts.subscriptions import Subscription
from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import only
from bot.names import Kind
from bot.replies import Bullets, Button, Buttons, Paragraph, Reply
from bot.replies.subject import called
from metrics.calendar import london_day
from metrics.errors import UserError
from metrics.model import AreaId, Catalogue

HINT: Final = "Name a priority, an area, or both: /threatdesk subscribe burglary charnwood."


class Subscriptions(Protocol):
    """Where it is kept who follows what."""

    def of(self, person: str) -> tuple[Subscription, ...]:
        """Return what a person follows."""

    def add(self, one: Subscription, *, now: datetime) -> bool:
        """Follow something; False where it is followed already."""

    def remove(self, one: Subscription) -> bool:
        """Follow something no more; False where it was not followed."""


def subscribe_command(subscriptions: Subscriptions) -> Command:
    """Make the part that follows."""
    return Command(
        name="subscribe",
        usage="/threatdesk subscribe [PRIORITY] [AREA]",
        does="Follows the alerts of a priority, an area, or both; alone, shows what you follow.",
        examples=(Example(text="/threatdesk subscribe", gives="what you follow"),),
        handler=lambda asked: _subscribe(asked, subscriptions),
        aliases=("follow",),
        is_slash=False,
    )


def unsubscribe_command(subscriptions: Subscriptions) -> Command:
    """Make the part that follows no more."""
    return Command(
        name="unsubscribe",
        usage="/threatdesk unsubscribe PRIORITY|AREA",
        does="Follows something no more.",
        examples=(),
        handler=lambda asked: _unsubscribe(asked, subscriptions),
        aliases=("unfollow",),
        is_slash=False,
    )


def name_of(one: Subscription, catalogue: Catalogue) -> str:
    """Name what is followed: "Priority 12, domestic burglary, in Charnwood"."""
    priority = catalogue.priorities.get(one.priority)
    area = catalogue.areas.get(AreaId(one.area))
    about = f"Priority {one.priority}" + (f", {called(priority).lower()}," if priority else "")
    if not one.priority:
        return f"Everything in {area.name if area else one.area}"
    return f"{about} in {area.name if area else one.area}" if one.area else about.rstrip(",")


def _subscribe(asked: Asked, subscriptions: Subscriptions) -> Reply:
    if not asked.words.strip():
        return _followed(asked, subscriptions, "")
    one = _read(asked)
    new = subscriptions.add(one, now=asked.now)
    name = name_of(one, asked.catalogue)
    said = f"You now follow {_lower(name)}." if new else f"You follow {_lower(name)} already."
    return _followed(asked, subscriptions, said)


def _unsubscribe(asked: Asked, subscriptions: Subscriptions) -> Reply:
    one = _read(asked)
    gone = subscriptions.remove(one)
    name = _lower(name_of(one, asked.catalogue))
    said = f"You no longer follow {name}." if gone else f"You did not follow {name}."
    return _followed(asked, subscriptions, said)


def _read(asked: Asked) -> Subscription:
    """Read what is to be followed.

    Raises:
        UserError: Neither a priority nor an area was named, or several.
    """
    wanted = (Kind.PRIORITY, Kind.AREA)
    reading = asked.names.read(asked.words, today=london_day(asked.now), wanted=wanted)
    priorities, areas = reading.priorities, reading.areas
    if not priorities and not areas:
        raise UserError("What do you want to follow?", hint=HINT)
    return Subscription(
        person=asked.person.id,
        priority=only(priorities, "priority", HINT).number if priorities else "",
        area=only(areas, "area", HINT).id if areas else "",
    )


def _followed(asked: Asked, subscriptions: Subscriptions, said: str) -> Reply:
    """Say what a person follows, after what was just done."""
    found = subscriptions.of(asked.person.id)
    names = tuple(name_of(one, asked.catalogue) for one in found)
    stands = f"You follow {len(found)}:" if found else "You follow nothing yet."
    first = said or stands
    return Reply(
        summary=first,
        blocks=(
            Paragraph(text=first, strong=True),
            *((Paragraph(text=stands),) if said and found else ()),
            *((Bullets(items=names),) if names else (Paragraph(text=HINT),)),
            Paragraph(
                text="Alerts of what you follow, Medium and above, come to you in private, beside "
                "what your role is told."
            ),
            *((Buttons(items=tuple(map(_given_up, found, names))),) if found else ()),
        ),
    )


def _given_up(one: Subscription, name: str) -> Button:
    return Button(
        label=f"Stop: {name}", command=f"/threatdesk unsubscribe {one.priority} {one.area}".rstrip()
    )


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
