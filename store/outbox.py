"""What is to be told, claimed by one worker at a time and in order at each destination."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.alerts.model import AlertId, Destination, Notification, Operation
from bot.alerts.telling import Told
from bot.delivery import LEASE, LONGEST_ASKED, Claimed, Telling, notice, post_to
from bot.replies import kept
from metrics.calendar import LONDON, london_day
from store.alert_tables import NotificationRow
from store.alerts import SqlAlerts
from store.database import Database
from store.restoring import told_since

LONGEST_WAIT: Final = timedelta(days=8)
"""Nothing is held for longer: quiet hours, weekends and holidays end sooner."""


class State(StrEnum):
    """How telling went."""

    WAITING = "waiting"
    TOLD = "told"
    FAILED = "failed"


def put(session: Session, tellings: Iterable[Telling], *, now: datetime) -> int:
    """Put in what is to be told, in the transaction that decided it; return how much is new.

    One at a time: nobody else puts in the same keys, and numbers are seen in the order in which
    they were given, which is the order of telling.
    """
    SqlAlerts(session).hold()
    new = 0
    for one in tellings:
        if session.scalar(select(NotificationRow.id).where(NotificationRow.key == one.key)):
            continue
        session.add(
            NotificationRow(
                key=one.key,
                alert=one.alert,
                message_of=one.message,
                platform=one.destination.platform,
                address=one.destination.address,
                operation=one.operation.value,
                reply=kept.to_text(one.reply),
                made_at=now,
                not_before=one.at,
                state=State.WAITING.value,
                attempts=0,
                why="",
            )
        )
        session.flush()  # numbers in this order
        new += 1
    return new


def told(session: Session, *, day: date) -> Told:
    """Return what has been told or waits to be: living messages, and alerts posted on a day.

    Args:
        day: The day in London whose posts are counted.
    """
    about = (NotificationRow.message_of, NotificationRow.platform, NotificationRow.address)
    living = (
        select(*about, func.max(NotificationRow.made_at, type_=NotificationRow.made_at.type))
        .where(
            NotificationRow.message_of.is_not(None),
            NotificationRow.operation != Operation.THREAD.value,
            NotificationRow.state != State.FAILED.value,
        )
        .group_by(*about)
    )
    first = datetime.combine(day, time(), tzinfo=LONDON)
    posted = (
        select(NotificationRow.platform, NotificationRow.address, func.count())
        .where(
            NotificationRow.message_of.is_not(None),
            NotificationRow.operation == Operation.POST.value,
            NotificationRow.made_at >= first,
            NotificationRow.made_at < first + timedelta(days=1),
        )
        .group_by(NotificationRow.platform, NotificationRow.address)
    )
    return Told(
        messages={
            (AlertId(alert), Destination(platform=platform, address=address)): london_day(made_at)
            for alert, platform, address, made_at in session.execute(living)
            if alert
        },
        posted_today={
            Destination(platform=platform, address=address): count
            for platform, address, count in session.execute(posted)
        },
    )


def plain_post(destination: Destination, key: str, words: str, at: datetime) -> Telling:
    """Return a message of a few words, to be put in."""
    return post_to(destination, key, notice(words), at)


class SqlOutbox:
    """The outbox in the database.  Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, tellings: Iterable[Telling], *, now: datetime) -> int:
        """Put in what is to be told by itself; return how much is new."""
        with self._database.transaction() as session:
            return put(session, tellings, now=now)

    def claim(
        self, *, by: str, now: datetime, until: datetime, platforms: Sequence[str]
    ) -> Claimed | None:
        """Claim what is next at a destination where nobody is telling anything; None: nothing."""
        with self._database.transaction() as session:
            row = _next(session, now, platforms)
            if row is None:
                return None
            row.claimed_by = by
            row.lease_until = until
            row.attempts += 1
            return _to_claimed(row, told_since=told_since(session, now))

    def told(self, number: int, *, by: str, message: str, now: datetime) -> bool:
        """Record that the platform has accepted it; False where the claim was lost."""
        with self._database.transaction() as session:
            row = _held(session, number, by)
            if row:
                row.state = State.TOLD.value
                row.message = message
                row.ended_at = now
                row.why = ""
            return row is not None

    def later(self, number: int, *, by: str, at: datetime, why: str) -> bool:
        """Give it back until a moment."""
        with self._database.transaction() as session:
            row = _held(session, number, by)
            if row:
                row.claimed_by = None
                row.lease_until = at  # nobody has it, and nobody takes it before
                row.why = why
            return row is not None

    def failed(
        self, number: int, *, by: str, now: datetime, why: str, instead: Sequence[Telling]
    ) -> bool:
        """Record that it will not be told there, and put in what is told instead."""
        with self._database.transaction() as session:
            row = _held(session, number, by)
            if row:
                row.state = State.FAILED.value
                row.ended_at = now
                row.why = why
                put(session, instead, now=now)
            return row is not None

    def message(self, alert: AlertId, destination: Destination) -> str | None:
        """Return the id of an alert's living message at a destination.

        It is the message that was posted for it last: one that was deleted is posted anew.
        """
        query = (
            select(NotificationRow.message)
            .where(
                NotificationRow.message_of == alert,
                NotificationRow.platform == destination.platform,
                NotificationRow.address == destination.address,
                NotificationRow.state == State.TOLD.value,
                NotificationRow.operation != Operation.THREAD.value,
            )
            .order_by(NotificationRow.id.desc())
            .limit(1)
        )
        with self._database.reading() as session:
            return session.scalar(query)


def _next(session: Session, now: datetime, platforms: Sequence[str]) -> NotificationRow | None:
    """Return the oldest head of a destination's queue that is due and free, locked."""
    heads = (
        select(func.min(NotificationRow.id))
        .where(
            NotificationRow.state == State.WAITING.value,
            NotificationRow.platform.in_(platforms),
        )
        .group_by(NotificationRow.platform, NotificationRow.address)
    )
    query = (
        select(NotificationRow)
        .where(
            NotificationRow.id.in_(heads),
            NotificationRow.state == State.WAITING.value,  # asked again of a row once it is locked
            or_(
                NotificationRow.not_before <= now,
                NotificationRow.not_before > now + LONGEST_WAIT,  # a clock was ahead
            ),
            or_(
                NotificationRow.lease_until.is_(None),
                NotificationRow.lease_until <= now,
                NotificationRow.lease_until > now + LONGEST_ASKED + LEASE,  # a clock was ahead
            ),
        )
        .order_by(NotificationRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query)


def _held(session: Session, number: int, by: str) -> NotificationRow | None:
    """Return a notification that is waiting and this worker's, locked."""
    row = session.get(NotificationRow, number, with_for_update=True)
    ours = row and row.claimed_by == by and row.state == State.WAITING.value
    return row if ours else None


def _to_claimed(row: NotificationRow, *, told_since: datetime | None) -> Claimed:
    return Claimed(
        number=row.id,
        telling=Notification(
            key=row.key,
            alert=AlertId(row.alert) if row.alert else None,
            message=AlertId(row.message_of) if row.message_of else None,
            destination=Destination(platform=row.platform, address=row.address),
            operation=Operation(row.operation),
            reply=kept.from_text(row.reply),
            at=row.not_before,
        ),
        made_at=row.made_at,
        attempts=row.attempts,
        told_since=told_since,
    )
