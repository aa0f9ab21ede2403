"""The force's own extract: CSV or Parquet, one row a crime.

Only the mapped columns are read; whatever else a row holds, names above all, stays in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from config.sources import GIGABYTE, ExtractSource
from metrics.delivery import Delivery, InputFile
from metrics.model import Catalogue
from metrics.sources.by_file import FileByFile, ReadRecords
from metrics.sources.crimes import KEYS, CrimeRules, record_columns
from metrics.sources.duck import DuckFiles
from metrics.sources.engines import record_files
from metrics.sources.files import FileSet, InputPart
from metrics.sources.reading import scratch
from metrics.sources.records import (
    REFERENCE,
    group,
    refuse_unsorted,
    repeat_remarks,
    repeats,
)
from metrics.sources.rejections import Rejections
from metrics.sources.spark import SparkFiles


class Extract:
    """A source of crime records in files."""

    def __init__(
        self,
        settings: ExtractSource,
        folder: Path,
        *,
        spark: str = "",
        cache: Path | None = None,
    ) -> None:
        """Remember where everything is; nothing is read yet.

        Args:
            settings: What `sources.toml` says.
            folder: The data folder, which relative paths are inside.
            spark: Where Spark is, for a source that wants it.
            cache: A folder for what was read of each file, so that it is not read again.
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
        self._cache = cache

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
        kept = self._file_by_file(catalogue)
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
                read = self._read(files, rules, rejections, before, kept)
                inputs = _inputs(parts, read.held)
                progress(f"{self.name}: counting {sum(read.held):,} records")
                counts = rules.count(read.groups, elsewhere=read.elsewhere)
                counts.faults.reject(files, rejections, read.looked)
                repeats_said = repeat_remarks(
                    read.repeated, read.blank, by_update=bool(settings.columns.updated)
                )
                remarks = (*files.remarks, *repeats_said, *counts.remarks)
        self._files.refuse_changed(fingerprint)
        rows = sum(read.held) - read.repeated  # those that could count
        rejected = rejections.settled(name=self.name, rows=rows, limit=settings.max_rejected)
        if kept:
            kept.keep(inputs, read, counts)
        return Delivery(
            source=self.name,
            table=counts.table,
            inputs=inputs,
            rejected=rejected,
            remarks=remarks,
            reach=counts.span,
        )

    def _file_by_file(self, catalogue: Catalogue) -> FileByFile | None:
        if self._cache is None:
            return None
        return FileByFile(self._settings, catalogue, self._columns, cache=self._cache)

    def _read(
        self,
        files: DuckFiles | SparkFiles,
        rules: CrimeRules,
        rejections: Rejections,
        before: Sequence[InputFile],
        kept: FileByFile | None,
    ) -> ReadRecords:
        """Read the files one by one, or together where a reference is in two of them."""
        by_update = bool(self._settings.columns.updated)
        if kept and isinstance(files, DuckFiles):
            read = kept.read(files, rules, rejections, before=before)
            if read:
                if read.repeated and by_update:
                    refuse_unsorted(files)
                return read
        reference = REFERENCE if self._settings.columns.reference else ""
        repeated, blank = repeats(files, reference) if reference else (0, 0)
        if repeated and by_update:
            refuse_unsorted(files)
        groups = group(files, KEYS, rejections, last_of=reference if repeated else "")
        held = groups.rows_by_part(len(files.parts))
        return ReadRecords(groups=groups, held=held, blank=blank, repeated=repeated)


def _inputs(parts: Sequence[InputPart], held: Sequence[int]) -> tuple[InputFile, ...]:
    return tuple(
        InputFile(name=part.name, size=part.size, sha256=part.sha256, rows=rows)
        for part, rows in zip(parts, held, strict=True)
    )
