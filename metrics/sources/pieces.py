"""What was read of each file before, so that only new and changed files are read again.

A piece is what one file came to: its records grouped by raw value, under the SHA-256 of its bytes
and the way in which it was read.  It is a copy and never the truth: without it, or where it is
damaged, the file is read.  What the raw values mean is decided by the rules of the source
(`metrics.sources.judged`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from metrics.cache import Cache
from metrics.sources.duck import DuckFiles
from metrics.sources.headers import is_copy
from metrics.sources.reading import FILE
from metrics.sources.records import ROWS, aggregated, settled
from metrics.sources.rejections import Rejections

FORMAT: Final = "2"
"""Changes when pieces are written or read in another way."""

PIECES: Final = "pieces"
MARKS: Final = "marks"
"""The folders of both, inside that of the cache."""

Marks = npt.NDArray[np.uint64]
"""Hashes of references, in order; equal references have equal hashes."""

NO_MARKS: Final = np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What one file came to."""

    table: pa.Table  # keys as codes, `ROWS`
    blank: int  # rows without a reference
    repeated: int  # rows that repeat a reference of the same file; they are not in the table

    @property
    def rows(self) -> int:
        """How many rows count."""
        return int(self.table.column(ROWS).to_numpy().sum())


class Pieces:
    """The pieces of one source, and the hashes of their references."""

    def __init__(self, folder: Path, name: str, *, read_as: Sequence[object]) -> None:
        """Look nothing up yet.

        Args:
            folder: That of the cache.
            name: What the folders of the source are called inside it.
            read_as: Everything that decides what a file comes to: columns, delimiter.
        """
        made_by = (FORMAT, duckdb.__version__, *read_as)
        self._tables = Cache(folder / PIECES / name, made_by=made_by)
        self._marks = Cache(folder / MARKS / name, made_by=made_by)

    def get(self, sha256: str) -> Piece | None:
        """Return the piece of a file's content, or None if there is none to rely on."""
        body = self._tables.get(sha256)
        if body is None:
            return None
        table = pa.ipc.open_stream(pa.BufferReader(body)).read_all()
        facts = json.loads(table.schema.metadata[b"facts"])
        return Piece(table=table.replace_schema_metadata(None), **facts)

    def marks(self, sha256: str) -> Marks | None:
        """Return the different references of a file's content, or None if they are not known."""
        body = self._marks.get(sha256)
        return None if body is None else np.frombuffer(body, "<u8")

    def put(self, sha256: str, piece: Piece, marks: Marks) -> None:
        """Keep a piece; where that is not possible, the file is read again the next time."""
        facts = json.dumps({"blank": piece.blank, "repeated": piece.repeated})
        table = piece.table.replace_schema_metadata({"facts": facts})
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
            writer.write_table(table)
        self._tables.put(sha256, sink.getvalue().to_pybytes())
        self._marks.put(sha256, marks.astype("<u8").tobytes())

    def keep_only(self, sha256s: Collection[str]) -> None:
        """Forget the pieces of all other files."""
        self._tables.keep_only(sha256s)
        self._marks.keep_only(sha256s)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadByPiece:
    """What some files came to, each by its number."""

    pieces: Mapping[int, Piece]
    kept: frozenset[int]  # those of which there is a copy: none of a file that is not plain
    misshapen: Mapping[int, int]  # rows set apart because of their shape
    set_apart: Rejections  # what is said of them


