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
        self, shift: AtWork, *, clock: Callable[[], datetime], tell_operators: TellOperators
    ) -> None:
        """Prepare.

        Args:
            shift: What is done.
            clock: Gives the moment, timezone-aware; must not need the database.
            tell_operators: Called once the database is back, where it was away for long.
        """
        self._shift = shift
        self._clock = clock
        self._tell = tell_operators
        self._outages = Outages()

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
                log.warning("Waiting for the database. %s %s", error, error.hint)
            return 0
        return done

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
        log.warning("The database is back; it was away %s.", from_to(outage.since, now))
        if outage.lasted >= WORTH_TELLING:
            self._tell(
                outage.key(now),
                f"The worker could not use the database {from_to(outage.since, now)}. "
                f"{outage.why} It goes on by itself: nothing was lost, and what was due is being "
                "done and told now. Questions asked meanwhile were not answered.",
            )
        self._outages.settle(DATABASE)


def enduring(app: App, shift: AtWork) -> Enduring:
    """Let a worker outlast its database."""
    return Enduring(shift, clock=app.now, tell_operators=partial(tell_operators, app))
