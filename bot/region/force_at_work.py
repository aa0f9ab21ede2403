"""One force's part of a worker of a region, and what it opens for it."""

from __future__ import annotations

import logging
import secrets
import threading
from dataclasses import replace
from functools import partial

from structlog.contextvars import bound_contextvars

from bot.alerts.model import Destination
from bot.app import App
from bot.delivery import Delivery
from bot.jobs import Job
from bot.observing.runs import observed_job
from bot.region.app import RegionApp
from bot.replies.phrases import lower_first
from bot.shared_time import SharedTime, Signs, SignsInTime
from bot.working import Shift, is_due_undone, jobs_of, tell_operators
from metrics.calendar import london_day
from metrics.errors import StoreError, ThreatDeskError, UserError
from store.outbox import plain_post
from store.runs import SqlRuns
from store.signs import SqlSigns

log = logging.getLogger(__name__)


class ForceAtWork:
    """One force's part of a worker.  What it opens is given back after each run."""

    def __init__(self, region: RegionApp, id_: str, *, name: str, over: threading.Event) -> None:
        """Prepare; nothing is opened yet.

        Args:
            region: Where the force's app comes from.
            id_: The force.
            name: Of the worker.
            over: Set when it is to stop.
        """
        self.id = id_
        self.force = region.region.force(id_).name
        self._region = region
        self._name = name
        self._over = over
        self._app: App | None = None
        self._shift: Shift | None = None
        self._delivery: Delivery | None = None
        self._time: SharedTime | None = None
        self._told_cannot = ""  # the day on which it was said, and why nothing can be done
        self._opening = threading.Lock()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is done when; the operators hear which force it is of."""
        return tuple(
            replace(one, does=f"{self.force}: {lower_first(one.does)}")
            for one in jobs_of(self._open(), self._over.is_set)
        )

    def stop(self) -> None:
        """Take no more work; what is in hand is finished."""
        self._over.set()

    def work(self) -> int:
        """Do every run of this force that is due; return how many were done.

        Raises:
            StoreError: Its database is away.
        """
        with bound_contextvars(force=self.id):
            try:
                done = self._at_work().work()
            except StoreError:
                raise
            except Exception as error:  # its plan, or a fault of ours: the other forces go on
                self._cannot(error)
                return 0
            self._told_cannot = ""
            if done:
                self.close()  # figures that a run has read are let go before the next force
            return done

    def deliver(self) -> int:
        """Tell one thing of this force, if something is due; return how much was told.

        Raises:
            StoreError: Its database is away.
        """
        with bound_contextvars(force=self.id):
            try:
                return self._told().deliver(at_most=1)
            except StoreError:
                raise
            except Exception:  # a fault of ours: what the others have to tell is told
                log.exception("what %s has to tell was not told", self.force)
                return 0

    def sign(self) -> None:
        """Leave a sign of life where this force's status looks for it, and compare clocks.

        Raises:
            StoreError: Its database is away.
        """
        self._signs().give(self._name, now=self._shared()())

    def is_due_undone(self) -> bool:
        """Whether a run that has become due did not end well."""
        try:
            return is_due_undone(self.jobs, SqlRuns(self._open().database), self._shared()())
        except ThreatDeskError:
            return True

    def close(self) -> None:
        """Give back what was opened; it is opened again when it is needed."""
        with self._opening:
            app, self._app, self._shift, self._delivery = self._app, None, None, None
        if app is not None:
            app.__exit__()

    def tell_operators(self, key: str, words: str) -> None:
        """Tell this force's operators something, once per key.

        Raises:
            StoreError: Its database is away.
        """
        tell_operators(self._open(), key, words, clock=self._shared())

    def tell_by_the_region(self, key: str, words: str) -> None:
        """Tell this force's operators, once per key, while its own database is away.

        Raises:
            StoreError: The region's own database is away too.
        """
        to = self._open().settings.operators
        if to is not None:
            now = self._region.now()
            place = Destination.read(to)
            post = plain_post(place, f"operators/{self.id}/{key}", words, now)
            self._region.outbox.put([post], now=now)
        log.warning("%s", words)

    def _open(self) -> App:
        with self._opening:
            if self._app is None:
                self._app = self._region.open(self.id)
            return self._app

    def _at_work(self) -> Shift:
        app = self._open()
        if self._shift is None:
            time = self._shared()
            self._shift = Shift(
                [observed_job(one, app.instruments) for one in self.jobs],
                runs=SqlRuns(app.database),
                delivery=self._told(),
                signs=self._signs(),
                name=self._name,
                clock=time,
                tell_operators=partial(tell_operators, app, clock=time),
                over=self._over,
            )
        return self._shift

    def _told(self) -> Delivery:
        app = self._open()
        if self._delivery is None:
            self._delivery = app.delivery(self._name, clock=self._shared())
        return self._delivery

    def _shared(self) -> SharedTime:
        """Return the time that all workers of this force go by.

        It outlasts what is opened: only so is it noticed that a clock was set.
        """
        if self._time is None:
            time = SharedTime(lambda: self._open().database.clock(), self._region.now)
            time.look()
            self._time = time
        return self._time

    def _signs(self) -> Signs:
        """Return where signs of life are left, and clocks compared.

        A clock that is wrong is told once by the region, unless this force has operators or a
        database server of its own.
        """
        app, entry = self._open(), self._region.region.force(self.id).entry
        is_own = entry.operators is not None or entry.database_url is not None
        tell = self.tell_operators if is_own else _left_to_the_region
        return SignsInTime(SqlSigns(app.database), self._shared(), tell)

    def _cannot(self, error: Exception) -> None:
        """Tell this force's operators, once a day, that nothing of it can be done.

        Raises:
            StoreError: Its database is away as well.
        """
        day = london_day(self._region.now())
        said = f"{day} {type(error).__name__} {error}"
        if said == self._told_cannot:  # looked at every minute
            return
        if isinstance(error, UserError):
            detail = f"{error} {error.hint}".strip()
            log.warning("%s cannot be worked on: %s", self.force, detail)
        else:
            reference = f"R-{secrets.token_hex(4).upper()}"
            detail = f"Something went wrong on our side; the log has it under {reference}."
            log.exception("%s: %s cannot be worked on", reference, self.force)
        words = f"{self.force}: nothing can be computed, and its alerts are held. {detail}"
        self.tell_operators(f"cannot-work/{day}", words)
        self._told_cannot = said


def _left_to_the_region(_key: str, words: str) -> None:
    log.debug("%s", words)
