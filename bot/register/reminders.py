"""Who is reminded of what, and when that stops.  Pure.

What is due is told to the person who has it, all of it in one message, on working days.  The same
thing is told so many times at most and then no more: a reminder that never ends is not read.  What
nobody has, or somebody who has left, goes to the co-ordinator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from bot.register.model import Action, Issue, IssueId
from metrics.calendar import LONDON, bank_holidays, london_day

SATURDAY: Final = 5

OFFICE_HOURS: Final = (time(9), time(17))
"""When people are reminded, in Europe/London."""


class Matter(StrEnum):
    """What there is to be reminded of."""

    DUE = "due"  # an action is due within days
    OVERDUE = "overdue"  # an action should have been done
    REVIEW = "review"  # it is to be looked at whether an action worked
    ISSUE_REVIEW = "issue_review"  # the issue itself is to be looked at again


class Key(NamedTuple):
    """One thing to be reminded of.  A new date makes a new thing, and is told from the start."""

    issue: IssueId
    action: int  # its number; 0: the issue itself
    matter: Matter
    day: date  # when it is, or was, due


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """Somebody was reminded of something on a day.  Never changed."""

    key: Key
    day: date
    person: str  # the person's id; empty: the co-ordinator


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a reminder."""

    key: Key
    issue: Issue
    text: str  # the action, or the issue's title
    owner: str  # who has it, as it is kept; empty: nobody
    is_last: bool  # it is not told again


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One message to one person: everything that is due of theirs."""

    person: str  # the person's id; empty: the co-ordinator
    items: tuple[Item, ...]  # what has waited longest first
    left_out: int = 0  # so many more are due than are told at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often people are reminded."""

    most_times: int = 5  # that one thing is told; then it stops
    most_items: int = 10  # in one message
    due_within: timedelta = timedelta(days=3)  # an action is told before it is due


USUAL: Final = Patience()


def is_working_day(day: date) -> bool:
    """Whether people are at work: no Saturday, Sunday or bank holiday."""
    return day.weekday() < SATURDAY and day not in bank_holidays(day, day)


def may_remind(moment: datetime) -> bool:
    """Whether this is a moment to remind people at: office hours of a working day in London."""
    local = moment.astimezone(LONDON)
    first, last = OFFICE_HOURS
    return is_working_day(local.date()) and first <= local.time() < last


def reminders(
    issues: Iterable[Issue],
    *,
    today: date,
    here: Collection[str],
    reminded: Iterable[Reminded],
    patience: Patience = USUAL,
) -> tuple[Reminder, ...]:
    """Decide who is reminded of what today.

    Args:
        issues: All of them, as they stand; closed ones are not told.
        today: The day in London.
        here: The ids of the people who are known; what others have goes to the co-ordinator.
        reminded: What has been told before.
        patience: How often, and how much at once.

    Returns:
        One reminder for each person, by their id, the co-ordinator's first; on a day that is no
        working day, and where all has been told today already, nothing.
    """
    if not is_working_day(today):
        return ()
    before = tuple(reminded)
    times = Counter(one.key for one in before)
    told_today = {one.key for one in before if one.day == today}
    due: dict[str, list[Item]] = {}
    for issue in issues:
        for key, text, owner in _matters(issue, today=today, patience=patience):
            if key in told_today or times[key] >= patience.most_times:
                continue
            person = owner if owner in here else ""
            is_last = times[key] + 1 == patience.most_times
            item = Item(key=key, issue=issue, text=text, owner=owner, is_last=is_last)
            due.setdefault(person, []).append(item)
    return tuple(_grouped(person, due[person], patience) for person in sorted(due))


def told(reminder: Reminder, *, today: date) -> tuple[Reminded, ...]:
    """Return what is to be kept of a reminder: what it left out is told another day."""
    return tuple(
        Reminded(key=item.key, day=today, person=reminder.person) for item in reminder.items
    )


def _grouped(person: str, items: list[Item], patience: Patience) -> Reminder:
    ordered = sorted(items, key=lambda one: (one.key.day, one.issue.number, one.key.action))
    return Reminder(
        person=person,
        items=tuple(ordered[: patience.most_items]),
        left_out=max(len(ordered) - patience.most_items, 0),
    )


def _matters(issue: Issue, *, today: date, patience: Patience) -> Iterator[tuple[Key, str, str]]:
    """Give what is due of an issue: the key, what it is, and who has it."""
    if not issue.is_open:
        return
    if issue.review is not None and issue.review <= today:
        yield Key(issue.id, 0, Matter.ISSUE_REVIEW, issue.review), issue.title, issue.owner
    for action in issue.actions:
        owner = action.owner or issue.owner
        if action.is_overdue(today) and action.due is not None:
            yield Key(issue.id, action.number, Matter.OVERDUE, action.due), action.text, owner
        elif action.is_open and action.due and action.due - today <= patience.due_within:
            yield Key(issue.id, action.number, Matter.DUE, action.due), action.text, owner
        elif _is_to_be_reviewed(issue, action, today) and action.review is not None:
            yield Key(issue.id, action.number, Matter.REVIEW, action.review), action.text, owner


def _is_to_be_reviewed(issue: Issue, action: Action, today: date) -> bool:
    """Whether an action's review has come, and nobody has written anything since."""
    if action.is_open or action.review is None or action.review > today:
        return False
    return london_day(issue.updated_at) < action.review
