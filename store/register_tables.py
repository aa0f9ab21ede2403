"""The tables of the performance issue register.  All of them are written once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.tables import Base


class IssueChangeRow(Base):
    """One change of an issue.  How the issue stands is worked out from its changes."""

    __tablename__ = "issue_change"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)  # in the order written
    number: Mapped[int]
    revision: Mapped[int]
    change: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]  # the person's id
    why: Mapped[str]
    facts: Mapped[str]  # JSON: what changed

    __table_args__ = (
        UniqueConstraint("number", "revision"),
        Index(None, "at"),
        {"sqlite_autoincrement": True},
    )


class OperationChangeRow(Base):
    """An operation as somebody said that it is to stand: the latest revision counts."""

    __tablename__ = "operation_change"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    operation: Mapped[str]
    revision: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str]
    why: Mapped[str]
    facts: Mapped[str]  # JSON: the operation

    __table_args__ = (
        UniqueConstraint("operation", "revision"),
        {"sqlite_autoincrement": True},
    )


class RemindedRow(Base):
    """Somebody was reminded of something on a day."""

    __tablename__ = "issue_reminded"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0: the issue
    matter: Mapped[str] = mapped_column(primary_key=True)
    due: Mapped[date] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    person: Mapped[str]  # the person's id; empty: the co-ordinator
