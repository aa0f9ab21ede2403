"""The force's own extract: CSV or Parquet, one row a crime.

Only the mapped columns are read; whatever else a row holds, names above all, stays in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.sources import GIGABYTE, EmptyDays, ExtractSource
from metrics.delivery import Delivery, InputFile
from metrics.model import Catalogue
from metrics.sources.crimes import KEYS, RECORDED, CrimeCounts, CrimeRules, record_columns
from metrics.sources.duck import DuckFiles
from metrics.sources.engines import record_files
from metrics.sources.files import FileSet, InputPart
from metrics.sources.pieces import Pieces, read_by_piece, touched
from metrics.sources.reading import RecordFiles, scratch
from metrics.sources.records import (
    REFERENCE,
    Groups,
    group,
    refuse_unsorted,
    repeat_remarks,
    repeats,
)
from metrics.sources.rejections import Rejections


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the files came to, before it is decided what it means."""

    groups: Groups
    remarks: list[str]
    by_piece: bool  # whether each file was read by itself


class Extract:
    """A source of crime records in files."""

    def __init__(
        self,
        settings: ExtractSource,
        folder: Path,
        *,
        spark: str = "",
        pieces: Path | None = None,
    ) -> None:
        """Remember where everything is; nothing is read yet.

        Args:
            settings: What `sources.toml` says.
            folder: The data folder, which relative paths are inside.
            spark: Where Spark is, for a source that wants it.
            pieces: A folder for what was read of each file, so that it is not read again.
        """
        self.name = settings.name
        self._settings = settings
        self._spark = spark
        self._columns = record_columns(settings)
        self._files = FileSet(
            folder / settings.path,
            pattern=settings.files,
            limit=int(settings.max_unpacked_gb * GIGABYTE),
        )
        self._pieces = (
            Pieces(pieces / _folder_name(self.name), read_as=(self._columns, settings.delimiter))
            if pieces
            else None
        )

    def fingerprint(self) -> str:
        """Return the identity of the files as they lie there now."""
        return self._files.fingerprint()

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        """Count the records.

        Raises:
            SourceError: The files cannot be read, or too many rows cannot be counted.
        """
        return self.deliver_changes(catalogue, before=(), progress=progress)

    def deliver_changes(
        self,
        catalogue: Catalogue,
        *,
        before: Sequence[InputFile],
        progress: Callable[[str], None],
    ) -> Delivery:
        """Count the records of the days that may have changed since a load.

        Args:
            catalogue: Says what areas and crime types are called.
            before: The files of the last load, which was made under the same rules; none: every
                day is counted.
            progress: Told in words what is being done.

        Raises:
            SourceError: The files cannot be read, or too many rows cannot be counted.
        """
        settings, rejections = self._settings, Rejections()
        rules = CrimeRules(settings, catalogue)
        fingerprint = self.fingerprint()
        with scratch() as workspace:
            progress(f"{self.name}: reading {settings.path}")
            parts = tuple(self._files.parts(workspace))
            with record_files(
                settings.engine,
                parts,
                self._columns,
                workspace=workspace,
                delimiter=settings.delimiter,
                spark=self._spark,
            ) as files:
                read = self._read(files, rejections)
                inputs = _inputs(parts, read.groups)
                progress(f"{self.name}: counting {sum(one.rows for one in inputs):,} records")
                counts = self._counts(rules, read, before, inputs)
                counts.faults.reject(files, rejections)
                remarks = (*files.remarks, *read.remarks, *counts.remarks)
        self._files.refuse_changed(fingerprint)
        groups = read.groups
        rows = int(groups.rows.sum()) + sum(groups.misshapen.values())  # those that could count
        rejected = rejections.settled(name=self.name, rows=rows, limit=settings.max_rejected)
        if self._pieces and read.by_piece:
            self._pieces.remember(inputs)
        return Delivery(
            source=self.name,
            table=counts.table,
            inputs=inputs,
            rejected=rejected,
            remarks=remarks,
            reach=counts.span,
        )

    def _read(self, files: DuckFiles | RecordFiles, rejections: Rejections) -> _Read:
        """Read the files, those that are known by their pieces."""
        by_update = bool(self._settings.columns.updated)
        reference = REFERENCE if self._settings.columns.reference else ""
        if self._pieces and isinstance(files, DuckFiles):
            found = read_by_piece(files, KEYS, rejections, pieces=self._pieces, reference=reference)
            if found:
                if found.repeated and by_update:
                    refuse_unsorted(files)
                remarks = repeat_remarks(found.repeated, found.blank, by_update=by_update)
                return _Read(groups=found.groups, remarks=remarks, by_piece=True)
        repeated, blank = repeats(files, reference) if reference else (0, 0)
        if repeated and by_update:
            refuse_unsorted(files)
        groups = group(files, KEYS, rejections, last_of=reference if repeated else "")
        remarks = repeat_remarks(repeated, blank, by_update=by_update)
        return _Read(groups=groups, remarks=remarks, by_piece=False)

    def _counts(
        self,
        rules: CrimeRules,
        read: _Read,
        before: Sequence[InputFile],
        now: Sequence[InputFile],
    ) -> CrimeCounts:
        """Count every day, or those that a changed file has a record of."""
        days = None
        # Where an empty day is a zero, a new last day makes zeros of days before it.
        if self._pieces and read.by_piece and self._settings.empty_days is EmptyDays.GAP:
            days = touched(self._pieces, before, now, RECORDED)
        return rules.count(read.groups, touched=days)


def _inputs(parts: Sequence[InputPart], groups: Groups) -> tuple[InputFile, ...]:
    held = groups.rows_by_part(len(parts))
    return tuple(
        InputFile(name=part.name, size=part.size, sha256=part.sha256, rows=rows)
        for part, rows in zip(parts, held, strict=True)
    )


def _folder_name(name: str) -> str:
    """Return what the folder of a source is called, whatever the source is called."""
    return "".join(char if char.isalnum() else f"_{ord(char):x}_" for char in name)
