"""A history tells each alert's life once, and counts what a configuration would have sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.alerts.history import FOLLOW_UPS, LISTS, POSTS, History, history_of, only_in
from bot.alerts.model import (
    Alert,
    AlertId,
    Change,
    Destination,
    Ending,
    Operation,
    RuleName,
    Transition,
)
from bot.alerts.rehearsal import Message, Rehearsed
from metrics.classification import ThreatLevel
from tests.bot.alerts.making import MORNING, a_key, an_alert

FIRST = date(2020, 6, 1)
HERE = Destination(platform="route", address="everyone")


def a_day(after: int, *changes: tuple[Change, Alert], messages: int = 0) -> Rehearsed:
    as_at = FIRST + timedelta(days=after)
    return Rehearsed(
        as_at=as_at,
        transitions=tuple(
            Transition(change=change, alert=alert, at=MORNING) for change, alert in changes
        ),
        messages=tuple(
            Message(
                as_at=as_at, destination=HERE, operation=Operation.POST, alert=AlertId("A-17")
            )
            for _ in range(messages)
        ),
        open_alerts=(),
    )  # fmt: skip


ALERT = an_alert()
WORSE = replace(ALERT, level=ThreatLevel.HIGH)
ENDED = replace(WORSE, resolved_at=MORNING, ending=Ending.RECOVERED)


def a_history(name: str = "") -> History:
    return history_of(
        name,
        [
            a_day(0),
            a_day(3, (Change.RAISED, ALERT)),
            a_day(5, (Change.ESCALATED, WORSE)),
            a_day(12, (Change.RESOLVED, ENDED)),
            a_day(13),
        ],
    )


def test_a_life_runs_from_first_sight_to_its_end() -> None:
    (life,) = a_history().lives

    assert (life.raised, life.ended) == (date(2020, 6, 4), date(2020, 6, 13))
    assert life.escalated == (date(2020, 6, 6),)
    assert (life.level, life.highest) == (ThreatLevel.MEDIUM, ThreatLevel.HIGH)
    assert life.days(date(2020, 6, 14)) == 10


def test_an_alert_that_has_not_ended_is_open_at_the_end() -> None:
    history = history_of("", [a_day(0), a_day(1, (Change.RAISED, ALERT)), a_day(6)])

    (life,) = history.open_at_end
    assert life.days(history.last) == 6


def test_what_stands_on_the_first_day_was_not_raised_in_it() -> None:
    history = history_of("", [a_day(0, (Change.RAISED, ALERT)), a_day(13)])

    assert history.raised == ()
    assert len(history.stood_before) == 1


def test_alerts_are_counted_by_week_rule_and_level() -> None:
    history = a_history()

    assert history.a_week(history.raised) == 0.5
    assert history.by_rule() == {RuleName.DETERIORATION: 1}
    assert history.by_level() == {ThreatLevel.MEDIUM: 1}


def test_posts_follow_ups_and_lists_are_counted_apart() -> None:
    calm = Message(as_at=FIRST, destination=HERE, operation=Operation.POST, alert=None)
    thread = replace(calm, operation=Operation.THREAD, alert=AlertId("A-17"))
    day = replace(a_day(0, messages=2), messages=(*a_day(0, messages=2).messages, calm, thread))

    assert history_of("", [day]).heard() == {HERE: {POSTS: 2, LISTS: 1, FOLLOW_UPS: 1}}


def test_only_what_the_other_history_lacks_is_told() -> None:
    other_key = replace(ALERT, id=AlertId("A-18"), key=a_key(area="ebb"))
    more = history_of("", [a_day(0), a_day(4, (Change.RAISED, ALERT), (Change.RAISED, other_key))])

    alone = only_in(more, a_history(), within=timedelta(days=1))

    assert [one.id for one in alone] == ["A-18"]


def test_the_same_key_long_after_is_another_alert() -> None:
    later = history_of("", [a_day(0), a_day(90, (Change.RAISED, ALERT)), a_day(91)])

    assert len(only_in(later, a_history(), within=timedelta(days=28))) == 1
