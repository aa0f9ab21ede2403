"""A session on a Spark Connect server: its address, which may hold a secret, and its absence.

The address is taken apart here before PySpark sees it.  What PySpark says of an address that it
does not understand repeats it, and so would tell the token.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final
from urllib.parse import unquote

from metrics.errors import SourceError

CONNECT: Final = "sc://"
"""How the address of a Spark Connect server begins."""

_ADDRESS: Final = re.compile(
    r"(?P<server>sc://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?)"
    r"(?:/(?:;[a-z][a-z0-9_.-]*=(?:[^\s;=/?#%]|%[0-9A-Fa-f]{2})+)*;?)?"
)
"""Spark's own grammar (its connection string), without what it would cut off or refuse aloud."""

_VALUE: Final = re.compile(r"=([^;]+)")

_LAST_PORT: Final = 65_535

_SHORTEST_SECRET: Final = 6
"""Characters: a shorter value, such as `true`, is no secret, and may be part of any word."""

_REMOVED: Final = "[removed]"

PATIENCE: Final = {"max_retries": 7, "initial_backoff": 100, "backoff_multiplier": 2.0}
"""How often a call is made again where nobody answers: milliseconds, some 13 seconds in all.

A connection that was dropped is back by then.  PySpark's own ten minutes would not help: a server
that was started again has forgotten the session.
"""

_NO_ENTRY: Final = ("UNAUTHENTICATED", "PERMISSION_DENIED")
"""What gRPC calls a server that is there and refuses."""

_AWAY: Final = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED")
"""What gRPC calls a server that is not there, or no longer."""

_FORGOTTEN: Final = re.compile(
    r"\bINVALID_HANDLE\.(?:SESSION|OPERATION)_\w+|\bNO_ACTIVE_SESSION\b|\bSESSION_CLOSED\b"
)
"""What Spark calls a session that it does not know, or no longer."""

_DETAILS: Final = re.compile(r'details = "(.*)"')
"""Where gRPC's account of an error, which is of several lines, says what it is."""

_BEFORE_REASON: Final = "Failed to connect to remote host: "

_OVER_TLS: Final = " With a token it is asked over TLS, except at localhost."


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a Spark Connect server is, and what is shown to it."""

    address: str  # may hold secrets
    name: str  # without them: what may be told
    secrets: tuple[str, ...]  # the values of the address, as they stand there and as meant

    def __repr__(self) -> str:
        """Tell no secret, not even in an error."""
        return f"Server({self.name})"

    def without_secrets(self, said: str) -> str:
        """Return a text without any value of the address."""
        for secret in self.secrets:
            said = said.replace(secret, _REMOVED)
        return said


def read_address(address: str) -> Server:
    """Take the address of a Spark Connect server apart.

    Args:
        address: `sc://host:15002`, with `/;name=value;name=value` behind it if need be.

    Raises:
        SourceError: It is none; the message does not repeat it.
    """
    found = _ADDRESS.fullmatch(address)
    values = _VALUE.findall(address)
    meant = [unquote(one) for one in values]
    # What is not printable ASCII cannot be sent, and gRPC would repeat it to say so.
    sendable = all(one.isascii() and one.isprintable() for one in meant)
    if found is None or not sendable or int(found["port"] or 0) > _LAST_PORT:
        raise SourceError(
            "THREATDESK_SPARK begins with sc:// and is not the address of a Spark Connect server.",
            hint='Write sc://host:15002, or sc://host:15002/;token=…, and in a value %3D for "=", '
            '%2F for "/", %25 for "%", %3B for ";", %3F for "?" and %23 for "#".',
        )
    secrets = sorted(
        (one for one in {*values, *meant} if len(one) >= _SHORTEST_SECRET), key=len, reverse=True
    )
    return Server(address=address, name=found["server"], secrets=tuple(secrets))


@contextmanager
def quiet_about_pandas() -> Iterator[None]:
    """Import parts of PySpark without its warning that it does not vouch for pandas 3.

    Nothing here goes through pandas: counts come as Arrow, and rows as tuples.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", message="PySpark does not yet fully support pandas", category=FutureWarning
        )
        yield


