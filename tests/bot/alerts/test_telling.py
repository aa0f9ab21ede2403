"""What is posted, edited and said in threads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.alerts.decide import tell_all
from bot.alerts.model import (
    Alert,
    AlertId,
    Change,
    Destination,
    Ending,
    Notification,
    Operation,
    SnoozeUntil,
    Transition,
)
from bot.alerts.muting import snooze
from bot.alerts.routing import Listener
from bot.alerts.saying import (
    FollowUp,
    Living,
    Moved,
    NothingNew,
    RollUp,
    Saying,
    Withdrawn,
)
from bot.alerts.telling import Occasion, Told
from config.alerts import QuietHours, Route
from metrics.calendar import london_day
from metrics.classification import ThreatLevel
from metrics.model import Area, Catalogue, Measure
from tests.bot.alerts.making import DAY, MORNING, a_key, an_alert

HIGH, MEDIUM, LOW = ThreatLevel.HIGH, ThreatLevel.MEDIUM, ThreatLevel.LOW
CHANNEL = Destination(platform="slack", address="C1")
TODAY = london_day(MORNING)
YESTERDAY = TODAY - timedelta(days=1)
POST, EDIT, THREAD = Operation.POST, Operation.EDIT, Operation.THREAD


def a_listener(**changes: Any) -> Listener:
    return Listener(route=Route(name="channel", to="slack:C1", **changes), destination=CHANNEL)


def happened(change: Change, alert: Alert, **changes: Any) -> Transition:
    return Transition(change=change, alert=alert, at=MORNING, **changes)


class Room:
    """A room in which things are told to one channel."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.listeners: Sequence[Listener] = [a_listener()]
        self.messages: Mapping[Any, date] = {}
        self.posted_today: Mapping[Destination, int] = {}
        self.refused: set[str] = set()
        self.quiet = QuietHours()
        self.is_daily = True
        self.now = MORNING

    def may_tell(self, measure: Measure, _area: Area, _to: Destination) -> str:
        return "it is restricted." if measure.id in self.refused else ""

    def told(self, *alerts: Alert, on: date = YESTERDAY) -> None:
        self.messages = dict(self.messages) | {(one.id, CHANNEL): on for one in alerts}

    def tell(
        self, *transitions: Transition, standing: Sequence[Alert] = ()
    ) -> list[Notification[Saying]]:
        decided = tell_all(
            transitions,
            open_alerts=standing,
            audience=self.listeners,
            told=Told(messages=self.messages, posted_today=self.posted_today),
            occasion=Occasion[Saying](
                now=self.now,
                as_at=DAY,
                catalogue=self.catalogue,
                quiet_hours=self.quiet,
                merge_within=timedelta(days=7),
                may_tell=self.may_tell,
                write=lambda saying: saying,
                is_daily=self.is_daily,
            ),
        )
        return list(decided.notifications)


@pytest.fixture
def room(saltmarsh: Catalogue) -> Room:
    return Room(saltmarsh)


def done(made: Sequence[Notification[Saying]]) -> list[tuple[Operation, type]]:
    return [(one.operation, type(one.reply)) for one in made]


def test_a_new_alert_is_posted_once(room: Room) -> None:
    [made] = room.tell(happened(Change.RAISED, an_alert()))

    assert (made.operation, made.message) == (POST, "A-17")
    room.told(an_alert())
    assert room.tell(standing=[an_alert()]) == []


def test_a_mere_continuation_is_an_edit_and_no_message(room: Room) -> None:
    room.told(an_alert())

    assert done(room.tell(happened(Change.CONTINUED, an_alert()))) == [(EDIT, Living)]


def test_a_mere_continuation_is_edited_at_most_once_a_day(room: Room) -> None:
    room.told(an_alert(), on=TODAY)

    assert room.tell(happened(Change.CONTINUED, an_alert())) == []


@pytest.mark.parametrize(
    "change",
    [
        Change.ESCALATED,
        Change.ACKNOWLEDGED,
        Change.SNOOZED,
        Change.SNOOZE_ENDED,
        Change.SNOOZE_BROKEN,
        Change.REJUDGED,
    ],
)
def test_what_matters_is_also_said_in_the_thread(room: Room, change: Change) -> None:
    room.told(an_alert(), on=TODAY)

    made = room.tell(happened(change, an_alert()))

    assert done(made) == [(EDIT, Living), (THREAD, FollowUp)]
    assert {one.message for one in made} == {"A-17"}


