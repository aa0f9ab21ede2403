"""A count table as Parquet: how the counts of a load lie in the database.

Dates are date32, areas and tallies dictionaries, counts float64; zstd, with page checksums.
What is read back is what was written, to the bit and to the category; only the index is not kept.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from metrics.delivery import CountTable

CATEGORIES: Final = b"categories"
"""The key of the metadata that keeps the categories of a column, in order, used or not."""


def to_parquet(frame: pd.DataFrame) -> bytes:
    """Return the rows or the covers of a count table as the bytes of a Parquet file.

    Raises:
        ValueError: A value is missing, or a day has a time of day: it would not come back.
    """
    columns = [_encode(frame[name]) for name in frame.columns]
    categories = {
        name: frame[name].cat.categories.to_list()
        for name in frame.columns
        if isinstance(frame[name].dtype, pd.CategoricalDtype)
    }
    metadata = {CATEGORIES: json.dumps(categories)}
    table = pa.table(columns, names=list(frame.columns), metadata=metadata)
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    return bytes(sink.getvalue())


def from_parquet(*, rows: bytes, covers: bytes) -> CountTable:
    """Return the count table that was written.

    Raises:
        OSError: The bytes are damaged (`pyarrow.ArrowInvalid` is a ValueError).
        ValueError: The same, or they are not those of a count table.
    """
    return CountTable(rows=_frame(rows), covers=_frame(covers))


def _frame(blob: bytes) -> pd.DataFrame:
    # One thread: most loads are small, and starting threads costs more than reading them.
    file = pq.ParquetFile(pa.BufferReader(blob), page_checksum_verification=True)
    table = file.read(use_threads=False)
    categories = json.loads(table.schema.metadata[CATEGORIES])
    columns = {
        name: _decode(table.column(name), categories.get(name)) for name in table.column_names
    }
    return pd.DataFrame(columns, copy=False)


def _encode(column: pd.Series[Any]) -> pa.Array:
    """Days as date32, words as a dictionary, counts as they are."""
    if column.dtype.kind == "f":
        return pa.array(column.to_numpy(dtype=np.float64))
    if column.isna().any():
        raise ValueError(f"{column.name}: a value is missing.")
    if column.dtype.kind == "M":
        moments = column.to_numpy()
        days = moments.astype("datetime64[D]")
        if (days != moments).any():
            raise ValueError(f"{column.name}: a day has a time of day.")
        return pa.array(days, type=pa.date32())
    words = column.astype("category").cat
    return pa.DictionaryArray.from_arrays(
        words.codes.to_numpy(dtype=np.int32),
        pa.array(words.categories.to_list(), type=pa.string()),
    )


def _decode(
    column: pa.ChunkedArray, categories: list[str] | None
) -> npt.NDArray[Any] | pd.api.extensions.ExtensionArray:
    """Undo `_encode`: words become the categories they were, or strings if they were none."""
    if pa.types.is_date32(column.type):
        days: npt.NDArray[np.datetime64] = column.to_numpy()
        return days.astype("datetime64[s]")
    if not pa.types.is_dictionary(column.type):
        counts: npt.NDArray[np.float64] = column.to_numpy()
        return counts
    if categories is None:
        words: pd.api.extensions.ExtensionArray = pd.array(column.to_pylist(), dtype="str")
        return words
    kind = _kind(tuple(categories))
    parts = [_codes(chunk, categories) for chunk in column.chunks]
    codes = np.concatenate([np.empty(0, np.int32), *parts])
    return pd.Categorical.from_codes(codes, dtype=kind)


@lru_cache(maxsize=64)
def _kind(categories: tuple[str, ...]) -> pd.CategoricalDtype:
    """The type of a column: kept, because load after load has the same areas and tallies."""
    return pd.CategoricalDtype(pd.Index(categories, dtype="str"))


def _codes(chunk: pa.DictionaryArray, categories: list[str]) -> npt.NDArray[np.int32]:
    """The place of each word in the categories: Parquet keeps words in the order they occur."""
    place = {word: number for number, word in enumerate(categories)}
    places = np.array([place[word] for word in chunk.dictionary.to_pylist()], dtype=np.int32)
    used: npt.NDArray[np.int32] = chunk.indices.to_numpy()
    return places[used]
