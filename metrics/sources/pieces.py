"""What was read of each file before, so that only new and changed files are read again.

A piece is what one file came to: its records grouped by raw value, under the SHA-256 of its bytes
and the way in which it was read.  It is a copy and never the truth: without it, or where it is
damaged, the file is read.  What the raw values mean is decided anew at every load.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from metrics.cache import Cache
from metrics.delivery import InputFile
from metrics.sources.duck import DuckFiles
from metrics.sources.headers import is_copy
from metrics.sources.reading import FILE
from metrics.sources.records import ROWS, Groups, aggregated, grouped, held_rows, settled
from metrics.sources.rejections import Rejections

FORMAT: Final = "1"
"""Changes when pieces are written or read in another way."""

Marks = npt.NDArray[np.uint64]
"""Hashes of references, in order; equal references have equal hashes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one file came to."""

    table: pa.Table  # keys as codes, `ROWS`
    marks: Marks  # of the different references
    blank: int  # rows without a reference
    repeated: int  # rows that repeat a reference of the same file; they are not in the table

    @property
    def rows(self) -> int:
        """How many rows count."""
        return int(self.table.column(ROWS).to_numpy().sum())


class Pieces:
    """The pieces of one source, in a folder of their own."""

    def __init__(self, folder: Path, *, read_as: Sequence[object]) -> None:
        """Look nothing up yet.

        Args:
            folder: Where the pieces of the source lie; made when the first is kept.
            read_as: Everything that decides what a file comes to: columns, delimiter.
        """
        self._cache = Cache(folder, made_by=(FORMAT, duckdb.__version__, *read_as))

    def get(self, sha256: str) -> Piece | None:
        """Return the piece of a file's content, or None if there is none to rely on."""
        body = self._cache.get(sha256)
        if body is None:
            return None
        reader = pa.BufferReader(body)
        marks = pa.ipc.open_stream(reader).read_all()
        table = pa.ipc.open_stream(reader).read_all()
        facts = json.loads(table.schema.metadata[b"facts"])
        return Piece(
            table=table.replace_schema_metadata(None),
            marks=marks.column("mark").to_numpy(),
            blank=facts["blank"],
            repeated=facts["repeated"],
        )

    def put(self, sha256: str, piece: Piece) -> None:
        """Keep a piece; where that is not possible, the file is read again the next time."""
        facts = json.dumps({"blank": piece.blank, "repeated": piece.repeated})
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        for table in (
            pa.table({"mark": piece.marks}),
            piece.table.replace_schema_metadata({"facts": facts}),
        ):
            with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
                writer.write_table(table)
        self._cache.put(sha256, sink.getvalue().to_pybytes())

    def remember(self, inputs: Iterable[InputFile]) -> None:
        """Note that these files together had no reference in two of them, and forget others."""
        inputs = tuple(inputs)
        together = _together_key(inputs)
        self._cache.put(together, b"")
        self._cache.keep_only({together, *(one.sha256 for one in inputs)})

    def remembers(self, inputs: Iterable[InputFile]) -> bool:
        """Whether these files together are known to have no reference in two of them."""
        return self._cache.get(_together_key(inputs)) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadByPiece:
    """What some files came to."""

    groups: Groups
    blank: int  # rows without a reference
    repeated: int  # rows that repeat a reference


def read_by_piece(
    files: DuckFiles,
    keys: Sequence[str],
    rejections: Rejections,
    *,
    pieces: Pieces,
    reference: str,
) -> ReadByPiece | None:
    """Group records by raw values, reading only files that are not known yet.

    Args:
        files: The files.
        keys: The columns to group by.
        rejections: Takes the rows that are not of the table's shape.
        pieces: What is known; takes what is read.
        reference: The column that tells records apart; empty: every row counts.

    Returns:
        The same as reading all files together.  None where a reference may be in two files, so
        that they have to be read together; nothing was rejected then.

    Raises:
        SourceError: A file cannot be read.
    """
    known = {number: pieces.get(files.parts[number].sha256) for number in files.numbers}
    found = {number: piece for number, piece in known.items() if piece}
    fresh = [number for number in files.numbers if number not in found]
    set_apart, misshapen = Rejections(), dict[int, int]()
    if fresh:
        marks = _marks(files, reference, fresh)
        if _in_two([*(piece.marks for piece in found.values()), *map(_once, marks.values())]):
            return None
        table, misshapen = aggregated(
            files,
            keys,
            fresh,
            set_apart,
            last_of=reference if any(map(_repeated, marks.values())) else "",
        )
        held = held_rows(files, keys[0], fresh)
        for number, own in _by_part(table, fresh).items():
            piece = _piece(own, marks[number], held.get(number, 0), with_reference=bool(reference))
            found[number] = piece
            # A file that is not plain is read each time, so that it is told of each time.
            if number not in misshapen and not is_copy(files.parts[number]):
                pieces.put(files.parts[number].sha256, piece)
    elif _in_two([piece.marks for piece in found.values()]):
        return None
    rejections.take(set_apart)
    ordered = {number: found[number] for number in files.numbers}
    return ReadByPiece(
        groups=_together(ordered, keys, misshapen),
        blank=sum(piece.blank for piece in ordered.values()),
        repeated=sum(piece.repeated for piece in ordered.values()),
    )


