"""The database: where it is, whether it can be used, and one transaction at a time.

SQLite by default, PostgreSQL by giving its URL.  The rest of the store is the same on both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from metrics.errors import StoreError
from store import migrations, sqlite
from store.locks import hold
from store.schemas import schema_of

CONNECT_TIMEOUT: Final = timedelta(seconds=10)
"""How long to wait for a PostgreSQL server, unless its URL says otherwise."""

UPGRADE_LOCK: Final = 0x7468726561740001
"""The key of the PostgreSQL advisory lock that one upgrade at a time holds: "threat", 1."""

PASSWORD_OPTIONS: Final = ("password", "sslpassword", "passfile")
"""Options of a PostgreSQL URL that are secrets, or lead to one."""

INSUFFICIENT_PRIVILEGE: Final = "42501"
"""PostgreSQL's code for what the user may not do."""


class Database:
    """One database.  Made once, by the composition root; safe to use from several threads."""

    def __init__(self, url: str) -> None:
        """Prepare to use a database; nothing is opened yet.

        Args:
            url: `sqlite:///data/threatdesk.db` (the folder is made when it is first used) or
                `postgresql://user:password@host/name`.

        Raises:
            StoreError: The URL cannot be read, or is of neither kind.
        """
        self._url = _read_url(url)
        options: dict[str, Any] = {}
        if self._is_sqlite:
            if "timeout" not in self._url.query:
                options["connect_args"] = {"timeout": sqlite.BUSY_TIMEOUT.total_seconds()}
        else:
            # A server that was restarted since is noticed before the work, not within it.
            options["pool_pre_ping"] = True
            if schema_of(self._url):  # one of many: what is not needed now is closed, not kept
                options["pool_size"] = 1
            if "connect_timeout" not in self._url.query:
                seconds = int(CONNECT_TIMEOUT.total_seconds())
                options["connect_args"] = {"connect_timeout": seconds}
        # Parameters stay out of messages: they are blobs, or nobody's business.
        self._engine = create_engine(self._url, hide_parameters=True, **options)
        if self._is_sqlite:
            sqlite.prepare(self._engine)
            self._reader = self._engine.execution_options(**{sqlite.READING: True})
        else:
            self._reader = self._engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    def __str__(self) -> str:
        """Return where the database is, without its user or password."""
        if self._is_sqlite:
            return f"SQLite, {self._url.database}"
        host = self._url.host or self._url.query.get("host") or "this machine"
        return f"PostgreSQL, {self._url.database or 'the default database'} on {host}"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose work is kept as a whole, or not at all when an error leaves it.

        On SQLite one writes while others wait, so nothing that was read here can be out of date
        when it is written; keep the work short.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        with self._telling(), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees the database as at one moment and cannot write.

        It neither waits for a writer nor makes one wait.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        with self._telling(), Session(self._reader) as session, session.begin():
            yield session

    def upgrade(self) -> None:
        """Make the tables, or bring them up to this version.  Does nothing if they are.

        Two processes may do this at once: one does it, the other waits and finds it done.

        Raises:
            StoreError: The database cannot be used, or belongs to a newer version.
        """
        with self._telling(), self._engine.begin() as connection:
            hold(connection, UPGRADE_LOCK)
            found = _revisions(connection)
            if found == migrations.heads():
                return
            if not migrations.are_known(found):
                raise self._ahead(found)
            migrations.upgrade(connection)

    def check(self) -> list[StoreError]:
        """Return what keeps the database from being used, in words; nothing if all is well.

        Looks only: no file, folder or table is made.
        """
        if self._is_sqlite and not Path(self._url.database or "").exists():
            return [self._behind(())]
        try:
            with self._telling(), self._reader.connect() as connection:
                found = _revisions(connection)
        except StoreError as error:
            return [error]
        if found == migrations.heads():
            return []
        return [self._behind(found) if migrations.are_known(found) else self._ahead(found)]

    def is_ready(self) -> bool:
        """Whether it can be read and written to; it waits for whoever is writing.

        An answer needs both: every answer is recorded.
        """
        if self.check():
            return False
        try:
            with self.transaction() as session:
                session.connection()  # on SQLite, a transaction that has begun has the lock
                return True
        except StoreError:
            return False

    def revision(self) -> str:
        """Return the revision that the database is at; empty where it has no tables yet.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        with self._telling(), self._reader.connect() as connection:
            return ", ".join(_revisions(connection))

    def clock(self) -> datetime | None:
        """Return the moment by the server's clock; None where there is no server.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        if self._is_sqlite:
            return None
        with self._telling(), self._reader.connect() as connection:
            moment: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            return moment

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None of another."""
        return Path(self._url.database or "") if self._is_sqlite else None

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()

    @property
    def _is_sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Turn what the surroundings did into words; leave our own mistakes as they are."""
        try:
            yield
        except DBAPIError as error:
            if not _is_of_the_surroundings(error):
                raise
            raise StoreError(
                f"The database ({self}) cannot be used: {self._reason(error)}.",
                hint=self._hint(error),
            ) from error

    def _hint(self, error: DBAPIError) -> str:
        """Say what to do about it."""
        code = getattr(error.orig, "sqlite_errorcode", None)
        if self.file is not None and code is not None:
            if sqlite.is_busy(code):
                return "Another process has been writing to it for long: see which, and end it."
            if sqlite.is_full(code):
                disk = sqlite.disk_of(self.file)
                return f"Make room on the disk {disk}; nothing is half written."
        return (
            "Check that it is there, that this user may write to it and that the "
            "database URL in the settings is right."
        )

    def _reason(self, error: DBAPIError) -> str:
        """Return the driver's words as one line, without a password."""
        words = " ".join(str(error.orig).split()).rstrip(".")
        options = (self._url.query.get(name) for name in PASSWORD_OPTIONS)
        for secret in (self._url.password, *options):
            if isinstance(secret, str) and secret:
                words = words.replace(secret, "***")
        return words

    def _behind(self, found: tuple[str, ...]) -> StoreError:
        state = f"is at revision {', '.join(found)}" if found else "has no tables yet"
        return StoreError(
            f"The database ({self}) {state}; this version needs {', '.join(migrations.heads())}.",
            hint="`threatdesk upgrade` brings it up to date.",
        )

    def _ahead(self, found: tuple[str, ...]) -> StoreError:
        return StoreError(
            f"The database ({self}) was made by a newer version of Threat Desk: it is at revision "
            f"{', '.join(found)}, which this version does not know.",
            hint="Install the newer version, or give the URL of another database.",
        )


