"""Takes the time and the memory of the daily run of many forces."""

from __future__ import annotations

import logging
import multiprocessing
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Final

import psutil
import sqlalchemy as sa

from bench.national.country import Force, forces
from bench.national.records import LAST_DAY, Size, write_changes
from bot.app import CACHE, App
from bot.working import daily_work
from config.settings import Settings
from metrics.calendar import LONDON
from store.loads import SqlLoads

LATER: Final = LAST_DAY + timedelta(days=1)
"""The day that the incremental run adds."""

SAMPLE_S: Final = 0.05
"""How often memory is looked at."""

RUN_AT: Final = clock(6, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """How the daily run of one force went, in seconds of processors."""

    load_s: float  # until every source is loaded
    compute_s: float  # from the loads to the kept snapshots
    decide_s: float
    positions: int
    rows: int  # that the files hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How the daily run of some forces went."""

    forces: int
    day: date
    wall_s: float
    peak_mb: float
    runs: tuple[Worked, ...]

    def __str__(self) -> str:
        rows = sum(one.rows for one in self.runs)
        load, compute, decide = (
            sum(getattr(one, name) for one in self.runs)
            for name in ("load_s", "compute_s", "decide_s")
        )
        what = "everything" if self.day == LAST_DAY else "one day more"
        return (
            f"{self.forces} forces, {what}, {rows:,} records: {self.wall_s:.1f} s "
            f"({self.wall_s / rows * 1e6:.2f} s a million), {self.peak_mb:,.0f} MB, "
            f"{sum(one.positions for one in self.runs):,} positions; "
            f"{load + compute + decide:.1f} s of processors: loading {load:.1f}, "
            f"computing {compute:.1f}, deciding {decide:.1f}"
        )


def measure(folder: Path, count: int, *, day: date, at_once: int, server: str) -> Measured:
    """Run some forces side by side; the first day begins with empty databases.

    Args:
        folder: What was generated.
        count: How many forces.
        day: `LAST_DAY` or `LATER`.
        at_once: How many processes.
        server: The URL of a PostgreSQL server without a database; empty: SQLite files.
    """
    chosen = forces(count)
    records, years, seed = map(int, (folder / "size.txt").read_text(encoding="utf-8").split())
    size = Size(records=records, years=years, seed=seed)
    urls = [_database(folder, force, server, empty=day == LAST_DAY) for force in chosen]
    for force in chosen:
        list(write_changes(force, folder / force.id / "crimes", size, known=day))
        if day == LAST_DAY:
            shutil.rmtree(folder / force.id / CACHE, ignore_errors=True)
    spawn = multiprocessing.get_context("spawn")
    with peak_memory() as peak:
        started = time.perf_counter()
        with ProcessPoolExecutor(max_workers=at_once, mp_context=spawn) as pool:
            given = [(folder / force.id, day, url) for force, url in zip(chosen, urls, strict=True)]
            # Those that take longest first, so that no process waits for another at the end.
            given.sort(key=lambda one: -_bytes(one[0] / "crimes"))
            runs = tuple(pool.map(work, *zip(*given, strict=True)))
        wall_s = time.perf_counter() - started
    return Measured(forces=count, day=day, wall_s=wall_s, peak_mb=peak(), runs=runs)


def work(folder: Path, day: date, url: str) -> Worked:
    """Do what the worker of a force does in the morning after a day."""
    steps = _Steps()
    log = logging.getLogger("bot.working")
    log.addHandler(steps)
    log.setLevel(logging.INFO)
    settings = Settings(database_url=url, plan=str(folder / "plan"), data=folder, _env_file=None)
    now = datetime.combine(day + timedelta(days=1), RUN_AT, tzinfo=LONDON)
    started = time.process_time()
    try:
        with App(settings=settings) as app:
            daily_work(app, lambda: False, now.date(), now)
            ended = time.process_time()
            with app.database.reading() as session:
                load = SqlLoads(session).latest("crimes")
            positions = len(app.shelf.find(None, day).snapshot.positions)
    finally:
        log.removeHandler(steps)
    computing, kept = steps.at("Putting together"), steps.at("Keeping the figures")
    return Worked(
        load_s=computing - started,
        compute_s=kept - computing,
        decide_s=ended - kept,
        positions=positions,
        rows=load.rows_in if load else 0,
    )


class _Steps(logging.Handler):
    """Notes when each step began that the worker tells of."""

    def __init__(self) -> None:
        super().__init__()
        self._begun: list[tuple[str, float]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._begun.append((record.getMessage(), time.process_time()))

    def at(self, words: str) -> float:
        return next(at for said, at in self._begun if said.startswith(words))


@contextmanager
def peak_memory() -> Iterator[Callable[[], float]]:
    """Look at the memory of this process and its children until left; then give the most, in MB."""
    own, most, over = psutil.Process(), [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(SAMPLE_S):
            held = 0
            for one in (own, *own.children(recursive=True)):
                try:
                    held += one.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            most[0] = max(most[0], held / 1e6)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield lambda: most[0]
    finally:
        over.set()
        thread.join()


def _database(folder: Path, force: Force, server: str, *, empty: bool) -> str:
    """Return the URL of a force's own database, made anew where it is to be empty."""
    if not server:
        path = folder / force.id / "threatdesk.db"
        if empty:
            for one in path.parent.glob("threatdesk.db*"):
                one.unlink()
        return f"sqlite:///{path}"
    name = force.id.replace("-", "_")
    if empty:
        engine = sa.create_engine(
            sa.make_url(server).set(drivername="postgresql+psycopg", database="postgres"),
            isolation_level="AUTOCOMMIT",
        )
        with engine.connect() as connection:
            connection.execute(sa.text(f"drop database if exists {name} with (force)"))
            connection.execute(sa.text(f"create database {name}"))
        engine.dispose()
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
