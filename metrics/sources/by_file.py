"""Crime records read file by file: of files that have not changed only what is still told of them.

Which days are counted again is decided here.  They are those that a file which came, went or
changed has a record of; of every other day the counts are known, because they were loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from config.sources import EmptyDays, ExtractSource
from metrics.delivery import InputFile
from metrics.model import Catalogue
from metrics.sources.crimes import KEYS, RECORDED, CrimeCounts, CrimeRules, Elsewhere
from metrics.sources.duck import DuckFiles
from metrics.sources.headers import Column
from metrics.sources.judged import Judged, JudgedFiles, Judgements, faulty_groups, identity
from metrics.sources.pieces import Piece, Pieces, ReadByPiece, read_by_piece
from metrics.sources.places import Looked
from metrics.sources.reading import FILE
from metrics.sources.records import REFERENCE, Groups, grouped
from metrics.sources.rejections import Rejections
from metrics.sources.table import Codes, Days


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRecords:
    """What files of crime records hold, before it is decided what it means."""

    groups: Groups  # of files that need not be counted again the faulty ones
    held: Sequence[int]  # how many rows each file has
    blank: int  # how many have no reference
    repeated: int  # how many repeat a reference, and do not count for that
    elsewhere: Elsewhere | None = None  # what is known of the files that are not counted again
    looked: dict[int, Looked] = field(default_factory=dict)  # files looked through for faults
    by_file: ByFile | None = None  # None: they could only be read together


@dataclass(frozen=True, slots=True, kw_only=True)
class ByFile:
    """What each file came to."""

    judged: Mapping[int, Judged]  # of those that have not changed
    read: ReadByPiece  # of the others


class FileByFile:
    """What is known of the files of one source under one plan."""

    def __init__(
        self,
        settings: ExtractSource,
        catalogue: Catalogue,
        columns: Sequence[Column],
        *,
        cache: Path,
    ) -> None:
        """Look nothing up yet.

        Args:
            settings: Those of the source.
            catalogue: The plan.
            columns: What is read of a file.
            cache: The folder for what need not be worked out again.
        """
        name = _folder_name(settings.name)
        self._settings = settings
        self._pieces = Pieces(cache, name, read_as=(columns, settings.delimiter))
        self._judgements = Judgements(
            cache, name, rules=(settings.model_dump_json(), catalogue.version)
        )

    def read(
        self,
        files: DuckFiles,
        rules: CrimeRules,
        rejections: Rejections,
        *,
        before: Sequence[InputFile],
    ) -> ReadRecords | None:
        """Read files that are not known, and of the others what is needed.

        Args:
            files: The files.
            rules: What their records mean.
            rejections: Takes the rows that are not of the table's shape.
            before: The files of the last load; none: every day is counted.

        Returns:
            None where a reference may be in two files, so that they have to be read together;
            nothing was rejected then.

        Raises:
            SourceError: A file cannot be read.
        """
        # Where an empty day is a zero, a new last day makes zeros of days before it.
        last = self._judgements.get(before) if self._settings.empty_days is EmptyDays.GAP else None
        known = last.files if last else {}
        names = [identity(part) for part in files.parts]
        read = read_by_piece(
            files,
            KEYS,
            pieces=self._pieces,
            reference=REFERENCE if self._settings.columns.reference else "",
            apart={number for number, name in enumerate(names) if name in known},
            gone=[one.sha256 for one in before if last and identity(one) not in names],
        )
        if read is None:
            return None
        judged = {
            number: known[name] for number, name in enumerate(names) if number not in read.pieces
        }
        touched = _touched(names, before, known, read, rules) if last else None
        shared = self._pieces_of(files, [n for n, one in judged.items() if _has_any(one, touched)])
        if shared is None:  # as if nothing had been known
            return self.read(files, rules, rejections, before=())
        rejections.take(read.set_apart)
        others = {names[number]: number for number in judged if number not in shared}
        every: tuple[Judged | Piece, ...] = (*judged.values(), *read.pieces.values())
        return ReadRecords(
            groups=_together({**read.pieces, **shared}, last.faulty_of(others) if last else None),
            held=[_held(number, judged, read) for number in files.numbers],
            blank=sum(one.blank for one in every),
            repeated=sum(one.repeated for one in every),
            elsewhere=_elsewhere(touched, [known[name] for name in others]),
            looked={number: one.looked for number, one in judged.items()},
            by_file=ByFile(judged=judged, read=read),
        )

    def _pieces_of(self, files: DuckFiles, numbers: Sequence[int]) -> dict[int, Piece] | None:
        """Return the pieces of known files; None where a copy is gone."""
        found = {number: self._pieces.get(files.parts[number].sha256) for number in numbers}
        pieces = {number: piece for number, piece in found.items() if piece}
        return pieces if len(pieces) == len(found) else None

    def keep(self, inputs: Sequence[InputFile], read: ReadRecords, counts: CrimeCounts) -> None:
        """Keep what each file came to, for the next load."""
        if read.by_file is None:
            return
        judged = dict(read.by_file.judged) | _judged(read.by_file.read, read, counts)
        places = {number: place for place, number in enumerate(judged)}
        self._judgements.put(
            inputs,
            JudgedFiles(
                files={identity(inputs[number]): one for number, one in judged.items()},
                faulty=faulty_groups(read.groups, counts.faults.any, places),
            ),
        )
        self._pieces.keep_only({inputs[number].sha256 for number in judged})


def _touched(
    names: Sequence[str],
    before: Sequence[InputFile],
    known: Mapping[str, Judged],
    read: ReadByPiece,
    rules: CrimeRules,
) -> Days | None:
    """Return the days that files have a record of which came, went or changed.

    None where that cannot be told: every day may have changed.
    """
    was = {identity(one) for one in before}
    gone = was - set(names)
    if not gone <= known.keys():
        return None
    came = [
        text
        for number, name in enumerate(names)
        if name not in was
        for text in _texts(read.pieces[number].table.column(RECORDED))
    ]
    days = [np.array(known[name].days, dtype=np.int64) for name in gone]
    return np.unique(np.concatenate([rules.days_of(set(came)), *days]))


def _has_any(one: Judged, days: Days | None) -> bool:
    """Whether a file has a record that counts of some days; of None it may have."""
    return days is None or bool(np.isin(np.array(one.days, dtype=np.int64), days).any())


def _elsewhere(touched: Days | None, others: Sequence[Judged]) -> Elsewhere | None:
    """Return what is known of files that are not counted again."""
    if touched is None:
        return None
    days = [day for one in others for day in one.days]
    return Elsewhere(
        touched=touched,
        days=np.unique(np.array(days, dtype=np.int64)),
        early=sum(one.early for one in others),
    )


def _together(pieces: Mapping[int, Piece], faulty: pa.Table | None) -> Groups:
    """Return the groups of some files, and the faulty ones of others."""
    tables = [
        piece.table.append_column(FILE, pa.array(np.full(len(piece.table), number, np.int64)))
        for number, piece in pieces.items()
    ]
    if faulty is not None:
        tables.append(faulty.select(tables[0].column_names if tables else faulty.column_names))
    return grouped(pa.concat_tables(tables).unify_dictionaries(), KEYS, {})


def _judged(by_piece: ReadByPiece, read: ReadRecords, counts: CrimeCounts) -> dict[int, Judged]:
    """Return what those files came to that were not known, and are now."""
    groups, size = read.groups, len(read.held)
    is_early = counts.early & ~counts.faults.any
    early = np.bincount(groups.file, weights=groups.rows * is_early, minlength=size)
    days = _days_by_file(groups.file[counts.counts], counts.recorded[counts.counts], size)
    return {
        number: Judged(
            rows=piece.rows,
            blank=piece.blank,
            repeated=piece.repeated,
            days=days[number],
            early=int(early[number]),
            # A row that a later one replaces may look faulty in the file, and is in no group.
            looked=read.looked.get(number, Looked()) if not piece.repeated else Looked(),
        )
        for number, piece in by_piece.pieces.items()
        if number in by_piece.kept
    }


def _days_by_file(file: Codes, day: Days, size: int) -> list[tuple[int, ...]]:
    """Return the different days of each file, in order."""
    first = int(day.min(initial=0))
    span = int(day.max(initial=0)) - first + 1
    file, day = np.divmod(np.unique(file * span + day - first), span)
    ends = np.searchsorted(file, np.arange(size), side="right").tolist()
    days = (day + first).tolist()
    return [tuple(days[start:end]) for start, end in pairwise([0, *ends])]


def _held(number: int, judged: Mapping[int, Judged], read: ReadByPiece) -> int:
    """Return how many rows a file has."""
    one = judged.get(number) or read.pieces[number]
    return one.rows + one.repeated + read.misshapen.get(number, 0)


def _texts(column: pa.ChunkedArray) -> Iterable[str]:
    for chunk in column.chunks:
        yield from (value or "" for value in chunk.dictionary.to_pylist())


def _folder_name(name: str) -> str:
    """Return what the folder of a source is called, whatever the source is called."""
    return "".join(char if char.isalnum() else f"_{ord(char):x}_" for char in name)
