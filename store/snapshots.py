"""Snapshots in the database: saved once, found by day, checked against their id when read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from metrics.assessment import Assessments
from metrics.errors import StoreError
from metrics.positions import Positions
from metrics.snapshot import InputUsed, Snapshot, SnapshotHeader, SnapshotId, SnapshotKind
from metrics.trends import Trends, no_trends
from store.packing import pack, unpack
from store.tables import (
    SnapshotLetGoRow,
    SnapshotLoadRow,
    SnapshotMadeRow,
    SnapshotPositionsRow,
    SnapshotRow,
)
from store.writing import insert_new

HELD: Final = ~exists().where(SnapshotLetGoRow.snapshot_id == SnapshotRow.id)
"""Of snapshots whose figures have not been let go."""

INPUTS: Final = TypeAdapter(tuple[InputUsed, ...])


class SqlSnapshots:
    """Snapshots in the database.  The caller owns the transaction; none is changed.

    Those whose figures were let go (`store.retention`) are found no more.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(self, snapshot: Snapshot, *, load_ids: Iterable[int]) -> bool:
        """Keep a snapshot, if the same content is not there yet.

        That it was made again is kept in either case: among the snapshots of a day, the one made
        last is the newest, also when its figures had been withdrawn for a while.

        Args:
            snapshot: What a run produced.  Its catalogue must have been saved.
            load_ids: The loads its figures rest on, which must have been saved.

        Returns:
            Whether it is new.

        Raises:
            IntegrityError: The catalogue or a load was not saved.
            StoreError: This content was kept once, and let go by rule.
        """
        id_ = snapshot.id
        if self._session.get(SnapshotLetGoRow, id_):
            raise StoreError(
                f"The figures as at {snapshot.as_at} were kept and have been let go.",
                hint="THREATDESK_DAILY_KEPT_DAYS says for how many days; month ends are there.",
            )
        new = insert_new(
            self._session,
            SnapshotRow(
                id=id_,
                as_at=snapshot.as_at,
                kind=snapshot.kind.value,
                made_at=snapshot.made_at,
                catalogue_version=snapshot.catalogue_version,
                product_version=snapshot.product_version,
            ),
        )
        if new:
            self._save_figures(id_, snapshot, load_ids)
        insert_new(self._session, SnapshotMadeRow(snapshot_id=id_, made_at=snapshot.made_at))
        return new

    def get(self, id_: SnapshotId) -> Snapshot | None:
        """Return a snapshot, or None if there is none of this id or its figures were let go.

        Raises:
            StoreError: Its content is not the one it was saved with.
        """
        found = self._session.get(SnapshotRow, id_)
        if found is None:
            return None
        figures = self._session.get(SnapshotPositionsRow, id_)
        if figures is None:
            if self._session.get(SnapshotLetGoRow, id_):
                return None
            raise _damaged(found)
        return _to_snapshot(found, figures)

    def newest(
        self, *, kind: SnapshotKind | None = None, as_at: date | None = None
    ) -> Snapshot | None:
        """Return the newest snapshot, or None if there is none.

        Args:
            kind: Only of this kind.
            as_at: Only with figures as at this day or before.

        Raises:
            StoreError: Its content is not the one it was saved with.
        """
        found = self._session.execute(_newest_first(kind, as_at).limit(1)).first()
        return None if found is None else self.get(SnapshotId(found[0].id))

    def list(
        self,
        *,
        kind: SnapshotKind | None = None,
        as_at: date | None = None,
        limit: int | None = None,
    ) -> tuple[SnapshotHeader, ...]:
        """Return what snapshots are about, newest first, without reading their figures.

        Args:
            kind: Only of this kind.
            as_at: Only with figures as at this day or before.
            limit: Only so many.
        """
        found = self._session.execute(_newest_first(kind, as_at).limit(limit))
        return tuple(_to_header(row, last_made_at) for row, last_made_at in found)

    def load_ids(self, id_: SnapshotId) -> tuple[int, ...]:
        """Return the loads that a snapshot's figures rest on, oldest first."""
        query = (
            select(SnapshotLoadRow.load_id)
            .where(SnapshotLoadRow.snapshot_id == id_)
            .order_by(SnapshotLoadRow.load_id)
        )
        return tuple(self._session.scalars(query))

    def _save_figures(self, id_: SnapshotId, snapshot: Snapshot, load_ids: Iterable[int]) -> None:
        inputs = INPUTS.dump_python(snapshot.inputs, mode="json")
        self._session.add_all(
            SnapshotLoadRow(snapshot_id=id_, load_id=load) for load in sorted(set(load_ids))
        )
        self._session.add(
            SnapshotPositionsRow(
                snapshot_id=id_,
                inputs=inputs,
                positions=pack(snapshot.positions.to_bytes()),
                assessments=pack(snapshot.assessments.to_bytes()),
                trends=pack(snapshot.trends.to_bytes()) if snapshot.trends else None,
            )
        )
        self._session.flush()


def _newest_first(kind: SnapshotKind | None, as_at: date | None) -> Select[SnapshotRow, datetime]:
    last_made_at = func.max(SnapshotMadeRow.made_at, type_=SnapshotMadeRow.made_at.type)
    query = select(SnapshotRow, last_made_at).join(SnapshotMadeRow).group_by(SnapshotRow.id)
    query = query.where(HELD)
    if kind is not None:
        query = query.where(SnapshotRow.kind == kind.value)
    if as_at is not None:
        query = query.where(SnapshotRow.as_at <= as_at)
    return query.order_by(SnapshotRow.as_at.desc(), last_made_at.desc(), SnapshotRow.id)


def _to_header(row: SnapshotRow, last_made_at: datetime) -> SnapshotHeader:
    return SnapshotHeader(
        id=SnapshotId(row.id),
        as_at=row.as_at,
        kind=SnapshotKind(row.kind),
        made_at=row.made_at,
        last_made_at=last_made_at,
        catalogue_version=row.catalogue_version,
        product_version=row.product_version,
    )


def _to_snapshot(row: SnapshotRow, figures: SnapshotPositionsRow) -> Snapshot:
    try:
        snapshot = Snapshot(
            as_at=row.as_at,
            kind=SnapshotKind(row.kind),
            made_at=row.made_at,
            catalogue_version=row.catalogue_version,
            product_version=row.product_version,
            inputs=INPUTS.validate_python(figures.inputs),
            positions=Positions.from_bytes(unpack(figures.positions)),
            assessments=Assessments.from_bytes(unpack(figures.assessments)),
            trends=_to_trends(figures.trends),
        )
    except (LookupError, TypeError, ValueError) as error:
        raise _damaged(row) from error
    if snapshot.id != row.id:
        raise _damaged(row)
    return snapshot


def _to_trends(packed: bytes | None) -> Trends:
    return no_trends() if packed is None else Trends.from_bytes(unpack(packed))


def _damaged(row: SnapshotRow) -> StoreError:
    return StoreError(
        f"Snapshot {row.id} (as at {row.as_at}) is not what was saved: it was edited or damaged.",
        hint="Restore the database from a backup.",
    )
