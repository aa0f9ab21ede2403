"""What each file came to under the rules of its source, so that only changed ones are judged again.

Of a file that has not changed, the counts are known: they were loaded.  What is still told of it at
every load is little: how many rows it holds, on which days it has a record that counts, and its
faulty records, whose reasons are those of all files together.  That little is kept, for all files
in one copy, under the files, the settings of the source and the plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import TypeAdapter

from metrics.cache import Cache
from metrics.delivery import InputFile
from metrics.sources.files import InputPart
from metrics.sources.pieces import compact
from metrics.sources.places import Looked
from metrics.sources.reading import FILE
from metrics.sources.records import ROWS, Groups

FORMAT: Final = "1"
"""Changes when records are judged, or what they came to is kept, in another way."""

Booleans = npt.NDArray[np.bool_]

JUDGED: Final = "judged"
"""The folder, inside that of the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one file came to, but for its counts and its faulty records."""

    rows: int  # that count or are faulty
    blank: int  # rows without a reference
    repeated: int  # rows that repeat a reference
    days: tuple[int, ...]  # with a record that counts, since 1 January 1970, in order
    early: int  # crimes without a fault with an outcome before the day they were recorded
    looked: Looked = field(default_factory=Looked)  # for its faulty lines


FILES: Final = TypeAdapter(dict[str, Judged])

_FILES: Final = b"files"
"""The key of the metadata that keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFiles:
    """What some files came to."""

    files: Mapping[str, Judged]  # by their `identity`
    faulty: pa.Table  # keys as codes, `FILE` as the place of the file in `files`, `ROWS`

    def faulty_of(self, numbers: Mapping[str, int]) -> pa.Table:
        """Return the faulty groups of some files, `FILE` as what is given for each identity."""
        number_of = np.array([numbers.get(one, -1) for one in self.files], dtype=np.int64)
        number = number_of[self.faulty.column(FILE).to_numpy()]
        table = self.faulty.drop_columns(FILE).filter(pa.array(number >= 0))
        # A value that no record has any more is not to be judged.
        columns = {name: compact(table.column(name)) for name in table.column_names}
        return pa.table(columns | {FILE: number[number >= 0]})


class Judgements:
    """What the files of one source came to at its last load."""

    def __init__(self, folder: Path, name: str, *, rules: Sequence[object]) -> None:
        """Look nothing up yet.

        Args:
            folder: That of the cache.
            name: What the folder of the source is called inside it.
            rules: Everything that decides what a record means: settings, plan.
        """
        self._cache = Cache(folder / JUDGED / name, made_by=(FORMAT, *rules))

    def get(self, inputs: Sequence[InputFile]) -> JudgedFiles | None:
        """Return what these files came to together, with no reference in two of them."""
        body = self._cache.get(_key(inputs)) if inputs else None
        if body is None:
            return None
        table = pa.ipc.open_stream(pa.BufferReader(body)).read_all()
        return JudgedFiles(
            files=FILES.validate_json(table.schema.metadata[_FILES]),
            faulty=table.replace_schema_metadata(None),
        )

    def put(self, inputs: Sequence[InputFile], judged: JudgedFiles) -> None:
        """Keep what files came to together, and forget what others did."""
        table = judged.faulty.replace_schema_metadata({_FILES: FILES.dump_json(dict(judged.files))})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        self._cache.put(_key(inputs), sink.getvalue().to_pybytes())
        self._cache.keep_only({_key(inputs)})


def faulty_groups(groups: Groups, is_faulty: Booleans, places: Mapping[int, int]) -> pa.Table:
    """Return the faulty of some groups as a table.

    Args:
        groups: The groups.
        is_faulty: Which of them are, shape (groups,).
        places: For each file that is wanted, by its number, what `FILE` shall be.
    """
    place_of = np.full(int(groups.file.max(initial=-1)) + 1, -1, dtype=np.int64)
    for number, place in places.items():
        place_of[number : number + 1] = place
    standing = place_of[groups.file]
    chosen = np.flatnonzero(is_faulty & (standing >= 0))
    columns: dict[str, pa.Array] = {}
    for key, values in groups.values.items():
        codes = pa.array(groups.codes[key][chosen])
        coded = pa.DictionaryArray.from_arrays(codes, pa.array(values, pa.string()))
        columns[key] = compact(pa.chunked_array([coded]))
    return pa.table(columns | {FILE: standing[chosen], ROWS: groups.rows[chosen]})


def identity(file: InputFile | InputPart) -> str:
    """Return what a file is known by: two of the same content are two."""
    return f"{file.sha256} {file.name}"


def _key(inputs: Iterable[InputFile]) -> str:
    return hashlib.sha256(json.dumps(sorted(map(identity, inputs))).encode()).hexdigest()
