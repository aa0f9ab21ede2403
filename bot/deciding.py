"""Deciding about alerts: the day's figures, or a person's press of a button.

Each is one transaction: what changed, and what is to be told of it.  Nothing is sent here.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from bot.access import USUAL, Sight, Views
from bot.alerts.decide import Decided, decide, routes_of, tell_all
from bot.alerts.model import Alert, AlertId, Destination, Feedback, Transition
from bot.alerts.routing import Decision, Listener, held_until
from bot.alerts.telling import Occasion
from bot.people import ANYONE, Person, Surface
from bot.replies import Reply
from bot.replies.alert import alert_message
from config.alerts import AlertPolicy
from metrics.calendar import LONDON, london_day, say_date
from metrics.model import Area, Measure
from metrics.snapshot import Figures, Snapshot, SnapshotKind
from store import outbox
from store.alerts import SqlAlerts
from store.database import Database
from store.snapshots import SqlSnapshots

log = logging.getLogger(__name__)

Act = Callable[[Alert], Transition | None]
"""What a person does with an alert; None: nothing is changed by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Whether a day's figures are what a decision may rest on."""

    is_fresh: bool
    words: str  # "Figures to 9 December 2013, loaded 05:10, complete."


def freshness(
    snapshot: Snapshot, *, problems: Sequence[str], allowed: timedelta, now: datetime
) -> Freshness:
    """Judge a snapshot before anything is decided on it.

    Args:
        snapshot: The newest daily figures.
        problems: What kept sources from being loaded, one sentence each.
        allowed: How far the figures may end before yesterday.
        now: The moment, timezone-aware.
    """
    loaded = max((one.loaded_at for one in snapshot.inputs), default=None)
    when = f", loaded {loaded.astimezone(LONDON):%H:%M}" if loaded else ""
    reach = f"Figures to {say_date(snapshot.as_at)}{when}"
    yesterday = london_day(now) - timedelta(days=1)
    if problems:
        return Freshness(is_fresh=False, words=f"{reach}, not complete. {' '.join(problems)}")
    if yesterday - snapshot.as_at > allowed:
        days = (yesterday - snapshot.as_at).days
        return Freshness(
            is_fresh=False, words=f"{reach}: {days} days late. Nothing newer has been delivered."
        )
    return Freshness(is_fresh=True, words=f"{reach}, complete.")


