"""The force's own extract: CSV or Parquet, one row a crime.

Only the mapped columns are read; whatever else a row holds, names above all, stays in the file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from config.sources import GIGABYTE, ExtractSource
from metrics.delivery import Delivery, InputFile
from metrics.model import Catalogue
from metrics.sources.crimes import KEYS, CrimeRules, record_columns
from metrics.sources.files import FileSet
from metrics.sources.reading import RecordFiles, record_files, scratch
from metrics.sources.records import REFERENCE, group, refuse_unsorted, repeats
from metrics.sources.rejections import Rejections


class Extract:
    """A source of crime records in files."""

    def __init__(self, settings: ExtractSource, folder: Path) -> None:
        """Remember where the files are; nothing is read yet."""
        self.name = settings.name
        self._settings = settings
        self._files = FileSet(
            folder / settings.path,
            pattern=settings.files,
            limit=int(settings.max_unpacked_gb * GIGABYTE),
        )

    def fingerprint(self) -> str:
        """Return the identity of the files as they lie there now."""
        return self._files.fingerprint()

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        """Count the records.

        Raises:
            SourceError: The files cannot be read, or too many rows cannot be counted.
        """
        settings, rejections = self._settings, Rejections()
        rules = CrimeRules(settings, catalogue)
        fingerprint = self.fingerprint()
        with scratch() as workspace:
            progress(f"{self.name}: reading {settings.path}")
            parts = tuple(self._files.parts(workspace))
            columns = record_columns(settings)
            with record_files(
                parts, columns, workspace=workspace, delimiter=settings.delimiter
            ) as files:
                repeated, remarks = self._repeats(files)
                groups = group(files, KEYS, rejections, last_of=REFERENCE if repeated else "")
                progress(f"{self.name}: counting {int(groups.rows.sum()):,} records")
                counts = rules.count(groups)
                counts.faults.reject(files, rejections)
                remarks = [*files.remarks, *remarks, *counts.remarks]
        self._files.refuse_changed(fingerprint)
        rows = int(groups.rows.sum()) + sum(groups.misshapen.values())  # those that could count
        return Delivery(
            source=self.name,
            table=counts.table,
            inputs=tuple(
                InputFile(
                    name=part.name,
                    size=part.size,
                    sha256=part.sha256,
                    rows=groups.rows_of(number),
                )
                for number, part in enumerate(parts)
            ),
            rejected=rejections.settled(name=self.name, rows=rows, limit=settings.max_rejected),
            remarks=tuple(remarks),
        )

    def _repeats(self, files: RecordFiles) -> tuple[int, list[str]]:
        """Return how many rows repeat a reference, and what to remark about references."""
        if not self._settings.columns.reference:
            return 0, []
        repeated, blank = repeats(files, REFERENCE)
        remarks = []
        if repeated:
            last = "most recently updated" if self._settings.columns.updated else "last"
            remarks.append(
                f"{repeated:,} rows repeat a reference; of each reference the {last} row counts."
            )
            if self._settings.columns.updated:
                refuse_unsorted(files)
        if blank:
            remarks.append(
                f"{blank:,} rows have no reference, so they cannot be recognised if they are "
                "repeated; each counts."
            )
        return repeated, remarks
