"""An issue of the performance register, and an operation: what is kept of them.

Only changes are kept, each with who, when and why; how an issue stands is worked out from them
(`bot.register.history`).  Everything here is a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

from metrics.model import AreaId, MeasureId

IssueId = NewType("IssueId", str)
"""What people call it by, e.g. "I-12"."""

LONGEST_TITLE: Final = 200
"""Characters of a title: it is read in a list on a phone."""

LONGEST_TEXT: Final = 4_000
"""Characters of any other text: with every one of them escaped (seven for one), it still fits the
32,767 that a cell of a workbook can hold."""


class Step(StrEnum):
    """How far an issue has come, by the steps of structured problem-solving.

    The four steps of SARA, which the College of Policing's guideline on neighbourhood policing
    asks for (Guideline 2, "Solving problems"), and the end.  Forces that write OSARA put the
    objective before them: here it is the issue's title.
    """

    SCANNING = "scanning"  # is there a problem, and what is it
    ANALYSIS = "analysis"  # why it is there
    RESPONSE = "response"  # something is being done about it
    ASSESSMENT = "assessment"  # did it work
    CLOSED = "closed"


class IssueLevel(StrEnum):
    """Whose issue it is, as the monthly briefing sets issues out."""

    FORCE = "force"  # the force's, or that of one of its areas
    REGIONAL = "regional"
    DIRECTORATE = "directorate"
    DEPARTMENTAL = "departmental"


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What somebody wrote about an issue.  Never changed."""

    text: str
    by: str  # the person's id
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to be done about an issue."""

    number: int  # within its issue: 1, 2, 3
    text: str
    owner: str  # the person's id; empty: nobody has it
    due: date | None = None
    review: date | None = None  # when it is looked at whether it worked
    done: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.done is None

    def is_overdue(self, today: date) -> bool:
        """Whether it should have been done before today."""
        return self.is_open and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A performance issue as it stands after one of its changes."""

    id: IssueId
    title: str
    owner: str  # the person's id; empty: nobody has it
    raised_at: datetime
    raised_by: str  # the person's id
    updated_at: datetime  # when it last changed
    priority: str = ""  # the strategic priority's number; empty: none
    measure: MeasureId | None = None
    area: AreaId | None = None  # None: no one area
    level: IssueLevel = IssueLevel.FORCE
    root_cause: str = ""  # empty: not known yet
    step: Step = Step.SCANNING
    alert: str = ""  # the alert that it was raised from, e.g. "A-17"; empty: none
    review: date | None = None  # when the issue itself is looked at again
    closed_at: datetime | None = None
    updates: tuple[Update, ...] = ()  # oldest first
    actions: tuple[Action, ...] = ()  # by number
    revision: int = 1  # counts its changes

    @property
    def number(self) -> int:
        """The number in its id."""
        return number_of(self.id)

    @property
    def is_open(self) -> bool:
        """Whether it is not closed."""
        return self.step is not Step.CLOSED

    @property
    def open_actions(self) -> tuple[Action, ...]:
        """What is still to be done about it."""
        return tuple(one for one in self.actions if one.is_open)

    def overdue(self, today: date) -> tuple[Action, ...]:
        """Return the actions that should have been done before today."""
        return tuple(one for one in self.actions if self.is_open and one.is_overdue(today))

    def is_of(self, person: str) -> bool:
        """Whether somebody owns it, or has an action of it still to do."""
        return self.owner == person or any(one.owner == person for one in self.open_actions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that the force does about priorities, over a stretch of days."""

    id: str  # "tiger"
    name: str  # "Operation Tiger"
    first: date
    last: date | None = None  # None: it goes on
    priorities: tuple[str, ...] = ()  # their numbers; empty: all
    areas: tuple[AreaId, ...] = ()  # where; empty: the whole force
    comparison_areas: tuple[AreaId, ...] = ()  # where it is not, and what else happens is alike
    does: str = ""  # what it does, in a sentence or two
    lead: str = ""  # the person's id, or a post; empty: not said
    source: str = ""  # where it is written; empty: it was added in chat

    def runs_on(self, day: date) -> bool:
        """Whether it goes on on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


def issue_id(number: int) -> IssueId:
    """Return what people call an issue by."""
    return IssueId(f"I-{number}")


def number_of(written: str) -> int:
    """Return the number in what people call an issue by; 0, which none has, where it is not one."""
    digits = written.strip().casefold().removeprefix("i").removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER
    return int(digits) if is_number else 0


LONGEST_NUMBER: Final = 9
"""Digits of an issue's number, which a database's integer can hold."""
