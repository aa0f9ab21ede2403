"""The tables, as the code sees them.  `store/migrations` makes them; a test compares the two.

Loads, snapshots and catalogues are written once: triggers of the database refuse every change
to a row and every deletion, whoever asks.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """A timezone-aware time, kept in UTC.  Refuses naive values on the way in."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Python to database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Database to Python."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """What every table shares: named constraints, days as dates, times in UTC."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy once, when the class is made
        date: Date,
        datetime: UtcDateTime,
        list[Any]: JSON,
    }


class LoadRow(Base):
    """One load: a source was read and what had changed was taken in."""

    __tablename__ = "load"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    source: Mapped[str]
    loaded_at: Mapped[datetime]
    fingerprint: Mapped[str]
    rows_in: Mapped[int]
    rows_rejected: Mapped[int]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    cohort_days_changed: Mapped[int]
    inputs: Mapped[list[Any]]
    rejections: Mapped[list[Any]]
    remarks: Mapped[list[Any]]

    __table_args__ = (
        CheckConstraint("(first_day IS NULL) = (last_day IS NULL)", name="span_has_both_ends"),
        CheckConstraint("first_day <= last_day", name="span_in_order"),
        CheckConstraint("rows_in >= 0 AND rows_rejected >= 0", name="rows_not_negative"),
        CheckConstraint("cohort_days_changed >= 0", name="days_not_negative"),
        Index(None, "source", "id"),  # the latest load of a source
        {"sqlite_autoincrement": True},  # a number is never given twice
    )


class LoadCountsRow(Base):
    """The counts that one load changed: apart, so that a list of loads does not read them."""

    __tablename__ = "load_counts"

    load_id: Mapped[int] = mapped_column(
        ForeignKey("load.id"), primary_key=True, autoincrement=False
    )
    rows: Mapped[bytes]  # Parquet, see `store.parquet`
    covers: Mapped[bytes]  # Parquet


class CatalogueRow(Base):
    """One version of the catalogue."""

    __tablename__ = "catalogue"

    version: Mapped[str] = mapped_column(primary_key=True)


class CatalogueFileRow(Base):
    """One TOML file of one version of the catalogue, as it was written."""

    __tablename__ = "catalogue_file"

    version: Mapped[str] = mapped_column(ForeignKey("catalogue.version"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class SnapshotRow(Base):
    """What a snapshot is about.  Its figures are in `snapshot_positions`."""

    __tablename__ = "snapshot"

    id: Mapped[str] = mapped_column(primary_key=True)
    as_at: Mapped[date]
    kind: Mapped[str]
    made_at: Mapped[datetime]
    catalogue_version: Mapped[str] = mapped_column(ForeignKey("catalogue.version"))
    product_version: Mapped[str]

    __table_args__ = (
        CheckConstraint("kind IN ('daily', 'month_end')", name="kind_is_known"),
        Index(None, "as_at"),
    )


class SnapshotPositionsRow(Base):
    """A snapshot's figures and what they were made from."""

    __tablename__ = "snapshot_positions"

    snapshot_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    inputs: Mapped[list[Any]]
    positions: Mapped[bytes]  # packed, as the next two (`store.packing`)
    assessments: Mapped[bytes]
    trends: Mapped[bytes | None]  # NULL of a snapshot that was kept before there were any


class SnapshotLoadRow(Base):
    """A load that a snapshot's figures rest on."""

    __tablename__ = "snapshot_load"

    snapshot_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    load_id: Mapped[int] = mapped_column(
        ForeignKey("load.id"), primary_key=True, autoincrement=False
    )


class SnapshotMadeRow(Base):
    """A moment at which a run gave a snapshot's content, be it for the first time or again.

    Figures that were corrected and then restored have their first id again: without this row,
    the withdrawn snapshot between them would stay the newest.
    """

    __tablename__ = "snapshot_made"

    snapshot_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(primary_key=True)


class SnapshotLetGoRow(Base):
    """That the figures of a daily snapshot were let go; without this they cannot be deleted."""

    __tablename__ = "snapshot_let_go"

    snapshot_id: Mapped[str] = mapped_column(ForeignKey("snapshot.id"), primary_key=True)
    at: Mapped[datetime]


class AuditRow(Base):
    """One question and what became of it; with the row before it, a link of a chain."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3, no gaps
    at: Mapped[datetime]
    person_id: Mapped[str]
    person_name: Mapped[str]
    role: Mapped[str | None]  # at that moment; NULL: not known here
    surface: Mapped[str]
    place: Mapped[str]
    words: Mapped[str]
    outcome: Mapped[str]
    detail: Mapped[str]
    snapshot: Mapped[str]
    previous: Mapped[str]  # the hash of the row before; of the first row, noughts
    hash: Mapped[str]  # sha256 of `previous` and everything above, see `store.audit`

    __table_args__ = (
        CheckConstraint("outcome IN ('answered', 'refused', 'failed')", name="outcome_is_known"),
        Index(None, "at"),
        Index(None, "person_id"),
    )


class AuditCheckpointRow(Base):
    """What stands for the oldest rows of `audit`, which putting this row in has removed."""

    __tablename__ = "audit_checkpoint"

    through: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str]  # of the last row that was removed
    rows: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    at: Mapped[datetime]
    by: Mapped[str]
    rule: Mapped[str]
    previous: Mapped[str]  # the digest of the checkpoint before; of the first one, noughts
    digest: Mapped[str]  # sha256 of `previous` and everything above, see `store.audit_chain`

    __table_args__ = (CheckConstraint("rows > 0", name="something_was_removed"),)
