"""Merged counts as copies in a cache, in blocks: what has not changed is not written again.

Most of what is kept are the days of years ago.  A day more changes days of a few months: the
blocks of these are written anew, the others stay as they lie, and whoever is only about those
months reads no others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import TypeAdapter

from metrics.cache import Cache
from metrics.count_grid import DAY_S, all_words, ordinals, stack
from metrics.counts import Blocks
from metrics.delivery import ROW_COLUMNS, Load

FORMAT: Final = "2"
"""Changes when blocks are written, or what is said of them, in another way."""

BLOCK_ROWS: Final = 131_072
"""At most: more are slower to change, fewer slower to read."""

WORDS: Final = ("area", "tally")
DAYS: Final = ("cohort", "day")

Kinds = Mapping[str, pd.CategoricalDtype]
Words = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What is said of a block beside it."""

    key: str  # of its copy: the hash of what it holds
    first: int  # the first cohort day in it, as days since 1 January 1970
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contents:
    """What is said beside the covers."""

    loads: tuple[Load, ...]
    words: Mapping[str, tuple[str, ...]]  # areas and tallies: every category, used or not
    blocks: tuple[Block, ...]


CONTENTS: Final = TypeAdapter(_Contents)

_CONTENTS: Final = b"contents"
"""The key of the metadata that keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Copy:
    """Counts as they were kept, and the loads that they rest on."""

    loads: tuple[Load, ...]
    counts: Blocks
    names: Mapping[int, Block]  # of each of the counts' frames that is a block, by its `id`


def read(cache: Cache, key: str, *, about: pd.DataFrame | None = None) -> Copy | None:
    """Return what was kept under a key; None if there is nothing to rely on.

    Args:
        cache: Where it was kept.
        key: Of the loads.
        about: Covers: rows of cohort days that these are not about may be left out.
    """
    content = cache.get(key)
    if content is None:
        return None
    covers = pa.ipc.open_stream(pa.BufferReader(content)).read_all()
    kept = CONTENTS.validate_json(covers.schema.metadata[_CONTENTS])
    kinds = {name: pd.CategoricalDtype(pd.Index(kept.words[name], dtype="str")) for name in WORDS}
    words = {name: list(kept.words[name]) for name in WORDS}
    rows = [_nothing(kinds)]
    names = {}
    for block in kept.blocks if about is None else _about(kept.blocks, about):
        content = cache.get(block.key)
        if content is None:
            return None
        rows.append(_from_bytes(content, words, kinds))
        names[id(rows[-1])] = block
    counts = Blocks(rows=tuple(rows), covers=covers.to_pandas())
    return Copy(loads=kept.loads, counts=counts, names=names)


def keep(
    cache: Cache, key: str, *, loads: tuple[Load, ...], counts: Blocks, before: Copy | None
) -> None:
    """Keep counts, and nothing but these.

    Args:
        cache: Where to.
        key: Of the loads.
        loads: What the counts rest on.
        counts: The counts.
        before: What they were put onto, whose blocks need not be written again.
    """
    names = before.names if before else {}
    blocks = tuple(
        names.get(id(rows)) or _put(cache, rows) for rows in _cut(counts.rows, frozenset(names))
    )
    words = {
        name: tuple(all_words([rows[name] for rows in counts.rows]).to_list()) for name in WORDS
    }
    contents = CONTENTS.dump_json(_Contents(loads=loads, words=words, blocks=blocks))
    table = pa.Table.from_pandas(counts.covers, preserve_index=False)
    cache.put(
        key, _written(table.replace_schema_metadata({**table.schema.metadata, _CONTENTS: contents}))
    )
    cache.keep_only({key, *(block.key for block in blocks)})


def _put(cache: Cache, rows: pd.DataFrame) -> Block:
    content = _to_bytes(rows)
    cohort = ordinals(rows["cohort"])
    block = Block(
        key=hashlib.sha256(content).hexdigest(), first=int(cohort.min()), last=int(cohort.max())
    )
    cache.put(block.key, content)
    return block


def _about(blocks: Sequence[Block], covers: pd.DataFrame) -> list[Block]:
    """Return the blocks that hold days between the first and the last of some covers."""
    if covers.empty:
        return []
    first, last = ordinals(covers["first"]).min(), ordinals(covers["last"]).max()
    return [block for block in blocks if block.first <= last and block.last >= first]


def _cut(frames: Sequence[pd.DataFrame], written: frozenset[int]) -> list[pd.DataFrame]:
    """Return the rows in blocks: those that were written stay, but short ones before new rows.

    Otherwise every day would leave a small block behind.
    """
    cut: list[pd.DataFrame] = []
    loose: list[pd.DataFrame] = []
    for rows in reversed(frames):
        if id(rows) in written and (not loose or len(rows) >= BLOCK_ROWS / 2):
            cut = [rows, *_in_blocks(loose), *cut]
            loose = []
        elif len(rows):
            loose = [rows, *loose]
    return [*_in_blocks(loose), *cut]


def _in_blocks(frames: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    if not frames:
        return []
    rows = stack(frames)
    return [rows.iloc[first : first + BLOCK_ROWS] for first in range(0, len(rows), BLOCK_ROWS)]


def _to_bytes(rows: pd.DataFrame) -> bytes:
    """Days as date32, words as a dictionary, counts in one byte each where that is enough."""
    days = [pa.array(ordinals(rows[name]).astype(np.int32)).view(pa.date32()) for name in DAYS]
    words = [
        pa.DictionaryArray.from_arrays(
            pa.array(rows[name].cat.codes.to_numpy()),
            pa.array(rows[name].cat.categories.to_list(), type=pa.string()),
        )
        for name in WORDS
    ]
    count = rows["count"].to_numpy()
    if count.max() < 256 and (count == np.floor(count)).all():
        count = count.astype(np.uint8)
    return _written(pa.table([*days, *words, pa.array(count)], names=list(ROW_COLUMNS)))


def _written(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")  # a fifth of the time of zstd
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _from_bytes(content: bytes, words: Words, kinds: Kinds) -> pd.DataFrame:
    """Return a block with the categories of all."""
    [batch] = pa.ipc.open_stream(pa.BufferReader(content))
    columns: dict[str, Any] = {}
    for name in DAYS:
        days = batch.column(name).view(pa.int32()).to_numpy()
        columns[name] = np.multiply(days, DAY_S, dtype=np.int64).view("datetime64[s]")
    for name in WORDS:
        column = batch.column(name)
        codes, own = column.indices.to_numpy(), column.dictionary.to_pylist()
        if own != words[name]:
            codes = np.array([words[name].index(word) for word in own])[codes]
        columns[name] = pd.Categorical.from_codes(codes, dtype=kinds[name], validate=False)
    columns["count"] = batch.column("count").to_numpy().astype(np.float64)
    return pd.DataFrame(columns, copy=False)


def _nothing(kinds: Kinds) -> pd.DataFrame:
    """Return no rows at all, which know every category."""
    columns: dict[str, Any] = {name: np.empty(0, dtype="datetime64[s]") for name in DAYS}
    columns |= {name: pd.Categorical.from_codes([], dtype=kinds[name]) for name in WORDS}
    return pd.DataFrame(columns | {"count": np.empty(0)}, copy=False)
