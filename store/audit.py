"""The audit log in the database: one row for every question, chained so that a change shows.

What ties the rows together is in `store.audit_chain`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from bot.audit import Checkpoint, Entry, Examined, Outcome
from bot.audit import Head as Head
from bot.audit import Kept as Kept
from bot.people import Person, Role, Surface
from bot.redaction import without_secrets
from metrics.calendar import london_day, say_date
from metrics.errors import UserError
from store.audit_chain import (
    FIRST,
    ROWS_AT_A_TIME,
    checkpoint_digest,
    examine,
    head,
    newest_checkpoint,
    row_hash,
    to_checkpoint,
)
from store.database import Database
from store.locks import hold
from store.tables import AuditCheckpointRow, AuditRow

LOCK: Final = 0x7468726561740003
"""The key of the PostgreSQL advisory lock that one writer at a time holds: "threat", 3."""

LONGEST: Final = 2_000
"""Characters that are kept of what was typed, and of any other text."""

PRUNING: Final = "audit prune"
"""What is written down as asked when old rows are removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are looked for; all of it must fit."""

    since: datetime | None = None  # from this moment on; timezone-aware
    until: datetime | None = None  # before this moment; timezone-aware
    person: str = ""  # their id, or a part of their name, however it is capitalised
    words: str = ""  # a part of what was typed, or of what became of it
    place: str = ""  # a part of where it was asked
    outcome: Outcome | None = None


ALL: Final = Wanted()


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
            _hold(session)
            _append(session, entry)

    def search(self, wanted: Wanted = ALL, *, limit: int | None = None) -> tuple[Kept, ...]:
        """Return entries, the newest first.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        query = _query(wanted).order_by(AuditRow.id.desc()).limit(limit)
        with self._database.reading() as session:
            return tuple(_kept(row) for row in session.scalars(query))

    def each(self, wanted: Wanted = ALL) -> Iterator[Kept]:
        """Give entries one by one, the oldest first, however many there are.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        number = 0
        while True:
            query = _query(wanted).where(AuditRow.id > number).order_by(AuditRow.id)
            with self._database.reading() as session:
                found = [_kept(row) for row in session.scalars(query.limit(ROWS_AT_A_TIME))]
            if not found:
                return
            yield from found
            number = found[-1].number

    def examine(self, noted: Head | None = None) -> Examined:
        """Go through the chain from end to end.

        Args:
            noted: The end of the chain as it was noted elsewhere: it must be a part of this one.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        with self._database.reading() as session:
            return examine(session, noted)

    def verify(self) -> int | None:
        """Return the number of the first row that is not what was written, or None.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        return self.examine().broken

    def head(self) -> Head:
        """Return the end of the chain.

        Raises:
            StoreError: The database cannot be reached or used.
        """
        with self._database.reading() as session:
            return head(session)

    def prune(
        self, *, before: datetime, rule: str, by: Person, place: str, now: datetime
    ) -> Checkpoint | None:
        """Remove the oldest rows, and leave a checkpoint that vouches for them.

        Rows go from the first one on, up to the first that is not older: a gap is never left.
        The removal is a row of the log itself.

        Args:
            before: What is older than this moment goes; timezone-aware.
            rule: Why, in words.
            by: Who removes them.
            place: Where from, as in an entry.
            now: The moment, timezone-aware.

        Returns:
            The checkpoint; None where nothing is so old.

        Raises:
            UserError: The chain is broken: what shows it is not removed.
            StoreError: The database cannot be reached or used.
        """
        found = self.examine()  # outside the lock: it may take a while, and answers wait for it
        if found.broken is not None:
            raise UserError(
                f"The audit log is not whole, so nothing was removed from it. {found.why}",
                hint="Keep a copy of the database and find out what happened: docs/audit.md.",
            )
        with self._database.transaction() as session:
            _hold(session)
            cut = _checkpoint(session, before=before, rule=rule, by=by.id, now=now)
            if cut is None:
                return None
            session.add(cut)  # the database removes what it stands for
            session.flush()
            made = to_checkpoint(cut)
            _append(session, _told(made, by=by, place=place))
            return made


def _hold(session: Session) -> None:
    # On SQLite, a transaction that writes is the lock.
    hold(session, LOCK)


def _append(session: Session, entry: Entry) -> None:
    end = head(session)
    row = _row(entry, number=end.length + 1, previous=end.hash)
    row.hash = row_hash(row)
    session.add(row)


def _checkpoint(
    session: Session, *, before: datetime, rule: str, by: str, now: datetime
) -> AuditCheckpointRow | None:
    """Return the checkpoint of the rows that are older; None where there are none."""
    first_left = session.scalar(select(func.min(AuditRow.id)).where(AuditRow.at >= before))
    through = first_left - 1 if first_left is not None else head(session).length
    last = session.get(AuditRow, through)
    if last is None:
        return None
    older = AuditRow.id <= through
    ends = select(
        func.count(),
        func.min(AuditRow.at, type_=AuditRow.at.type),
        func.max(AuditRow.at, type_=AuditRow.at.type),
    ).where(older)
    rows, first_at, last_at = session.execute(ends).one()
    newest = newest_checkpoint(session)
    cut = AuditCheckpointRow(
        through=through,
        hash=last.hash,
        rows=rows,
        first_at=first_at,
        last_at=last_at,
        at=now,
        by=_plain(by),
        rule=_plain(rule),
        previous=newest.digest if newest else FIRST,
    )
    cut.digest = checkpoint_digest(cut)
    session.expunge(last)  # it will be gone
    return cut


def _told(made: Checkpoint, *, by: Person, place: str) -> Entry:
    """Return the row that tells of a removal, and so vouches for its checkpoint."""
    first, last = (say_date(london_day(one)) for one in (made.first_at, made.last_at))
    return Entry(
        at=made.at,
        person=by,
        surface=Surface.PRIVATE,
        place=place,
        text=PRUNING,
        outcome=Outcome.ANSWERED,
        detail=(
            f"{made.rows} rows removed, up to {made.through}, of {first} to {last}: {made.rule}; "
            f"checkpoint {made.digest}"
        ),
        snapshot="",
    )


def _query(wanted: Wanted) -> Select[AuditRow]:
    query = select(AuditRow)
    if wanted.since is not None:
        query = query.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditRow.at < wanted.until)
    if wanted.outcome is not None:
        query = query.where(AuditRow.outcome == wanted.outcome.value)
    if wanted.person:
        name = AuditRow.person_name.icontains(wanted.person, autoescape=True)
        query = query.where(or_(AuditRow.person_id == wanted.person, name))
    if wanted.place:
        query = query.where(AuditRow.place.icontains(wanted.place, autoescape=True))
    if wanted.words:
        said = (AuditRow.words, AuditRow.detail)
        query = query.where(or_(*(one.icontains(wanted.words, autoescape=True) for one in said)))
    return query


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
    words = without_secrets(words).replace("\0", "").encode("utf-8", "replace").decode()
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


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
