"""A Spark session: the one that is running, or one of our own at the address that is set.

PySpark is an optional extra (`make spark`) and is imported only when a source asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

from metrics.errors import SourceError

CONNECT: Final = "sc://"
"""How the address of a Spark Connect server begins; any other is the master of a session here."""

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
    """Give the session that is running, or one of our own that is stopped afterwards.

    Args:
        address: Of a Spark Connect server, e.g. `sc://host:15002`, or the master of a session of
            our own, e.g. `local[2]`.

    Raises:
        SourceError: There is no address, no PySpark, no Java, or nobody at the address.
    """
    if not address:
        raise SourceError(
            'A source says engine = "spark", and THREATDESK_SPARK does not say where Spark is.',
            hint='Set it to "local[2]" for this machine or "sc://host:15002" for a server. '
            + INSTALL,
        )
    try:
        sessions = import_module("pyspark.sql").SparkSession
    except ImportError as error:
        raise SourceError("Spark is wanted, and is not installed.", hint=INSTALL) from error
    running = sessions.getActiveSession()
    session = running or _started(sessions.builder, address)
    try:
        for name, value in MEANING.items():
            session.conf.set(name, value)
        yield session
    finally:
        if running is None:
            session.stop()


def _started(builder: Any, address: str) -> Any:
    try:
        if address.startswith(CONNECT):
            session = builder.remote(address).getOrCreate()
            _ = session.version  # asks the server, which may not be there
            return session
        builder = builder.appName("threat-desk").master(address)
        for name, value in (QUIET | (LOCAL if address.startswith("local") else {})).items():
            builder = builder.config(name, value)
        return builder.getOrCreate()
    except Exception as error:
        # PySpark tells of a missing Java, a wrong address or an absent server in many ways.
        said = str(error).strip().splitlines()
        raise SourceError(
            f"THREATDESK_SPARK = {address}: no Spark session could be started: "
            f"{said[0] if said else type(error).__name__}",
            hint="Correct the address, and see that Java 17 is there or the server runs.",
        ) from error


def spark_errors() -> tuple[type[Exception], ...]:
    """Return what Spark raises: its own errors, and those of Java that nobody translated."""
    return (
        import_module("pyspark.errors").PySparkException,
        import_module("py4j.protocol").Py4JError,
    )
