"""The worker: the daily run when it is due, what was decided told, a sign of life.

Any number of workers may run, on any number of machines; what they share is the database.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from queue import Empty, SimpleQueue
from typing import Final, Protocol

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from bot.alerts.decide import Decided
from bot.alerts.model import Change, Destination
from bot.app import App
from bot.deciding import freshness
from bot.delivery import Delivery
from bot.jobs import Job, Stopped, Worker
from bot.observing.runs import observed_job
from bot.observing.scraping import offering
from bot.people import Person
from bot.pruning import prune
from bot.replies import Reply
from bot.runs import Runs, RunState
from bot.shared_time import SharedTime, Signs, SignsInTime
from config.retention import read_retention
from metrics.calendar import LONDON
from metrics.errors import UserError
from metrics.snapshot import Figures
from store.outbox import plain_post
from store.retention import let_go
from store.runs import SqlRuns
from store.signs import SqlSigns

log = logging.getLogger(__name__)

DAILY: Final = "daily"
"""The name of the daily run among the jobs."""

REMINDERS: Final = "reminders"
"""The name of the daily reminders among the jobs."""

LETTING_GO: Final = "letting-go"
"""The name of the letting go of old figures among the jobs."""

PRUNING: Final = "pruning"
"""The name of the removal of old rows from the audit log among the jobs."""

WORKER: Final = Person(id="worker", name="the worker", role=None)
"""Who removes them, in the log itself."""

SUNDAY: Final = 6

AT_NIGHT: Final = time(3, 0)
"""When nobody waits, and no clock changes."""

WORKING_DAYS: Final = range(5)
"""Monday to Friday."""

LOOK: Final = timedelta(minutes=1)
"""How often a worker looks for what it missed, and gives a sign of life."""

WAKES_S: Final = 1.0
"""How often the main thread looks for a signal."""

DELIVER: Final = timedelta(seconds=2)
"""How often a worker looks for something to tell."""

HELD_HINT: Final = "The figures are kept; alerts come as soon as what is missing has been loaded."


class AtWork(Protocol):
    """What a worker does, over one force or over every force of a region."""

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is done when."""

    def stop(self) -> None:
        """Take no more work; what is in hand is finished."""

    def sign(self) -> None:
        """Leave a sign of life."""

    def work(self) -> int:
        """Do every run that is due and nobody has; return how many were done."""

    def deliver(self) -> int:
        """Tell everything that is due; return how much."""


class Shift:
    """One worker's time at work, until it is told to stop."""

    def __init__(
        self,
        jobs: Sequence[Job],
        *,
        runs: Runs,
        delivery: Delivery,
        signs: Signs,
        name: str,
        clock: Callable[[], datetime],
        tell_operators: Callable[[str, str], None],
        over: threading.Event | None = None,
    ) -> None:
        """Prepare a shift.

        Args:
            jobs: What is done when.
            runs: The claims, shared by all workers.
            delivery: Tells what is in the outbox, under the same name.
            signs: Where signs of life are left.
            name: Of this worker, unlike every other's.
            clock: Gives the moment, timezone-aware.
            tell_operators: Called for a run that is late or failed.
            over: Set when it is to stop.
        """
        self._jobs = tuple(jobs)
        self._over = over or threading.Event()
        self._worker = Worker(
            jobs,
            runs=runs,
            name=name,
            clock=clock,
            tell_operators=tell_operators,
            is_over=self._over.is_set,
        )
        self._delivery = delivery
        self._signs = signs
        self._name = name
        self._clock = clock
        self._busy = threading.Lock()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What is done when."""
        return self._jobs

    def stop(self) -> None:
        """Take no more work; what is in hand is finished."""
        self._over.set()

    def sign(self) -> None:
        """Leave a sign of life."""
        self._signs.give(self._name, now=self._clock())

    def work(self) -> int:
        """Do every run that is due and nobody has; return how many were done."""
        if self._over.is_set() or not self._busy.acquire(blocking=False):
            return 0  # at its time and every minute: the two may meet
        try:
            return self._worker.tick()
        finally:
            self._busy.release()

    def deliver(self) -> int:
        """Tell everything that is due, one by one until told to stop; return how much."""
        told = 0
        while not self._over.is_set() and self._delivery.deliver(at_most=1):
            told += 1
        return told

    def once(self) -> int:
        """Do and tell everything that is due now; return how much that was."""
        self.sign()
        return self.work() + self.deliver()


def shift_of(app: App) -> Shift:
    """Put together one worker.

    Raises:
        StoreError: The database is away.
    """
    over = threading.Event()
    return shift_with(app, jobs_of(app, over.is_set), name=new_name(), over=over)


def shift_with(app: App, jobs: Sequence[Job], *, name: str, over: threading.Event) -> Shift:
    """Put together one worker that does what is given.

    Args:
        app: What it is done with.
        jobs: What is done when.
        name: Of the worker.
        over: Set when it is to stop.

    Raises:
        StoreError: The database is away.
    """
    shared = SharedTime(app.database.clock, app.now)
    shared.look()
    tell = partial(tell_operators, app, clock=shared)
    return Shift(
        [observed_job(one, app.instruments) for one in jobs],
        runs=SqlRuns(app.database),
        delivery=app.delivery(name, clock=shared),
        signs=SignsInTime(SqlSigns(app.database), shared, tell),
        name=name,
        clock=shared,
        tell_operators=tell,
        over=over,
    )


def new_name() -> str:
    """Return a name for a worker that no other has: it says where it runs."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"


