"""SQLite, made to keep the promises that PostgreSQL keeps by itself."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from metrics.errors import StoreError

BUSY_TIMEOUT: Final = timedelta(seconds=30)
"""How long a writer waits for another one to finish before it gives up (SQLite)."""

WAL_ATTEMPTS: Final = 200
WAL_PAUSE: Final = timedelta(milliseconds=50)
"""How often, and how long apart, to ask for the write-ahead log of a file others are opening."""

READING: Final = "threatdesk_reading"
"""The execution option of a connection that is only read from (SQLite)."""

IDENTITY: Final = "threatdesk_file"
"""Where a connection keeps which file it has open."""

SURROUNDINGS: Final = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOTADB,
    }
)
"""SQLite's result codes for which the file, the disk or another process is the cause."""


PRIMARY: Final = 0xFF
"""The part of a result code that says what happened; the higher bits only add detail."""


def is_of_the_surroundings(code: int) -> bool:
    """Whether a result code means the file, the disk or another process, not our statement."""
    return code & PRIMARY in SURROUNDINGS


def is_busy(code: int) -> bool:
    """Whether a result code means that another process holds the lock."""
    return code & PRIMARY in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_full(code: int) -> bool:
    """Whether a result code means that there is no room on the disk."""
    return code & PRIMARY == sqlite3.SQLITE_FULL


def disk_of(file: Path) -> Path:
    """Return where the disk that a file is on, or would be on, is mounted."""
    folder = file.absolute().parent
    return next((one for one in (folder, *folder.parents) if one.is_mount()), folder)


def prepare(engine: Engine) -> None:
    """Set up each connection and each transaction of an engine."""
    file = Path(engine.url.database or "")
    was_there = False

    @event.listens_for(engine, "do_connect")
    def make_folder(*_: object) -> None:
        if was_there and not file.exists():  # an empty one in its place would hide that it is gone
            raise StoreError(
                f"The database file {file} is gone.",
                hint="Put it back, or restore the newest copy (docs/runbook.md).",
            )
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {file.parent} cannot be made: {error.strerror}.",
                hint="Make it, or give the database another place.",
            ) from error

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        nonlocal was_there
        connection.isolation_level = None  # the driver must not begin or commit by itself
        _let_readers_and_a_writer_work_at_once(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        was_there = True
        record.info[IDENTITY] = _identity(file)

    @event.listens_for(engine, "checkout")
    def look_again(_: object, record: ConnectionPoolEntry, __: object) -> None:
        if record.info[IDENTITY] != _identity(file):  # what is written there would be lost
            raise DisconnectionError

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = bool(connection.get_execution_options().get(READING))
        connection.exec_driver_sql(f"PRAGMA query_only = {int(reading)}")
        # A writer takes its lock at once: one that reads first and asks later may be refused
        # without waiting, because what it read is out of date by then.
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _identity(file: Path) -> tuple[int, int] | None:
    """Return what tells a file from every other; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _let_readers_and_a_writer_work_at_once(connection: sqlite3.Connection) -> None:
    """Keep changes in a write-ahead log; does nothing to a file that has one.

    When two processes open a new file at once, SQLite refuses the second of them at this statement
    without waiting (`BUSY_TIMEOUT` does not count for it), so the waiting is done here.
    """
    for patience in reversed(range(WAL_ATTEMPTS)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY != sqlite3.SQLITE_BUSY or not patience:
                raise
            sleep(WAL_PAUSE.total_seconds())
        else:
            return