def test_the_end_is_edited_in_and_said_in_the_thread(room: Room) -> None:
    ended = an_alert(resolved_at=MORNING, ending=Ending.RECOVERED)
    room.told(ended)

    assert done(room.tell(happened(Change.RESOLVED, ended))) == [
        (EDIT, Living),
        (THREAD, FollowUp),
    ]


def test_an_end_of_what_was_never_told_is_not_told(room: Room) -> None:
    ended = an_alert(resolved_at=MORNING, ending=Ending.RECOVERED)

    assert room.tell(happened(Change.RESOLVED, ended)) == []


def test_what_becomes_grave_enough_is_posted_then(room: Room) -> None:
    room.listeners = [a_listener(least="high")]

    assert room.tell(happened(Change.RAISED, an_alert())) == []
    made = room.tell(happened(Change.ESCALATED, an_alert(level=HIGH)))
    assert done(made) == [(POST, Living)]


def test_the_same_thing_to_do_has_the_same_key_and_another_has_another(room: Room) -> None:
    first = room.tell(happened(Change.RAISED, an_alert()))
    again = room.tell(happened(Change.RAISED, an_alert()))
    room.told(an_alert())
    later = room.tell(happened(Change.ACKNOWLEDGED, an_alert(revision=2)))

    assert [one.key for one in first] == [one.key for one in again]
    assert len({one.key for one in [*first, *later]}) == 3


# Parents and children


PARENT = an_alert(id_="A-1", key=a_key("all-crime.recorded"))
CHILD = an_alert(id_="A-2", key=a_key("other.recorded"), head=PARENT.id)


def test_a_parent_holds_its_children_in_its_message_and_its_thread(room: Room) -> None:
    made = room.tell(happened(Change.RAISED, PARENT), happened(Change.RAISED, CHILD))

    assert done(made) == [(POST, Living), (THREAD, FollowUp)]
    assert made[0].reply == Living(alert=PARENT, children=(CHILD,))
    assert made[1].message == "A-1"


def test_many_children_are_one_follow_up(room: Room) -> None:
    room.told(PARENT)
    children = [replace(CHILD, id=AlertId(f"A-{n}")) for n in range(20, 32)]

    made = room.tell(*(happened(Change.RAISED, one) for one in children), standing=[PARENT])

    assert [one.operation for one in made].count(THREAD) == 1


def test_a_restricted_child_is_not_named_in_its_parents_message(room: Room) -> None:
    room.refused = {"other.recorded"}

    made = room.tell(happened(Change.RAISED, PARENT), happened(Change.RAISED, CHILD))

    assert done(made) == [(POST, Living)]
    assert made[0].reply == Living(alert=PARENT)


def test_where_the_parent_is_not_told_the_child_has_its_own_message(room: Room) -> None:
    in_ebb = replace(CHILD, key=a_key("other.recorded", "ebb"))
    room.listeners = [a_listener(areas=("ebb",))]

    made = room.tell(happened(Change.RAISED, PARENT), happened(Change.RAISED, in_ebb))

    assert [one.message for one in made] == ["A-2"]


def test_where_the_parent_is_not_told_what_is_told_is_grouped_anew(room: Room) -> None:
    everything = replace(CHILD, key=a_key("all-crime.recorded", "ebb"))
    theft = replace(CHILD, id=AlertId("A-3"), key=a_key("other.recorded", "ebb"))
    room.listeners = [a_listener(areas=("ebb",))]

    made = room.tell(*(happened(Change.RAISED, one) for one in (PARENT, everything, theft)))

    assert [(one.operation, one.message) for one in made] == [(POST, "A-2"), (THREAD, "A-2")]


def test_an_area_with_the_very_same_figures_is_not_told_beside_the_wider_one(room: Room) -> None:
    twin = replace(PARENT, id=AlertId("A-3"), key=a_key("all-crime.recorded", "ebb"))
    twin = replace(twin, head=PARENT.id)

    made = room.tell(happened(Change.RAISED, PARENT), happened(Change.RAISED, twin))

    assert [one.reply for one in made] == [Living(alert=PARENT)]


def test_a_message_that_was_folded_says_where_it_went(room: Room) -> None:
    room.told(CHILD, PARENT)

    made = room.tell(happened(Change.FOLDED, CHILD), standing=[PARENT])

    assert Moved(alert=CHILD, head=PARENT) in [one.reply for one in made]
    assert THREAD not in [one.operation for one in made]


