"""The performance issue register in the database: nothing but changes, written once.

How every issue stands is kept in memory beside it and brought up to date from the changes that
were written since: the order of their ids is the order that they were written in, because one
transaction at a time writes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import Lock
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.register.history import (
    KINDS,
    Change,
    Kind,
    OperationChange,
    TakenIn,
    What,
    replay,
)
from bot.register.model import Issue, IssueId, Operation, issue_id, number_of
from bot.register.reminders import Key, Matter, Reminded
from metrics.errors import UnknownName
from store.database import Database
from store.locks import hold
from store.register_tables import IssueChangeRow, OperationChangeRow, RemindedRow
from store.writing import insert_new

WHATS: Final[Mapping[Kind, TypeAdapter[Any]]] = {
    kind: TypeAdapter(what) for what, kind in KINDS.items()
}
OPERATION: Final = TypeAdapter(Operation)

REGISTER_LOCK: Final = 0x7468726561740005
"""The key of the PostgreSQL advisory lock that a change of the register holds: "threat", 5."""

Begin = Callable[[IssueId], Sequence[Change]]
"""Give the first changes of an issue that is to have this number."""

Act = Callable[[Issue], Sequence[Change]]
"""Give what becomes of an issue as it stands; nothing, where it stays as it is."""


class SqlRegister:
    """The register.  Made once; safe to use from several threads and processes."""

    def __init__(self, database: Database) -> None:
        """Prepare to read and write; nothing is read yet."""
        self._database = database
        self._lock = Lock()
        self._read_to = 0
        self._issues: dict[IssueId, Issue] = {}
        self._twins: dict[str, IssueId] = {}

    def issues(self) -> tuple[Issue, ...]:
        """Return every issue as it stands, the oldest number first."""
        return tuple(sorted(self._now().values(), key=lambda one: one.number))

    def get(self, id_: str) -> Issue:
        """Return an issue as it stands.

        Raises:
            UnknownName: There is none of this number.
        """
        return _find(self._now(), id_)

    def history(self, id_: str) -> tuple[Change, ...]:
        """Return every change of an issue, oldest first; of one that there is none of, nothing."""
        with self._database.reading() as session:
            return _changes_of(session, number_of(id_))

    def twins(self) -> Mapping[str, IssueId]:
        """Return the issues that were taken in without a number, by their content's hash."""
        self._now()
        with self._lock:
            return dict(self._twins)

    def begin(self, begin: Begin, *, alert: str = "") -> Issue:
        """Raise an issue under the next number.

        Args:
            begin: Gives its first changes.
            alert: The alert that it is raised from: where an open issue was raised from it
                already, that one is returned and nothing is written.
        """
        with self._database.transaction() as session:
            _hold(session)
            issues = self._standing(session)
            for one in issues.values():
                if alert and one.alert == alert and one.is_open:
                    return one
            number = max((one.number for one in issues.values()), default=0) + 1
            changes = begin(issue_id(number))
            _write(session, changes)
        return replay(changes)

    def act(self, id_: str, act: Act) -> Issue:
        """Do something with an issue; return it as it then stands.

        Raises:
            UnknownName: There is no such issue.
            UserError: It cannot be done now.
        """
        with self._database.transaction() as session:
            _hold(session)
            issue = _find(self._standing(session), id_)
            changes = act(issue)
            _write(session, changes)
        return replay(changes, issue)

    def take_in(self, decide: Callable[[Mapping[IssueId, Issue]], Sequence[Change]]) -> int:
        """Write what a file changes, all of it or nothing; return how many changes that is.

        Args:
            decide: Given every issue as it stands, gives the changes.
        """
        with self._database.transaction() as session:
            _hold(session)
            changes = decide(self._standing(session))
            _write(session, changes)
        return len(changes)

    def operations(self) -> tuple[Operation, ...]:
        """Return the operations that were recorded here, as they stand, oldest first."""
        with self._database.reading() as session:
            found = {one.operation.id: one.operation for one in _operation_changes(session)}
        return tuple(sorted(found.values(), key=lambda one: (one.first, one.id)))

    def set_operation(
        self, id_: str, set_: Callable[[Operation | None, int], OperationChange]
    ) -> Operation:
        """Record how an operation stands.

        Args:
            id_: The operation's.
            set_: Given how it stands here (None: it is not recorded here) and its next revision,
                gives the change.
        """
        with self._database.transaction() as session:
            _hold(session)
            before = _operation_changes(session, id_)
            latest = before[-1] if before else None
            made = set_(latest.operation if latest else None, latest.revision + 1 if latest else 1)
            session.add(
                OperationChangeRow(
                    operation=id_,
                    revision=made.revision,
                    at=made.at,
                    by=made.by,
                    why=made.why,
                    facts=_text(OPERATION, made.operation),
                )
            )
        return made.operation

    def reminded(self) -> tuple[Reminded, ...]:
        """Return everything that people have been reminded of, oldest first."""
        with self._database.reading() as session:
            rows = session.scalars(select(RemindedRow).order_by(RemindedRow.day))
            return tuple(
                Reminded(
                    key=Key(issue_id(row.number), row.action, Matter(row.matter), row.due),
                    day=row.day,
                    person=row.person,
                )
                for row in rows
            )

    def _now(self) -> dict[IssueId, Issue]:
        with self._database.reading() as session:
            return self._standing(session)

    def _standing(self, session: Session) -> dict[IssueId, Issue]:
        """Return every issue as it stands in a transaction, reading only what is new."""
        with self._lock:
            rows = session.scalars(
                select(IssueChangeRow)
                .where(IssueChangeRow.id > self._read_to)
                .order_by(IssueChangeRow.id)
            )
            for row in rows:
                change = _change(row)
                self._issues[change.issue] = replay([change], self._issues.get(change.issue))
                if isinstance(change.what, TakenIn) and change.what.twin:
                    self._twins[change.what.twin] = change.issue
                self._read_to = row.id
            return dict(self._issues)


