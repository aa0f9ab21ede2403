"""A database of its own for each force of a region, beside the installation's.

Beside a SQLite file it is another file; in PostgreSQL it is a schema, which every connection is
confined to by its `search_path`, so that no statement of one force can reach another's tables.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.schema import CreateSchema

from metrics.errors import StoreError

FOLDER: Final = "region"
"""Where the files of the forces are, beside the installation's own."""

PREFIX: Final = "force_"
"""What the names of the schemas begin with."""

SEARCH_PATH: Final = "-csearch_path="
"""The option of a connection that says where its tables are (PostgreSQL, libpq `options`)."""

SCHEMA_LOCK: Final = 0x7468726561740009
"""The key of the PostgreSQL advisory lock that whoever makes a schema holds: "threat", 9."""


def beside(url: str, force: str) -> str:
    """Return the URL of a force's database, which lies beside the installation's.

    Args:
        url: The installation's own database.
        force: The force's id: small letters, digits and hyphens.

    Raises:
        StoreError: The URL cannot be read.
    """
    parsed = _read(url)
    if parsed.get_backend_name() == "sqlite":
        file = Path(parsed.database or "threatdesk.db")
        return f"sqlite:///{file.parent / FOLDER / f'{force}.db'}"
    schema = f"{PREFIX}{force.replace('-', '_')}"
    written = parsed.query.get("options", "")
    options = f"{written if isinstance(written, str) else ' '.join(written)} {SEARCH_PATH}{schema}"
    confined = parsed.update_query_dict({"options": options.strip()})
    return confined.render_as_string(hide_password=False)


def make_schema(url: str) -> None:
    """Make the schema that a URL is confined to, if it is not there; a file needs none.

    Raises:
        StoreError: The database cannot be reached, or this user may not make a schema.
    """
    parsed = _read(url)
    schema = schema_of(parsed)
    if not schema:
        return
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"), hide_parameters=True, pool_size=1
    )
    try:
        with engine.begin() as connection:
            # Two processes that make it at once would both find it missing.
            lock = text("SELECT pg_advisory_xact_lock(:key)")
            connection.execute(lock, {"key": SCHEMA_LOCK})
            connection.execute(CreateSchema(schema, if_not_exists=True))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) is None:  # no server answered
            raise StoreError(
                f"The database {parsed.database} on {parsed.host or 'this machine'} cannot be "
                "reached.",
                hint="See whether its server is running, and whether its URL is right.",
            ) from error
        raise StoreError(
            f"The schema {schema} cannot be made in the database {parsed.database}.",
            hint=f"Let this user create schemas there, or make it once: CREATE SCHEMA {schema}.",
        ) from error
    finally:
        engine.dispose()


def confined_to(url: str) -> str:
    """Return the schema that the database of a force is, as `beside` writes it; empty: none.

    Raises:
        StoreError: The URL cannot be read.
    """
    return schema_of(_read(url))


def schema_of(url: URL) -> str:
    """Return the schema that a URL is confined to as `beside` does; empty: none."""
    options = url.query.get("options", "")
    said = options if isinstance(options, str) else " ".join(options)
    found = [one for one in said.split() if one.startswith(f"{SEARCH_PATH}{PREFIX}")]
    return found[-1].removeprefix(SEARCH_PATH) if found else ""


def _read(url: str) -> URL:
    """Return a URL in parts; no message repeats it, as it may hold a password."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(
            "The database URL cannot be read.",
            hint="Write sqlite:///folder/file.db or postgresql://user:password@host/name.",
        ) from None