def test_a_child_whose_parent_has_ended_gets_its_own_message(room: Room) -> None:
    ended = replace(PARENT, resolved_at=MORNING, ending=Ending.RECOVERED)
    alone = replace(CHILD, head=None)
    room.told(PARENT)

    made = room.tell(happened(Change.RESOLVED, ended), happened(Change.UNFOLDED, alone))

    assert (POST, "A-2") in [(one.operation, one.message) for one in made]


# Caps, quiet hours, calm days


def many(levels: Sequence[ThreatLevel]) -> list[Transition]:
    return [
        happened(Change.RAISED, an_alert(id_=f"A-{n}", level=level, key=a_key(area=f"area-{n}")))
        for n, level in enumerate(levels)
    ]


@pytest.fixture
def wide(saltmarsh: Catalogue) -> Room:
    """A room of a force with ten more areas, none inside another."""
    ebb = saltmarsh.area("ebb")
    more = {f"area-{n}": replace(ebb, id=f"area-{n}") for n in range(10)}  # type: ignore[arg-type]
    return Room(replace(saltmarsh, areas=saltmarsh.areas | more))  # type: ignore[operator]


def test_beyond_the_daily_cap_the_rest_is_one_list_gravest_first(wide: Room) -> None:
    wide.listeners = [a_listener(daily_cap=2)]

    made = wide.tell(*many([MEDIUM, HIGH, MEDIUM, MEDIUM, HIGH]))

    assert [one.message for one in made] == ["A-1", "A-4", None]
    [rolled] = [one.reply for one in made if isinstance(one.reply, RollUp)]
    assert [one.id for one in rolled.alerts] == ["A-0", "A-2", "A-3"]


def test_what_was_posted_today_counts_towards_the_cap(wide: Room) -> None:
    wide.listeners = [a_listener(daily_cap=2)]
    wide.posted_today = {CHANNEL: 2}

    assert done(wide.tell(*many([HIGH]))) == [(POST, RollUp)]


def test_news_of_a_child_posts_a_parent_that_a_cap_had_left_without_a_message(room: Room) -> None:
    worse = replace(CHILD, revision=2)

    made = room.tell(happened(Change.ESCALATED, worse), standing=[PARENT])

    assert (made[0].operation, made[0].message) == (POST, "A-1")


def test_posts_wait_for_the_end_of_quiet_hours_and_edits_do_not(room: Room) -> None:
    room.told(PARENT)

    made = room.tell(
        happened(Change.RAISED, an_alert(key=a_key("anglers.satisfaction"))),
        happened(Change.CONTINUED, PARENT),
    )

    assert {one.operation: one.at for one in made} == {
        POST: MORNING.replace(hour=7, minute=0),
        EDIT: MORNING,
    }


def test_a_calm_day_is_told_only_where_it_was_asked_for(room: Room) -> None:
    assert room.tell(standing=[PARENT]) == []
    room.listeners = [a_listener(nothing_new=True)]
    [made] = room.tell(standing=[PARENT])
    assert made.reply == NothingNew(as_at=DAY, is_open=(PARENT,))


def test_a_press_of_a_button_is_no_calm_day(room: Room) -> None:
    room.listeners = [a_listener(nothing_new=True)]
    room.is_daily = False

    assert room.tell() == []


def test_what_may_not_be_shown_any_more_is_taken_out_of_its_message(room: Room) -> None:
    room.told(an_alert())
    room.refused = {"other.recorded"}

    made = room.tell(happened(Change.CONTINUED, an_alert()))

    assert [one.reply for one in made] == [
        Withdrawn(alert=AlertId("A-17"), why="it is restricted.")
    ]


def test_a_message_whose_route_is_gone_still_comes_to_its_end(room: Room) -> None:
    room.listeners = []
    ended = an_alert(resolved_at=MORNING, ending=Ending.RECOVERED)
    room.told(ended)

    assert done(room.tell(happened(Change.RESOLVED, ended))) == [
        (EDIT, Living),
        (THREAD, FollowUp),
    ]


def test_a_snoozed_alert_is_not_posted(room: Room) -> None:
    asleep = snooze(
        an_alert(),
        kind=SnoozeUntil.DATE,
        by="Jane",
        at=MORNING,
        boards=(),
        longest_days=92,
        day=TODAY + timedelta(days=9),
    ).alert

    assert room.tell(happened(Change.UNFOLDED, asleep)) == []
