"""What was told at a platform's destinations, read from the outbox as it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.alerts.model import Operation
from bot.feed import FollowUp, Post
from bot.replies import kept
from store.alert_tables import NotificationRow
from store.database import Database
from store.outbox import State

CHANNEL: Final = "#%"
"""Addresses that many people read begin with a hash."""


class SqlFeed:
    """The feed of one platform.  Each call is a transaction of its own."""

    def __init__(self, database: Database, *, platform: str) -> None:
        """Look at what is told on a platform, e.g. "console"."""
        self._database = database
        self._platform = platform

    def posts(self, reader: str, *, at_most: int) -> tuple[Post, ...]:
        """Return the newest messages in every channel, and to one reader, newest first."""
        by_message: dict[tuple[str, str], list[NotificationRow]] = {}
        with self._database.reading() as session:
            first = self._first(session, reader, at_most)
            for row in self._all_of(session, first):
                by_message.setdefault(_message(row), []).append(row)
            return tuple(_post(by_message[_message(row)]) for row in first)

    def mark(self) -> str:
        """Return what changes whenever anything is told or put in."""
        query = select(func.max(NotificationRow.id), func.count(NotificationRow.ended_at)).where(
            NotificationRow.platform == self._platform
        )
        with self._database.reading() as session:
            newest, ended = session.execute(query).one()
        return f"{newest or 0}.{ended}"

    def _first(self, session: Session, reader: str, at_most: int) -> Sequence[NotificationRow]:
        """Return the row with which each message began, newest first."""
        begun = (
            select(func.min(NotificationRow.id))
            .where(
                NotificationRow.platform == self._platform,
                NotificationRow.state != State.FAILED.value,
                or_(NotificationRow.address == reader, NotificationRow.address.like(CHANNEL)),
            )
            .group_by(
                NotificationRow.address,
                func.coalesce(NotificationRow.message_of, NotificationRow.key),
            )
        )
        query = (
            select(NotificationRow)
            .where(NotificationRow.id.in_(begun))
            .order_by(NotificationRow.id.desc())
            .limit(at_most)
        )
        return session.scalars(query).all()

    def _all_of(
        self, session: Session, first: Sequence[NotificationRow]
    ) -> Sequence[NotificationRow]:
        """Return every row of some messages, oldest first."""
        living = {row.message_of for row in first if row.message_of}
        single = {row.id for row in first if not row.message_of}
        query = (
            select(NotificationRow)
            .where(
                NotificationRow.platform == self._platform,
                NotificationRow.state != State.FAILED.value,
                or_(
                    NotificationRow.id.in_(single),
                    and_(
                        NotificationRow.message_of.in_(living),
                        NotificationRow.address.in_({row.address for row in first}),
                    ),
                ),
            )
            .order_by(NotificationRow.id)
        )
        return session.scalars(query).all()


def _message(row: NotificationRow) -> tuple[str, str]:
    """Return what the rows of one message at one address share."""
    return row.address, row.message_of or row.key


def _post(rows: Sequence[NotificationRow]) -> Post:
    """Return a message as it stands: as last told, or as it will be where it waits."""
    said = [row for row in rows if row.operation != Operation.THREAD.value] or [rows[0]]
    told = [row for row in said if row.state == State.TOLD.value]
    stands = told[-1] if told else said[-1]
    return Post(
        key=rows[0].key,
        address=rows[0].address,
        alert=rows[0].message_of or "",
        at=said[0].made_at,
        edited_at=stands.made_at if stands is not said[0] else None,
        reply=kept.from_text(stands.reply),
        is_told=bool(told),
        waits_until=_waits(stands),
        thread=tuple(
            FollowUp(
                at=row.made_at,
                reply=kept.from_text(row.reply),
                is_told=row.state == State.TOLD.value,
                waits_until=_waits(row),
            )
            for row in rows
            if row.operation == Operation.THREAD.value and row is not said[0]
        ),
    )


def _waits(row: NotificationRow) -> datetime | None:
    return row.not_before if row.state == State.WAITING.value else None
