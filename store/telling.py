"""How telling goes: what waits, how long, and what could not be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from store.alert_tables import NotificationRow
from store.database import Database
from store.outbox import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is in the outbox, and how it fares."""

    waiting: int  # all of it, what is not yet due included
    overdue: int  # due, and not told yet
    due_since: datetime | None  # of the oldest of those
    why: str  # it waits; empty where it was not tried yet
    failed: int  # that could not be told, since a moment


def backlog(database: Database, *, now: datetime, failed_since: datetime) -> Backlog:
    """Count what waits, and what failed since a moment."""
    row = NotificationRow
    waits = row.state == State.WAITING.value
    due = (waits, row.not_before <= now)
    failed = (row.state == State.FAILED.value, row.ended_at >= failed_since)
    with database.reading() as session:

        def count(*those: object) -> int:
            return session.scalar(select(func.count()).select_from(row).where(*those)) or 0  # type: ignore[arg-type]

        oldest = session.scalars(
            select(row).where(*due).order_by(row.not_before, row.id).limit(1)
        ).first()
        return Backlog(
            waiting=count(waits),
            overdue=count(*due),
            due_since=oldest.not_before if oldest else None,
            why=oldest.why if oldest else "",
            failed=count(*failed),
        )
