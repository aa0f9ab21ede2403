"""A Spark session at the address that is set: on a server, or in this process.

PySpark is an optional extra (`make spark`) and is imported only when a source asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any, Final

from metrics.errors import SourceError
from metrics.sources.spark_connect import (
    CONNECT,
    connect_session,
    import_client,
    is_about_server,
    quiet_about_pandas,
    read_address,
)

_NO_MASTER: Final = re.compile(r"[;=@\s]")
"""No master has any of these; an address that was mistyped may, and then hold a secret."""

LOCAL: Final = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "8",
}
"""Of a session on this machine alone: it listens to nobody else, and has few processors."""

QUIET: Final = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
}

MEANING: Final = {
    "spark.sql.session.timeZone": "UTC",  # a point in time is written as Parquet keeps it
    "spark.sql.legacy.parquet.nanosAsLong": "true",  # nanoseconds are cut to microseconds here
    "spark.sql.caseSensitive": "false",
}
"""What decides how values are read; set whatever the session says."""

INSTALL: Final = "`make spark` installs it; it needs Java 17. Or leave `engine` out: DuckDB counts."


@contextmanager
def spark_session(address: str) -> Iterator[Any]:
    """Give a session at an address; it is stopped afterwards, unless it was running before.

    Args:
        address: Of a Spark Connect server, e.g. `sc://host:15002`, or the master of a session of
            our own, e.g. `local[2]`.

    Raises:
        SourceError: There is no address, no PySpark, no Java, or nobody at the address; or the
            server went away while it was needed.
    """
    if not address:
        raise SourceError(
            'A source says engine = "spark", and THREATDESK_SPARK does not say where Spark is.',
            hint='Set it to "local[2]" for this machine or "sc://host:15002" for a server. '
            + INSTALL,
        )
    try:
        opened = _opened(address)
    except ImportError as error:
        raise SourceError("Spark is wanted, and is not installed.", hint=INSTALL) from error
    with opened as session:
        yield session


def _opened(address: str) -> AbstractContextManager[Any]:
    if address.startswith(CONNECT):
        return connect_session(read_address(address), import_client(), settings=MEANING)
    if _NO_MASTER.search(address):
        raise SourceError(
            "THREATDESK_SPARK is neither the address of a server nor the master of a session.",
            hint='Set it to "local[2]" for this machine or "sc://host:15002" for a server.',
        )
    with quiet_about_pandas():
        sessions = import_module("pyspark.sql").SparkSession
        import_module("pyspark.testing.utils")  # or PySpark does, with the first session
    return _session_here(address, sessions)


@contextmanager
def _session_here(master: str, sessions: Any) -> Iterator[Any]:
    """Give the session of this process: the one that is running, or one that is stopped again."""
    try:
        running = sessions.getActiveSession()
        session = running or _started(sessions.builder, master)
        try:
            for name, value in MEANING.items():
                session.conf.set(name, value)
            yield session
        finally:
            if running is None:
                session.stop()
    except (ConnectionError, _java_gone()) as error:
        raise SourceError(
            "Spark's Java process on this machine has ended; nothing of the source was counted.",
            hint="Start Threat Desk again: one process can start Java only once.  Most often it "
            "ran out of memory.",
        ) from error


def _started(builder: Any, master: str) -> Any:
    try:
        builder = builder.appName("threat-desk").master(master)
        for name, value in (QUIET | (LOCAL if master.startswith("local") else {})).items():
            builder = builder.config(name, value)
        return builder.getOrCreate()
    except Exception as error:
        # PySpark tells of a missing Java or a wrong address in many ways.
        said = str(error).strip().splitlines()
        raise SourceError(
            f"THREATDESK_SPARK = {master}: no Spark session could be started: "
            f"{said[0] if said else type(error).__name__}",
            hint="Correct the address, and see that Java 17 is there.",
        ) from error


def spark_errors() -> tuple[type[Exception], ...]:
    """Return what Spark raises: its own errors, and those of Java that nobody translated."""
    return (
        import_module("pyspark.errors").PySparkException,
        import_module("py4j.protocol").Py4JError,
    )


def is_about_session(error: Exception) -> bool:
    """Whether Spark or its session is at fault, and not what was asked of it."""
    return isinstance(error, _java_gone()) or is_about_server(error)


def _java_gone() -> type[Exception]:
    """Return what says that the Java process of this one does not answer."""
    gone: type[Exception] = import_module("py4j.protocol").Py4JNetworkError
    return gone
