"""What is being done, shown with the figures: lines in an answer, and marks on its charts.

Docs: docs/register.md, "In answers and on charts".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from string import ascii_uppercase
from typing import Final

from bot.access import Sight
from bot.register.model import Issue, Operation, Step
from bot.replies import doing
from bot.replies.charts import Marker, MarkerKind
from bot.replies.model import Block, Bullets, Heading
from bot.replies.operations import places, span_words
from bot.replies.people import People, owner_words
from bot.replies.register import Refusal
from metrics.calendar import london_day, say_date
from metrics.model import Area, AreaId, Catalogue

MOST_ISSUES: Final = 3
MOST_OPERATIONS: Final = 3
"""So many are told in an answer, which is read on a phone; the others are counted."""

TOLD_AFTER: Final = timedelta(days=92)
"""An operation that has ended is still told with the figures for a quarter."""


SAME_DAY: Final = timedelta(days=7)
"""Figures are some days old by nature; of older ones, it is said that issues stand otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """What is being done about a priority in an area, to be shown with its figures."""

    blocks: tuple[Block, ...] = ()
    markers: tuple[Marker, ...] = ()


NOTHING_UNDER_WAY: Final = UnderWay()

FindUnderWay = Callable[[Sight, str, Area, date], UnderWay]
"""Give what is being done about a priority (by number; empty: of none) in an area, today."""


Silent = Callable[[Operation], str]
"""Say why an operation's words may not be shown here; empty where they may."""


def nothing_under_way(_sight: Sight, _priority: str, _area: Area, _today: date) -> UnderWay:
    """Give nothing: no register is kept."""
    return NOTHING_UNDER_WAY


def doing_blocks(
    issues: Sequence[Issue],
    operations: Sequence[Operation],
    *,
    priority: str,
    area: Area,
    catalogue: Catalogue,
    people: People,
    as_at: date,
    today: date,
    refusal: Refusal,
    silent: Silent,
) -> tuple[Block, ...]:
    """Return what is being done about a priority in an area; nothing where nothing is.

    Operations are those of the figures' day; issues stand as they do today.

    Args:
        issues: All of them, as they stand.
        operations: All of them.
        priority: Its number; of 14, those of 14A and 14B belong to it, and the other way round.
        area: Where; what is done in a part of it counts, and what is done in the whole around it.
        catalogue: Gives the tree of areas.
        people: Everyone who is known, by id.
        as_at: The day that the figures stand at.
        today: The day that the issues stand at.
        refusal: Says why the words of an issue may not be shown here.
        silent: Says why the words of an operation may not.
    """
    running = _operation_lines(
        [one for one in operations if bears_on(one, priority, area, catalogue)],
        catalogue=catalogue,
        as_at=as_at,
        silent=silent,
    )
    still = _issue_lines(
        [one for one in issues if one.is_open and _is_about(one, priority, area, catalogue)],
        people=people,
        today=today,
        refusal=refusal,
    )
    said = list(still)
    lines = (*running, *said)
    if not lines:
        return ()
    apart = said and today - as_at > SAME_DAY
    when = f" (issues as they stand on {say_date(today)})" if apart else ""
    return (Heading(text=f"What is being done{when}"), Bullets(items=lines))


def operation_markers(
    operations: Sequence[Operation], *, priority: str, area: Area, catalogue: Catalogue, as_at: date
) -> tuple[Marker, ...]:
    """Return the beginnings of operations, and their ends, as marks on a time axis."""
    marks = []
    for one in operations:
        if not bears_on(one, priority, area, catalogue):
            continue
        marks.append(Marker(day=one.first, label=f"{one.name} begins", kind=MarkerKind.ACTION))
        if one.last is not None:
            marks.append(Marker(day=one.last, label=f"{one.name} ends", kind=MarkerKind.ACTION))
    return tuple(mark for mark in marks if mark.day <= as_at)


def bears_on(operation: Operation, priority: str, area: Area, catalogue: Catalogue) -> bool:
    """Whether an operation is about a priority, and in an area or around it."""
    numbers = operation.priorities
    about = not numbers or any(_same(priority, one) for one in numbers)
    where = operation.areas
    return about and (not where or any(_meet(area.id, one, catalogue) for one in where))


def doing_from(
    issues: Sequence[Issue], operations: Sequence[Operation], people: People, *, day: date
) -> doing.Doing:
    """Return the register as the briefing takes it.

    Args:
        issues: All of them, as they stand.
        operations: All of them; what began after the day is left out.
        people: Everyone who is known, by id.
        day: The day that is told of.
    """
    still = [one for one in issues if one.is_open and london_day(one.raised_at) <= day]
    return doing.Doing(
        issues=tuple(_open_issue(one, people) for one in still),
        actions=tuple(_due_actions(still, people)),
        operations=tuple(
            doing.Operation(
                name=one.name,
                since=one.first,
                priorities=one.priorities,
                text=one.does,
                until=one.last,
            )
            for one in operations
            if one.first <= day
        ),
    )


