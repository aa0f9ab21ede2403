"""The register as sheets, and sheets as issues: the words and dates of every cell.  Pure.

Every issue has a check beside it, by which an import knows again what it has not changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from bot.people import Person
from bot.register.cells import (
    NotReadable,
    day_of,
    day_text,
    moment_of,
    moment_text,
)
from bot.register.files import Sheet, SheetRow
from bot.register.model import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    Action,
    Issue,
    IssueLevel,
    Step,
    Update,
    issue_id,
    number_of,
)
from metrics.errors import UnknownName
from metrics.model import AreaId, Catalogue, MeasureId

ISSUES: Final = "Issues"
UPDATES: Final = "Updates"
ACTIONS: Final = "Actions"
NAMES: Final = (ISSUES, UPDATES, ACTIONS)

ISSUE_HEADINGS: Final = (
    "Issue", "Title", "Priority", "Measure", "Area", "Level", "Owner", "Root cause", "Status",
    "Alert", "Review", "Raised", "Raised by", "Updated", "Closed", "Check",
)  # fmt: skip
UPDATE_HEADINGS: Final = ("Issue", "Text", "By", "At")
ACTION_HEADINGS: Final = ("Issue", "Action", "Text", "Owner", "Due", "Review", "Done")

CHECK_LENGTH: Final = 16
"""Hex digits of a check: it finds changes, it is no defence against an enemy."""

Value = TypeVar("Value", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A row that was not taken, and why."""

    sheet: str
    line: int
    said: str  # a sentence

    def __str__(self) -> str:
        return f"{self.sheet}, line {self.line}: {self.said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a file may name."""

    catalogue: Catalogue
    people: Mapping[str, Person]  # by id


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """An issue as a file states it."""

    issue: Issue  # number 0: the file gives none
    line: int
    check: str  # as the file has it; empty: none
    twin: str  # identifies the row by what stands in it


def to_sheets(issues: Iterable[Issue]) -> tuple[Sheet, ...]:
    """Return the register as sheets that lose nothing."""
    kept = tuple(issues)
    return (
        Sheet(name=ISSUES, headings=ISSUE_HEADINGS, rows=tuple(map(_issue_row, kept))),
        Sheet(
            name=UPDATES,
            headings=UPDATE_HEADINGS,
            rows=tuple(
                (one.id, update.text, update.by, moment_text(update.at))
                for one in kept
                for update in one.updates
            ),
        ),
        Sheet(
            name=ACTIONS,
            headings=ACTION_HEADINGS,
            rows=tuple(_action_row(one, action) for one in kept for action in one.actions),
        ),
    )


def check_of(issue: Issue) -> str:
    """Return what identifies an issue's content, whoever asks and whenever."""
    content = asdict(replace(issue, revision=0))
    written = json.dumps(content, default=_as_text, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:CHECK_LENGTH]


def from_sheets(
    sheets: Mapping[str, Sequence[SheetRow]], known: Known, *, by: str, now: datetime
) -> tuple[tuple[Stated, ...], tuple[Problem, ...]]:
    """Read the issues that sheets state.

    An issue one of whose rows cannot be read is not taken at all: half of it would be another
    issue.

    Args:
        sheets: The rows of each sheet.
        known: What may be named.
        by: Who imports: what has no writer is theirs.
        now: The moment: what has no time is of it.
    """
    problems: list[Problem] = []
    bad: set[int] = set()
    updates = _children(sheets[UPDATES], UPDATES, lambda row: _update(row, by, now), problems, bad)
    actions = _children(sheets[ACTIONS], ACTIONS, lambda row: _action(row, known), problems, bad)
    stated: list[Stated] = []
    seen: set[int] = set()
    for row in sheets[ISSUES]:
        try:
            issue = _issue(row, known, by, now)
            _ask_once(issue, seen, bad)
            seen.add(issue.number)
            whole = replace(
                issue,
                updates=tuple(updates.get(issue.number, ())),
                actions=_numbered(actions.get(issue.number, ()), issue),
            )
        except NotReadable as error:
            problems.append(Problem(sheet=ISSUES, line=row.line, said=_sentence(str(error))))
            bad.add(number_of(_cell(row, "Issue")))
        else:
            stated.append(
                Stated(issue=whole, line=row.line, check=_cell(row, "Check"), twin=_twin(row))
            )
    problems += _orphans(sheets, seen | bad)
    return tuple(stated), tuple(problems)


