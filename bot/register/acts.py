"""What people do with an issue: each gives the change that it is, or says why it cannot be.  Pure.

Nothing is done twice: an act that would change nothing gives None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from bot.register.history import (
    Assigned,
    Change,
    Explained,
    OperationChange,
    Planned,
    Raised,
    Stepped,
    What,
    Written,
    replay,
)
from bot.register.model import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    Action,
    Issue,
    IssueId,
    Operation,
    Step,
)
from metrics.calendar import london_day, say_date
from metrics.errors import UserError

FIRST_DAY: Final = date(1990, 1, 1)
"""A due date before this is a slip of the finger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, and when."""

    by: str  # the person's id
    at: datetime  # timezone-aware


def plain(text: str, *, what: str = "text", longest: int = LONGEST_TEXT) -> str:
    """Return a text as it is kept: without blanks around it, and without what nothing can keep.

    No database keeps a NUL, and no file half of a character (a lone surrogate).

    Raises:
        UserError: It is too long.
    """
    kept = text.replace("\x00", "").encode(errors="ignore").decode().strip()
    if len(kept) > longest:
        raise UserError(
            f"This {what} has {len(kept):,} characters; {longest:,} at most are kept.",
            hint="Write the essence of it, and where the rest can be read.",
        )
    return kept


def raise_issue(id_: IssueId, raised: Raised, actor: Actor, *, why: str = "") -> Change:
    """Raise an issue.

    Raises:
        UserError: It has no title, or a text is too long.
    """
    title = " ".join(plain(raised.title, what="title", longest=LONGEST_TITLE).split())
    if not title:
        raise UserError("An issue needs a title.", hint="Say in a line what the issue is.")
    cause = plain(raised.root_cause, what="root cause")
    kept = replace(raised, title=title, root_cause=cause)
    return Change(issue=id_, revision=1, at=actor.at, by=actor.by, what=kept, why=plain(why))


def write(issue: Issue, text: str, actor: Actor) -> Change:
    """Write an update.

    Raises:
        UserError: It says nothing, or too much.
    """
    kept = plain(text, what="update")
    if not kept:
        raise UserError("An update says something.", hint=f"/issue update {issue.id} What is new.")
    return _change(issue, Written(text=kept), actor)


def explain(issue: Issue, root_cause: str, actor: Actor) -> Change | None:
    """Say why the issue came about."""
    kept = plain(root_cause, what="root cause")
    if kept == issue.root_cause:
        return None
    return _change(issue, Explained(root_cause=kept), actor)


def assign(issue: Issue, owner: str, actor: Actor, *, why: str = "") -> Change | None:
    """Give the issue to somebody; to nobody, where `owner` is empty."""
    if owner == issue.owner:
        return None
    return _change(issue, Assigned(owner=owner), actor, why)


def step(issue: Issue, to: Step, actor: Actor, *, why: str = "") -> Change | None:
    """Move the issue to another step; one that is closed is opened again.

    Raises:
        UserError: It is to be closed without a word on what became of it.
    """
    if to is issue.step:
        return None
    kept = plain(why, what="reason")
    if to is Step.CLOSED and not kept:
        raise UserError(
            f"Why is {issue.id} closed?",
            hint=f"/issue close {issue.id} What was done, and whether it worked.",
        )
    return _change(issue, Stepped(step=to), actor, kept)


def plan(issue: Issue, action: Action, actor: Actor) -> Change | None:
    """Add an action, or say how one stands now.

    Args:
        issue: What it is about.
        action: With the number of the one that it replaces; 0: a new one.
        actor: Who plans it, and when.

    Raises:
        UserError: It says nothing, is to be reviewed before it is due, or the issue is closed.
    """
    text = plain(action.text, what="action")
    if not text:
        raise UserError("An action says what is to be done.", hint=f"/issue action {issue.id} …")
    if not issue.is_open and action.number == 0:
        raise UserError(
            f"{issue.id} is closed.", hint=f"Open it first: /issue step {issue.id} response."
        )
    for day in (action.due, action.review):
        if day is not None and day < FIRST_DAY:
            raise UserError(f"{say_date(day)} is long past.", hint="Give the day with its year.")
    if action.due and action.review and action.review < action.due:
        raise UserError(
            "The review comes before the action is due.",
            hint="Whether it worked is looked at after it was done.",
        )
    number = action.number or max((one.number for one in issue.actions), default=0) + 1
    kept = replace(action, number=number, text=text)
    return None if kept in issue.actions else _change(issue, Planned(action=kept), actor)


def finish(issue: Issue, number: int, actor: Actor, *, done: date | None = None) -> Change | None:
    """Say that an action is done, today or on a day.

    Raises:
        UserError: There is no such action, or the day is still to come.
    """
    action = next((one for one in issue.actions if one.number == number), None)
    if action is None:
        numbers = ", ".join(str(one.number) for one in issue.actions) or "none"
        raise UserError(
            f"{issue.id} has no action {number}.", hint=f"Its actions by number: {numbers}."
        )
    today = london_day(actor.at)
    day = done or today
    if day > today:
        raise UserError(
            f"{say_date(day)} is still to come.",
            hint="Give the day on which it was done: today, or earlier.",
        )
    if not action.is_open:
        return None
    return _change(issue, Planned(action=replace(action, done=day)), actor)


Act = Callable[[Issue], Change | None]
"""Something that is done with an issue as it stands; None: it changes nothing."""


def all_of(issue: Issue, acts: Iterable[Act]) -> tuple[Change, ...]:
    """Do several things at once, each on what the one before it made; return their changes."""
    changes = []
    for act in acts:
        change = act(issue)
        if change is not None:
            issue = replay([change], issue)
            changes.append(change)
    return tuple(changes)


def set_operation(
    operation: Operation, revision: int, actor: Actor, *, why: str = ""
) -> OperationChange:
    """Say how an operation stands.

    Raises:
        UserError: It has no name, says too much, or ends before it begins.
    """
    name = " ".join(plain(operation.name, what="name", longest=LONGEST_TITLE).split())
    if not name:
        raise UserError("An operation needs a name.", hint="For example Operation Tiger.")
    if operation.last is not None and operation.last < operation.first:
        raise UserError(
            f"{name} would end on {say_date(operation.last)}, before it began on "
            f"{say_date(operation.first)}.",
            hint="Give a later end, or an earlier beginning.",
        )
    kept = replace(operation, name=name, does=plain(operation.does))
    return OperationChange(
        operation=kept, revision=revision, at=actor.at, by=actor.by, why=plain(why)
    )


def _change(issue: Issue, what: What, actor: Actor, why: str = "") -> Change:
    return Change(
        issue=issue.id,
        revision=issue.revision + 1,
        at=actor.at,
        by=actor.by,
        what=what,
        why=plain(why, what="reason"),
    )
