"""A copy of a SQLite database, made while it is used, and its way back.

The copy is made by SQLite's own backup in one step: it is the database as at one moment, and
neither waits for writers nor makes them wait.  It is looked through before it has its name, so
what has the name is whole.  PostgreSQL has tools of its own: `pg_dump` and `pg_restore`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from bot.audit import Head
from metrics.errors import StoreError
from store.audit import SqlAudit
from store.database import Database
from store.restoring import settle

BUSY_S: Final = 30.0
"""How long a copy waits for a lock that somebody else holds."""

PART: Final = ".part"
"""Added to the name of a copy that is not whole yet."""

MANIFEST: Final = ".json"
"""Added to the name of a copy: what it holds, to be compared with."""

PRIVATE: Final = 0o600
"""Its owner alone reads a copy: everything is in it."""

BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file while it is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a copy holds.  Kept beside it; the head of the audit log is worth keeping elsewhere."""

    made_at: datetime
    product_version: str
    revision: str  # of the tables
    size: int  # bytes
    sha256: str
    audit_length: int  # 0 of an older revision, whose log is looked through when it is restored
    audit_head: str  # the hash that stands for the whole audit log; empty of an older revision
    force: str | None = None  # in a region, its id; empty: the region's own; None: it is not known


_MANIFEST: Final = TypeAdapter(Manifest)


def back_up(
    database: Database,
    to: Path,
    *,
    now: datetime,
    product_version: str,
    force: str | None = None,
) -> Manifest:
    """Copy a database that may be in use, look the copy through, and write its manifest.

    Args:
        database: What is copied; its tables need not be up to date.
        to: The copy; its manifest is written beside it.
        now: The moment, timezone-aware.
        product_version: Of this product.
        force: In a region, whose database it is: an id, or empty for the region's own.

    Raises:
        StoreError: It is no SQLite database, there is a file of that name, or the copy could not
            be made or is not whole.
    """
    source = _sqlite_file(database)
    if to.exists():
        raise StoreError(f"There is already a file {to}.", hint="Give the copy another name.")
    part = to.with_name(to.name + PART)
    with _saying(f"The copy {to}"), _gone_afterwards(part):
        to.parent.mkdir(parents=True, exist_ok=True)
        _copy(source, part)
        found = _look_through(part, made_at=now, product_version=product_version)
        made = replace(found, force=force)
        manifest_file(to).write_bytes(_MANIFEST.dump_json(made, indent=2) + b"\n")
        _put_in_place(part, to)
    return made


def restore(
    copy: Path, database: Database, *, replace: bool, now: datetime
) -> tuple[Manifest, Path | None]:
    """Put a copy in the place of a database, upgraded, looked through and settled.

    Everything is done to a second copy beside the database, which takes its place at the very end:
    until then the database is as it was.  What was there is set aside, not deleted.

    Args:
        copy: A file that `back_up` made, with its manifest.
        database: What is restored; nobody may be using it.
        replace: Whether it may take the place of a database that is there.
        now: The moment, timezone-aware.

    Returns:
        The manifest, and where the database that was there is now; None: there was none.

    Raises:
        StoreError: The copy is not whole, belongs to a newer version, a database is in its place,
            or somebody uses that.
    """
    target = _sqlite_file(database)
    manifest = read_manifest(copy)
    _is_what_was_made(copy, manifest)
    if target.exists():
        if not replace:
            raise StoreError(
                f"There is a database at {target}.",
                hint="With --replace it is set aside, and the copy takes its place.",
            )
        _is_unused(target)
    part = target.with_name(target.name + PART)
    with _saying(f"The database {target}"), _gone_afterwards(part):
        target.parent.mkdir(parents=True, exist_ok=True)
        _make_private(part)
        shutil.copyfile(copy, part)
        restored = Database(f"sqlite:///{part}")
        try:
            restored.upgrade()  # refuses what a newer version made
            settle(restored, copied_at=manifest.made_at, now=now)
        finally:
            restored.close()
        _look_through(part, made_at=now, product_version=manifest.product_version)
        aside = _set_aside(target, now)
        _put_in_place(part, target)
    return manifest, aside


def manifest_file(copy: Path) -> Path:
    """Return where the manifest of a copy is."""
    return copy.with_name(copy.name + MANIFEST)


def read_manifest(copy: Path) -> Manifest:
    """Return what a copy is said to hold.

    Raises:
        StoreError: The copy or its manifest is missing, or the manifest cannot be read.
    """
    if not copy.is_file():
        raise StoreError(f"There is no copy {copy}.", hint="Look for its name once more.")
    file = manifest_file(copy)
    try:
        return _MANIFEST.validate_json(file.read_bytes())
    except FileNotFoundError as error:
        raise StoreError(
            f"The manifest {file} is missing, so it cannot be seen whether the copy is whole.",
            hint="`threatdesk backup` wrote it beside the copy: bring both.",
        ) from error
    except (OSError, ValidationError) as error:
        raise StoreError(
            f"The manifest {file} cannot be read.", hint="Take an older copy."
        ) from error


