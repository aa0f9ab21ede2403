"""Writing what may be there already, when several processes do it at once."""

from __future__ import annotations

from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from store.tables import Base


def insert_new(session: Session, row: Base) -> bool:
    """Insert a row unless one of the same key is there; return whether it was inserted.

    On PostgreSQL a second writer of the same key waits here until the first has finished.

    Raises:
        IntegrityError: The row breaks another rule of its table.
    """
    table = type(row)
    key = inspect(table).primary_key_from_instance(row)
    if session.get(table, key) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        if session.get(table, key) is None:
            raise
        return False
    return True
