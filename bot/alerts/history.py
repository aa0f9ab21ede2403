"""What a replay found: the life of every alert, how many there were, and how many messages.

Days are as-at days throughout: an alert raised "on 3 June" rests on figures to 3 June and would
have been told the next morning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.alerts.model import (
    AlertId,
    AlertKey,
    Change,
    Concern,
    Destination,
    Ending,
    Operation,
    RuleName,
    Transition,
)
from bot.alerts.rehearsal import Message, Rehearsed
from metrics.classification import ThreatLevel

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One alert from first sight to its end."""

    id: AlertId
    key: AlertKey
    raised: date
    level: ThreatLevel  # when it was raised
    highest: ThreatLevel
    raised_by: frozenset[RuleName]  # the rules that fired when it was raised
    rules: frozenset[RuleName]  # every rule that ever held it up
    sentence: str  # of the gravest reason when it was raised
    stood_before: bool  # found on the very first day: it began at some time before
    is_child: bool  # told under another alert's message from the start
    escalated: tuple[date, ...] = ()
    ended: date | None = None
    ending: Ending | None = None

    def days(self, last: date) -> int:
        """Return how many days it was open, to its end or to a last day."""
        return ((self.ended or last) - self.raised).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that a configuration would have sent over a stretch of days."""

    name: str
    first: date
    last: date
    lives: tuple[Life, ...]  # in the order of their numbers
    messages: tuple[Message, ...]

    @property
    def weeks(self) -> float:
        """How long it lasted, in weeks."""
        return ((self.last - self.first).days + 1) / DAYS_A_WEEK

    @property
    def raised(self) -> tuple[Life, ...]:
        """The alerts that began in it: without what stood already when it began."""
        return tuple(one for one in self.lives if not one.stood_before)

    @property
    def stood_before(self) -> tuple[Life, ...]:
        """The alerts that stood already on the first day."""
        return tuple(one for one in self.lives if one.stood_before)

    @property
    def open_at_end(self) -> tuple[Life, ...]:
        """The alerts that had not ended on the last day."""
        return tuple(one for one in self.lives if one.ended is None)

    def of(self, concern: Concern) -> tuple[Life, ...]:
        """The alerts of one concern that began in it."""
        return tuple(one for one in self.raised if one.key.concern is concern)

    def a_week(self, lives: Sequence[Life]) -> float:
        """Return how many alerts that is a week."""
        return len(lives) / self.weeks

    def by_rule(self) -> Mapping[RuleName, int]:
        """Count the alerts that began in it by the rules that raised them; one may have several."""
        found = Counter(rule for life in self.raised for rule in life.raised_by)
        return {rule: found[rule] for rule in RuleName if found[rule]}

    def by_level(self) -> Mapping[ThreatLevel, int]:
        """Count the threats that began in it by the level they were raised at."""
        found = Counter(life.level for life in self.of(Concern.THREAT))
        return {level: found[level] for level in sorted(found, reverse=True)}

    def heard(self) -> Mapping[Destination, Counter[str]]:
        """Count what made a sound at each destination: alerts, follow-ups and lists."""
        made: dict[Destination, Counter[str]] = {}
        for one in self.messages:
            made.setdefault(one.destination, Counter())[_sound(one)] += 1
        return dict(sorted(made.items()))


POSTS = "posts"
FOLLOW_UPS = "follow-ups"
LISTS = "lists"
"""What makes a sound: an alert's own message, something in its thread, a roll-up or a calm list."""


def _sound(message: Message) -> str:
    if message.operation is Operation.THREAD:
        return FOLLOW_UPS
    return LISTS if message.alert is None else POSTS


def history_of(name: str, days: Iterable[Rehearsed]) -> History:
    """Gather a rehearsal's days, which are at least one, in order.

    What is raised on the very first day cannot be news: it is marked as having stood before,
    unless a rehearsal is being carried on (`joined`).
    """
    rehearsed = list(days)
    first, last = rehearsed[0].as_at, rehearsed[-1].as_at
    lives: dict[AlertId, Life] = {}
    for day in rehearsed:
        for one in day.transitions:
            lives[one.alert.id] = _after(lives.get(one.alert.id), one, day.as_at, first)
    return History(
        name=name,
        first=first,
        last=last,
        lives=tuple(lives.values()),
        messages=tuple(one for day in rehearsed for one in day.messages),
    )


def _after(life: Life | None, transition: Transition, day: date, first: date) -> Life:
    """Return an alert's life after one more change."""
    alert = transition.alert
    if life is None:
        life = Life(
            id=alert.id,
            key=alert.key,
            raised=day,
            level=alert.level,
            highest=alert.level,
            raised_by=alert.rules,
            rules=alert.rules,
            sentence=alert.reasons[0].sentence,
            stood_before=day == first,
            is_child=alert.head is not None,
        )
    life = replace(
        life,
        highest=max(life.highest, alert.level),
        rules=life.rules | alert.rules,
        is_child=alert.head is not None if life.raised == day else life.is_child,
    )
    match transition.change:
        case Change.ESCALATED:
            return replace(life, escalated=(*life.escalated, day))
        case Change.RESOLVED:
            return replace(life, ended=day, ending=alert.ending)
        case _:
            return life


def span_of(life: Life, last: date) -> tuple[date, date]:
    """Return the first and last day on which an alert was open."""
    return life.raised, (life.ended or last)


def only_in(one: History, other: History, *, within: timedelta) -> tuple[Life, ...]:
    """Return the alerts of one history that another does not have.

    The same alert is the same key, open at overlapping times or less than `within` apart.
    """
    spans: dict[AlertKey, list[tuple[date, date]]] = {}
    for life in other.lives:
        spans.setdefault(life.key, []).append(span_of(life, other.last))
    return tuple(
        life
        for life in one.lives
        if not any(
            first - within <= (life.ended or one.last) and life.raised <= last + within
            for first, last in spans.get(life.key, [])
        )
    )
