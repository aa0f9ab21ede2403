"""The changes of issues and operations, and how an issue stands after them.  Pure.

A change is a value with who, when and why.  `replay` is the only thing that says what a change
does, so that what is shown and what is kept cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from bot.register.model import (
    Action,
    Issue,
    IssueId,
    IssueLevel,
    Operation,
    Step,
    Update,
)
from metrics.model import AreaId, MeasureId


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """An issue was raised."""

    title: str
    owner: str
    priority: str = ""
    measure: MeasureId | None = None
    area: AreaId | None = None
    level: IssueLevel = IssueLevel.FORCE
    root_cause: str = ""
    alert: str = ""
    review: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An update was written."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The root cause was found, or is seen otherwise now."""

    root_cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """Somebody else owns it from now on."""

    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """It moved to another step; to `CLOSED` closes it, from there opens it again."""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """An action was added, or is another now; of a number that there is, it takes its place."""

    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """A file said how it is to stand: everything that it said."""

    stands: Issue
    twin: str = ""  # of a row without a number: its content's hash, by which it is known again


What = Raised | Written | Explained | Assigned | Stepped | Planned | TakenIn


class Kind(StrEnum):
    """What a change is called where it is kept."""

    RAISED = "raised"
    WRITTEN = "written"
    EXPLAINED = "explained"
    ASSIGNED = "assigned"
    STEPPED = "stepped"
    PLANNED = "planned"
    TAKEN_IN = "taken_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one issue.  Kept for ever."""

    issue: IssueId
    revision: int  # 1, 2, 3 …
    at: datetime
    by: str  # the person's id
    what: What
    why: str = ""

    @property
    def kind(self) -> Kind:
        """What kind of change it is."""
        return KINDS[type(self.what)]


KINDS: dict[type[What], Kind] = {
    Raised: Kind.RAISED,
    Written: Kind.WRITTEN,
    Explained: Kind.EXPLAINED,
    Assigned: Kind.ASSIGNED,
    Stepped: Kind.STEPPED,
    Planned: Kind.PLANNED,
    TakenIn: Kind.TAKEN_IN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationChange:
    """An operation as somebody said that it is to stand.  Kept for ever."""

    operation: Operation
    revision: int
    at: datetime
    by: str
    why: str = ""


class OutOfOrder(ValueError):  # noqa: N818 - named after the fact
    """A change that cannot follow what was before it: the history has been tampered with."""


def replay(changes: Iterable[Change], before: Issue | None = None) -> Issue:
    """Return how an issue stands after its changes.

    Args:
        changes: Those of one issue, in order.
        before: How it stood before them; None: they begin with its first.

    Raises:
        OutOfOrder: One is missing, or another issue's, or there are none at all.
    """
    issue = before
    for change in changes:
        issue = _after(issue, change)
    if issue is None:
        raise OutOfOrder("there are no changes")
    return issue


def _after(issue: Issue | None, change: Change) -> Issue:
    expected = 1 if issue is None else issue.revision + 1
    if change.revision != expected or (issue is not None and change.issue != issue.id):
        raise OutOfOrder(f"{change.issue}: change {change.revision} where {expected} is due")
    what = change.what
    if isinstance(what, TakenIn):
        return replace(what.stands, id=change.issue, revision=change.revision)
    if issue is None:
        return _first(change)
    changed = replace(issue, updated_at=change.at, revision=change.revision)
    match what:
        case Written():
            update = Update(text=what.text, by=change.by, at=change.at)
            return replace(changed, updates=(*issue.updates, update))
        case Explained():
            return replace(changed, root_cause=what.root_cause)
        case Assigned():
            return replace(changed, owner=what.owner)
        case Stepped():
            closed = change.at if what.step is Step.CLOSED else None
            return replace(changed, step=what.step, closed_at=closed)
        case Planned():
            return replace(changed, actions=with_action(issue.actions, what.action))
        case Raised():
            raise OutOfOrder(f"{change.issue} was raised twice")
        case _:
            assert_never(what)


def _first(change: Change) -> Issue:
    what = change.what
    if not isinstance(what, Raised):
        raise OutOfOrder(f"{change.issue} begins with “{change.kind}”")
    return Issue(
        id=change.issue,
        title=what.title,
        owner=what.owner,
        raised_at=change.at,
        raised_by=change.by,
        updated_at=change.at,
        priority=what.priority,
        measure=what.measure,
        area=what.area,
        level=what.level,
        root_cause=what.root_cause,
        alert=what.alert,
        review=what.review,
    )


def with_action(actions: tuple[Action, ...], action: Action) -> tuple[Action, ...]:
    """Return actions with one added, or put in the place of the one of its number."""
    by_number = {one.number: one for one in actions} | {action.number: action}
    return tuple(by_number[number] for number in sorted(by_number))


def together(shipped: Iterable[Operation], recorded: Iterable[Operation]) -> tuple[Operation, ...]:
    """Return the operations of a plan and those recorded in chat, oldest first.

    One that was recorded takes the place of the plan's of the same id.
    """
    by_id = {one.id: one for one in shipped} | {one.id: one for one in recorded}
    return tuple(sorted(by_id.values(), key=lambda one: (one.first, one.id)))