def jobs_of(app: App, is_over: Callable[[], bool] = lambda: False) -> tuple[Job, ...]:
    """Return what is done when."""
    return (
        Job(
            name=DAILY,
            does="The daily run",
            at=app.settings.daily_at,
            work=partial(daily_work, app, is_over),
        ),
        *_letting_go(app),
        *_pruning(app),
        *app.briefings.jobs(),
        Job(
            name=REMINDERS,
            does="The reminders of the register",
            at=app.settings.reminders_at,
            work=app.reminding.day,
            weekdays=WORKING_DAYS,
        ),
    )


def _pruning(app: App) -> tuple[Job, ...]:
    """Return the look for old rows: every week, and once a month there are some."""
    kept = read_retention(app.settings.audit_kept)
    if kept.is_for_ever:
        return ()

    def work(_day: date, now: datetime) -> str:
        return prune(app.audit, kept, by=WORKER, place=WORKER.id, now=now)

    does = "The removal of old rows from the audit log"
    return (Job(name=PRUNING, does=does, at=AT_NIGHT, work=work, weekdays={SUNDAY}),)


@contextmanager
def metrics_offered(app: App) -> Iterator[None]:
    """Offer the worker's metrics while it works, where a port is set for them.

    Raises:
        UserError: Everyone could read them, or the port cannot be had.
    """
    settings = app.settings
    if settings.metrics_port is None:
        yield
        return
    token = settings.metrics_token
    with offering(
        app.registry,
        host=settings.host,
        port=settings.metrics_port,
        token=token.get_secret_value() if token else "",
    ):
        yield


def _letting_go(app: App) -> tuple[Job, ...]:
    days = app.settings.daily_kept_days
    if days is None:
        return ()

    def work(_day: date, now: datetime) -> str:
        gone = let_go(app.database, kept=timedelta(days=days), now=now)
        return f"Daily figures of {gone:,} runs were let go."

    return (Job(name=LETTING_GO, does="Letting go of old figures", at=AT_NIGHT, work=work),)