def import_client() -> Any:
    """Import PySpark's client, and return what begins a session.

    Raises:
        ImportError: It is not installed.
    """
    with quiet_about_pandas():
        sessions = import_module("pyspark.sql.connect.session").SparkSession
        import_module("pyspark.sql.connect.functions")  # or Narwhals does, and it warns there
    # That nobody answered is told by the error that follows, in words.
    warnings.filterwarnings(
        "ignore",
        message=r"\[RETRIES_EXCEEDED\]",
        category=UserWarning,
        module=r"pyspark\.sql\.connect\.client\.retries",
    )
    return sessions.builder


@contextmanager
def connect_session(server: Server, builder: Any, *, settings: Mapping[str, str]) -> Iterator[Any]:
    """Give a session of our own on a server, which ends afterwards; the server goes on.

    Args:
        server: Where it is.
        builder: What `import_client` returned.
        settings: Of Spark, for this session.

    Raises:
        SourceError: The server cannot be reached, refuses, or ends the session before its time.
    """
    session = _begun(server, builder, settings)
    try:
        yield session
    except import_module("pyspark.errors").PySparkException as error:
        if not is_about_server(error):
            raise
        # Not `from error`: what it says may hold what the server was shown.
        raise _trouble(error, server) from None
    finally:
        _end(session)


def _begun(server: Server, builder: Any, settings: Mapping[str, str]) -> Any:
    session = None
    try:
        session = builder.remote(server.address).create()
        session.client.set_retry_policies([_policy(**PATIENCE)])
        for name, value in settings.items():
            session.conf.set(name, value)  # asks the server, which may not be there
    except Exception as error:
        if session is not None:
            _end(session)
        # PySpark and gRPC tell of a wrong address or an absent server in many ways.
        raise _trouble(error, server) from None
    return session


def _policy(**patience: float) -> Any:
    return import_module("pyspark.sql.connect.client.retries").DefaultPolicy(**patience)


def _end(session: Any) -> None:
    # To say goodbye to a server that is away is not worth waiting for.
    session.client.set_retry_policies([])
    session.stop()


def is_about_server(error: Exception) -> bool:
    """Whether an error is about the server or its session, and not about what was asked of it."""
    return bool(_FORGOTTEN.search(str(error))) or _code(error) in (*_NO_ENTRY, *_AWAY)


def _code(error: Exception) -> str:
    """Return what gRPC calls an error, e.g. `UNAVAILABLE`; empty: it is none of gRPC's."""
    return getattr(getattr(error, "getGrpcStatusCode", lambda: None)(), "name", "")


def _trouble(error: Exception, server: Server) -> SourceError:
    """Say what is wrong with a server."""
    said = _said(error, server)
    if _FORGOTTEN.search(str(error)):
        return SourceError(
            f"Spark at {server.name} was started again, or ended the session, before everything "
            "was read; nothing of it was counted.",
            hint="Load again; if it happens each time, ask whoever runs the server.",
        )
    if _code(error) in _NO_ENTRY:
        return SourceError(
            f"Spark at {server.name} refuses what THREATDESK_SPARK shows it: {said}.",
            hint="Correct the token in THREATDESK_SPARK: sc://host:15002/;token=…",
        )
    if _code(error) in _AWAY:
        return SourceError(
            f"Spark at {server.name} does not answer: {said}.",
            hint="See that the server runs and can be reached from here, then load again."
            + (_OVER_TLS if ";token=" in server.address else ""),
        )
    return SourceError(
        f"No session could be started on Spark at {server.name}: {said}.",
        hint="Correct THREATDESK_SPARK, or ask whoever runs the server.",
    )


def _said(error: Exception, server: Server) -> str:
    """Return the line of an error that says what it is, without what the server was shown."""
    text = str(error).strip()
    details = _DETAILS.search(text)
    line = details[1] if details else text.partition("\n")[0]
    reason = line.rpartition(_BEFORE_REASON)[2].rstrip(".") or type(error).__name__
    return server.without_secrets(reason)