def newest(folder: Path) -> tuple[Path, Manifest] | None:
    """Return the newest copy of a folder that has a manifest, or None."""
    found = []
    for file in folder.glob(f"*{MANIFEST}"):
        copy = file.with_name(file.name.removesuffix(MANIFEST))
        with suppress(StoreError):
            found.append((copy, read_manifest(copy)))
    return max(found, key=lambda one: one[1].made_at, default=None)


def _sqlite_file(database: Database) -> Path:
    if database.file is None:
        raise StoreError(
            f"The database ({database}) is copied and restored with PostgreSQL's own tools.",
            hint="docs/runbook.md has the commands: pg_dump, pg_restore, `threatdesk restored`.",
        )
    return database.file


def _copy(source: Path, to: Path) -> None:
    """Copy a database as at one moment, into a file that its owner alone reads."""
    if not source.exists():
        raise StoreError(
            f"There is no database at {source}.", hint="`threatdesk upgrade` makes one."
        )
    _make_private(to)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as there,
        closing(sqlite3.connect(to)) as here,
    ):
        there.execute(f"PRAGMA busy_timeout = {int(BUSY_S * 1000)}")
        # In one step: between steps others may write, and it would begin again each time.
        there.backup(here, pages=-1)
        here.execute("PRAGMA journal_mode = DELETE")  # everything in the one file


def _make_private(file: Path) -> None:
    """Make an empty file that its owner alone reads, in the place of what is there."""
    _remove(file)
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))


def _look_through(file: Path, *, made_at: datetime, product_version: str) -> Manifest:
    """Read all of a copy, and say what it holds.

    Raises:
        StoreError: Something in it is damaged, or was changed.
    """
    with closing(sqlite3.connect(file)) as connection:
        [[said]] = connection.execute("PRAGMA integrity_check(1)").fetchall()
        dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
    if said != "ok" or dangling:
        what = said if said != "ok" else f"{len(dangling)} rows refer to rows that are not there"
        raise StoreError(
            f"The database is damaged: {what}.",
            hint="Restore the newest copy that is whole (docs/runbook.md).",
        )
    database = Database(f"sqlite:///{file}")
    try:
        revision = database.revision()
        # Of an older revision, the log is looked through once that is brought up to date.
        is_older = bool(database.check())
        end = Head(length=0, hash="") if is_older else _audit_is_whole(database)
    finally:
        database.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return Manifest(
        made_at=made_at,
        product_version=product_version,
        revision=revision,
        size=file.stat().st_size,
        sha256=_sha256(file),
        audit_length=end.length,
        audit_head=end.hash,
    )


def _audit_is_whole(database: Database) -> Head:
    """Go through the audit log, and return its end."""
    audit = SqlAudit(database)
    broken = audit.verify()
    if broken is not None:
        raise StoreError(
            f"The audit log is not what was written: row {broken} was changed.",
            hint="Keep this database as it is, and find out who changed it.",
        )
    return audit.head()


def _is_what_was_made(copy: Path, manifest: Manifest) -> None:
    if copy.stat().st_size != manifest.size or _sha256(copy) != manifest.sha256:
        raise StoreError(
            f"The copy {copy} is not what was made: its content is not that of its manifest.",
            hint="Take another copy; this one was cut off or changed.",
        )


def _is_unused(file: Path) -> None:
    """Make sure that nobody has a database open.

    Only who is alone may take SQLite's write-ahead log away, so it is asked for that; the log is
    then in the file.  Of a file that is damaged nothing is asked: it is what is to be replaced.

    Raises:
        StoreError: Somebody uses it.
    """
    with closing(sqlite3.connect(file, timeout=1.0)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                return
            raise StoreError(
                f"The database {file} is in use.",
                hint="Stop every worker, web process and console first.",
            ) from error
        except sqlite3.DatabaseError:
            return


def _set_aside(file: Path, now: datetime) -> Path | None:
    """Give a database another name, with what lies beside it; None where there is none."""
    if not file.exists():
        return None
    aside = file.with_name(f"{file.name}.before-{now:%Y%m%dT%H%M%S}")
    for ending in BESIDE:
        beside = file.with_name(file.name + ending)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + ending))
    file.replace(aside)
    return aside


def _put_in_place(part: Path, to: Path) -> None:
    """Give a whole copy its name, so that it is there after a power cut as well."""
    with part.open("rb") as stream:
        os.fsync(stream.fileno())
    part.replace(to)
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _remove(file: Path) -> None:
    for ending in ("", *BESIDE):
        file.with_name(file.name + ending).unlink(missing_ok=True)


@contextmanager
def _gone_afterwards(part: Path) -> Iterator[None]:
    """Leave nothing half-made behind."""
    try:
        yield
    finally:
        with suppress(OSError):
            _remove(part)


@contextmanager
def _saying(what: str) -> Iterator[None]:
    """Turn what the disk did into a sentence."""
    try:
        yield
    except (sqlite3.DatabaseError, OSError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise StoreError(
            f"{what} cannot be made: {said}.",
            hint="Look for room on the disk, and whether this user may write there.",
        ) from error
