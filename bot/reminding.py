"""Reminding people of what is due in the issue register: decided, kept and put in the outbox.

One transaction: what was told is kept with it, so that nothing is told twice and nothing counts as
told that was not put in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from bot.access import Sight
from bot.access.writing import Writing
from bot.alerts.model import Destination
from bot.delivery import post_to
from bot.handlers.registering import issue_refusal
from bot.people import Person, Role, Surface
from bot.register.reminders import USUAL, Patience, Reminder, may_remind, reminders, told
from bot.replies.reminder import reminder_reply
from metrics.calendar import london_day
from metrics.errors import UserError
from metrics.model import Catalogue
from metrics.snapshot import Figures, SnapshotKind
from store import outbox
from store.database import Database
from store.register import SqlRegister, keep_reminded

ANYONE: Final = Person(id="co-ordinator", name="the co-ordinator", role=Role.MEMBER)
"""Who reads what is told to the co-ordinator: a channel, in which a role opens nothing."""

Find = Callable[[SnapshotKind | None, date | None], Figures]


class Reminding:
    """Reminds people, once a working day."""

    def __init__(
        self,
        database: Database,
        register: SqlRegister,
        *,
        people: Callable[[], Mapping[str, Person]],
        destinations: Callable[[], Mapping[str, Destination]],
        coordinator: Destination | None,
        catalogue: Callable[[], Catalogue],
        find: Find,
        patience: Patience = USUAL,
    ) -> None:
        """Prepare to remind.

        Args:
            database: Where the register and the outbox are.
            register: The register there.
            people: Gives everyone who is known, by id.
            destinations: Gives where each can be reached privately, by id.
            coordinator: A channel for what nobody here has, and for who cannot be reached; None:
                that is not told.
            catalogue: Gives the plan in force.
            find: Gives the newest figures.
            patience: How often, and how much at once.
        """
        self._database = database
        self._register = register
        self._people = people
        self._destinations = destinations
        self._coordinator = coordinator
        self._catalogue = catalogue
        self._find = find
        self._patience = patience

    def day(self, _due: date, now: datetime) -> str:
        """Remind everyone of what is due on the day of this moment; say how that went."""
        today = london_day(now)
        if not may_remind(now):
            return "Nobody is reminded out of office hours or on a day off."
        places = self._destinations()
        decided = reminders(
            self._register.issues(),
            today=today,
            here=frozenset(self._people()) & frozenset(places),
            reminded=self._register.reminded(),
            patience=self._patience,
        )
        told_to = 0
        for one in decided:
            place = places.get(one.person, self._coordinator) if one.person else self._coordinator
            if place is not None:
                with self._database.transaction() as session:
                    told_to += self._put(session, one, place, now)
        return f"{told_to} reminded." if told_to else "Nobody had to be reminded."

    def _put(self, session: Session, reminder: Reminder, place: Destination, now: datetime) -> int:
        """Put a reminder in the outbox, without what another worker has put in; return if any."""
        today = london_day(now)
        new = {one.key for one in keep_reminded(session, told(reminder, today=today))}
        left = replace(reminder, items=tuple(one for one in reminder.items if one.key in new))
        if not left.items:
            return 0
        gate = self._gate(self._people().get(reminder.person), today)
        reply = reminder_reply(
            left,
            people=self._people(),
            today=today,
            refusal=lambda issue: issue_refusal(gate, issue),
        )
        first = left.items[0].key
        key = f"{place}/reminder/{today}/{reminder.person}/{first.issue}/{first.action}"
        return outbox.put(session, [post_to(place, key, reply, now)], now=now)

    def _gate(self, person: Person | None, today: date) -> Writing:
        """Return the gate for who reads it: privately a person, in a channel anyone."""
        reader, surface = (person, Surface.PRIVATE) if person else (ANYONE, Surface.CHANNEL)
        catalogue = self._catalogue()
        try:
            figures = self._find(SnapshotKind.DAILY, None)
            sight = Sight(figures=figures, person=reader, surface=surface)
        except UserError:
            sight = None
        return Writing(sight, catalogue=catalogue, person=reader, surface=surface, today=today)
