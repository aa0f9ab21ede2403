"""A worker on duty, step by step, by a clock that the test sets; and a database that is held."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Final

from bot.alerts.model import Destination
from bot.delivery import Delivery, Elsewhere, Poster, Telling
from bot.enduring import Enduring
from bot.jobs import Job
from bot.runs import Run
from bot.shared_time import SharedTime, SignsInTime
from bot.working import Shift
from store.database import Database
from store.outbox import SqlOutbox, plain_post
from store.runs import SqlRuns
from store.signs import SqlSigns
from tests.bot.test_delivery import Platform

NOON: Final = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
DAY: Final = date(2026, 3, 10)

BOARD: Final = Destination(platform="slack", address="C1")
OPERATORS: Final = Destination(platform="slack", address="C3")

HOLD: Final = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@dataclass
class Clock:
    """A clock that stands until it is set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """Seconds that go forward with it."""
        return self.now.timestamp()


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Let another process hold SQLite's write lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield
    finally:
        process.communicate()


@dataclass
class Runner:
    """A daily run that counts how often it ended well."""

    done: list[date] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    def work(self, day: date, _now: datetime) -> str:
        self.meanwhile()
        self.done.append(day)
        return "All well."

    def job(self) -> Job:
        return Job(name="daily", does="The daily run", at=time_of_day(6, 30), work=self.work)


class Duty:
    """Everything that a worker is made of, on a real database."""

    def __init__(
        self,
        database: Database,
        *,
        posters: Mapping[str, Poster] | None = None,
        jobs: Sequence[Job] = (),
        clock: Clock | None = None,
        name: str = "one",
        theirs: Callable[[], datetime | None] | None = None,
        seconds: Callable[[], float] | None = None,
    ) -> None:
        self.database = database
        self.clock = clock or Clock()
        self.slack = Platform()
        self.outbox = SqlOutbox(database)
        self.runs = SqlRuns(database)
        seconds = seconds or self.clock.seconds
        shared = SharedTime(theirs or (lambda: None), self.clock, seconds=seconds)
        shared.look()
        self.time = shared
        shift = Shift(
            jobs,
            runs=self.runs,
            delivery=Delivery(
                self.outbox,
                posters or {"slack": self.slack},
                elsewhere=Elsewhere(operators=OPERATORS, fallback=None),
                name=name,
                clock=shared,
            ),
            signs=SignsInTime(SqlSigns(database), shared, self.tell),
            name=name,
            clock=shared,
            tell_operators=self.tell,
        )
        self.worker = Enduring(shift, clock=self.clock, tell_operators=self.tell)

    def tell(self, key: str, words: str) -> None:
        now = self.time()
        self.outbox.put([plain_post(OPERATORS, key, words, now)], now=now)

    def put(self, *tellings: Telling) -> None:
        self.outbox.put(tellings, now=self.time())

    def go_on(self, length: timedelta, *, step: timedelta = timedelta(minutes=5)) -> None:
        """Let time go by, the worker looking at every step as it does."""
        until = self.clock.now + length
        while self.clock.now < until:
            self.look()
            self.clock.now += step
        self.look()

    def look(self) -> None:
        """Do what the scheduler has done at each look."""
        self.worker.sign()
        self.worker.work()
        self.worker.deliver()

    def run(self, day: date = DAY) -> Run | None:
        return self.runs.get("daily", day)

    def told(self) -> list[str]:
        """What the board was told, in order."""
        return self.slack.words(BOARD)

    def heard(self) -> list[str]:
        """What the operators were told, in order."""
        return self.slack.words(OPERATORS)