def _ask_once(issue: Issue, seen: Collection[int], bad: Collection[int]) -> None:
    """Raises `NotReadable` where an issue stands twice, or a row that belongs to it is bad."""
    if issue.number and issue.number in seen:
        raise NotReadable(f"{issue.id} stands in another row already.")
    if issue.number and issue.number in bad:
        raise NotReadable(f"{issue.id} is not taken, because another row about it is not.")


def _twin(row: SheetRow) -> str:
    """Return what identifies a row by what stands in it, whoever imports it and when."""
    written = json.dumps({key: value for key, value in row.cells.items() if value}, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:CHECK_LENGTH]


def _issue_row(issue: Issue) -> tuple[str, ...]:
    return (
        issue.id,
        issue.title,
        issue.priority,
        issue.measure or "",
        issue.area or "",
        issue.level.value,
        issue.owner,
        issue.root_cause,
        issue.step.value,
        issue.alert,
        day_text(issue.review),
        moment_text(issue.raised_at),
        issue.raised_by,
        moment_text(issue.updated_at),
        moment_text(issue.closed_at),
        check_of(issue),
    )


def _action_row(issue: Issue, action: Action) -> tuple[str, ...]:
    days = (day_text(action.due), day_text(action.review), day_text(action.done))
    return (issue.id, str(action.number), action.text, action.owner, *days)


def _as_text(value: object) -> str:
    return moment_text(value) if isinstance(value, datetime) else str(value)


def _issue(row: SheetRow, known: Known, by: str, now: datetime) -> Issue:
    written = _cell(row, "Issue")
    number = number_of(written)
    if written and not number:
        raise NotReadable(
            f"“{written}” is no issue's number; write I-12, or nothing for a new one."
        )
    step = _choice(row, "Status", Step, Step.SCANNING)
    closed = moment_of(_cell(row, "Closed"))
    if step is Step.CLOSED and closed is None:
        closed = now
    if step is not Step.CLOSED and closed is not None:
        raise NotReadable(
            f"It was closed on {day_text(closed.date())}, and its status is “{step}”."
        )
    return Issue(
        id=issue_id(number),
        title=_title(row),
        owner=_person(row, "Owner", known),
        raised_at=moment_of(_cell(row, "Raised")) or now,
        raised_by=_person(row, "Raised by", known) or by,
        updated_at=moment_of(_cell(row, "Updated")) or now,
        priority=_priority(row, known),
        measure=_measure(row, known),
        area=_area(row, known),
        level=_choice(row, "Level", IssueLevel, IssueLevel.FORCE),
        root_cause=_text(row, "Root cause"),
        step=step,
        alert=_cell(row, "Alert"),
        review=day_of(_cell(row, "Review")),
        closed_at=closed,
    )


def _update(row: SheetRow, by: str, now: datetime) -> Update:
    text = _text(row, "Text")
    if not text.strip():
        raise NotReadable("The update says nothing.")
    return Update(text=text, by=_cell(row, "By") or by, at=moment_of(_cell(row, "At")) or now)


def _action(row: SheetRow, known: Known) -> Action:
    text = _text(row, "Text")
    if not text.strip():
        raise NotReadable("The action does not say what is to be done.")
    written = _cell(row, "Action")
    if written and not (written.isascii() and written.isdigit()):
        raise NotReadable(
            f"“{written}” is no action's number; write 1, 2, … or nothing for a new one."
        )
    return Action(
        number=int(written or 0),
        text=text,
        owner=_person(row, "Owner", known),
        due=day_of(_cell(row, "Due")),
        review=day_of(_cell(row, "Review")),
        done=day_of(_cell(row, "Done")),
    )


Child = TypeVar("Child", Update, Action)