def _read_url(url: str) -> URL:
    """Return the URL with the driver that is used.  No message repeats it: it holds a password."""
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise StoreError(
            "The database URL cannot be read.",
            hint="Write sqlite:///folder/file.db or postgresql://user:password@host/name.",
        ) from None
    match backend:
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case "sqlite" if parsed.database not in (None, "", ":memory:"):
            return parsed.set(drivername="sqlite+pysqlite")
        case "sqlite":
            raise StoreError(
                "A database in memory would forget every figure.",
                hint="Give a file: sqlite:///folder/file.db.",
            )
        case _:
            raise StoreError(
                f"Figures are kept in SQLite or PostgreSQL, not in {backend}.",
                hint="Write sqlite:///folder/file.db or postgresql://user:password@host/name.",
            )


def _is_of_the_surroundings(error: DBAPIError) -> bool:
    """Whether the network, the disk, a right or another process is the cause."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return sqlite.is_of_the_surroundings(code)
    if getattr(error.orig, "sqlstate", None) == INSUFFICIENT_PRIVILEGE:
        return True
    return isinstance(error, OperationalError)


def _revisions(connection: Connection) -> tuple[str, ...]:
    """Return the revisions that the database says it is at: one, or none when it is empty."""
    return tuple(sorted(MigrationContext.configure(connection).get_current_heads()))
