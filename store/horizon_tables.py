"""The table of horizon-scanning items.  It is written once: taking one away is a row as well."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.tables import Base


class HorizonRow(Base):
    """An item was noted, or taken away again."""

    __tablename__ = "horizon_change"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)  # in the order written
    number: Mapped[int]  # what people call the item by
    change: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]  # the person's id
    by_name: Mapped[str]  # as it was then: the paper still names who noted it when they have left
    text: Mapped[str]  # of what was noted; empty of what was taken away

    __table_args__ = (
        UniqueConstraint("number", "change"),
        CheckConstraint("change IN ('noted', 'removed')", name="change_is_known"),
        {"sqlite_autoincrement": True},
    )
