"""The briefings on their days: written for every reader, and put into the outbox once.

A briefing is a row of the outbox for each destination, whose key says which briefing of which day
it is: however many workers write it, and however often, it is told once.  A channel that is gone
and a person who cannot be reached go the way of every message (`bot.delivery`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import select

from bot.access import Sight
from bot.alerts.model import Destination, Transition
from bot.delivery import post_to
from bot.documents.monthly import monthly_message, theme_message
from bot.documents.rotation import theme_of_quarter
from bot.jobs import EVERY_DAY, Job
from bot.people import ANYONE, Person, Role, Surface
from bot.register.history import together
from bot.register.model import Operation as RecordedOperation
from bot.register.ports import Register
from bot.replies import Reply
from bot.replies.briefing import digest_reply
from bot.replies.doing import Doing, FindDoing, HorizonItem
from bot.replies.interest import Interest
from bot.replies.under_way import doing_from
from bot.replies.week import week_between
from config.briefing import Weekly
from metrics.calendar import LONDON, last_month_end, quarter_end, say_date
from metrics.errors import ThreatDeskError, UserError
from metrics.snapshot import Figures, SnapshotKind
from store import outbox
from store.alert_tables import NotificationRow
from store.alerts import SqlAlerts
from store.database import Database

log = logging.getLogger(__name__)

WEEKLY: Final = "weekly-briefing"
MONTHLY: Final = "monthly-briefing"
"""The names of the jobs among the others."""

A_WEEK: Final = timedelta(days=7)

STALE_AFTER: Final = timedelta(days=2)
"""Figures that end longer ago are told with how old they are."""

FindFigures = Callable[[SnapshotKind | None, date | None], Figures]
"""Give the newest figures of a kind on or before a day.  Raises `UserError` if there are none."""


class Horizon(Protocol):
    """Where horizon-scanning items are kept."""

    def items(self) -> tuple[HorizonItem, ...]:
        """Return the items that stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who is briefed, or a channel that is, and where."""

    destination: Destination
    person: Person | None = None  # None: a channel

    @property
    def is_whole(self) -> bool:
        """Whether the whole force is theirs: the monthly briefing is for them."""
        return self.person is None or self.person.role is Role.CHIEF_OFFICER


def readers(
    channel: str | None, platforms: Iterable[tuple[str, Mapping[str, Person]]]
) -> tuple[Reader, ...]:
    """Return who is briefed: the channel, chief officers, and everyone who leads something.

    Args:
        channel: As `platform:address`; None: no channel is.
        platforms: Everyone who is named on each platform, by their id there; where somebody is on
            several, the last one counts.
    """
    leaders: dict[str, Reader] = {}
    for platform, people in platforms:
        for user, person in people.items():
            if _leads(person):
                there = Destination(platform=platform, address=user)
                leaders[person.id] = Reader(destination=there, person=person)
    first = (Reader(destination=Destination.read(channel)),) if channel else ()
    return (*first, *leaders.values())


def _leads(person: Person) -> bool:
    if person.role is None:
        return False
    return person.role is Role.CHIEF_OFFICER or bool(person.areas or person.priorities)


def find_doing(
    register: Register,
    horizon: Horizon,
    *,
    shipped: Callable[[], Sequence[RecordedOperation]],
    people: Callable[[], Mapping[str, Person]],
) -> FindDoing:
    """Return what finds what is being done: register, operations, horizon-scanning items.

    Args:
        register: Where issues are, and the operations that were recorded in chat.
        horizon: Where the items are.
        shipped: Gives the operations that the plan ships.
        people: Gives everyone who is known, by id: an owner who is not among them has left.
    """

    def find(day: date) -> Doing:
        operations = together(shipped(), register.operations())
        doing = doing_from(register.issues(), operations, people(), day=day)
        return replace(doing, horizon=horizon.items())

    return find


class Briefings:
    """Writes the briefings that are due, and puts them into the outbox."""

    def __init__(
        self,
        database: Database,
        *,
        find: FindFigures,
        audience: Callable[[], Sequence[Reader]],
        doing: FindDoing,
        weekly: Weekly,
    ) -> None:
        """Prepare to brief.

        Args:
            database: Where alerts and the outbox are.
            find: Gives the figures.
            audience: Gives everyone who is briefed, as it is now.
            doing: Gives the register and what else is being done.
            weekly: When the weekly briefing is due: the week that it tells ends then.
        """
        self._database = database
        self._find = find
        self._audience = audience
        self._doing = doing
        self._weekly = weekly

    def jobs(self) -> tuple[Job, ...]:
        """Return the weekly and the monthly briefing, as what is done when.

        The monthly one is looked for every day at the time of the weekly one, and told on the
        first on which the month end's figures are there.
        """
        return (
            Job(
                name=WEEKLY,
                does="The weekly briefing",
                at=self._weekly.at,
                work=self.week,
                weekdays=frozenset({self._weekly.weekday}),
            ),
            Job(
                name=MONTHLY,
                does="The monthly briefing",
                at=self._weekly.at,
                work=self.month,
                weekdays=EVERY_DAY,
            ),
        )

    def week(self, day: date, now: datetime) -> str:
        """Write the digest of the week up to when it was due, however late it is written.

        Args:
            day: The local day that it is due on.
            now: The moment.

        Raises:
            UserError: There are no figures.
            ThreatDeskError: One of them could not be written; the others are.
        """
        figures = self._find(SnapshotKind.DAILY, None)
        before = self._before(figures)
        until = datetime.combine(day, self._weekly.at, tzinfo=LONDON)
        # In London's time, so that the weeks meet when the clocks change between them.
        since = datetime.combine(day - A_WEEK, self._weekly.at, tzinfo=LONDON)
        with self._database.reading() as session:
            changes = SqlAlerts(session).changes(since=since, until=until)
        doing = self._doing(day)

        def write(reader: Reader) -> Reply:
            return _digest(reader, figures, before, changes, doing, day)

        return self._put(f"weekly/{day}", self._audience(), write, now=now)

    def month(self, day: date, now: datetime) -> str:
        """Write the performance briefing of the month that has ended, once its figures are there.

        At the end of a quarter, the thematic report follows in the channel.

        Args:
            day: The local day.
            now: The moment.
        """
        ended = last_month_end(day - timedelta(days=1))
        try:
            figures = self._find(SnapshotKind.MONTH_END, None)
        except UserError:
            return "There are no month-end figures yet."
        as_at = figures.snapshot.as_at
        if as_at != ended:
            return f"The figures of the month end of {say_date(ended)} are not there yet."
        doing = self._doing(day)
        audience = [one for one in self._audience() if one.is_whole]

        def write(reader: Reader) -> Reply:
            return monthly_message(_sight(reader, figures), doing, made_on=day)

        said = self._put(f"monthly/{as_at}", audience, write, now=now)
        if as_at != quarter_end(as_at):
            return said
        return f"{said} {self._theme(figures, doing, audience, now)}"

    def _theme(
        self, figures: Figures, doing: Doing, audience: Sequence[Reader], now: datetime
    ) -> str:
        """Write the quarter's theme for the channel, as it may be published."""
        as_at = figures.snapshot.as_at
        theme = theme_of_quarter(figures.catalogue, as_at)
        sight = Sight(figures=figures, person=ANYONE, surface=Surface.PUBLIC)
        channels = [one for one in audience if one.person is None]
        return self._put(
            f"theme/{as_at}", channels, lambda _: theme_message(sight, theme, doing), now=now
        )

    def _before(self, figures: Figures) -> Figures | None:
        """Return the figures of a week before; None where there are none."""
        try:
            return self._find(SnapshotKind.DAILY, figures.snapshot.as_at - A_WEEK)
        except UserError:
            return None

    def _put(
        self,
        what: str,
        audience: Sequence[Reader],
        write: Callable[[Reader], Reply],
        *,
        now: datetime,
    ) -> str:
        """Write for each reader, and put it in; one that cannot be written holds up no other.

        Raises:
            ThreatDeskError: Some could not be written.
        """
        new, failed = 0, []
        for reader in audience:
            key = f"briefing/{what}/{reader.destination}"
            if self._is_there(key):
                continue
            try:
                reply = write(reader)
            except Exception:  # whatever it was, the others are briefed
                log.exception("the briefing %s was not written", key)
                failed.append(str(reader.destination))
                continue
            new += self._put_one(key, reader, reply, now)
        if failed:
            raise ThreatDeskError(f"Not written for {', '.join(failed)}; the log says why.")
        return f"Briefing {what}: {new} to tell, {len(audience) - new} told or waiting before."

    def _is_there(self, key: str) -> bool:
        with self._database.reading() as session:
            query = select(NotificationRow.id).where(NotificationRow.key == key)
            return session.scalar(query) is not None

    def _put_one(self, key: str, reader: Reader, reply: Reply, now: datetime) -> int:
        telling = post_to(reader.destination, key, reply, now)
        with self._database.transaction() as session:
            return outbox.put(session, [telling], now=now)


def _digest(
    reader: Reader,
    figures: Figures,
    before: Figures | None,
    changes: Sequence[Transition],
    doing: Doing,
    day: date,
) -> Reply:
    now = _sight(reader, figures)
    interest = Interest(catalogue=now.catalogue, person=reader.person)
    then = _sight(reader, before) if before else None
    week = week_between(now, then, changes, interest=interest)
    said: tuple[str, ...] = ()
    age = day - timedelta(days=1) - now.as_at
    if age > STALE_AFTER:
        said = (f"The figures end on {say_date(now.as_at)}: nothing newer has been delivered.",)
    return digest_reply(now, week, doing, interest=interest, today=day, said_first=said)


def _sight(reader: Reader, figures: Figures) -> Sight:
    """Look at figures as a reader may see them where they read."""
    surface = Surface.PRIVATE if reader.person else Surface.CHANNEL
    return Sight(figures=figures, person=reader.person or ANYONE, surface=surface)
