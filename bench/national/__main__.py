"""The daily run of a country on one machine.

    python -m bench.national generate --forces 43 --years 10 --records 50000000 --to FOLDER
    python -m bench.national run FOLDER [--forces 1 5 10 43] [--at-once 2] [--database URL]
    python -m bench.national engines FOLDER [--force force-01] [--spark "local[2]"]

`generate` writes a folder for each force: its plan, and a Parquet file for each month.  Whatever
the size asked for, the same seed gives the same bytes, and memory holds one month of one force.

`run` has every force do what the worker does each morning: load, count, reckon, assess, keep the
snapshots, decide about alerts.  First all of it, from an empty database; then a day later, when
the files have one more day and the outcomes of that day, in the months that they change.  Each
measurement has new processes; its peak memory is that of all of them together.

`engines` counts the records of one force, by default the largest, with DuckDB and with Spark, and
compares the counts.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bench.national.country import FORCES, forces, write_settings
from bench.national.engines import compare
from bench.national.measuring import LATER, measure
from bench.national.records import LAST_DAY, Size, write


def generate(folder: Path, count: int, size: Size) -> None:
    """Write the forces one after another."""
    for force in forces(count):
        own = folder / force.id
        write_settings(force, own)
        files = list(write(force, own / "crimes", size, known=LAST_DAY))
        size_mb = sum(file.stat().st_size for file in files) / 1e6
        print(f"{force.id}: {len(files)} months, {size_mb:.0f} MB", flush=True)
    (folder / "size.txt").write_text(f"{size.records} {size.years} {size.seed}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Generate, or measure."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.national",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    generating = commands.add_parser("generate", help="write the records")
    generating.add_argument("--forces", type=int, default=FORCES, choices=range(1, FORCES + 1))
    generating.add_argument("--years", type=int, default=10)
    generating.add_argument("--records", type=int, default=50_000_000, help="of all 43 forces")
    generating.add_argument("--seed", type=int, default=1)
    generating.add_argument("--to", type=Path, required=True)
    running = commands.add_parser("run", help="measure the daily run")
    running.add_argument("folder", type=Path)
    running.add_argument("--forces", type=int, nargs="+", default=[1, 5, 10, FORCES])
    running.add_argument("--at-once", type=int, default=2, help="forces that run side by side")
    running.add_argument(
        "--database",
        default="",
        help="PostgreSQL server: postgresql://user:password@host; each force has its own database",
    )
    comparing = commands.add_parser("engines", help="DuckDB and Spark on the largest force")
    comparing.add_argument("folder", type=Path)
    comparing.add_argument("--force", default="", help="e.g. force-01; by default the largest")
    comparing.add_argument("--spark", default="local[2]", help="where Spark is")
    given = parser.parse_args(arguments)
    if given.command == "generate":
        size = Size(records=given.records, years=given.years, seed=given.seed)
        generate(given.to, given.forces, size)
        return
    if given.command == "engines":
        compare(given.folder, name=given.force, address=given.spark)
        return
    for count in given.forces:
        for day in (LAST_DAY, LATER):
            found = measure(
                given.folder, count, day=day, at_once=given.at_once, server=given.database
            )
            print(found, flush=True)


if __name__ == "__main__":
    main()
