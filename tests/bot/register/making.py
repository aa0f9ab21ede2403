"""Issues, and what happens to them, made up; and a register that is a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.people import Person, Role
from bot.register.acts import Actor
from bot.register.history import (
    Assigned,
    Change,
    Explained,
    OperationChange,
    Planned,
    Raised,
    Stepped,
    TakenIn,
    What,
    Written,
    replay,
)
from bot.register.model import (
    Action,
    Issue,
    IssueId,
    IssueLevel,
    Operation,
    Step,
    Update,
    issue_id,
    number_of,
)
from bot.register.ports import Act, Begin
from metrics.errors import UnknownName
from metrics.model import AreaId, MeasureId

MORNING = datetime(2020, 12, 11, 9, 0, tzinfo=UTC)  # a Friday
TODAY = MORNING.date()

JANE = Person(id="jane", name="Jane Smith", role=Role.CHIEF_OFFICER)
TOM = Person(id="tom", name="Tom Brown", role=Role.AREA_LEAD, areas=(AreaId("ebb"),))
ANA = Person(id="ana", name="Ana Lyst", role=Role.ANALYST)
MEG = Person(id="meg", name="Meg Ember", role=Role.MEMBER)
PEOPLE = {one.id: one for one in (JANE, TOM, ANA, MEG)}

BY_JANE = Actor(by="jane", at=MORNING)


def an_issue(number: int = 12, **changes: Any) -> Issue:
    """Make an open issue."""
    made = Issue(
        id=issue_id(number),
        title="Boats are taken at night",
        owner="jane",
        raised_at=MORNING,
        raised_by="jane",
        updated_at=MORNING,
        priority="1",
        measure=MeasureId("boat-theft.recorded"),
        area=AreaId("ebb"),
    )
    return replace(made, **changes)


def an_action(number: int = 1, **changes: Any) -> Action:
    """Make an action that is due in a week."""
    made = Action(number=number, text="Light the quay", owner="tom", due=TODAY + timedelta(days=7))
    return replace(made, **changes)


@dataclass
class FakeRegister:
    """A register that is a list of changes."""

    changes: list[Change] = field(default_factory=list)
    operation_changes: list[OperationChange] = field(default_factory=list)

    def issues(self) -> tuple[Issue, ...]:
        numbers = sorted({number_of(one.issue) for one in self.changes})
        return tuple(replay(self.history(issue_id(number))) for number in numbers)

    def get(self, id_: str) -> Issue:
        changes = self.history(id_)
        if not changes:
            raise UnknownName(f"There is no issue {id_}.", hint="/issue list shows them.")
        return replay(changes)

    def history(self, id_: str) -> tuple[Change, ...]:
        return tuple(one for one in self.changes if one.issue == issue_id(number_of(id_)))

    def begin(self, begin: Begin, *, alert: str = "") -> Issue:
        for one in self.issues():
            if alert and one.alert == alert and one.is_open:
                return one
        number = max((one.number for one in self.issues()), default=0) + 1
        changes = begin(issue_id(number))
        self.changes += changes
        return replay(changes)

    def act(self, id_: str, act: Act) -> Issue:
        issue = self.get(id_)
        changes = act(issue)
        self.changes += changes
        return replay(changes, issue)

    def keep(self, *issues: Issue) -> None:
        """Keep issues as they are."""
        for one in issues:
            self.changes.append(
                Change(
                    issue=one.id,
                    revision=1,
                    at=one.raised_at,
                    by=one.raised_by,
                    what=TakenIn(stands=one),
                )
            )

    def operations(self) -> tuple[Operation, ...]:
        return tuple({one.operation.id: one.operation for one in self.operation_changes}.values())

    def set_operation(
        self, id_: str, set_: Callable[[Operation | None, int], OperationChange]
    ) -> Operation:
        before = [one for one in self.operation_changes if one.operation.id == id_]
        made = set_(before[-1].operation if before else None, len(before) + 1)
        self.operation_changes.append(made)
        return made.operation


# Hypothesis: what people and files can say.

texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60
).filter(lambda text: bool(text.strip()))
"""Whatever people write: anything that a database can keep."""

ids = st.sampled_from(["", "jane", "tom", "ana", "gone.person", "slack:U042"])
writers = st.sampled_from(["jane", "tom", "gone.person", "slack:U042"])
days = st.dates(date(2013, 1, 1), date(2030, 1, 1))
moments = st.datetimes(
    datetime(2013, 1, 1),  # noqa: DTZ001 - made aware by `timezones`
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
updates = st.builds(Update, text=texts, by=writers, at=moments)
actions = st.builds(
    Action,
    number=st.integers(1, 40),
    text=texts,
    owner=ids,
    due=st.none() | days,
    review=st.none() | days,
    done=st.none() | days,
)


@st.composite
def issues(draw: st.DrawFn, number: int | None = None) -> Issue:
    """Any issue that the register can hold, of the invented force."""
    step = draw(st.sampled_from(Step))
    planned = draw(st.lists(actions, max_size=3, unique_by=lambda one: one.number))
    return Issue(
        id=issue_id(draw(st.integers(1, 99_999)) if number is None else number),
        title=draw(texts),
        owner=draw(ids),
        raised_at=draw(moments),
        raised_by=draw(writers),
        updated_at=draw(moments),
        priority=draw(st.sampled_from(["", "1"])),
        measure=draw(st.sampled_from([None, MeasureId("boat-theft.recorded")])),
        area=draw(st.sampled_from([None, AreaId("ebb"), AreaId("saltmarsh")])),
        level=draw(st.sampled_from(IssueLevel)),
        root_cause=draw(st.just("") | texts),
        step=step,
        alert=draw(st.sampled_from(["", "A-17"])),
        review=draw(st.none() | days),
        closed_at=draw(moments) if step is Step.CLOSED else None,
        updates=tuple(draw(st.lists(updates, max_size=3))),
        actions=tuple(sorted(planned, key=lambda one: one.number)),
    )


def whats(issue: Issue) -> st.SearchStrategy[What]:
    """Anything that can happen to an issue that there is."""
    return st.one_of(
        st.builds(Written, text=texts),
        st.builds(Explained, root_cause=texts),
        st.builds(Assigned, owner=ids),
        st.builds(Stepped, step=st.sampled_from(Step)),
        st.builds(Planned, action=actions),
        st.builds(TakenIn, stands=issues(number=issue.number), twin=st.sampled_from(["", "ab"])),
    )


@st.composite
def lives(draw: st.DrawFn) -> Sequence[Change]:
    """The whole life of an issue, change by change."""
    id_: IssueId = issue_id(draw(st.integers(1, 99)))
    raised = Raised(title=draw(texts), owner=draw(ids), alert=draw(st.sampled_from(["", "A-1"])))
    changes = [Change(issue=id_, revision=1, at=draw(moments), by=draw(writers), what=raised)]
    for _ in range(draw(st.integers(0, 6))):
        changes.append(
            Change(
                issue=id_,
                revision=changes[-1].revision + 1,
                at=draw(moments),
                by=draw(writers),
                what=draw(whats(replay(changes))),
                why=draw(st.just("") | texts),
            )
        )
    return changes
