"""Everything that one run produced: how it is identified, kept and compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Final, NewType

from metrics.assessment import Assessments
from metrics.delivery import Load, standing
from metrics.model import Catalogue
from metrics.positions import Positions
from metrics.trends import Trends

SnapshotId = NewType("SnapshotId", str)

ID_LENGTH: Final = 16
"""Hexadecimal digits of the hash that are printed and kept: 64 bits, enough to tell runs apart."""


class SnapshotKind(StrEnum):
    """How firm a snapshot's figures are."""

    DAILY = "daily"  # provisional: late records and re-classifications are still to come
    MONTH_END = "month_end"  # the figures that every board uses: one version of the truth


@dataclass(frozen=True, slots=True, kw_only=True)
class InputUsed:
    """A file or query behind a snapshot's figures."""

    load: int  # the load that brought it
    source: str
    name: str
    sha256: str
    rows: int
    loaded_at: datetime


def inputs_behind(loads: Sequence[Load]) -> tuple[InputUsed, ...]:
    """Return the files and queries that figures rest on, of all loads so far, oldest first."""
    return tuple(
        InputUsed(
            load=load.id,
            source=load.source,
            name=one.name,
            sha256=one.sha256,
            rows=one.rows,
            loaded_at=load.loaded_at,
        )
        for load in standing(loads)
        for one in load.inputs
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Snapshot:
    """One run's figures.  Never changed: a correction makes a new snapshot."""

    as_at: date
    kind: SnapshotKind
    made_at: datetime  # timezone-aware
    catalogue_version: str
    product_version: str
    inputs: tuple[InputUsed, ...]
    positions: Positions
    assessments: Assessments
    trends: Trends  # holds nothing where the snapshot was kept before there were any

    @cached_property
    def id(self) -> SnapshotId:
        """Identify the snapshot by its content: the same figures have the same id.

        The moment it was made is not part of it, so a run that is repeated on unchanged input
        gives the same snapshot again instead of a second one.
        """
        digest = hashlib.sha256()
        about = {
            "as_at": self.as_at.isoformat(),
            "kind": self.kind.value,
            "catalogue": self.catalogue_version,
            "inputs": sorted([one.source, one.name, one.sha256] for one in self.inputs),
        }
        digest.update(json.dumps(about, sort_keys=True).encode())
        digest.update(self.positions.to_bytes())
        digest.update(self.assessments.to_bytes())
        if self.trends:  # so that the ids of snapshots without them still hold
            digest.update(self.trends.to_bytes())
        return SnapshotId(digest.hexdigest()[:ID_LENGTH])


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotHeader:
    """What a snapshot is about, without its figures."""

    id: SnapshotId
    as_at: date
    kind: SnapshotKind
    made_at: datetime  # UTC
    last_made_at: datetime  # UTC; later than `made_at` where a later run gave the same figures
    catalogue_version: str
    product_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A snapshot, and the catalogue it was made with."""

    snapshot: Snapshot
    catalogue: Catalogue
