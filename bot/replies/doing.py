"""What is being done, as plain values: issues, actions, operations, and what is coming.

Whoever keeps them gives them in this form; what is said of them here needs no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from metrics.model import AreaId, MeasureId


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAction:
    """Something that somebody has taken on to do about an issue, and has not done yet."""

    issue: str  # "I-7"
    text: str
    owner: str  # a name; empty: nobody has it
    due: date | None = None
    priority: str = ""  # the strategic priority of its issue; empty: none
    measure: MeasureId | None = None
    area: AreaId | None = None  # None: the force
    owner_has_left: bool = False  # whoever had it is not known here any more
    owner_id: str = ""  # the person's id in people.toml; empty: nobody's


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIssue:
    """A performance issue that is not closed, as it stands."""

    id: str  # "I-7"
    title: str
    status: str  # in words, e.g. "action under way"
    owner: str  # a name; empty: nobody has it
    raised: date
    priority: str = ""  # the strategic priority; empty: none
    measure: MeasureId | None = None
    area: AreaId | None = None  # None: the force
    level: str = ""  # "regional", "directorate", "departmental"; empty: the force or an area of it
    doing: str = ""  # the latest update, or what the force is doing about it
    review: date | None = None
    owner_has_left: bool = False
    owner_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that is being done about one priority or several."""

    name: str  # "Operation Tiger"
    since: date
    priorities: tuple[str, ...]  # their numbers; empty: all of them
    text: str = ""  # what it does
    effect: str = ""  # its measured effect, as a sentence; empty: not measured
    effect_on: MeasureId | None = None  # the measure that the effect is of
    until: date | None = None  # None: it goes on

    def is_running(self, day: date) -> bool:
        """Whether it goes on on a day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def bears_on(self, priority: str) -> bool:
        """Whether it is about a priority."""
        return not self.priorities or priority in self.priorities


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonItem:
    """Something to come that may bear on performance, as somebody noted it."""

    number: int
    text: str
    by: str  # a name
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Everything that is being done and watched for.  All of it may be nothing."""

    issues: tuple[OpenIssue, ...] = ()
    actions: tuple[DueAction, ...] = ()
    operations: tuple[Operation, ...] = ()
    horizon: tuple[HorizonItem, ...] = ()
    is_kept: bool = True  # whether there is a register at all, whatever it holds

    def overdue(self, day: date) -> tuple[DueAction, ...]:
        """Return the actions that were due before a day, the oldest first."""
        late = [one for one in self.actions if one.due is not None and one.due < day]
        return tuple(sorted(late, key=lambda one: (one.due or day, one.issue)))


FindDoing = Callable[[date], Doing]
"""Give what is being done as it stands on a day."""


def nothing_kept(day: date) -> Doing:  # noqa: ARG001 - it is the same on every day
    """Return that no register is kept."""
    return Doing(is_kept=False)
