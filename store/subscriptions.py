"""What people follow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from bot.alerts.subscriptions import Subscription
from store.alert_tables import SubscriptionRow
from store.database import Database
from store.writing import insert_new


class SqlSubscriptions:
    """Subscriptions in the database.  Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[Subscription, ...]:
        """Return what everyone follows."""
        with self._database.reading() as session:
            rows = session.scalars(select(SubscriptionRow))
            return tuple(sorted(_to_subscription(row) for row in rows))

    def of(self, person: str) -> tuple[Subscription, ...]:
        """Return what a person follows."""
        return tuple(one for one in self.all() if one.person == person)

    def add(self, one: Subscription, *, now: datetime) -> bool:
        """Follow something; False where it is followed already."""
        row = SubscriptionRow(person=one.person, priority=one.priority, area=one.area, since=now)
        with self._database.transaction() as session:
            return insert_new(session, row)

    def remove(self, one: Subscription) -> bool:
        """Follow something no more; False where it was not followed."""
        query = delete(SubscriptionRow).where(
            SubscriptionRow.person == one.person,
            SubscriptionRow.priority == one.priority,
            SubscriptionRow.area == one.area,
        )
        with self._database.transaction() as session:
            found = session.get(SubscriptionRow, (one.person, one.priority, one.area))
            session.execute(query)
            return found is not None


def _to_subscription(row: SubscriptionRow) -> Subscription:
    return Subscription(person=row.person, priority=row.priority, area=row.area)
