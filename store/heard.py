"""What was heard, remembered in the database: for several processes that hear one platform."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from store.channel_tables import HeardRow
from store.database import Database
from store.writing import insert_new


class SqlOnce:
    """Remembers what was heard.  Each call is a transaction of its own."""

    def __init__(self, database: Database, *, platform: str, kept_for: timedelta) -> None:
        """Remember in a database.

        Args:
            database: Shared by the processes that hear.
            platform: Keys of different platforms are different.
            kept_for: How long a key is remembered; longer than the platform repeats.
        """
        self._database = database
        self._platform = platform
        self._kept_for = kept_for

    def first(self, key: str, at: datetime) -> bool:
        """Whether a key is seen for the first time, by any process; from now on it is not."""
        row = HeardRow(key=f"{self._platform}:{key}", at=at)
        with self._database.transaction() as session:
            session.execute(delete(HeardRow).where(HeardRow.at < at - self._kept_for))
            return insert_new(session, row)
