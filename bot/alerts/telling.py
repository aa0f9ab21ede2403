"""From transitions to notifications: what is posted, what is edited, what goes in a thread.

One living message for each threat and destination: posted once, edited as it changes, followed up
in its thread when it got worse, was acknowledged, snoozed or ended.  A mere continuation is an
edit, at most one a day.  What is said is a value (`bot.alerts.saying`); `write` turns it into a
reply.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Generic

from bot.alerts.grouping import heads
from bot.alerts.model import (
    Alert,
    AlertId,
    Change,
    Concern,
    Destination,
    Notification,
    Operation,
    ReplyType,
    Transition,
)
from bot.alerts.routing import Decision, Listener, MayTell, held_until, refusal
from bot.alerts.saying import (
    FollowUp,
    Living,
    Moved,
    NothingNew,
    RollUp,
    Saying,
    Withdrawn,
)
from config.alerts import QuietHours
from metrics.calendar import london_day
from metrics.classification import ThreatLevel
from metrics.model import Catalogue

__all__ = ["Occasion", "Saying", "Told", "Write", "tell"]

Write = Callable[[Saying], ReplyType]

SPOKEN: Final = frozenset(Change) - {Change.CONTINUED, Change.EASED, Change.FOLDED}
"""Changes that are said in a thread; the others only change the living message."""

POSTS: Final = frozenset({Change.RAISED, Change.ESCALATED, Change.SNOOZE_BROKEN, Change.UNFOLDED})
"""Changes for which a message is posted where there is none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What has been told: the living messages that there are, and how many posts a day."""

    messages: Mapping[tuple[AlertId, Destination], date] = field(default_factory=dict)
    """By alert and destination: the day in London on which it was last posted or edited, or queued
    to be.  A post that still waits for the end of quiet hours is a message already."""
    posted_today: Mapping[Destination, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)  # no slots: Python 3.11 cannot subscript those
class Occasion(Generic[ReplyType]):
    """What telling needs beside the transitions."""

    now: datetime
    as_at: date
    catalogue: Catalogue
    quiet_hours: QuietHours
    merge_within: timedelta  # alerts of one measure that begin so close together are one message
    may_tell: MayTell
    write: Write[ReplyType]
    is_daily: bool = True  # the daily run, which may say that there is nothing new


def tell(
    transitions: Sequence[Transition],
    *,
    open_alerts: Iterable[Alert],
    decisions: Mapping[AlertId, Sequence[Decision]],
    audience: Sequence[Listener],
    told: Told,
    occasion: Occasion[ReplyType],
) -> list[Notification[ReplyType]]:
    """Decide what is posted, edited and said in threads.

    Args:
        transitions: What happened.
        open_alerts: Every alert that is open after it.
        decisions: By alert: where it is told.
        audience: Every listener, for caps, quiet hours and what is said when nothing is new.
        told: What has been told before.
        occasion: When, and what may be told.

    Returns:
        Notifications in the order in which each destination is to have them.
    """
    listening: dict[Destination, list[Listener]] = {}
    for listener in audience:
        listening.setdefault(listener.destination, []).append(listener)
    for _, destination in told.messages:
        listening.setdefault(destination, [])
    everything = {one.id: one for one in open_alerts}
    everything |= {one.alert.id: one.alert for one in transitions}
    made: list[Notification[ReplyType]] = []
    for destination in sorted(listening):
        desk = _Place(destination, listening[destination], everything, decisions, told, occasion)
        made += desk.notifications(transitions)
    return made


class _Place(Generic[ReplyType]):
    """One destination: what it has been told, and what it is told now."""

    def __init__(
        self,
        destination: Destination,
        listeners: Sequence[Listener],
        everything: Mapping[AlertId, Alert],
        decisions: Mapping[AlertId, Sequence[Decision]],
        told: Told,
        occasion: Occasion[ReplyType],
    ) -> None:
        self._destination = destination
        self._listeners = listeners
        self._everything = everything
        self._occasion = occasion
        self._posted_today = told.posted_today.get(destination, 0)
        self._edited = {
            id_: day for (id_, place), day in told.messages.items() if place == destination
        }
        self._wanted = {
            id_
            for id_, all_of_it in decisions.items()
            if any(one.told and one.destination == destination for one in all_of_it)
        }
        self._today = london_day(occasion.now)
        self._heads = self._grouped()
        self._made: list[Notification[ReplyType]] = []

    def notifications(self, transitions: Sequence[Transition]) -> list[Notification[ReplyType]]:
        """Return what this destination is told of the transitions."""
        asked = self._to_post(transitions)
        posted = asked[: self._room()]
        rolled = asked[len(posted) :]
        for alert in posted:
            self._post(alert)
        for alert in self._touched(transitions, posted):
            self._edit(alert, transitions)
        self._follow_up(transitions, {one.id for one in posted})
        if rolled:
            self._roll_up(rolled)
        if self._occasion.is_daily:
            self._nothing_new()
        return self._made

    def _may(self, alert: Alert) -> bool:
        occasion = self._occasion
        return not refusal(alert, self._destination, occasion.catalogue, occasion.may_tell)

    def _grouped(self) -> Mapping[AlertId, AlertId]:
        """Return for each alert the alert under whose message it is told here.

        Where its head is not told here, as to a lead of one area, what is told here is grouped
        anew, so that a partnership still holds its units.
        """
        under: dict[AlertId, AlertId] = {}
        orphans = []
        for one in self._everything.values():
            head = self._everything.get(one.head) if one.head else None
            if head is not None and head.is_open and self._is_here(head):
                under[one.id] = head.id
            elif one.head is not None and one.is_open and self._is_here(one):
                orphans.append(replace(one, head=None))
        here = frozenset(one.id for one in orphans)
        found = heads(
            orphans,
            self._occasion.catalogue,
            new=here - self._edited.keys(),
            within=self._occasion.merge_within,
        )
        return under | {id_: head for id_, head in found.items() if head is not None}

    def _is_here(self, alert: Alert) -> bool:
        wanted = alert.id in self._edited or alert.id in self._wanted
        return wanted and self._may(alert)

    def _head(self, alert: Alert) -> AlertId:
        """Return the alert under whose message this one is told here; its own without one."""
        return self._heads.get(alert.id, alert.id)

    def _is_echo(self, alert: Alert) -> bool:
        """Whether a wider area with the very same figures is told in the same message."""
        catalogue = self._occasion.catalogue
        return any(
            other.id != alert.id
            and other.is_open == alert.is_open
            and other.key.measure == alert.key.measure
            and other.key.concern is alert.key.concern
            and other.key.area != alert.key.area
            and alert.key.area in catalogue.within.get(other.key.area, ())
            and self._head(other) == self._head(alert)
            and (other.figures.value, other.figures.last_year)
            == (alert.figures.value, alert.figures.last_year)
            for other in self._everything.values()
        )

    def _to_post(self, transitions: Sequence[Transition]) -> list[Alert]:
        """Return the alerts that need a message of their own, the gravest first.

        News of an alert that is told under another one is told by that one's message; where a cap
        has left it without one, it is posted now.
        """
        news = [
            self._everything[one.alert.id]
            for one in transitions
            if one.change in POSTS and one.alert.id in self._wanted
        ]
        ids = dict.fromkeys(
            self._head(one)
            for one in news
            if one.is_open and one.snooze is None and one.id not in self._edited
        )
        found = [self._everything[id_] for id_ in ids if id_ not in self._edited]
        return sorted((one for one in found if one.snooze is None), key=_gravest_first)

    def _room(self) -> int:
        caps = [one.route.daily_cap for one in self._listeners]
        return max(max(caps, default=0) - self._posted_today, 0)

    def _children(self, head: Alert) -> tuple[Alert, ...]:
        """Return what is told under an alert here, leaving out what may not be told here."""
        found = [
            one
            for one in self._everything.values()
            if one.is_open
            and one.id != head.id
            and self._head(one) == head.id
            and self._may(one)
            and not self._is_echo(one)
        ]
        return tuple(sorted(found, key=_gravest_first))

    def _post(self, alert: Alert) -> None:
        living = Living(alert=alert, children=self._children(alert))
        self._add(alert.id, alert, Operation.POST, living, f"{alert.id}/{alert.revision}/post")

    def _touched(self, transitions: Sequence[Transition], posted: Sequence[Alert]) -> list[Alert]:
        """Return the alerts whose living message here has to change, once each."""
        just_posted = {one.id for one in posted}
        ids: dict[AlertId, None] = {}
        for one in transitions:
            ids[one.alert.id] = None
            if self._may(one.alert):
                ids[self._head(one.alert)] = None
        return [
            self._everything[id_] for id_ in ids if id_ in self._edited and id_ not in just_posted
        ]

    def _edit(self, alert: Alert, transitions: Sequence[Transition]) -> None:
        """Bring a living message up to date; a mere continuation at most once a day."""
        concerned = [one for one in transitions if self._concerns(one, alert)]
        mere = all(one.change is Change.CONTINUED for one in concerned)
        if mere and self._edited[alert.id] >= self._today:
            return
        stamp = "+".join(f"{one.alert.id}.{one.alert.revision}" for one in concerned)
        stamp = f"{alert.id}/{stamp}/edit"
        self._add(alert.id, alert, Operation.EDIT, self._as_it_stands(alert), stamp)

    def _as_it_stands(self, alert: Alert) -> Saying:
        occasion = self._occasion
        if why := refusal(alert, self._destination, occasion.catalogue, occasion.may_tell):
            return Withdrawn(alert=alert.id, why=why)
        head = self._everything[self._head(alert)]
        if head.id != alert.id and alert.is_open:
            return Moved(alert=alert, head=head)
        return Living(alert=alert, children=self._children(alert) if alert.is_open else ())

    def _concerns(self, transition: Transition, alert: Alert) -> bool:
        return transition.alert.id == alert.id or self._head(transition.alert) == alert.id

    def _follow_up(self, transitions: Sequence[Transition], posted: set[AlertId]) -> None:
        """Say in each thread what happened, in one message for each head."""
        threads: dict[AlertId, list[Transition]] = {}
        for one in transitions:
            if one.change not in SPOKEN or not self._may(one.alert):
                continue
            if one.change is Change.RAISED and self._is_echo(one.alert):
                continue
            thread = one.alert.id if one.alert.id in self._edited else self._head(one.alert)
            own_post = one.alert.id in posted
            if (thread in self._edited or thread in posted) and not own_post:
                threads.setdefault(thread, []).append(one)
        for head, said in threads.items():
            stamp = "+".join(f"{one.alert.id}.{one.alert.revision}" for one in said)
            saying = FollowUp(transitions=tuple(said))
            alert = self._everything[head]
            self._add(head, alert, Operation.THREAD, saying, f"{head}/{stamp}/thread")

    def _roll_up(self, alerts: Sequence[Alert]) -> None:
        stamp = "+".join(f"{one.id}.{one.revision}" for one in alerts)
        stamp = f"{self._today.isoformat()}/{stamp}/roll-up"
        self._add(None, None, Operation.POST, RollUp(alerts=tuple(alerts)), stamp)

    def _nothing_new(self) -> None:
        asked = any(one.route.nothing_new for one in self._listeners)
        spoken = any(one.operation is not Operation.EDIT for one in self._made)
        if not asked or spoken or self._posted_today:
            return
        standing = [
            one
            for one in self._everything.values()
            if one.is_open and one.id in self._wanted and one.key.concern is Concern.THREAT
        ]
        saying = NothingNew(
            as_at=self._occasion.as_at, is_open=tuple(sorted(standing, key=_gravest_first))
        )
        stamp = f"nothing-new/{self._occasion.as_at.isoformat()}"
        self._add(None, None, Operation.POST, saying, stamp)

    def _add(
        self,
        message: AlertId | None,
        alert: Alert | None,
        operation: Operation,
        saying: Saying,
        stamp: str,
    ) -> None:
        """Add a notification; only what makes a sound waits for the end of quiet hours."""
        occasion = self._occasion
        silent = operation is Operation.EDIT or not any(
            one.route.quiet_hours for one in self._listeners
        )
        at = occasion.now if silent else held_until(occasion.now, occasion.quiet_hours)
        self._made.append(
            Notification(
                key=f"{self._destination}/{stamp}",
                alert=alert.id if alert else None,
                message=message,
                destination=self._destination,
                operation=operation,
                reply=occasion.write(saying),
                at=at,
            )
        )


def _gravest_first(alert: Alert) -> tuple[object, ...]:
    """Order by level, then by how many rules saw it and how little chance explains it."""
    good = alert.key.concern is Concern.SECURED
    level = ThreatLevel.LOW if good else alert.level
    chance = alert.figures.p_value
    unexplained = 1.0 if math.isnan(chance) else chance
    return (-level, -len(alert.rules), unexplained, len(alert.id), alert.id)