def keep_reminded(session: Session, reminded: Iterable[Reminded]) -> tuple[Reminded, ...]:
    """Keep who is reminded of what, in the transaction that puts it in the outbox.

    Returns:
        What was not kept before: of two workers at once, one is to tell.
    """
    return tuple(one for one in reminded if insert_new(session, _reminded_row(one)))


def _reminded_row(one: Reminded) -> RemindedRow:
    return RemindedRow(
        number=number_of(one.key.issue),
        action=one.key.action,
        matter=one.key.matter.value,
        due=one.key.day,
        day=one.day,
        person=one.person,
    )


def _hold(session: Session) -> None:
    """Let nobody else change the register until the transaction ends (SQLite does so itself)."""
    hold(session, REGISTER_LOCK)


def _find(issues: Mapping[IssueId, Issue], id_: str) -> Issue:
    found = issues.get(issue_id(number_of(id_)))
    if found is None:
        raise UnknownName(f"There is no issue {id_}.", hint="/issue list shows those there are.")
    return found


def _changes_of(session: Session, number: int) -> tuple[Change, ...]:
    query = (
        select(IssueChangeRow)
        .where(IssueChangeRow.number == number)
        .order_by(IssueChangeRow.revision)
    )
    return tuple(_change(row) for row in session.scalars(query))


def _operation_changes(session: Session, id_: str | None = None) -> tuple[OperationChange, ...]:
    query = select(OperationChangeRow).order_by(OperationChangeRow.id)
    if id_ is not None:
        query = query.where(OperationChangeRow.operation == id_)
    return tuple(
        OperationChange(
            operation=OPERATION.validate_json(row.facts),
            revision=row.revision,
            at=row.at,
            by=row.by,
            why=row.why,
        )
        for row in session.scalars(query)
    )


def _write(session: Session, changes: Iterable[Change]) -> None:
    for one in changes:
        session.add(
            IssueChangeRow(
                number=number_of(one.issue),
                revision=one.revision,
                change=one.kind.value,
                at=one.at,
                by=one.by,
                why=one.why,
                facts=_text(WHATS[one.kind], one.what),
            )
        )
        session.flush()  # ids in this order


def _change(row: IssueChangeRow) -> Change:
    what: What = WHATS[Kind(row.change)].validate_json(row.facts)
    return Change(
        issue=issue_id(row.number),
        revision=row.revision,
        at=row.at,
        by=row.by,
        what=what,
        why=row.why,
    )


def _text(kind: TypeAdapter[Any], one: object) -> str:
    """Write a value as JSON of ASCII: whatever people type, a database keeps it."""
    return json.dumps(kind.dump_python(one, mode="json"))
