"""A worker's time at work that outlasts its database: it waits, goes on, and says so afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.app import App
from bot.jobs import Job, TellOperators
from bot.outages import Outages, from_to
from bot.working import AtWork, tell_operators
from metrics.calendar import LONDON, london_day, say_date
from metrics.errors import StoreError

log = logging.getLogger(__name__)

DATABASE: Final = "database"

WORTH_TELLING: Final = timedelta(minutes=1)
"""Shorter than this, the log alone has it: a server that was restarted is no news."""


class Enduring:
    """A shift whose parts never fail because the database is away; they do nothing meanwhile.

    The log has one line when it goes and one when it is back, not one for every attempt.
    """

    def __init__(
        self,
        shift: AtWork,
        *,
        clock: Callable[[], datetime],
        tell_operators: TellOperators,
        whose: str = "",
        tell_meanwhile: TellOperators | None = None,
        tried_every: timedelta = timedelta(0),
    ) -> None:
        """Prepare.

        Args:
            shift: What is done.
            clock: Gives the moment, timezone-aware; must not need the database.
            tell_operators: Called once the database is back, where it was away for long.
            whose: Whose database it is, where there are several.
            tell_meanwhile: Called once while it is away for long, where there is a way to tell.
            tried_every: How much time lies between attempts while it is away.
        """
        self._shift = shift
        self._clock = clock
        self._tell = tell_operators
        self._tell_meanwhile = tell_meanwhile
        self._unknown = tried_every / 2  # it went on after the last failure: so long, on average
        self._database = f"database of {whose}" if whose else "database"
        self._outages = Outages()
        self._told_of: datetime | None = None  # when that outage began

    @property
    def is_away(self) -> bool:
        """Whether the database was away at the last attempt."""
        return self._outages.get(DATABASE) is not None

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is done when."""
        return self._shift.jobs

    def stop(self) -> None:
        """Take no more work; what is in hand is finished."""
        self._shift.stop()

    def sign(self) -> None:
        """Leave a sign of life, if the database takes it."""

        def sign() -> int:
            self._shift.sign()
            return 0

        self._endure(sign)

    def work(self) -> int:
        """Do every run that is due and nobody has; return how many were done."""
        return self._endure(self._shift.work)

    def deliver(self) -> int:
        """Tell everything that is due; return how much."""
        return self._endure(self._shift.deliver)

    def _endure(self, do: Callable[[], int]) -> int:
        try:
            done = do()
            self._see_whether_it_is_back()
        except StoreError as error:
            if self._outages.failed(DATABASE, str(error), now=self._clock()):
                log.warning("Waiting for the %s. %s %s", self._database, error, error.hint)
            self._say_that_it_is_away()
            return 0
        return done

    def _say_that_it_is_away(self) -> None:
        """Tell while it is away, where that can be; if it cannot, it is told afterwards."""
        outage = self._outages.get(DATABASE)
        if self._tell_meanwhile is None or outage is None or outage.since == self._told_of:
            return
        if outage.lasted < WORTH_TELLING:
            return
        since = f"{outage.since.astimezone(LONDON):%H:%M} on {say_date(london_day(outage.since))}"
        try:
            self._tell_meanwhile(
                f"{outage.key(outage.since)}/since",
                f"The worker has not been able to use the {self._database} since {since}. "
                f"{outage.why} It goes on by itself once that is back.",
            )
        except StoreError:
            return
        self._told_of = outage.since

    def _see_whether_it_is_back(self) -> None:
        """Tell, once it can be written to again; what could be read proves nothing.

        Raises:
            StoreError: It is still away; what is to be said about it waits.
        """
        outage = self._outages.get(DATABASE)
        if outage is None:
            return
        self._shift.sign()
        now = self._clock()
        away = from_to(outage.since, now)
        log.warning("The %s is back; it was away %s.", self._database, away)
        if outage.lasted + self._unknown >= WORTH_TELLING:
            self._tell(
                outage.key(now),
                f"The worker could not use the {self._database} {away}. "
                f"{outage.why} It goes on by itself: nothing was lost, and what was due is being "
                "done and told now. Questions asked meanwhile were not answered.",
            )
        self._outages.settle(DATABASE)


def enduring(app: App, shift: AtWork) -> Enduring:
    """Let a worker outlast its database."""
    return Enduring(shift, clock=app.now, tell_operators=partial(tell_operators, app))