def _operation_lines(
    operations: Sequence[Operation], *, catalogue: Catalogue, as_at: date, silent: Silent
) -> Iterator[str]:
    found = [
        one
        for one in operations
        if one.first <= as_at and (one.last is None or as_at - one.last <= TOLD_AFTER)
    ]
    newest = sorted(found, key=lambda one: (not one.runs_on(as_at), -one.first.toordinal()))
    for one in newest[:MOST_OPERATIONS]:
        where = f" in {places(one.areas, catalogue)}" if one.areas else ""
        does = f": {one.does}" if one.does and not silent(one) else ""
        yield f"{one.name}, {span_words(one, as_at)}{where}{does}"
    if len(newest) > MOST_OPERATIONS:
        yield f"… and {len(newest) - MOST_OPERATIONS} more operations: /operation list"


def _issue_lines(
    issues: Sequence[Issue], *, people: People, today: date, refusal: Refusal
) -> Iterator[str]:
    ordered = sorted(issues, key=lambda one: (not one.overdue(today), -one.number))
    for one in ordered[:MOST_ISSUES]:
        title = "" if refusal(one) else f" {one.title}"
        yield f"{one.id}{title}: {_standing(one, people, today)}"
    if len(ordered) > MOST_ISSUES:
        yield f"… and {len(ordered) - MOST_ISSUES} more open issues: /issue list"


def _standing(issue: Issue, people: People, today: date) -> str:
    """Say in a few words how an issue stands; no word of it is somebody's own."""
    said = f"{issue.step}, with {owner_words(issue.owner, people)}"
    late = len(issue.overdue(today))
    if late:
        return f"{said}, {late} action{'s' if late > 1 else ''} overdue"
    days = [one.due for one in issue.open_actions if one.due is not None]
    return f"{said}, next due {say_date(min(days))}" if days else said


def _is_about(issue: Issue, priority: str, area: Area, catalogue: Catalogue) -> bool:
    """Whether an issue is about a priority, and in an area or around it."""
    measure = catalogue.measures.get(issue.measure) if issue.measure else None
    number = issue.priority or (measure.priority if measure else "")
    if not number or not priority or not _same(priority, number):
        return False
    return issue.area is None or _meet(area.id, issue.area, catalogue)


def _same(one: str, other: str) -> bool:
    """Whether two numbers are of the same priority, or one of a part of the other."""
    roots = {one.rstrip(ascii_uppercase), other.rstrip(ascii_uppercase)}
    return one == other or (len(roots) == 1 and bool(roots & {one, other}))


def _meet(one: AreaId, other: AreaId, catalogue: Catalogue) -> bool:
    """Whether one area lies in the other, whichever."""
    within = catalogue.within
    return other in within.get(one, ()) or one in within.get(other, ())


STATUS_WORDS: Final = {
    Step.SCANNING: "being looked into",
    Step.ANALYSIS: "causes being analysed",
    Step.RESPONSE: "action under way",
    Step.ASSESSMENT: "being assessed",
    Step.CLOSED: "closed",
}
"""How the briefing says where an issue stands."""


def _open_issue(issue: Issue, people: People) -> doing.OpenIssue:
    owner = people.get(issue.owner)
    level = "" if issue.level == "force" else issue.level.value
    return doing.OpenIssue(
        id=issue.id,
        title=issue.title,
        status=STATUS_WORDS[issue.step],
        owner=owner.name if owner else issue.owner,
        raised=london_day(issue.raised_at),
        priority=issue.priority,
        measure=issue.measure,
        area=issue.area,
        level=level,
        doing=issue.updates[-1].text if issue.updates else "",
        review=issue.review,
        owner_has_left=bool(issue.owner) and owner is None,
        owner_id=issue.owner,
    )


def _due_actions(issues: Sequence[Issue], people: People) -> Iterator[doing.DueAction]:
    for issue in issues:
        for action in issue.open_actions:
            who = action.owner or issue.owner
            owner = people.get(who)
            yield doing.DueAction(
                issue=issue.id,
                text=action.text,
                owner=owner.name if owner else who,
                due=action.due,
                priority=issue.priority,
                measure=issue.measure,
                area=issue.area,
                owner_has_left=bool(who) and owner is None,
                owner_id=who,
            )
