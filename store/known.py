"""All loads put together: what was put together before is read as a copy, and the rest is added.

Reading every load each morning would take longer with each load.  A copy is found by the loads it
was made of; without it every load is read, and the result is the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final

import pandas as pd
from sqlalchemy.orm import Session

from metrics.cache import Cache
from metrics.count_grid import Within
from metrics.counts import Blocks, beside, merge, put_onto
from metrics.delivery import CountTable, Load, standing
from store.blocks import FORMAT, Copy, keep, read
from store.loads import SqlLoads

FOLDER: Final = "loads"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """What some loads come to."""

    loads: tuple[Load, ...]  # that the counts rest on, each with the inputs that still stand
    table: CountTable  # merged


def known(
    session: Session,
    within: Within,
    *,
    known_at: datetime | None = None,
    cache: Path | None = None,
) -> Known:
    """Return what all loads so far come to.

    Args:
        session: Of the database that holds the loads.
        within: Each area of the plan with itself and everything below it.
        known_at: Leave out what was loaded after this moment (timezone-aware).
        cache: A folder for what need not be worked out again.

    Raises:
        StoreError: The counts of a load are damaged.
    """
    loads = SqlLoads(session)
    parts = [
        _put_together(session, source, within, known_at=known_at, cache=cache)
        for source in loads.sources()
    ]
    counts = beside([counts for _, counts in parts])
    if counts is None:  # two sources have counted the same: the newest load of either holds
        table = merge([counts for _, counts in loads.tables(known_at)], within)
    else:
        table = counts.table()
    behind = chain.from_iterable(loads for loads, _ in parts)
    return Known(loads=tuple(sorted(behind, key=lambda load: load.id)), table=table)


def known_before(
    session: Session,
    source: str,
    within: Within,
    *,
    about: pd.DataFrame,
    cache: Path | None = None,
) -> CountTable:
    """Return what the loads of one source come to, as far as a delivery is about the same.

    Args:
        session: Of the database that holds the loads.
        source: The source.
        within: Each area of the plan with itself and everything below it.
        about: The covers of the delivery: rows of other cohort days may be missing.
        cache: A folder for what need not be worked out again.

    Raises:
        StoreError: The counts of a load are damaged.
    """
    _, counts = _put_together(session, source, within, cache=cache, about=about)
    return counts.table()


def _put_together(
    session: Session,
    source: str,
    within: Within,
    *,
    known_at: datetime | None = None,
    cache: Path | None = None,
    about: pd.DataFrame | None = None,
) -> tuple[tuple[Load, ...], Blocks]:
    """Return the loads of a source that counts rest on, and the counts."""
    loads = SqlLoads(session)
    marks = loads.marks(source, known_at=known_at)
    keys = _keys([mark for _, mark in marks], within)
    kept = _cache(cache, source) if cache else None
    before, after = _newest_kept(kept, keys, [number for number, _ in marks], about)
    if before and after == marks[-1][0]:
        return before.loads, before.counts
    new = loads.tables(known_at, source=source, after=after)
    tables = [table for _, table in new]
    behind = standing([*(before.loads if before else ()), *(load for load, _ in new)])
    counts = put_onto(before.counts, tables, within) if before else Blocks.of(merge(tables, within))
    if kept and keys:
        keep(kept, keys[-1], loads=behind, counts=counts, before=before)
    return behind, counts


def _cache(folder: Path, source: str) -> Cache:
    name = hashlib.sha256(source.encode()).hexdigest()[:16]
    return Cache(folder / FOLDER / name, made_by=(FORMAT,))


def _keys(marks: Sequence[str], within: Within) -> list[str]:
    """Return for each load what identifies it together with all before it."""
    areas = {area: sorted(inside) for area, inside in sorted(within.items())}
    digest = hashlib.sha256(json.dumps(areas).encode())
    keys = []
    for mark in marks:
        digest.update(b"\n" + mark.encode())
        keys.append(digest.hexdigest())
    return keys


def _newest_kept(
    cache: Cache | None,
    keys: Sequence[str],
    numbers: Sequence[int],
    about: pd.DataFrame | None,
) -> tuple[Copy | None, int]:
    """Return the copy made of most loads, and the number of the last of them.

    It is as far as it is wanted only where it is made of all loads: later ones may be about
    anything.
    """
    for key, number in zip(reversed(keys), reversed(numbers), strict=True):
        copy = read(cache, key, about=about if key == keys[-1] else None) if cache else None
        if copy is not None:
            return copy, number
    return None, 0