def read_by_piece(
    files: DuckFiles,
    keys: Sequence[str],
    *,
    pieces: Pieces,
    reference: str,
    apart: Collection[int] = (),
    gone: Iterable[str] = (),
) -> ReadByPiece | None:
    """Group records by raw values, reading only files that are not known yet.

    Args:
        files: The files.
        keys: The columns to group by.
        pieces: What is known; takes what is read.
        reference: The column that tells records apart; empty: every row counts.
        apart: The numbers of known files whose records are not needed.
        gone: The SHA-256 of files that these were read with before, none sharing a reference.

    Returns:
        The pieces of all other files, and of any of those whose references are not known any
        more.  None where a reference may be in two files, so that they have to be read together.

    Raises:
        SourceError: A file cannot be read.
    """
    marks = _known_marks(files, pieces, reference)
    needed = [one for one in files.numbers if one not in apart or one not in marks]
    looked_up = {one: pieces.get(files.parts[one].sha256) for one in needed if one in marks}
    found = {number: piece for number, piece in looked_up.items() if piece}
    fresh = [number for number in needed if number not in found]
    read = _marks(files, reference, fresh)
    if _in_two(
        [*(marks[one] for one in found), *map(_once, read.values())],
        apart=[marks[one] for one in marks if one not in found and one not in read],
        gone=[before for before in map(pieces.marks, gone) if before is not None],
    ):
        return None
    set_apart, misshapen = Rejections(), dict[int, int]()
    kept = set(found)
    if fresh:
        table, misshapen = aggregated(
            files,
            keys,
            fresh,
            set_apart,
            last_of=reference if any(map(_repeated, read.values())) else "",
        )
        for number, own in _by_part(table, fresh).items():
            repeated = _repeated(read[number])
            rows = int(own.column(ROWS).to_numpy().sum())
            blank = rows + repeated - len(read[number]) if reference else 0
            found[number] = piece = Piece(table=own, blank=blank, repeated=repeated)
            # A file that is not plain is read each time, so that it is told of each time.
            if number not in misshapen and not is_copy(files.parts[number]):
                pieces.put(files.parts[number].sha256, piece, _once(read[number]))
                kept.add(number)
    return ReadByPiece(pieces=found, kept=frozenset(kept), misshapen=misshapen, set_apart=set_apart)


def compact(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one stretch, its text as codes of no more values than it uses."""
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # of a table without rows
        whole = pa.array([], column.type)
    if not pa.types.is_dictionary(whole.type):
        return whole.dictionary_encode() if pa.types.is_string(whole.type) else whole
    codes = whole.indices.to_numpy(zero_copy_only=False)
    is_used = np.zeros(len(whole.dictionary), dtype=bool)
    is_used[codes] = True
    place = (np.cumsum(is_used) - 1).astype(np.int32)
    return pa.DictionaryArray.from_arrays(place[codes], whole.dictionary.filter(pa.array(is_used)))


def _known_marks(files: DuckFiles, pieces: Pieces, reference: str) -> dict[int, Marks]:
    if not reference:
        return dict.fromkeys(files.numbers, NO_MARKS)
    known = {number: pieces.marks(files.parts[number].sha256) for number in files.numbers}
    return {number: marks for number, marks in known.items() if marks is not None}


def _marks(files: DuckFiles, reference: str, numbers: Sequence[int]) -> dict[int, Marks]:
    """Return the hash of every reference that is not blank, in order, part by part."""
    if not reference or not numbers:
        return dict.fromkeys(numbers, NO_MARKS)
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


def _in_two(marks: Sequence[Marks], *, apart: Sequence[Marks], gone: Sequence[Marks]) -> bool:
    """Whether a reference is in more than one file, each of which has it once in the list.

    Args:
        marks: Of the files that may share one with any other.
        apart: Of files that share none with each other.
        gone: Of files that shared none with these.
    """
    new = _together(marks)
    if _repeated(new):
        return True
    # Of a file that was written again most references were in it before: few are looked up.
    new = new[~_is_among(new, _together(gone))]
    return any(_is_among(new, one).any() for one in apart)


def _is_among(wanted: Marks, marks: Marks) -> npt.NDArray[np.bool_]:
    """Return which of some hashes are among others, which are in order."""
    is_among = np.zeros(len(wanted), dtype=bool)
    if len(marks):
        place = np.minimum(np.searchsorted(marks, wanted), len(marks) - 1)
        is_among[:] = marks[place] == wanted
    return is_among


def _together(marks: Sequence[Marks]) -> Marks:
    return np.sort(np.concatenate(marks)) if marks else NO_MARKS


def _by_part(table: pa.Table, numbers: Sequence[int]) -> dict[int, pa.Table]:
    """Return the groups of each part, each with no more values than it uses."""
    table = table.sort_by(FILE)
    file = table.column(FILE).to_numpy()
    plain = table.drop_columns(FILE)
    parts = {}
    for number in numbers:
        start, end = (int(np.searchsorted(file, number, side=side)) for side in ("left", "right"))
        own = plain.slice(start, end - start)
        parts[number] = pa.table({name: compact(own.column(name)) for name in own.column_names})
    return parts
