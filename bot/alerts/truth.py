"""A replay against marked truth: which alerts were right, what was found, and how soon.

Truth is a list of events that are known to have happened: from a simulation, or from people who
have marked them.  Where all events of a stretch are marked, every other threat is a false alarm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.alerts.history import History, Life
from bot.alerts.model import AlertId, Concern, RuleName
from config.events import Event
from metrics.model import Catalogue, MeasureId

AFTERGLOW: Final = timedelta(days=28)
"""So long after an event has ended an alert may still speak of it: the middle window of the
watch."""


class Mark(StrEnum):
    """What truth says of an alert."""

    RIGHT = "right"  # the event's measure and area, or a part of them, at its time
    NEAR = "near"  # a total or a wider area that holds the event: neither right nor wrong
    FALSE = "false"  # nothing of the kind happened
    NOT_JUDGED = "not judged"  # not a threat, or it stood already when the replay began


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An event, and the first alert that spoke of it."""

    event: Event
    by: AlertId | None  # None: missed
    days: int  # from its beginning to the alert; 0 where it was missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A replay against truth."""

    marks: Mapping[AlertId, Mark]
    found: tuple[Found, ...]
    right_by_rule: Mapping[RuleName, int]
    false_by_rule: Mapping[RuleName, int]

    def count(self, mark: Mark) -> int:
        """Return how many alerts have a mark."""
        return sum(one is mark for one in self.marks.values())

    @property
    def precision(self) -> float:
        """The share of right alerts among those right or false; NaN without any."""
        return share(self.count(Mark.RIGHT), self.count(Mark.FALSE))

    def precision_of(self, rule: RuleName) -> float:
        """The same of the alerts that one rule raised, alone or with others."""
        return share(self.right_by_rule.get(rule, 0), self.false_by_rule.get(rule, 0))


def share(right: int, false: int) -> float:
    """Return right of all that is right or false; NaN without any."""
    return right / (right + false) if right + false else float("nan")


def judge_history(history: History, events: Sequence[Event], catalogue: Catalogue) -> Judged:
    """Hold every alert of a history against the events that are known."""
    marks = {life.id: _mark(life, events, catalogue) for life in history.lives}
    right, false = Counter[RuleName](), Counter[RuleName]()
    for life in history.lives:
        if marks[life.id] is Mark.RIGHT:
            right.update(life.raised_by)
        elif marks[life.id] is Mark.FALSE:
            false.update(life.raised_by)
    return Judged(
        marks=marks,
        found=tuple(_found(one, history, catalogue) for one in events),
        right_by_rule=right,
        false_by_rule=false,
    )


def _mark(life: Life, events: Sequence[Event], catalogue: Catalogue) -> Mark:
    if life.key.concern is not Concern.THREAT or life.stood_before:
        return Mark.NOT_JUDGED
    there = [_bears_on(life, one, catalogue) for one in events if _is_of_its_time(life, one)]
    if Mark.RIGHT in there:
        return Mark.RIGHT
    return Mark.NEAR if Mark.NEAR in there else Mark.FALSE


def _found(event: Event, history: History, catalogue: Catalogue) -> Found:
    """Return the first alert that spoke of an event, also of a total or a wider area."""
    by = [
        life
        for life in history.of(Concern.THREAT)
        if _is_of_its_time(life, event) and _bears_on(life, event, catalogue) is not Mark.FALSE
    ]
    if not by:
        return Found(event=event, by=None, days=0)
    first = min(by, key=lambda one: one.raised)
    return Found(event=event, by=first.id, days=(first.raised - event.first).days)


def _is_of_its_time(life: Life, event: Event) -> bool:
    return event.first <= life.raised <= event.last + AFTERGLOW


def _bears_on(life: Life, event: Event, catalogue: Catalogue) -> Mark:
    """Say whether an alert is of an event, of something that holds it, or of something else."""
    measures, areas = _counts(event.measure, catalogue), catalogue.within
    alert, area = _counts(life.key.measure, catalogue), life.key.area
    if alert <= measures and area in areas.get(event.area, frozenset()):
        return Mark.RIGHT
    shared = bool(alert & measures)
    touching = area in areas.get(event.area, frozenset()) or event.area in areas.get(
        area, frozenset()
    )
    return Mark.NEAR if shared and touching else Mark.FALSE


def _counts(measure: MeasureId, catalogue: Catalogue) -> frozenset[str]:
    """Return what a measure counts; one that the plan does not know counts itself."""
    known = catalogue.measures.get(measure)
    return frozenset(known.numerator) if known else frozenset({measure})
