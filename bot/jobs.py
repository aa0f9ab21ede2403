"""Which use case runs when: each due run is claimed once, whoever asks and however often.

Any number of workers may run.  A run is a job on a local day; it is claimed in the database with a
lease that is renewed while the work goes on, so that the run of a process that died is taken over.
A worker that was away catches up once: the newest day that is due, not each day it missed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from structlog.contextvars import bound_contextvars

from bot.reference import new_reference
from bot.runs import RETRY_AFTER, Runs, RunState
from metrics.calendar import LONDON, london_day, say_date
from metrics.errors import StoreError, ThreatDeskError, UserError

log = logging.getLogger(__name__)

EVERY_DAY: Final = frozenset(range(7))
"""Monday is 0, as in `datetime.date.weekday`."""

LOOK_BACK: Final = timedelta(days=8)
"""A weekly job that was missed is caught up within its week; older runs are let go."""

CLOCKS_CHANGE: Final = (time(1, 0), time(2, 0))
"""Between these the clocks go forward or back in London: a time may come twice, or never."""

LEASE: Final = timedelta(minutes=3)
"""How long a run stays claimed without a sign of life of its process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A use case and the London time it is due at."""

    name: str
    does: str  # for the operators, e.g. "The daily figures and alerts"
    at: time
    work: Callable[[date, datetime], str]  # the local day and the moment; how it ended
    weekdays: Collection[int] = EVERY_DAY
    late_after: timedelta = timedelta(hours=1)

    def __post_init__(self) -> None:
        """Refuse a time that the clock changes skip or repeat.

        Raises:
            UserError: The time lies in the hour in which the clocks change.
        """
        first, last = CLOCKS_CHANGE
        if first <= self.at < last:
            raise UserError(
                f"{self.does} cannot be due at {self.at:%H:%M}: in October that time comes twice, "
                "and in March never.",
                hint="Choose a time before 01:00 or from 02:00.",
            )

    def due_at(self, day: date) -> datetime:
        """Return the moment it is due on a local day."""
        return datetime.combine(day, self.at, tzinfo=LONDON)

    def due(self, now: datetime) -> date | None:
        """Return the newest local day on which it has become due, or None."""
        today = london_day(now)
        days = (today - timedelta(days=back) for back in range(LOOK_BACK.days))
        return next(
            (day for day in days if day.weekday() in self.weekdays and self.due_at(day) <= now),
            None,
        )


class Stopped(ThreatDeskError):  # noqa: N818 - named after the fact
    """The worker is to stop, so its work was left where it was; nothing of it was kept."""


TellOperators = Callable[[str, str], None]
"""Tell the operators something, once per key."""


class Worker:
    """Does what is due, as one of any number of workers."""

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        runs: Runs,
        name: str,
        clock: Callable[[], datetime],
        tell_operators: TellOperators,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        """Prepare a worker.

        Args:
            jobs: What is done when.
            runs: The claims, shared by all workers.
            name: Of this worker, unlike every other's.
            clock: Gives the moment, timezone-aware.
            tell_operators: Called for a run that is late or failed.
            is_over: Whether it is to stop: asked before each run is begun.
        """
        self._is_over = is_over
        self._jobs = tuple(jobs)
        self._runs = runs
        self._name = name
        self._clock = clock
        self._tell = tell_operators

    def tick(self) -> int:
        """Do every run that is due and nobody has; return how many were done."""
        done = 0
        for job in self._jobs:
            now = self._clock()
            day = job.due(now)
            if day is None or self._is_over():
                continue
            if self._runs.claim(job.name, day, by=self._name, now=now, until=now + LEASE):
                self._run(job, day)
                done += 1
            else:
                self._watch(job, day, now)
        return done

    def _run(self, job: Job, day: date) -> None:
        reference = new_reference()
        with bound_contextvars(job=job.name, day=str(day), reference=reference):
            self._run_under(reference, job, day)

    def _run_under(self, reference: str, job: Job, day: date) -> None:
        log.info("%s for %s begins", job.name, day)
        try:
            with self._keeping(job, day):
                detail = job.work(day, self._clock())
        except Stopped:
            self._give_back(job, day)
            return
        except StoreError as error:  # of the surroundings, not of this run: it is not used up
            self._put_off(job, day, error, reference)
            return
        except Exception as error:  # whatever it was, the other jobs go on and the operators know
            self._failed(job, day, error, reference)
            return
        if self._finish(job, day, RunState.DONE, detail):
            log.info("%s for %s: %s", job.name, day, detail)

    def _give_back(self, job: Job, day: date) -> None:
        """Let another worker have a run at once, not when its lease ends."""
        log.info("%s for %s is left to another worker", job.name, day)
        self._runs.renew(job.name, day, by=self._name, until=self._clock())

    def _put_off(self, job: Job, day: date, error: StoreError, reference: str) -> None:
        """Leave a run until the database or its disk may be well again, however long that takes.

        Raises:
            StoreError: It is away altogether; the run is taken up again when its lease has ended.
        """
        detail = f"{error} {error.hint}".strip()
        log.warning("%s: %s for %s is put off: %s", reference, job.name, day, detail)
        self._runs.renew(job.name, day, by=self._name, until=self._clock() + RETRY_AFTER)
        self._tell(
            f"job/{job.name}/{day}/put-off",
            f"{job.does} for {say_date(day)} could not be done, and is tried again every "
            f"{RETRY_AFTER // timedelta(minutes=1)} minutes. {detail}",
        )

    def _failed(self, job: Job, day: date, error: Exception, reference: str) -> None:
        if isinstance(error, UserError):
            detail = f"{error} {error.hint}".strip()
            log.warning("%s: %s for %s: %s", reference, job.name, day, detail)
        else:
            detail = f"Something went wrong on our side; the log has it under {reference}."
            log.exception("%s: %s for %s failed", reference, job.name, day)
        self._finish(job, day, RunState.FAILED, detail)
        self._tell(
            f"job/{job.name}/{day}/failed",
            f"{job.does} for {say_date(day)} failed. {detail}",
        )

    def _finish(self, job: Job, day: date, state: RunState, detail: str) -> bool:
        ours = self._runs.finish(
            job.name, day, by=self._name, now=self._clock(), state=state, detail=detail
        )
        if not ours:
            log.warning("%s for %s was taken over by another worker", job.name, day)
        return ours

    def _watch(self, job: Job, day: date, now: datetime) -> None:
        """Tell the operators of a run that should long have ended."""
        run = self._runs.get(job.name, day)
        if run and run.state is RunState.RUNNING and now - job.due_at(day) > job.late_after:
            self._tell(
                f"job/{job.name}/{day}/late",
                f"{job.does} for {say_date(day)} is late: it was due at {job.at:%H:%M} and has "
                f"been running since {run.started_at.astimezone(LONDON):%H:%M}.",
            )

    @contextmanager
    def _keeping(self, job: Job, day: date) -> Iterator[None]:
        """Renew the claim while the work goes on."""
        over = threading.Event()

        def renew() -> None:
            while not over.wait(LEASE.total_seconds() / 3):
                try:
                    self._runs.renew(job.name, day, by=self._name, until=self._clock() + LEASE)
                except Exception:  # the database may be away for a moment; try again
                    log.exception("the claim of %s for %s was not renewed", job.name, day)

        thread = threading.Thread(target=renew, name=f"claim of {job.name}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
