"""The tables of what chat platforms told us, and of where they are written to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from store.tables import Base


class HeardRow(Base):
    """Something a platform told: kept while it might be told again, for all processes."""

    __tablename__ = "heard"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class ConversationRow(Base):
    """Where a channel or person is written to, as the platform last said."""

    __tablename__ = "conversation"

    platform: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    conversation: Mapped[str]
    service_url: Mapped[str]
    since: Mapped[datetime]
