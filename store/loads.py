"""Every load, for ever: what was read when, what was wrong with it, and which counts changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from metrics.delivery import CountTable, Delivery, InputFile, Load, Rejection
from metrics.errors import StoreError
from store.parquet import from_parquet, to_parquet
from store.tables import LoadCountsRow, LoadRow

INPUTS: Final = TypeAdapter(tuple[InputFile, ...])
REJECTIONS: Final = TypeAdapter(tuple[Rejection, ...])


class SqlLoads:
    """Loads in the database.  The caller owns the transaction; no load is changed or deleted."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save(
        self, delivery: Delivery, *, changed: CountTable, fingerprint: str, at: datetime
    ) -> Load:
        """Keep a load and the counts it changed.

        Args:
            delivery: What the source delivered; its own table is not kept.
            changed: The rows and covers of the cohort days that say something new.
            fingerprint: What the source looked like, so that the same is not loaded twice.
            at: The moment of the load, timezone-aware.
        """
        first, last = delivery.span or (None, None)
        row = LoadRow(
            source=delivery.source,
            loaded_at=at,
            fingerprint=fingerprint,
            rows_in=delivery.rows_in,
            rows_rejected=delivery.rows_rejected,
            first_day=first,
            last_day=last,
            cohort_days_changed=_days_covered(changed.covers),
            inputs=INPUTS.dump_python(delivery.inputs, mode="json"),
            rejections=REJECTIONS.dump_python(delivery.rejected, mode="json"),
            remarks=list(delivery.remarks),
        )
        self._session.add(row)
        self._session.flush()  # gives the row its number
        counts = LoadCountsRow(
            load_id=row.id, rows=to_parquet(changed.rows), covers=to_parquet(changed.covers)
        )
        self._session.add(counts)
        self._session.flush()
        return _to_load(row)

    def get(self, id_: int) -> Load | None:
        """Return a load, or None if there is none of this number."""
        row = self._session.get(LoadRow, id_)
        return None if row is None else _to_load(row)

    def latest(self, source: str) -> Load | None:
        """Return the last load of a source, or None if it was never loaded."""
        query = select(LoadRow).where(LoadRow.source == source).order_by(LoadRow.id.desc()).limit(1)
        row = self._session.scalar(query)
        return None if row is None else _to_load(row)

    def list(self, limit: int | None = None) -> tuple[Load, ...]:
        """Return loads, newest first: all of them, or the last few."""
        query = select(LoadRow).order_by(LoadRow.id.desc()).limit(limit)
        return tuple(_to_load(row) for row in self._session.scalars(query))

    def sources(self) -> tuple[str, ...]:
        """Return every source that was ever loaded, in the order of their names."""
        return tuple(sorted(self._session.scalars(select(LoadRow.source).distinct())))

    def marks(
        self, source: str, *, known_at: datetime | None = None
    ) -> tuple[tuple[int, str], ...]:
        """Return of every load of a source its number and what tells it from any other load.

        Args:
            source: The source.
            known_at: Leave out what was loaded after this moment (timezone-aware).

        Returns:
            Oldest first.
        """
        query = (
            select(LoadRow.id, LoadRow.loaded_at, LoadRow.fingerprint)
            .where(*_those(known_at, source))
            .order_by(LoadRow.id)
        )
        return tuple(
            (id_, f"{id_} {at.isoformat()} {fingerprint}")
            for id_, at, fingerprint in self._session.execute(query)
        )

    def tables(
        self, known_at: datetime | None = None, *, source: str = "", after: int = 0
    ) -> tuple[tuple[Load, CountTable], ...]:
        """Return every load with the counts it changed, oldest first.

        Args:
            known_at: Leave out what was loaded after this moment (timezone-aware).
            source: Only of this source; empty: of all.
            after: Only loads whose number is greater.

        Raises:
            StoreError: The counts of a load are damaged.
        """
        query = (
            select(LoadRow, LoadCountsRow.rows, LoadCountsRow.covers)
            .join(LoadCountsRow)
            .where(LoadRow.id > after, *_those(known_at, source))
            .order_by(LoadRow.id)
        )
        return tuple(
            (_to_load(row), _to_table(row.id, rows, covers))
            for row, rows, covers in self._session.execute(query)
        )


def _those(known_at: datetime | None, source: str) -> Iterator[ColumnElement[bool]]:
    if known_at is not None:
        yield LoadRow.loaded_at <= known_at
    if source:
        yield LoadRow.source == source


def _days_covered(covers: pd.DataFrame) -> int:
    """Return how many different days the covers account for, wherever and of whatever."""
    ends = covers[["first", "last"]].drop_duplicates().sort_values("first")
    first = ends["first"].to_numpy().astype("datetime64[D]").astype(np.int64)
    last = ends["last"].to_numpy().astype("datetime64[D]").astype(np.int64)
    # Of each stretch, only what lies after everything that began before it.
    reached = np.concatenate([first[:1] - 1, np.maximum.accumulate(last)[:-1]])
    return int(np.maximum(last - np.maximum(first - 1, reached), 0).sum())


def _to_load(row: LoadRow) -> Load:
    first, last = row.first_day, row.last_day
    return Load(
        id=row.id,
        source=row.source,
        loaded_at=row.loaded_at,
        fingerprint=row.fingerprint,
        rows_in=row.rows_in,
        rows_rejected=row.rows_rejected,
        span=None if first is None or last is None else (first, last),
        cohort_days_changed=row.cohort_days_changed,
        inputs=INPUTS.validate_python(row.inputs),
        rejections=REJECTIONS.validate_python(row.rejections),
        remarks=tuple(row.remarks),
    )


def _to_table(load: int, rows: bytes, covers: bytes) -> CountTable:
    try:
        return from_parquet(rows=rows, covers=covers)
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise StoreError(
            f"The counts of load {load} are damaged: the database file or disk may be at fault.",
            hint="Restore the database from a backup.",
        ) from error