def _children(
    rows: Sequence[SheetRow],
    sheet: str,
    read: Callable[[SheetRow], Child],
    problems: list[Problem],
    bad: set[int],
) -> dict[int, list[Child]]:
    """Read what belongs to issues, by the number of each."""
    found: dict[int, list[Child]] = {}
    for row in rows:
        number = number_of(_cell(row, "Issue"))
        try:
            found.setdefault(_belongs_to(number), []).append(read(row))
        except NotReadable as error:
            problems.append(Problem(sheet=sheet, line=row.line, said=_sentence(str(error))))
            bad.add(number)
    return found


def _belongs_to(number: int) -> int:
    if not number:
        raise NotReadable("It does not say which issue it belongs to, for example I-12.")
    return number


def _numbered(actions: Sequence[Action], issue: Issue) -> tuple[Action, ...]:
    """Give a number to the actions that have none, and put them in order."""
    numbers = [one.number for one in actions if one.number]
    if len(numbers) != len(set(numbers)):
        raise NotReadable(f"Two actions of {issue.id} have the same number.")
    free = (n for n in range(max(numbers, default=0) + 1, max(numbers, default=0) + 1_000_000))
    kept = [one if one.number else replace(one, number=next(free)) for one in actions]
    return tuple(sorted(kept, key=lambda one: one.number))


def _orphans(sheets: Mapping[str, Sequence[SheetRow]], seen: set[int]) -> list[Problem]:
    return [
        Problem(sheet=name, line=row.line, said=f"The sheet {ISSUES} has no {issue_id(number)}.")
        for name in (UPDATES, ACTIONS)
        for row in sheets[name]
        if (number := number_of(_cell(row, "Issue"))) and number not in seen
    ]


def _cell(row: SheetRow, heading: str) -> str:
    return row.cells.get(heading.casefold(), "").strip()


def _text(row: SheetRow, heading: str) -> str:
    """Return a text exactly as it was written."""
    text = row.cells.get(heading.casefold(), "").replace("\x00", "")
    if len(text) > LONGEST_TEXT:
        raise NotReadable(
            f"{heading} has {len(text):,} characters; {LONGEST_TEXT:,} at most are kept."
        )
    return text


def _title(row: SheetRow) -> str:
    title = row.cells.get("title", "").replace("\x00", "")
    if not title.strip():
        raise NotReadable("It has no title.")
    if len(title) > LONGEST_TITLE:
        raise NotReadable(
            f"Its title has {len(title)} characters; {LONGEST_TITLE} at most are kept."
        )
    return title


def _choice(row: SheetRow, heading: str, among: type[Value], default: Value) -> Value:
    written = _cell(row, heading).casefold()
    if not written:
        return default
    try:
        return among(written)
    except ValueError:
        raise NotReadable(f"{heading} is “{written}”; it is one of {', '.join(among)}.") from None


def _priority(row: SheetRow, known: Known) -> str:
    written = _cell(row, "Priority").upper()
    if written and written not in known.catalogue.priorities:
        raise NotReadable(f"The plan has no priority “{written}”.")
    return written


def _measure(row: SheetRow, known: Known) -> MeasureId | None:
    written = _cell(row, "Measure")
    try:
        return known.catalogue.measure(written).id if written else None
    except UnknownName as error:
        raise NotReadable(f"{error} {error.hint}".strip()) from None


def _area(row: SheetRow, known: Known) -> AreaId | None:
    written = _cell(row, "Area")
    try:
        return known.catalogue.area(written).id if written else None
    except UnknownName as error:
        raise NotReadable(f"{error} {error.hint}".strip()) from None


def _person(row: SheetRow, heading: str, known: Known) -> str:
    """Return a person's id, from it or from their name.

    Who has left is not known any more: an id that could be one stays as it is.
    """
    written = _cell(row, heading)
    if not written or written in known.people:
        return written
    named = [one.id for one in known.people.values() if one.name.casefold() == written.casefold()]
    if len(named) == 1:
        return named[0]
    if named:
        raise NotReadable(f"{heading}: more than one person is called {written}; write the id.")
    if " " in written:
        raise NotReadable(
            f"{heading}: nobody here is called {written}; write the id of people.toml."
        )
    return written


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."
