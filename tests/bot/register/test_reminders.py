"""People are reminded together, on working days, so many times, and then no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.register.model import Issue, Step
from bot.register.reminders import (
    Matter,
    Patience,
    Reminded,
    Reminder,
    is_working_day,
    may_remind,
    reminders,
    told,
)
from tests.bot.register.making import MORNING, PEOPLE, TODAY, an_action, an_issue

LATE = TODAY - timedelta(days=2)
HERE = frozenset(PEOPLE)


def remind(
    *issues: Issue,
    today: date = TODAY,
    reminded: Iterable[Reminded] = (),
    here: frozenset[str] = HERE,
    **patience: int,
) -> tuple[Reminder, ...]:
    return reminders(
        issues,
        today=today,
        here=here,
        reminded=reminded,
        patience=Patience(**patience),  # type: ignore[arg-type]
    )


def test_everything_of_one_person_is_one_message() -> None:
    one = an_issue(1, actions=(an_action(1, due=LATE), an_action(2, due=TODAY)))
    two = an_issue(2, actions=(an_action(1, due=LATE - timedelta(days=9)),))

    [reminder] = remind(one, two)

    assert reminder.person == "tom"
    assert [item.key.issue for item in reminder.items] == ["I-2", "I-1", "I-1"]
    assert [item.key.matter for item in reminder.items] == [
        Matter.OVERDUE, Matter.OVERDUE, Matter.DUE,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "day",
    [date(2020, 12, 12), date(2020, 12, 13), date(2020, 12, 25), date(2020, 12, 28)],
    ids=["Saturday", "Sunday", "Christmas Day", "the bank holiday in its place"],
)
def test_nobody_is_reminded_on_a_day_off(day: date) -> None:
    assert remind(an_issue(actions=(an_action(1, due=LATE),)), today=day) == ()


@pytest.mark.parametrize(("hour", "may"), [(8, False), (9, True), (16, True), (17, False)])
def test_reminders_keep_office_hours(hour: int, may: bool) -> None:  # noqa: FBT001
    assert may_remind(datetime(2020, 12, 11, hour, tzinfo=UTC)) is may


def test_the_same_thing_is_told_once_a_day() -> None:
    issue = an_issue(actions=(an_action(1, due=LATE),))
    [reminder] = remind(issue)

    assert remind(issue, reminded=told(reminder, today=TODAY)) == ()


def test_it_stops_and_says_so_the_last_time() -> None:
    issue = an_issue(actions=(an_action(1, due=LATE),))
    kept: list[Reminded] = []
    last = []
    for n in range(60):
        for reminder in remind(issue, today=TODAY + timedelta(days=n), reminded=kept):
            kept += told(reminder, today=TODAY + timedelta(days=n))
            last += [item.is_last for item in reminder.items]

    assert last == [False, False, False, False, True]
    assert all(is_working_day(one.day) for one in kept)


def test_a_new_date_is_told_anew() -> None:
    before = an_issue(actions=(an_action(1, due=LATE),))
    [reminder] = remind(before)
    kept = [one for _ in range(5) for one in told(reminder, today=LATE)]

    after = an_issue(actions=(an_action(1, due=LATE + timedelta(days=1)),))

    assert remind(before, reminded=kept) == ()
    assert len(remind(after, reminded=kept)) == 1


def test_what_somebody_had_who_has_left_goes_to_the_coordinator() -> None:
    issue = an_issue(actions=(an_action(1, due=LATE, owner="gone"),))

    [reminder] = remind(issue)

    assert reminder.person == ""
    assert reminder.items[0].owner == "gone"


def test_an_action_of_nobody_is_the_owner_of_the_issues() -> None:
    issue = an_issue(owner="jane", actions=(an_action(1, due=LATE, owner=""),))

    [reminder] = remind(issue)

    assert reminder.person == "jane"


def test_of_a_closed_issue_nobody_is_reminded() -> None:
    closed = an_issue(step=Step.CLOSED, closed_at=MORNING, actions=(an_action(1, due=LATE),))

    assert remind(closed) == ()


def test_more_than_is_read_at_once_waits_for_another_day() -> None:
    many = an_issue(actions=tuple(an_action(n, due=LATE) for n in range(1, 6)))

    [first] = remind(many, most_items=3)
    [second] = remind(many, today=TODAY + timedelta(days=3), reminded=told(first, today=TODAY),
                      most_items=3, most_times=1)  # fmt: skip

    assert (len(first.items), first.left_out) == (3, 2)
    assert [item.key.action for item in second.items] == [4, 5]


def test_an_action_that_is_done_comes_back_for_its_review_unless_somebody_looked() -> None:
    done = an_action(1, done=LATE - timedelta(days=30), review=LATE)
    unseen = an_issue(1, updated_at=MORNING - timedelta(days=30), actions=(done,))
    looked_at = an_issue(2, updated_at=MORNING, actions=(done,))

    [reminder] = remind(unseen, looked_at)

    assert [item.key for item in reminder.items] == [("I-1", 1, Matter.REVIEW, LATE)]


@given(
    st.lists(
        st.builds(
            an_action,
            number=st.integers(1, 9),
            due=st.dates(date(2020, 11, 1), date(2021, 1, 31)),
            owner=st.sampled_from(["jane", "tom", "gone", ""]),
        ),
        max_size=6,
        unique_by=lambda one: one.number,
    ),
    st.integers(1, 4),
)
@settings(max_examples=20, deadline=None)
def test_nothing_is_told_more_often_than_is_set_however_long_it_waits(
    actions: list[object], most: int
) -> None:
    issue = an_issue(actions=tuple(actions))
    kept: list[Reminded] = []
    for n in range(90):
        day = TODAY + timedelta(days=n)
        for reminder in remind(issue, today=day, reminded=kept, most_times=most, most_items=2):
            kept += told(reminder, today=day)

    counts = [sum(one.key == other.key for one in kept) for other in kept]
    assert all(count <= most for count in counts)
    assert all(is_working_day(one.day) for one in kept)