class Deciding:
    """Decides, and keeps what was decided."""

    def __init__(
        self,
        database: Database,
        *,
        policy: AlertPolicy,
        audience: Callable[[], Sequence[Listener]],
        find: Callable[[SnapshotKind | None, date | None], Figures],
        views: Views = USUAL,
    ) -> None:
        """Prepare to decide.

        Args:
            database: Where alerts are.
            policy: Cuts, budget, routes.
            audience: Gives every route with its destination, as it is now.
            find: Gives the newest figures.
            views: Where it is kept what is hidden from whom.
        """
        self._views = views
        self._database = database
        self._policy = policy
        self._audience = audience
        self._find = find

    def day(
        self, figures: Figures, *, now: datetime, before: Snapshot | None = None
    ) -> Decided[Reply] | None:
        """Decide what a day's figures change and who is told; None: that has been decided.

        Args:
            figures: The day's.
            now: The moment, timezone-aware.
            before: The snapshot that was probably decided on last, where it is at hand.
        """
        snapshot = figures.snapshot
        previous = self._previous(before)
        with self._database.transaction() as session:
            alerts = SqlAlerts(session)
            alerts.hold()
            new = alerts.claim_decision(
                snapshot.id, rules=self._rules(figures), as_at=snapshot.as_at, now=now
            )
            if not new:
                return None
            numbers = iter(range(alerts.next_number(), 1_000_000_000))
            audience = self._audience()
            made = decide(
                figures,
                previous=previous,
                open_alerts=alerts.open(),
                policy=self._policy,
                audience=audience,
                told=outbox.told(session, day=london_day(now)),
                may_tell=partial(self._may_tell, figures, _readers(audience)),
                write=partial(alert_message, catalogue=figures.catalogue),
                now=now,
                new_id=lambda: AlertId(f"A-{next(numbers)}"),
            )
            self._keep(session, made, now)
            return made

    def act(self, id_: str, act: Act, *, now: datetime) -> Alert:
        """Do what a person wants with an alert, and tell it wherever the alert was told.

        Raises:
            UnknownName: There is no such alert.
            UserError: It cannot be done now.
        """
        figures = self._find(SnapshotKind.DAILY, None)
        with self._database.transaction() as session:
            alerts = SqlAlerts(session)
            alerts.hold()
            transition = act(alerts.get(id_))
            if transition is None:
                return alerts.get(id_)
            audience = self._audience()
            made = tell_all(
                [transition],
                open_alerts=alerts.open(),
                audience=audience,
                told=outbox.told(session, day=london_day(now)),
                occasion=self._occasion(figures, audience, now),
            )
            self._keep(session, made, now)
            return transition.alert

    def judge(self, feedback: Feedback) -> None:
        """Keep someone's judgement of an alert."""
        with self._database.transaction() as session:
            SqlAlerts(session).judge(feedback)

    def get(self, id_: str) -> Alert:
        """Return an alert.

        Raises:
            UnknownName: There is no such alert.
        """
        with self._database.reading() as session:
            return SqlAlerts(session).get(id_)

    def standing(self) -> tuple[Alert, ...]:
        """Return every open alert, oldest first."""
        with self._database.reading() as session:
            return SqlAlerts(session).open()

    def changes(self, *, since: datetime, until: datetime) -> tuple[Transition, ...]:
        """Return the changes of all alerts from a moment to before another, oldest first."""
        with self._database.reading() as session:
            return SqlAlerts(session).changes(since=since, until=until)

    def feedback(self) -> tuple[Feedback, ...]:
        """Return every judgement."""
        with self._database.reading() as session:
            return SqlAlerts(session).feedback()

    def routes(self, id_: str) -> Mapping[AlertId, tuple[Decision, ...]]:
        """Explain who is told of an alert, and who is not, and why."""
        figures = self._find(SnapshotKind.DAILY, None)
        audience = self._audience()
        may_tell = partial(self._may_tell, figures, _readers(audience))
        return routes_of([self.get(id_)], audience, figures.catalogue, may_tell)

    def held(self, words: str, *, now: datetime) -> int:
        """Tell whoever is told every day that alerts are held, and why; return how many are told.

        Once a day and destination, however often it is found.
        """
        day = london_day(now)
        there = {one.destination for one in self._audience() if one.route.nothing_new}
        said = f"Alerts are held. {words}"
        at = held_until(now, self._policy.quiet_hours)
        with self._database.transaction() as session:
            return outbox.put(
                session,
                [outbox.plain_post(one, f"{one}/held/{day}", said, at) for one in sorted(there)],
                now=now,
            )

    def _occasion(
        self, figures: Figures, audience: Sequence[Listener], now: datetime
    ) -> Occasion[Reply]:
        return Occasion(
            now=now,
            as_at=figures.snapshot.as_at,
            catalogue=figures.catalogue,
            quiet_hours=self._policy.quiet_hours,
            merge_within=timedelta(days=self._policy.life.merge_days),
            may_tell=partial(self._may_tell, figures, _readers(audience)),
            write=partial(alert_message, catalogue=figures.catalogue),
            is_daily=False,
        )

    def _keep(self, session: Session, made: Decided[Reply], now: datetime) -> None:
        SqlAlerts(session).save(made.transitions)
        outbox.put(session, made.notifications, now=now)

    def _previous(self, at_hand: Snapshot | None) -> Snapshot | None:
        """Return the snapshot that was decided on last, which may be at hand."""
        with self._database.reading() as session:
            last = SqlAlerts(session).last_decision()
            if last and at_hand and last[0] == at_hand.id:
                return at_hand
            return SqlSnapshots(session).get(last[0]) if last else None

    def _rules(self, figures: Figures) -> str:
        """Identify what a day is decided under: the plan and the policy."""
        written = figures.catalogue.version + self._policy.model_dump_json()
        return hashlib.sha256(written.encode()).hexdigest()

    def _may_tell(
        self,
        figures: Figures,
        readers: Mapping[Destination, Person],
        measure: Measure,
        area: Area,
        destination: Destination,
    ) -> str:
        """Ask the gate whether a destination may be told of a measure in an area."""
        person = readers.get(destination)
        surface = Surface.PRIVATE if person else Surface.CHANNEL
        reader = person or ANYONE
        sight = Sight(figures=figures, person=reader, surface=surface, views=self._views)
        return sight.refusal(measure, area)


def _readers(audience: Sequence[Listener]) -> dict[Destination, Person]:
    """Return who reads at the destinations that are one person's own."""
    return {one.destination: one.person for one in audience if one.person is not None}
