"""After a database was brought back from a copy: what had been told since is not told again.

Between the copy and the restoring, things were decided and told that the restored database knows
nothing of; they wait in it once more, or the day is decided anew.  So for some days everything is
looked for on its platform before it is posted: from the moment of the copy on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.runs import RunState
from metrics.calendar import london_day
from store.alert_tables import JobRunRow, NotificationRow
from store.database import Database

RESTORING: Final = "restoring"
"""What it is called among the runs."""

LOOKED_FOR: Final = timedelta(days=9)
"""A run that was missed is caught up for eight days (`bot.jobs`), and is told soon after."""

WAITING: Final = "waiting"


def settle(database: Database, *, copied_at: datetime, now: datetime) -> int:
    """Let what waits be looked for before it is told; return how much that is.

    Args:
        database: What was restored, its tables up to date.
        copied_at: The moment at which the copy was made; timezone-aware.
        now: The moment, timezone-aware.

    Raises:
        StoreError: The database cannot be reached or used.
    """
    with database.transaction() as session:
        waiting = session.execute(
            update(NotificationRow)
            .where(NotificationRow.state == WAITING)
            .values(claimed_by=None, lease_until=None)
        )
        earlier = session.get(JobRunRow, (RESTORING, london_day(now)))
        session.merge(
            JobRunRow(
                job=RESTORING,
                day=london_day(now),
                state=RunState.DONE.value,
                claimed_by="",
                attempts=1 if earlier is None else earlier.attempts + 1,
                started_at=min(copied_at, earlier.started_at) if earlier else copied_at,
                lease_until=now,
                finished_at=now,
                detail="Restored; what is told is looked for first.",
            )
        )
        return int(waiting.rowcount)  # type: ignore[attr-defined]


def told_since(session: Session, now: datetime) -> datetime | None:
    """Return from when on things may have been told that the database does not know of.

    None: it was not restored lately.
    """
    kind = JobRunRow.started_at.type
    return session.scalar(
        select(func.min(JobRunRow.started_at, type_=kind)).where(
            JobRunRow.job == RESTORING, JobRunRow.finished_at > now - LOOKED_FOR
        )
    )
