"""The worker of a region: every force in turn, one at a time, each by its own claims.

A force's run is claimed in the force's own database, by the same jobs and under the same names as
those of a single force.  What fails there holds that force's alerts and is told to its operators;
the others go on.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from bot.app import App
from bot.delivery import Delivery
from bot.jobs import Job
from bot.observing.runs import observed_job
from bot.region.app import RegionApp
from bot.replies.phrases import lower_first
from bot.working import Shift, is_due_undone, jobs_of, new_name, tell_operators
from metrics.calendar import london_day
from metrics.errors import ThreatDeskError, UserError
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
        self._opening = threading.Lock()

    def jobs(self) -> tuple[Job, ...]:
        """Return what is done when; the operators hear which force it is of."""
        return tuple(
            replace(one, does=f"{self.force}: {lower_first(one.does)}")
            for one in jobs_of(self._open(), self._over.is_set)
        )

    def work(self) -> int:
        """Do every run of this force that is due; return how many were done."""
        try:
            done = self._at_work().work()
        except Exception as error:  # its plan or its database: the other forces go on
            self._cannot(error)
            return 0
        if done:
            self.close()  # figures that a run has read are let go before the next force
        return done

    def deliver(self) -> int:
        """Tell one thing of this force, if something is due; return how much was told."""
        try:
            return self._told().deliver(at_most=1)
        except ThreatDeskError as error:  # its database is away: it is tried again
            log.warning("What %s has to tell was not told: %s", self.force, error)
            return 0

    def sign(self) -> None:
        """Leave a sign of life where this force's status looks for it."""
        try:
            app = self._open()
            SqlSigns(app.database).give(self._name, now=app.now())
        except ThreatDeskError as error:
            log.warning("No sign of life for %s: %s", self.force, error)

    def is_due_undone(self) -> bool:
        """Whether a run that has become due did not end well."""
        try:
            app = self._open()
            return is_due_undone(self.jobs(), SqlRuns(app.database), app.now())
        except ThreatDeskError:
            return True

    def close(self) -> None:
        """Give back what was opened; it is opened again when it is needed."""
        with self._opening:
            app, self._app, self._shift, self._delivery = self._app, None, None, None
        if app is not None:
            app.__exit__()

    def _open(self) -> App:
        with self._opening:
            if self._app is None:
                self._app = self._region.open(self.id)
            return self._app

    def _at_work(self) -> Shift:
        app = self._open()
        if self._shift is None:
            self._shift = Shift(
                [observed_job(one, app.instruments) for one in self.jobs()],
                runs=SqlRuns(app.database),
                delivery=self._told(),
                signs=SqlSigns(app.database),
                name=self._name,
                clock=app.now,
                tell_operators=partial(tell_operators, app),
                over=self._over,
            )
        return self._shift

    def _told(self) -> Delivery:
        app = self._open()
        if self._delivery is None:
            self._delivery = app.delivery(self._name)
        return self._delivery

    def _cannot(self, error: Exception) -> None:
        """Tell this force's operators, once a day, that nothing of it can be done."""
        if isinstance(error, UserError):
            detail = f"{error} {error.hint}".strip()
            log.warning("%s cannot be worked on: %s", self.force, detail)
        else:
            reference = f"R-{secrets.token_hex(4).upper()}"
            detail = f"Something went wrong on our side; the log has it under {reference}."
            log.exception("%s: %s cannot be worked on", reference, self.force)
        app = self._region.open(self.id)
        key = f"cannot-work/{london_day(app.now())}"
        words = f"{self.force}: nothing can be computed, and its alerts are held. {detail}"
        try:
            with app:
                tell_operators(app, key, words)
        except ThreatDeskError as away:  # its own database is what fails: by the region's, then
            log.warning("%s's own operators could not be told: %s", self.force, away)
            tell_operators(self._region, f"{self.id}/{key}", words)


class RegionShift:
    """One worker's time at work on a region, until it is told to stop."""

    def __init__(
        self, forces: Sequence[ForceAtWork], *, own: Delivery, over: threading.Event
    ) -> None:
        """Prepare a shift.

        Args:
            forces: In the order they are worked on.
            own: Tells what the region itself has to tell.
            over: Set when it is to stop.
        """
        self._forces = tuple(forces)
        self._own = own
        self._over = over
        self._busy = threading.Lock()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is done when, of every force whose plan can be read, by names of their own."""
        found: list[Job] = []
        for force in self._forces:
            try:
                found += [replace(one, name=f"{force.id}/{one.name}") for one in force.jobs()]
            except ThreatDeskError as error:  # told at its first work; looked at every minute
                log.warning("%s has no times of its own yet: %s", force.force, error)
        return tuple(found)

    def stop(self) -> None:
        """Take no more work; what is in hand is finished."""
        self._over.set()

    def sign(self) -> None:
        """Leave a sign of life with every force."""
        for force in self._forces:
            force.sign()

    def work(self) -> int:
        """Do every run that is due and nobody has, force by force; return how many were done."""
        if self._over.is_set() or not self._busy.acquire(blocking=False):
            return 0  # at its time and every minute: the two may meet
        try:
            done = 0
            for force in self._forces:
                if self._over.is_set():
                    break
                done += force.work()
            return done
        finally:
            self._busy.release()

    def deliver(self) -> int:
        """Tell everything that is due, one of each force in turn; return how much."""
        told = 0
        while not self._over.is_set():
            some = self._own.deliver(at_most=1) + sum(one.deliver() for one in self._forces)
            if not some:
                break
            told += some
        return told

    def once(self) -> int:
        """Do and tell everything that is due now; return how much that was."""
        self.sign()
        return self.work() + self.deliver()

    def undone(self) -> tuple[str, ...]:
        """Return the forces of which something that is due has not been done."""
        return tuple(one.force for one in self._forces if one.is_due_undone())

    def close(self) -> None:
        """Give back what every force has opened."""
        for force in self._forces:
            force.close()


def shift_of_region(region: RegionApp) -> RegionShift:
    """Put together one worker of a region."""
    name, over = new_name(), threading.Event()
    forces = [ForceAtWork(region, id_, name=name, over=over) for id_ in region.region.forces]
    return RegionShift(forces, own=region.delivery(name), over=over)
