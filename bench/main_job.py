"""The daily job from records to snapshot, beside DuckDB alone scanning the same file.

    python -m bench.main_job [--rows 700000] [--years 10] [--forces 1 3 10]

For each number of forces: seconds from the records as CSV to the kept snapshots (the day's and the
month end's), how many of them without the statistics, peak memory of the process, and the ratio to
DuckDB alone scanning and grouping the same files in the same run.
Every measurement is a process of its own, so that none warms another up.  Aim: at most 3 times
the scan, under 600 MB, for one force.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb

from bench.generators import records
from bot.app import CACHE, App
from config.catalogue import PLANS, read_catalogue
from config.settings import Settings

PLAN: Final = "leicestershire"
REPEATS: Final = 3
"""Of each measurement; the quickest counts, because only noise makes one slower."""

KILOBYTES_IN_MB: Final = 1024

SOURCES: Final = """\
[[source]]
name = "crimes"
kind = "extract"
path = "{path}"

[source.outcome_types]
"""


def product(folder: Path, forces: int) -> dict[str, float]:
    """Run the daily job on each force's records; return seconds, peak memory and positions."""
    clock = Clock()
    for force in range(forces):
        shutil.rmtree(_home(folder, force) / CACHE, ignore_errors=True)  # everything is worked out
    apps = [_app(folder, force) for force in range(forces)]
    for app in apps:
        _ = app.catalogue, app.sources
    now = datetime.now(UTC)
    started = time.perf_counter()
    positions = 0
    for app in apps:
        results = app.load(now=now, progress=clock)
        for problem in (result.problem for result in results if result.problem):
            raise problem
        made = app.run(as_at=None, now=now, progress=clock)
        positions += len(made[0].snapshot.positions)
    seconds = time.perf_counter() - started
    assessing = clock.seconds("Assessing")
    return {
        "seconds": seconds,
        "without_statistics": seconds - assessing,
        "mb": _peak(),
        "positions": positions,
    }


def scan(folder: Path, forces: int) -> dict[str, float]:
    """Let DuckDB alone scan and group the same files."""
    started = time.perf_counter()
    for force in range(forces):
        duckdb.read_csv(str(_records(folder, force)), all_varchar=True).aggregate(
            "recorded_date, crime_type, area, count(*)"
        ).to_arrow_table()
    return {"seconds": time.perf_counter() - started, "mb": _peak()}


def _home(folder: Path, force: int) -> Path:
    return folder / f"force-{force}"


def _records(folder: Path, force: int) -> Path:
    return _home(folder, force) / "crimes.csv"


def _app(folder: Path, force: int) -> App:
    home = _home(folder, force)
    database = home / f"{time.monotonic_ns()}.db"
    return App(
        settings=Settings(
            database_url=f"sqlite:///{database}",
            plan=PLAN,
            data=home,
            sources=home / "sources.toml",
            _env_file=None,
        )
    )


class Clock:
    """Takes the time of each step that the job tells of."""

    def __init__(self) -> None:
        self._steps: list[tuple[float, str]] = []

    def __call__(self, words: str) -> None:
        """Note that a step begins."""
        self._steps.append((time.perf_counter(), words))

    def seconds(self, beginning: str) -> float:
        """Return how long the steps took whose words begin like this."""
        ends = [at for at, _ in self._steps[1:]]
        return sum(
            end - at
            for (at, words), end in zip(self._steps, ends, strict=False)
            if words.startswith(beginning)
        )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_IN_MB


def _prepare(folder: Path, forces: int, *, rows: int, years: int) -> None:
    catalogue, _ = read_catalogue(PLANS / PLAN)
    classes = [f'"{one}" = "outcome"' for one in records.OUTCOMES]
    classes += [f'"{one}" = "closed"' for one in records.CLOSURES]
    for force in range(forces):
        path = _records(folder, force)
        path.parent.mkdir()
        records.write(path, rows=rows, years=years, seed=force, catalogue=catalogue)
        text = SOURCES.format(path=path.name) + "\n".join(classes) + "\n"
        (path.parent / "sources.toml").write_text(text, encoding="utf-8")


def _measured(what: str, folder: Path, forces: int) -> dict[str, float]:
    """Measure in a process of its own; the quickest of `REPEATS`."""
    command = [sys.executable, "-m", "bench.main_job", "--measure", what, str(folder), str(forces)]
    runs: list[dict[str, float]] = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(REPEATS)
    ]
    return min(runs, key=lambda run: run["seconds"])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each number of forces."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=700_000, help="records of each force")
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--forces", type=int, nargs="+", default=[1, 3, 10])
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.measure:
        what, folder, forces = given.measure
        measure = {"product": product, "scan": scan}[what]
        print(json.dumps(measure(Path(folder), int(forces))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _prepare(folder, max(given.forces), rows=given.rows, years=given.years)
        for forces in given.forces:
            ours, theirs = (_measured(what, folder, forces) for what in ("product", "scan"))
            print(
                f"{forces} forces x {given.rows:,} records of {given.years} years, "
                f"{ours['positions']:,.0f} positions: {ours['seconds']:.2f} s, of which "
                f"{ours['without_statistics']:.2f} s without the statistics, "
                f"{ours['mb']:.0f} MB; DuckDB's scan {theirs['seconds']:.2f} s; ratio "
                f"{ours['seconds'] / theirs['seconds']:.1f}, without the statistics "
                f"{ours['without_statistics'] / theirs['seconds']:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
