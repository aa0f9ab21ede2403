"""The chain of the audit log: what ties each row to the one before, and what breaks it.

Each row carries the sha256 of the row before it and of its own content.  Who changes, removes or
slips in a row past the triggers breaks the chain there.  Rows that a rule has removed are vouched
for by a checkpoint: it holds the hash that the first row left carries on from, and the row of the
chain that tells of the removal holds the checkpoint's own hash.  Rows cut off at the end leave a
chain that is whole, so note `head` elsewhere from time to time, as a backup does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.audit import Checkpoint, Examined, Head
from store.tables import AuditCheckpointRow, AuditRow

FIRST: Final = "0" * 64
"""What stands in the first row for the hash of the row before."""

ROWS_AT_A_TIME: Final = 1_000
"""How many rows a look at the chain holds in memory."""


def row_hash(row: AuditRow) -> str:
    """Return the sha256 of a row with the one before it."""
    return _sha256(
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
    )


def checkpoint_digest(row: AuditCheckpointRow) -> str:
    """Return the sha256 of a checkpoint with the one before it."""
    moments = (one.timestamp().hex() for one in (row.first_at, row.last_at, row.at))
    return _sha256(row.previous, row.through, row.hash, row.rows, *moments, row.by, row.rule)


def _sha256(*said: str | int | None) -> str:
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def head(session: Session) -> Head:
    """Return the end of the chain; where every row was removed, what they ended with."""
    last = session.execute(
        select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1)
    ).first()
    if last is not None:
        return Head(length=last[0], hash=last[1])
    cut = newest_checkpoint(session)
    return Head(length=cut.through, hash=cut.hash) if cut else Head(length=0, hash=FIRST)


def newest_checkpoint(session: Session) -> AuditCheckpointRow | None:
    """Return the checkpoint of the last removal; None: nothing was ever removed."""
    newest = select(AuditCheckpointRow).order_by(AuditCheckpointRow.through.desc()).limit(1)
    return session.scalars(newest).first()


def page(session: Session, *, after: int) -> Sequence[AuditRow]:
    """Return the next rows after one."""
    query = select(AuditRow).where(AuditRow.id > after).order_by(AuditRow.id).limit(ROWS_AT_A_TIME)
    return session.scalars(query).all()


def examine(session: Session, noted: Head | None = None) -> Examined:
    """Go through the chain from end to end; stop at the first row that breaks it.

    Args:
        session: Sees the database as at one moment.
        noted: The end of the chain as it was noted elsewhere: it must be a part of this one.
    """
    oldest_first = select(AuditCheckpointRow).order_by(AuditCheckpointRow.through)
    cuts = session.scalars(oldest_first).all()
    broken, why = _first_of((_broken_checkpoint(cuts), _left_behind(session, cuts)))
    if not broken:
        broken, why = _broken_row(session, cuts[-1] if cuts else None)
    if not broken:
        broken, why = _first_of((_not_vouched(session, cuts), _not_as_noted(session, cuts, noted)))
    return Examined(
        rows=session.scalar(select(func.count()).select_from(AuditRow)) or 0,
        head=head(session),
        checkpoints=tuple(to_checkpoint(one) for one in cuts),
        broken=broken or None,
        why=why,
    )


Break = tuple[int, str]
"""The first row that is not what was written, and why; (0, ""): none."""

WHOLE: Final[Break] = (0, "")


def _first_of(found: Sequence[Break]) -> Break:
    return next((one for one in found if one[0]), WHOLE)


def _broken_checkpoint(cuts: Sequence[AuditCheckpointRow]) -> Break:
    previous = FIRST
    for cut in cuts:
        if (cut.previous, cut.digest) != (previous, checkpoint_digest(cut)):
            return cut.through, f"The checkpoint of row {cut.through} is not what was written."
        previous = cut.digest
    return WHOLE


def _left_behind(session: Session, cuts: Sequence[AuditCheckpointRow]) -> Break:
    if not cuts:
        return WHOLE
    query = select(func.min(AuditRow.id)).where(AuditRow.id <= cuts[-1].through)
    found = session.scalar(query)
    return (found, f"Row {found} is there, and yet it was removed.") if found else WHOLE


def _broken_row(session: Session, cut: AuditCheckpointRow | None) -> Break:
    number, previous = (cut.through, cut.hash) if cut else (0, FIRST)
    while rows := page(session, after=number):
        for row in rows:
            number += 1
            if row.id != number:
                return row.id, f"Row {number} is missing: the next one that is there is {row.id}."
            if (row.previous, row.hash) != (previous, row_hash(row)):
                return row.id, f"Row {row.id} is not what was written."
            previous = row.hash
        session.expunge_all()
    return WHOLE


def _not_vouched(session: Session, cuts: Sequence[AuditCheckpointRow]) -> Break:
    """Look for the row that tells of the newest removal: it was written with it."""
    if not cuts:
        return WHOLE
    newest = cuts[-1]
    told = AuditRow.detail.contains(newest.digest, autoescape=True)
    if session.scalar(select(AuditRow.id).where(told).limit(1)) is not None:
        return WHOLE
    return newest.through, f"Rows up to {newest.through} were removed, and no row tells of it."


def _not_as_noted(
    session: Session, cuts: Sequence[AuditCheckpointRow], noted: Head | None
) -> Break:
    if noted is None or noted.length == 0:
        return WHOLE
    end = head(session)
    if noted.length > end.length:
        return noted.length, f"Row {noted.length} was noted, and the log ends at {end.length}."
    row = session.get(AuditRow, noted.length)
    cut = next((one for one in cuts if one.through == noted.length), None)
    found = row or cut
    # A row that was noted and then removed by rule is compared no more, unless it was the last.
    if found is None or found.hash == noted.hash:
        return WHOLE
    return noted.length, f"Row {noted.length} is not the one that was noted."


def to_checkpoint(row: AuditCheckpointRow) -> Checkpoint:
    """Return a checkpoint as it was read."""
    return Checkpoint(
        through=row.through,
        hash=row.hash,
        rows=row.rows,
        first_at=row.first_at,
        last_at=row.last_at,
        at=row.at,
        by=row.by,
        rule=row.rule,
        digest=row.digest,
    )
