"""Figures that have been kept: found by day, and read under the catalogue they were made with."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from config.catalogue import catalogue_from
from metrics.calendar import say_date
from metrics.errors import UserError
from metrics.model import Catalogue
from metrics.snapshot import Figures, SnapshotHeader, SnapshotKind
from store.catalogues import SqlCatalogues
from store.database import Database
from store.snapshots import SqlSnapshots

PLANS_KEPT: Final = 64
"""So many versions of plans stay in memory: those of a region's forces."""


def find_figures(database: Database, *, kind: SnapshotKind | None, as_at: date | None) -> Figures:
    """Return the newest figures on or before a day.

    Args:
        kind: Daily or month-end figures; either, whichever is newer, if None.
        as_at: The day; the newest there are if None.

    Raises:
        UserError: There are none.
    """
    header = find_header(database, kind, as_at)
    if header is None:
        raise _nothing(kind, as_at)
    return load_figures(database, header)


def find_header(
    database: Database, kind: SnapshotKind | None, as_at: date | None
) -> SnapshotHeader | None:
    """Return what the newest snapshot on or before a day is about, without its figures."""
    with database.reading() as session:
        found = SqlSnapshots(session).list(kind=kind, as_at=as_at, limit=1)
    return found[0] if found else None


def load_figures(database: Database, header: SnapshotHeader) -> Figures:
    """Return a snapshot's figures, with the catalogue that they were made with.

    Raises:
        UserError: The database has lost one of them.
    """
    with database.reading() as session:
        snapshot = SqlSnapshots(session).get(header.id)
        texts = SqlCatalogues(session).files(header.catalogue_version)
    if snapshot is None or texts is None:
        raise UserError(
            f"Snapshot {header.id}, or the plan it was made with, is not in the database.",
            hint="Restore the database from a backup.",
        )
    return Figures(snapshot=snapshot, catalogue=_catalogue(tuple(texts.items())))


@lru_cache(maxsize=PLANS_KEPT)
def _catalogue(texts: tuple[tuple[str, str], ...]) -> Catalogue:
    """Return a plan; snapshots that were made with the same one share it."""
    return catalogue_from(dict(texts))


def _nothing(kind: SnapshotKind | None, as_at: date | None) -> UserError:
    what = {None: "", SnapshotKind.DAILY: "daily ", SnapshotKind.MONTH_END: "month-end "}[kind]
    when = f" on or before {say_date(as_at)}" if as_at else ""
    day = f" --as-at {as_at}" if as_at else ""
    return UserError(
        f"There are no {what}figures{when}.",
        hint=f"Make them with `threatdesk run{day}`.",
    )
