"""The tables of alerts, of what is told, and of the runs of jobs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables import Base

CHANGING: Final = frozenset(
    {
        "alert",
        "conversation",
        "heard",
        "job_run",
        "notification",
        "sign_of_life",
        "subscription",
    }
)
"""The tables that say how something stands, and so change; the rows of all others never do."""

IS_OPEN: Final = text("resolved_at IS NULL")
IS_WAITING: Final = text("state = 'waiting'")


class AlertRow(Base):
    """An alert as it now stands.  What led there is in `alert_transition`."""

    __tablename__ = "alert"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    concern: Mapped[str]
    measure: Mapped[str]
    area: Mapped[str]
    revision: Mapped[int]
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    facts: Mapped[str]  # JSON: the whole alert

    __table_args__ = (
        # One open alert for each key, whoever writes.
        Index(
            "ix_alert_open",
            "concern",
            "measure",
            "area",
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
    )


class TransitionRow(Base):
    """One change of an alert.  Never changed: the alert's whole life."""

    __tablename__ = "alert_transition"

    number: Mapped[int] = mapped_column(ForeignKey("alert.number"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]  # the person who did it; empty: it came about
    snapshot: Mapped[str]
    facts: Mapped[str]  # JSON: the whole transition

    __table_args__ = (Index(None, "at"),)


class FeedbackRow(Base):
    """Someone's judgement of an alert.  Never changed."""

    __tablename__ = "alert_feedback"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    number: Mapped[int] = mapped_column(ForeignKey("alert.number"))
    by: Mapped[str]
    at: Mapped[datetime]
    facts: Mapped[str]  # JSON

    __table_args__ = (Index(None, "number"), {"sqlite_autoincrement": True})


class DecidedRow(Base):
    """A snapshot that has been decided on, under the rules of then.  Never changed."""

    __tablename__ = "decided"

    snapshot_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    rules: Mapped[str] = mapped_column(primary_key=True)  # identifies rules and routes
    as_at: Mapped[date]
    at: Mapped[datetime]


class NotificationRow(Base):
    """One thing to be told at one destination, and how that went."""

    __tablename__ = "notification"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str]
    alert: Mapped[str | None]
    message_of: Mapped[str | None]  # the alert whose living message it is about
    platform: Mapped[str]
    address: Mapped[str]
    operation: Mapped[str]
    reply: Mapped[str]  # JSON
    made_at: Mapped[datetime]
    not_before: Mapped[datetime]
    state: Mapped[str]
    attempts: Mapped[int]
    claimed_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    message: Mapped[str | None]  # the platform's id of the message that it was told with
    why: Mapped[str]  # why it waits, or was not told

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'told', 'failed')", name="state_is_known"),
        CheckConstraint("(state = 'told') = (message IS NOT NULL)", name="told_has_message"),
        UniqueConstraint("key"),
        Index(
            "ix_notification_waiting",
            "platform",
            "address",
            "id",
            sqlite_where=IS_WAITING,
            postgresql_where=IS_WAITING,
        ),
        Index(None, "message_of", "platform", "address"),
        {"sqlite_autoincrement": True},  # numbers give the order, so none is given twice
    )


class JobRunRow(Base):
    """A job on a local day."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str]
    claimed_by: Mapped[str]
    attempts: Mapped[int]
    started_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    detail: Mapped[str]

    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'failed')", name="state_is_known"),
    )


class SignOfLifeRow(Base):
    """When a worker was last heard of."""

    __tablename__ = "sign_of_life"

    worker: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class SubscriptionRow(Base):
    """Something that a person follows by their own wish; given up, the row is gone."""

    __tablename__ = "subscription"

    person: Mapped[str] = mapped_column(primary_key=True)
    priority: Mapped[str] = mapped_column(primary_key=True)  # its number; empty: any
    area: Mapped[str] = mapped_column(primary_key=True)  # empty: anywhere
    since: Mapped[datetime]
