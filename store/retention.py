"""Old daily figures are let go; month ends, and what every snapshot was about, are kept for ever.

What is let go is written down in the same transaction: the database deletes nothing else.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from metrics.snapshot import SnapshotKind
from store.database import Database
from store.snapshots import HELD, SqlSnapshots
from store.tables import SnapshotLetGoRow, SnapshotPositionsRow, SnapshotRow

AT_A_TIME: Final = 50
"""Snapshots of one transaction: nobody else waits for long."""


def let_go(database: Database, *, kept: timedelta, now: datetime) -> int:
    """Delete the figures of old daily snapshots; return of how many.

    A process that dies on the way has let go some, and the next call goes on.

    Args:
        database: Where they are.
        kept: How much older than the newest daily figures, not than today, others may be: where
            no new figures come, nothing goes.
        now: The moment, written down.
    """
    with database.reading() as session:
        found = SqlSnapshots(session).list(kind=SnapshotKind.DAILY, limit=1)
    if not found:
        return 0
    before = found[0].as_at - kept
    done = 0
    while True:
        with database.transaction() as session:
            old = _old(session, before)
            session.add_all(SnapshotLetGoRow(snapshot_id=one, at=now) for one in old)
            session.flush()  # before the deletion, which is refused without
            named = SnapshotPositionsRow.snapshot_id.in_(old)
            session.execute(delete(SnapshotPositionsRow).where(named))
        done += len(old)
        if len(old) < AT_A_TIME:
            return done


def _old(session: Session, before: date) -> list[str]:
    query = (
        select(SnapshotRow.id)
        .where(SnapshotRow.kind == SnapshotKind.DAILY.value, SnapshotRow.as_at < before, HELD)
        .order_by(SnapshotRow.as_at)
        .limit(AT_A_TIME)
    )
    return list(session.scalars(query))