def daily_work(app: App, is_over: Callable[[], bool], _day: date, now: datetime) -> str:
    """Load, compute, and decide about alerts, or hold them; return how it went, in words.

    Args:
        app: What it is done with.
        is_over: Whether the worker is to stop: asked before every step.
        _day: The local day that the run is of.
        now: The moment.

    Raises:
        UserError: Alerts are held, because a source could not be read or figures are late.  The
            run then counts as failed, so that it is tried again and the operators hear of it.
        Stopped: The worker is to stop.
    """

    def progress(words: str) -> None:
        if is_over():
            raise Stopped(words)
        log.info("%s", words)

    results = app.load(now=now, progress=progress)
    made, *_ = app.run(as_at=None, now=now, progress=progress)  # a month end's may follow
    snapshot = made.snapshot
    fresh = freshness(
        snapshot,
        problems=[str(one.problem) for one in results if one.problem],
        allowed=timedelta(days=app.policy.late.day),
        now=now,
    )
    if not fresh.is_fresh:
        app.deciding.held(fresh.words, now=now)
        raise UserError(f"Alerts are held. {fresh.words}", hint=HELD_HINT)
    figures = Figures(snapshot=snapshot, catalogue=app.catalogue)
    decided = app.deciding.day(figures, now=now, before=made.before)
    return f"{fresh.words} {outcome(decided)}"


def outcome(decided: Decided[Reply] | None) -> str:
    """Say in a sentence what was decided."""
    if decided is None:
        return "These figures had been decided on: nothing changed."
    changes = [one.change for one in decided.transitions]
    raised, ended = changes.count(Change.RAISED), changes.count(Change.RESOLVED)
    others = len(changes) - raised - ended
    return (
        f"Alerts: {raised} raised, {ended} ended, {others} brought up to date; "
        f"{len(decided.notifications)} to tell."
    )


def tell_operators(
    app: App, key: str, words: str, *, clock: Callable[[], datetime] | None = None
) -> None:
    """Tell the operators something, once per key; without any, the log has it."""
    log.warning("%s", words)
    if app.settings.operators is None:
        return
    now = (clock or app.now)()
    there = Destination.read(app.settings.operators)
    app.outbox.put([plain_post(there, f"operators/{key}", words, now)], now=now)


def keep_working(shift: AtWork) -> None:
    """Work until SIGTERM or SIGINT, then finish what is in hand.  In the main thread only.

    Signals only wake this thread: it is the scheduler's own threads that work, so that nothing is
    interrupted half-way, and a second signal changes nothing.
    """
    signals: SimpleQueue[int] = SimpleQueue()  # the one queue that a signal handler may write to
    before = {
        one: signal.signal(one, lambda number, _frame: signals.put(number))
        for one in (signal.SIGTERM, signal.SIGINT)
    }
    scheduler = schedule(shift)
    try:
        shift.sign()
        scheduler.start()
        while True:
            # A signal that another thread was given reaches this one only when it wakes.
            with suppress(Empty):
                number = signals.get(timeout=WAKES_S)
                break
        log.info("%s: finishing what is in hand", signal.Signals(number).name)
    finally:
        shift.stop()
        if scheduler.running:
            scheduler.shutdown(wait=True)
        for one, handler in before.items():
            signal.signal(one, handler)


def schedule(shift: AtWork) -> BackgroundScheduler:
    """Return the times at which a shift's parts are called, not started yet.

    Nothing of it is kept: what is due is found in the database, by `Job.due` and the claims, so a
    time that was missed is caught up by the look of the next minute.
    """
    scheduler = BackgroundScheduler(
        timezone=LONDON,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    every = partial(IntervalTrigger, timezone=LONDON)
    now = datetime.now(LONDON)
    for job in shift.jobs:
        at = CronTrigger(hour=job.at.hour, minute=job.at.minute, timezone=LONDON)
        scheduler.add_job(shift.work, at, id=f"{job.name} at its time")
    for what, often in ((shift.work, LOOK), (shift.sign, LOOK), (shift.deliver, DELIVER)):
        seconds = int(often.total_seconds())
        scheduler.add_job(what, every(seconds=seconds), id=what.__name__, next_run_time=now)
    return scheduler


def is_due_undone(jobs: Sequence[Job], runs: Runs, now: datetime) -> bool:
    """Whether the newest run of a job that has become due did not end well."""
    days = [(job, job.due(now)) for job in jobs]
    found = [runs.get(job.name, day) for job, day in days if day is not None]
    return any(run is None or run.state is not RunState.DONE for run in found)
