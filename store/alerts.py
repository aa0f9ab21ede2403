"""Alerts, their lives, and what has been decided, written in one transaction with what is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.alerts.model import Alert, AlertId, Feedback, Transition
from metrics.errors import UnknownName
from metrics.snapshot import SnapshotId
from store.alert_tables import AlertRow, DecidedRow, FeedbackRow, TransitionRow
from store.locks import hold
from store.writing import insert_new

ALERT: Final = TypeAdapter(Alert)
TRANSITION: Final = TypeAdapter(Transition)
FEEDBACK: Final = TypeAdapter(Feedback)

ALERTS_LOCK: Final = 0x7468726561740002
"""The key of the PostgreSQL advisory lock that a change of alerts holds: "threat", 2."""

NUMBERED: Final = re.compile(r"[Aa]-?0*([1-9]\d{0,8})")
"""What people call an alert by."""

Kept = TypeVar("Kept")


class SqlAlerts:
    """Alerts in the database.  The caller owns the transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def hold(self) -> None:
        """Let nobody else change alerts until the transaction ends.

        Call it before reading what a change is decided on.  On SQLite the transaction does it.
        """
        hold(self._session, ALERTS_LOCK)

    def open(self) -> tuple[Alert, ...]:
        """Return the alerts that are not resolved, oldest first."""
        query = select(AlertRow.facts).where(AlertRow.resolved_at.is_(None))
        return tuple(
            _read(ALERT, one) for one in self._session.scalars(query.order_by(AlertRow.number))
        )

    def get(self, id_: str) -> Alert:
        """Return an alert.

        Raises:
            UnknownName: There is none of this number.
        """
        number = _number(id_)
        row = self._session.get(AlertRow, number) if number else None
        if row is None:
            raise UnknownName(f"There is no alert {id_}.", hint="/threats shows what is open.")
        return _read(ALERT, row.facts)

    def life(self, id_: AlertId) -> tuple[Transition, ...]:
        """Return every change of an alert, oldest first."""
        query = (
            select(TransitionRow.facts)
            .where(TransitionRow.number == _number(id_))
            .order_by(TransitionRow.revision)
        )
        return tuple(_read(TRANSITION, one) for one in self._session.scalars(query))

    def changes(self, *, since: datetime, until: datetime) -> tuple[Transition, ...]:
        """Return the changes of all alerts from a moment to before another, oldest first."""
        query = (
            select(TransitionRow.facts)
            .where(TransitionRow.at >= since, TransitionRow.at < until)
            .order_by(TransitionRow.at, TransitionRow.number, TransitionRow.revision)
        )
        return tuple(_read(TRANSITION, one) for one in self._session.scalars(query))

    def next_number(self) -> int:
        """Return the first number that no alert has had."""
        return (self._session.scalar(select(func.max(AlertRow.number))) or 0) + 1

    def save(self, transitions: Iterable[Transition]) -> None:
        """Keep what happened, and each alert as it stands after it.

        Raises:
            IntegrityError: Somebody else changed an alert since it was read.
        """
        for one in transitions:
            self._save_alert(one.alert)
            self._session.add(
                TransitionRow(
                    number=_number(one.alert.id),
                    revision=one.alert.revision,
                    change=one.change.value,
                    at=one.at,
                    by=one.by,
                    snapshot=one.alert.snapshot,
                    facts=_text(TRANSITION, one),
                )
            )
            self._session.flush()

    def judge(self, feedback: Feedback) -> None:
        """Keep someone's judgement."""
        self._session.add(
            FeedbackRow(
                number=_number(feedback.alert),
                by=feedback.by,
                at=feedback.at,
                facts=_text(FEEDBACK, feedback),
            )
        )
        self._session.flush()

    def feedback(self) -> tuple[Feedback, ...]:
        """Return every judgement, oldest first."""
        query = select(FeedbackRow.facts).order_by(FeedbackRow.id)
        return tuple(_read(FEEDBACK, one) for one in self._session.scalars(query))

    def claim_decision(
        self, snapshot: SnapshotId, *, rules: str, as_at: date, now: datetime
    ) -> bool:
        """Note that a snapshot is decided on; False where it has been, under the same rules."""
        row = DecidedRow(snapshot_id=snapshot, rules=rules, as_at=as_at, at=now)
        return insert_new(self._session, row)

    def last_decision(self) -> tuple[SnapshotId, date] | None:
        """Return the snapshot that was decided on last, and its day."""
        query = select(DecidedRow).order_by(DecidedRow.at.desc(), DecidedRow.as_at.desc()).limit(1)
        row = self._session.scalar(query)
        return (SnapshotId(row.snapshot_id), row.as_at) if row else None

    def _save_alert(self, alert: Alert) -> None:
        number = _number(alert.id)
        row = self._session.get(AlertRow, number)
        if row is None:
            row = AlertRow(
                number=number,
                concern=alert.key.concern.value,
                measure=alert.key.measure,
                area=alert.key.area,
                raised_at=alert.raised_at,
            )
            self._session.add(row)
        row.revision = alert.revision
        row.resolved_at = alert.resolved_at
        row.facts = _text(ALERT, alert)
        self._session.flush()


def _number(id_: str) -> int:
    """Return the number in an alert's id; 0, which no alert has, where it is not one."""
    found = NUMBERED.fullmatch(id_.strip())
    return int(found[1]) if found else 0


def _text(kind: TypeAdapter[Kept], one: Kept) -> str:
    """Write a value as JSON in which what is not known (NaN) stays so."""
    return json.dumps(kind.dump_python(one, mode="json"), ensure_ascii=False)


def _read(kind: TypeAdapter[Kept], written: str) -> Kept:
    return kind.validate_python(json.loads(written))
