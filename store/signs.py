"""Signs of life: when each worker was last heard of."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select

from store.alert_tables import SignOfLifeRow
from store.database import Database

FORGOTTEN_AFTER: Final = timedelta(days=7)
"""Every start of a worker has a name of its own: those of last week are let go."""

AHEAD: Final = timedelta(minutes=5)
"""What is dated further ahead was given by a clock that was wrong."""


class SqlSigns:
    """Signs of life in the database.  Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, worker: str, *, now: datetime) -> None:
        """Note that a worker lives."""
        with self._database.transaction() as session:
            session.merge(SignOfLifeRow(worker=worker, at=now))
            old = SignOfLifeRow.at < now - FORGOTTEN_AFTER
            ahead = SignOfLifeRow.at > now + AHEAD  # it would hide every later silence
            session.execute(delete(SignOfLifeRow).where(old | ahead))

    def last(self) -> datetime | None:
        """Return when any worker was last heard of; None: never."""
        with self._database.reading() as session:
            return session.scalar(select(func.max(SignOfLifeRow.at, type_=SignOfLifeRow.at.type)))
