"""Which engine reads record files: DuckDB on this machine, Spark beyond it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import assert_never

from config.sources import Engine
from metrics.sources.duck import DuckFiles, duck_files
from metrics.sources.files import InputPart
from metrics.sources.headers import Column
from metrics.sources.spark import SparkFiles, spark_files


def record_files(
    engine: Engine,
    parts: Iterable[InputPart],
    columns: Sequence[Column],
    *,
    workspace: Path,
    delimiter: str = ",",
    setting: str = "columns",
    spark: str = "",
) -> AbstractContextManager[DuckFiles | SparkFiles]:
    """Open parts as one table.

    Args:
        engine: What reads them.
        parts: The files; at least one.
        columns: The columns that will be asked for.
        workspace: A folder for copies and for what does not fit into memory.
        delimiter: What stands between two fields of a text file.
        setting: The table of `sources.toml` that names columns, for messages; empty: none.
        spark: Where Spark is, for a source that wants it.

    Raises:
        SourceError: Spark is wanted and cannot be had.
    """
    match engine:
        case Engine.DUCKDB:
            return duck_files(
                parts, columns, workspace=workspace, delimiter=delimiter, setting=setting
            )
        case Engine.SPARK:
            return spark_files(
                spark, parts, columns, workspace=workspace, delimiter=delimiter, setting=setting
            )
        case _:
            assert_never(engine)
