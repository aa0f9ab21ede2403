"""What people follow by their own wish, beside what their role's routes tell them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from bot.alerts.routing import Listener, Member
from config.alerts import Route
from metrics.model import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Subscription:
    """One thing that someone follows: a priority, an area, or a priority in an area."""

    person: str  # their id in people.toml
    priority: str = ""  # its number; empty: any
    area: str = ""  # its id; empty: anywhere


def subscribed(
    subscriptions: Iterable[Subscription], members: Sequence[Member], catalogue: Catalogue
) -> Iterator[Listener]:
    """Give a listener for each thing that is followed by someone who is still known.

    What is restricted stays so: the gate is asked as for any other route.  Who follows 14 follows
    14A and 14B.
    """
    known = {one.person.id: one for one in members}
    for one in subscriptions:
        member = known.get(one.person)
        if member is None or member.person.role is None:
            continue
        route = Route(
            name=f"followed by {member.person.name}",
            role=member.person.role.value,
            priorities=tuple(_with_parts(one.priority, catalogue)),
            areas=(one.area,) if one.area else (),
        )
        yield Listener(
            route=route, destination=member.destination, person=member.person, by_wish=True
        )


def _with_parts(number: str, catalogue: Catalogue) -> Iterator[str]:
    """Give a priority's number and those of its parts."""
    if number:
        known = catalogue.priorities
        yield from (one for one in known if number in (one, one.rstrip(ascii_uppercase)))
