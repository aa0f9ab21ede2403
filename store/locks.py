"""Locks that last until a transaction ends: one at a time, of each installation by itself.

PostgreSQL's advisory locks are a database's.  Where the forces of a region are schemas of one
database, a lock of one force must not stand for that of another: the schema is part of the key.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Connection, bindparam, text
from sqlalchemy.orm import Session

USUAL: Final = "public"
"""The schema of an installation by itself: there the key is the number alone, as it always was."""

HOLD: Final = text(
    "SELECT pg_advisory_xact_lock(CASE coalesce(current_schema(), :usual) WHEN :usual THEN :key"
    " ELSE :key # hashtextextended(current_schema(), 0) END)"
).bindparams(bindparam("key", type_=BigInteger), usual=USUAL)


def hold(where: Session | Connection, key: int) -> None:
    """Let nobody else who asks for the same pass until the transaction ends.

    Does nothing on SQLite, where a transaction that writes is the lock.

    Args:
        where: The transaction, in the database or in the schema that the lock is of.
        key: What is held: 64 bits, of which the upper ones spell "threat".
    """
    bind = where.get_bind() if isinstance(where, Session) else where
    if bind.dialect.name == "postgresql":
        where.execute(HOLD, {"key": key})
