"""The audit log in the database: one row for every question, chained so that a change shows.

Each row carries the sha256 of the row before it and of its own content.  Who changes, removes or
slips in a row past the triggers breaks the chain there.  Rows cut off at the end leave a chain
that is whole, so note `head()` elsewhere from time to time, as a backup does.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, or_, select, text
from sqlalchemy.orm import Session

from bot.audit import Entry, Outcome
from bot.people import Person, Role, Surface
from store.database import Database
from store.tables import AuditRow

LOCK: Final = 0x7468726561740003
"""The key of the PostgreSQL advisory lock that one writer at a time holds: "threat", 3."""

LONGEST: Final = 2_000
"""Characters that are kept of what was typed, and of any other text."""

ROWS_AT_A_TIME: Final = 1_000
"""How many rows a check of the chain holds in memory."""

FIRST: Final = "0" * 64
"""What stands in the first row for the hash of the row before."""

REMOVED: Final = "[removed]"

SECRETS: Final = (
    re.compile(r"\bx(?:ox[a-z]|app)-[\w-]+", re.IGNORECASE),  # Slack's tokens
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),  # JSON web tokens
    re.compile(r"(?<=://)[^\s/@]+(?=@)"),  # user and password in an address
    re.compile(r"(?<=hooks\.slack\.com/)\S+", re.IGNORECASE),  # whoever has it may post
    re.compile(
        r"(?<=[\s\"'?&,;])(?:(?:pass(?:word|phrase|wd)?|secret|token|api[_-]?key|authorization)"
        r"[\"']?\s*[:=]\s*)(?:bearer\s+)?[^\s&]+",
        re.IGNORECASE,
    ),
    re.compile(r"(?<=bearer\s)[\w.~+/=-]{8,}", re.IGNORECASE),
)
"""What is a secret by its look, wherever somebody has pasted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An entry as it is kept: its number in the chain, and its hash."""

    number: int
    entry: Entry
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain: how long it is, and the hash that stands for all of it."""

    length: int
    hash: str


class SqlAudit:
    """The audit log.  Safe to use from several threads and processes: one writes at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, entry: Entry) -> None:
        """Keep an entry at the end of the chain.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        with self._database.transaction() as session:
            # On SQLite, a transaction that writes is the lock.
            if session.get_bind().dialect.name != "sqlite":
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            head = _head(session)
            row = _row(entry, number=head.length + 1, previous=head.hash)
            row.hash = _hash(row)
            session.add(row)

    def search(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        person: str = "",
        words: str = "",
        outcome: Outcome | None = None,
        limit: int | None = None,
    ) -> tuple[Kept, ...]:
        """Return entries, the newest first.

        Args:
            since: From this moment on; timezone-aware.
            until: Before this moment; timezone-aware.
            person: Their id, or a part of their name, however it is capitalised.
            words: A part of what was typed, or of what became of it, however it is capitalised.
            outcome: Only of this outcome.
            limit: Only so many.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        query = _query(since, until, outcome).order_by(AuditRow.id.desc()).limit(limit)
        if person:
            name = AuditRow.person_name.icontains(person, autoescape=True)
            query = query.where(or_(AuditRow.person_id == person, name))
        if words:
            said = (AuditRow.words, AuditRow.detail)
            query = query.where(or_(*(one.icontains(words, autoescape=True) for one in said)))
        with self._database.reading() as session:
            return tuple(_kept(row) for row in session.scalars(query))

    def verify(self) -> int | None:
        """Return the number of the first row that is not what was written, or None.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        number, previous = 1, FIRST
        with self._database.reading() as session:
            while rows := _page(session, after=number - 1):
                for row in rows:
                    if (row.id, row.previous, row.hash) != (number, previous, _hash(row)):
                        return row.id
                    number, previous = number + 1, row.hash
                session.expunge_all()
        return None

    def head(self) -> Head:
        """Return the end of the chain.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        with self._database.reading() as session:
            return _head(session)


def _query(
    since: datetime | None, until: datetime | None, outcome: Outcome | None
) -> Select[AuditRow]:
    query = select(AuditRow)
    if since is not None:
        query = query.where(AuditRow.at >= since)
    if until is not None:
        query = query.where(AuditRow.at < until)
    if outcome is not None:
        query = query.where(AuditRow.outcome == outcome.value)
    return query


def _page(session: Session, *, after: int) -> list[AuditRow]:
    query = select(AuditRow).where(AuditRow.id > after).order_by(AuditRow.id).limit(ROWS_AT_A_TIME)
    return list(session.scalars(query))


def _head(session: Session) -> Head:
    last = session.execute(
        select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)
    ).first()
    return Head(length=0, hash=FIRST) if last is None else Head(length=last[0], hash=last[1])


def _row(entry: Entry, *, number: int, previous: str) -> AuditRow:
    person = entry.person
    return AuditRow(
        id=number,
        at=entry.at,
        person_id=_plain(person.id),
        person_name=_plain(person.name),
        role=person.role.value if person.role else None,
        surface=entry.surface.value,
        place=_plain(entry.place),
        words=_plain(entry.text),
        outcome=entry.outcome.value,
        detail=_plain(entry.detail),
        snapshot=_plain(entry.snapshot),
        previous=previous,
        hash="",
    )


def _plain(words: str) -> str:
    """Return text as it is kept: no secrets, not endless, and of characters that can be kept."""
    # Cut last: a secret that is cut in two would not be known for one any more.
    for secret in SECRETS:
        words = secret.sub(REMOVED, words)
    words = words.replace("\0", "").encode("utf-8", "replace").decode()
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _hash(row: AuditRow) -> str:
    """Return the sha256 of a row with the one before it."""
    said = [
        row.previous,
        row.id,
        # As UTC without its name, so that the same moment is the same text everywhere.
        row.at.timestamp().hex(),
        row.person_id,
        row.person_name,
        row.role,
        row.surface,
        row.place,
        row.words,
        row.outcome,
        row.detail,
        row.snapshot,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _kept(row: AuditRow) -> Kept:
    person = Person(
        id=row.person_id,
        name=row.person_name,
        role=Role(row.role) if row.role else None,
    )
    entry = Entry(
        at=row.at,
        person=person,
        surface=Surface(row.surface),
        place=row.place,
        text=row.words,
        outcome=Outcome(row.outcome),
        detail=row.detail,
        snapshot=row.snapshot,
    )
    return Kept(number=row.id, entry=entry, hash=row.hash)
