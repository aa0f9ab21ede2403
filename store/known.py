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

import pyarrow as pa
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from metrics.cache import Cache
from metrics.counts import Within, beside, merge
from metrics.delivery import CountTable, Load, standing
from store.loads import SqlLoads

FORMAT: Final = "1"
"""Changes when loads are put together, or kept, in another way."""

FOLDER: Final = "loads"

LOADS: Final = TypeAdapter(tuple[Load, ...])

_LOADS: Final = b"loads"
"""The key of the metadata that keeps them."""


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
        known_of(session, source, within, known_at=known_at, cache=cache)
        for source in loads.sources()
    ]
    table = beside([part.table for part in parts])
    if table is None:  # two sources have counted the same: the newest load of either holds
        table = merge([counts for _, counts in loads.tables(known_at)], within)
    behind = chain.from_iterable(part.loads for part in parts)
    return Known(loads=tuple(sorted(behind, key=lambda load: load.id)), table=table)


def known_of(
    session: Session,
    source: str,
    within: Within,
    *,
    known_at: datetime | None = None,
    cache: Path | None = None,
) -> Known:
    """Return what the loads of one source come to; arguments are those of `known`."""
    loads = SqlLoads(session)
    marks = loads.marks(source, known_at=known_at)
    keys = _keys([mark for _, mark in marks], within)
    kept = _cache(cache, source) if cache else None
    before, after = _newest_kept(kept, keys, [number for number, _ in marks])
    new = loads.tables(known_at, source=source, after=after)
    if before and not new:
        return before
    tables = ([before.table] if before else []) + [table for _, table in new]
    found = Known(
        loads=standing([*(before.loads if before else ()), *(load for load, _ in new)]),
        table=merge(tables, within),
    )
    if kept and keys:
        kept.put(keys[-1], _to_bytes(found))
        kept.keep_only({keys[-1]})
    return found


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
    cache: Cache | None, keys: Sequence[str], numbers: Sequence[int]
) -> tuple[Known | None, int]:
    """Return the copy made of most loads, and the number of the last of them."""
    for key, number in zip(reversed(keys), reversed(numbers), strict=True):
        content = cache.get(key) if cache else None
        if content is not None:
            return _from_bytes(content), number
    return None, 0


def _to_bytes(one: Known) -> bytes:
    rows, covers = (
        pa.Table.from_pandas(frame, preserve_index=False)
        for frame in (one.table.rows, one.table.covers)
    )
    rows = rows.replace_schema_metadata(rows.schema.metadata | {_LOADS: LOADS.dump_json(one.loads)})
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    for table in (rows, covers):
        with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
            writer.write_table(table)
    return bytes(sink.getvalue())


def _from_bytes(content: bytes) -> Known:
    reader = pa.BufferReader(content)
    rows = pa.ipc.open_stream(reader).read_all()
    covers = pa.ipc.open_stream(reader).read_all()
    return Known(
        loads=LOADS.validate_json(rows.schema.metadata[_LOADS]),
        table=CountTable(rows=rows.to_pandas(), covers=covers.to_pandas()),
    )