def touched(
    pieces: Pieces, before: Sequence[InputFile], now: Sequence[InputFile], key: str
) -> frozenset[str] | None:
    """Return the raw values of a column in every file that came, went or changed.

    Args:
        pieces: What is known of files, those of before included.
        before: The files that were read the last time.
        now: The files that are read now.
        key: The column.

    Returns:
        None where it cannot be told: everything may have changed.
    """
    if not before or not pieces.remembers(before):
        return None
    was, is_now = ({(one.name, one.sha256) for one in files} for files in (before, now))
    values: set[str] = set()
    for _, sha256 in was ^ is_now:
        piece = pieces.get(sha256)
        if piece is None:
            return None
        values.update(_texts(piece.table, key))
    return frozenset(values)


def _together_key(inputs: Iterable[InputFile]) -> str:
    names = json.dumps(sorted((one.name, one.sha256) for one in inputs))
    return hashlib.sha256(names.encode()).hexdigest()


def _marks(files: DuckFiles, reference: str, numbers: Sequence[int]) -> dict[int, Marks]:
    """Return the hash of every reference that is not blank, in order, part by part."""
    if not reference:
        return {number: np.empty(0, np.uint64) for number in numbers}
    found, _ = settled(files, lambda: files.marks(reference, numbers), Rejections())
    return {number: np.sort(marks) for number, marks in found.items()}


def _once(marks: Marks) -> Marks:
    """Return some hashes in order, each once; NumPy would not know that they are in order."""
    is_new = np.ones(len(marks), dtype=bool)
    is_new[1:] = marks[1:] != marks[:-1]
    return marks[is_new]


def _repeated(marks: Marks) -> int:
    """Return how many of some hashes in order repeat the one before."""
    return int((marks[1:] == marks[:-1]).sum())


def _in_two(marks: Sequence[Marks]) -> bool:
    """Whether a reference is in more than one file, each of which has it once in the list."""
    return bool(_repeated(np.sort(np.concatenate(marks)))) if marks else False


def _piece(table: pa.Table, marks: Marks, held: int, *, with_reference: bool) -> Piece:
    return Piece(
        table=table,
        marks=_once(marks),
        blank=held - len(marks) if with_reference else 0,
        repeated=_repeated(marks),
    )


def _by_part(table: pa.Table, numbers: Sequence[int]) -> dict[int, pa.Table]:
    """Return the groups of each part, each with no more values than it uses."""
    table = table.sort_by(FILE)
    file = table.column(FILE).to_numpy()
    plain = table.drop_columns(FILE)
    parts = {}
    for number in numbers:
        start, end = (int(np.searchsorted(file, number, side=side)) for side in ("left", "right"))
        own = plain.slice(start, end - start)
        parts[number] = pa.table({name: _compact(own.column(name)) for name in own.column_names})
    return parts


def _compact(column: pa.ChunkedArray) -> pa.Array:
    is_coded = pa.types.is_dictionary(column.type)
    plain = column.cast(column.type.value_type) if is_coded else column
    whole = pa.concat_arrays(plain.chunks) if plain.num_chunks else pa.array([], plain.type)
    return whole.dictionary_encode() if pa.types.is_string(plain.type) else whole


def _together(
    found: Mapping[int, Piece], keys: Sequence[str], misshapen: Mapping[int, int]
) -> Groups:
    tables = [
        piece.table.append_column(FILE, pa.array(np.full(len(piece.table), number, np.int64)))
        for number, piece in found.items()
    ]
    groups = grouped(pa.concat_tables(tables).unify_dictionaries(), keys, misshapen)
    return Groups(
        values=groups.values,
        codes=groups.codes,
        file=groups.file,
        rows=groups.rows,
        misshapen=misshapen,
        left_out={number: piece.repeated for number, piece in found.items() if piece.repeated},
    )


def _texts(table: pa.Table, key: str) -> Iterable[str]:
    for chunk in table.column(key).chunks:
        yield from (value or "" for value in chunk.dictionary.to_pylist())
