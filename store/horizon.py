"""Horizon-scanning items: what is coming, as people noted it, and what was taken away again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.people import Person
from bot.replies.doing import HorizonItem
from metrics.calendar import london_day
from metrics.errors import UnknownName
from store.database import Database
from store.horizon_tables import HorizonRow
from store.locks import hold

HORIZON_LOCK: Final = 0x7468726561740006
"""The key of the PostgreSQL advisory lock that a change of the items holds: "threat", 6."""


class Change(StrEnum):
    """What happened to an item."""

    NOTED = "noted"
    REMOVED = "removed"


class SqlHorizon:
    """The items in the database.  Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def items(self) -> tuple[HorizonItem, ...]:
        """Return the items that stand, the oldest first."""
        with self._database.reading() as session:
            return tuple(_to_item(row) for row in _standing(session))

    def add(self, words: str, *, by: Person, now: datetime) -> HorizonItem:
        """Note an item under the next number; the same words, where they stand, are not doubled."""
        with self._database.transaction() as session:
            _hold(session)
            for one in _standing(session):
                if one.text.casefold() == words.casefold():
                    return _to_item(one)
            number = (session.scalar(select(func.max(HorizonRow.number))) or 0) + 1
            row = _row(number, Change.NOTED, words, by=by, now=now)
            session.add(row)
            session.flush()
            return _to_item(row)

    def remove(self, number: int, *, by: Person, now: datetime) -> HorizonItem:
        """Take an item away; return it as it was.

        Raises:
            UnknownName: No item of this number stands.
        """
        with self._database.transaction() as session:
            _hold(session)
            found = next((one for one in _standing(session) if one.number == number), None)
            if found is None:
                raise UnknownName(
                    f"There is no horizon-scanning item {number}.",
                    hint="/brief list shows what there is.",
                )
            session.add(_row(number, Change.REMOVED, "", by=by, now=now))
            return _to_item(found)


def _standing(session: Session) -> list[HorizonRow]:
    """Return what was noted and not taken away, the oldest first."""
    removed = select(HorizonRow.number).where(HorizonRow.change == Change.REMOVED.value)
    query = (
        select(HorizonRow)
        .where(HorizonRow.change == Change.NOTED.value, HorizonRow.number.not_in(removed))
        .order_by(HorizonRow.number)
    )
    return list(session.scalars(query))


def _hold(session: Session) -> None:
    """Let nobody else change the items until the transaction ends; on SQLite it does by itself."""
    hold(session, HORIZON_LOCK)


def _row(number: int, change: Change, words: str, *, by: Person, now: datetime) -> HorizonRow:
    return HorizonRow(
        number=number, change=change.value, at=now, by=by.id, by_name=by.name, text=words
    )


def _to_item(row: HorizonRow) -> HorizonItem:
    return HorizonItem(number=row.number, text=row.text, by=row.by_name, day=london_day(row.at))
