"""How the tables came to be, one revision a file, in `versions`.  Forward only.

To add one, from a checkout, with a database at the newest revision:

    alembic.command.revision(migrations.configuration(connection), "what changes",
                             autogenerate=True)
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_ALEMBIC: Final = Lock()
"""Alembic keeps what it is at in its own modules: of one process, one upgrade at a time."""


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration: the scripts lie beside this file, wherever that is."""
    config = Config(attributes={"connection": connection})
    folder = str(Path(__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))  # % has a meaning there
    config.set_main_option("path_separator", "os")
    return config


def heads() -> tuple[str, ...]:
    """Return the newest revision."""
    return tuple(ScriptDirectory.from_config(configuration()).get_heads())


def are_known(revisions: Iterable[str]) -> bool:
    """Whether this version has a script for each of these revisions."""
    script = ScriptDirectory.from_config(configuration())
    return set(revisions) <= {one.revision for one in script.walk_revisions()}


def upgrade(connection: Connection) -> None:
    """Bring the tables to the newest revision, in the transaction of the connection.

    Any number of threads may, each with a database of its own.
    """
    with _ALEMBIC:
        command.upgrade(configuration(connection), "head")
