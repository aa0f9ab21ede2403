"""The database, the disk it is on, and its copies."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.doctor.model import Line, Patient, Standing, Unseen
from metrics.calendar import LONDON, london_day, say_date
from store.backup import MANIFEST, newest
from store.database import Database
from store.schemas import confined_to

MB: Final = 1_000_000

WAL_LARGE: Final = 256 * MB
"""SQLite takes its log into the file every 4 MB; somebody keeps one open that grows to this."""

ROOM: Final = 1_000 * MB
ROOM_FAULT: Final = 100 * MB
"""Free room on the disk: less than the first is soon too little, less than the second is."""

OLD: Final = timedelta(hours=26)
"""A copy is made every day; two hours are for the day on which it took longer."""


@contextmanager
def usable(patient: Patient) -> Iterator[Database]:
    """Give the database, as it is.

    Raises:
        Unseen: It cannot be used; `database` says why.
    """
    with _as_it_is(patient) as database:
        if database.check():
            raise Unseen("not looked at, because the database cannot be used")
        yield database


@contextmanager
def _as_it_is(patient: Patient) -> Iterator[Database]:
    database = Database(patient.app.settings.database_url.get_secret_value())
    try:
        yield database
    finally:
        database.close()


def database(patient: Patient) -> Iterator[Line]:
    """Look whether the database can be used, is whole and up to date.

    Raises:
        StoreError: It cannot be reached, or its tables are not those of this version.
    """
    with _as_it_is(patient) as found:
        for problem in found.check():
            raise problem
        yield Line(what="Database", said=f"{found}, revision {found.revision()}")
        file = found.file
    if file is None:
        return
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        [[said]] = connection.execute("PRAGMA quick_check(1)").fetchall()
    yield Line(
        what="Database",
        said=f"{file.stat().st_size / MB:.1f} MB, {'whole' if said == 'ok' else said}",
        standing=Standing.OK if said == "ok" else Standing.FAULT,
        todo="" if said == "ok" else "Restore the newest copy (docs/runbook.md).",
    )
    yield _log(file)


def _log(file: Path) -> Line:
    log = file.with_name(file.name + "-wal")
    size = log.stat().st_size if log.exists() else 0
    large = size > WAL_LARGE
    return Line(
        what="Database",
        said=f"write-ahead log of {size / MB:.1f} MB",
        standing=Standing.LOOK if large else Standing.OK,
        todo="Some process has kept reading for long: restart worker and web." if large else "",
    )


def disk(patient: Patient) -> Iterator[Line]:
    """Look for room where the data and the database are."""
    settings = patient.app.settings
    with _as_it_is(patient) as found:
        file = found.file
    places = {"data": settings.data, "backups": settings.backups}
    if file is not None:
        places["database"] = file.parent
    for what, folder in places.items():
        if folder is None:
            continue
        there = next((one for one in (folder, *folder.absolute().parents) if one.exists()), None)
        yield _room(what, folder, shutil.disk_usage(there or "/").free)


def _room(what: str, folder: Path, free: int) -> Line:
    standing = (
        Standing.FAULT if free < ROOM_FAULT else Standing.LOOK if free < ROOM else Standing.OK
    )
    return Line(
        what="Disk",
        said=f"{free / MB:,.0f} MB free for {what} ({folder})",
        standing=standing,
        todo="" if standing is Standing.OK else "Make room; docs/runbook.md says what may go.",
    )


def backups(patient: Patient) -> Iterator[Line]:
    """Look whether there is a copy of the last day."""
    folder = patient.app.settings.backups
    if confined_to(patient.app.settings.database_url.get_secret_value()):
        yield Line(what="Backups", said="in those of the whole database: see the region's own")
        return
    if folder is None:
        yield _look("no folder is set", "Set THREATDESK_BACKUPS, and make a copy every day.")
        return
    found = newest(folder)
    made_at = found[1].made_at if found else _newest_file(folder)
    if made_at is None:
        yield _look(f"there is none in {folder}", "Make one: threatdesk backup (docs/runbook.md).")
        return
    said = f"the newest is of {made_at.astimezone(LONDON):%H:%M} on {say_date(london_day(made_at))}"
    if patient.now - made_at > OLD:
        yield _look(said, "Look why none was made since: systemctl status threatdesk-backup.")
    else:
        yield Line(what="Backups", said=said)


def copies(folder: Path) -> list[Path]:
    """Return the copies of a folder that have a manifest, newest first, by their names."""
    found = (one.with_name(one.name.removesuffix(MANIFEST)) for one in folder.glob(f"*{MANIFEST}"))
    return sorted((one for one in found if one.is_file()), key=lambda one: one.name, reverse=True)


def _newest_file(folder: Path) -> datetime | None:
    """Return when the newest dump was written: those of `pg_dump` have no manifest."""
    times = [one.stat().st_mtime for one in folder.glob("*.dump")]
    return datetime.fromtimestamp(max(times), tz=LONDON) if times else None


def _look(said: str, todo: str) -> Line:
    return Line(what="Backups", said=said, standing=Standing.LOOK, todo=todo)
