"""DuckDB and Spark side by side: the same expression on the same files."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psutil

from bench.national.measuring import peak_memory
from config.catalogue import read_catalogue
from config.sources import Engine, ExtractSource, read_sources
from metrics.delivery import Delivery
from metrics.sources.extract import Extract


def compare(folder: Path, *, name: str, address: str) -> None:
    """Count the records of a force with each engine, and print a line for each.

    Args:
        folder: What was generated.
        name: The force, e.g. `force-01`; empty: the largest.
        address: Of Spark, e.g. `local[2]`.
    """
    force = folder / name if name else max(folder.glob("force-*"), key=_bytes)
    deliveries = []
    for engine in Engine:
        with peak_memory() as peak:
            started, before = time.perf_counter(), _busy_s()
            delivered = _delivered(force, engine, address)
            wall_s, busy_s = time.perf_counter() - started, _busy_s() - before
        deliveries.append(delivered)
        print(
            f"{force.name}, {delivered.rows_in:,} records, {engine}: {wall_s:.1f} s, "
            f"{busy_s:.1f} s of processors, {peak():,.0f} MB",
            flush=True,
        )
    first, second = deliveries
    alike = first.table.rows.equals(second.table.rows) and first.rejected == second.rejected
    print(f"The counts and the rejections are {'the same' if alike else 'NOT THE SAME'}.")


def _delivered(force: Path, engine: Engine, address: str) -> Delivery:
    catalogue, _ = read_catalogue(force / "plan")
    (settings,) = read_sources(force / "plan" / "sources.toml")
    assert isinstance(settings, ExtractSource)  # noqa: S101 - it is what was generated
    with tempfile.TemporaryDirectory() as pieces:
        source = Extract(
            settings.model_copy(update={"engine": engine}),
            force,
            spark=address,
            cache=Path(pieces),
        )
        return source.deliver(catalogue, progress=lambda _: None)


def _busy_s() -> float:
    """Return the processor time of this process and its children: Java is one of them."""
    own = psutil.Process()
    times = [one.cpu_times() for one in (own, *own.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


def _bytes(force: Path) -> int:
    return sum(path.stat().st_size for path in (force / "crimes").iterdir())
