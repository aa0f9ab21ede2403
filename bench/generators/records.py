"""Records of a force in the extract's layout, as large as wanted: for timing the daily job.

    python -m bench.generators.records --rows 700000 --years 10 --out crimes.csv

Only size and shape matter here: how many days, areas, crime types and outcomes there are.  For
figures that mean something use the demonstration (`demonstration/`).
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from pyarrow import csv

from config.catalogue import PLANS, read_catalogue
from metrics.model import Catalogue, Level

LAST_DAY: Final = date(2016, 3, 31)
DAYS_A_YEAR: Final = 365.25

OUTCOMES: Final = ("Charge/summons", "Caution", "Community resolution")
CLOSURES: Final = ("Filed - no suspect identified", "Filed - evidential difficulties")
SHARES: Final = {"outcome": 0.25, "closed": 0.65}  # the rest is still under investigation
MEAN_DAYS_TO_OUTCOME: Final = 45.0


def write(path: Path, *, rows: int, years: int, seed: int, catalogue: Catalogue) -> None:
    """Write records, spread evenly over days, and unevenly over areas and crime types."""
    rng = np.random.default_rng(seed)
    types = np.array([one.id for one in catalogue.crime_types.values() if not one.members])
    areas = np.array([area.id for area in catalogue.at_level(Level.LPU)])
    days = round(years * DAYS_A_YEAR)
    first = np.datetime64(LAST_DAY, "D") - days + 1
    recorded = first + np.sort(rng.integers(0, days, rows))
    fate = rng.random(rows)
    given = fate < SHARES["outcome"]
    closed = ~given & (fate < SHARES["outcome"] + SHARES["closed"])
    outcome = np.where(given, rng.choice(OUTCOMES, rows), rng.choice(CLOSURES, rows))
    ended = recorded + np.floor(rng.exponential(MEAN_DAYS_TO_OUTCOME, rows)).astype(int)
    is_open = ~(given | closed)
    table = pa.table(
        {
            "reference": [f"B-{number:08d}" for number in range(rows)],
            "recorded_date": pa.array(recorded.astype("datetime64[D]")),
            "crime_type": rng.choice(types, rows, p=_shares(rng, types.size)),
            "area": rng.choice(areas, rows, p=_shares(rng, areas.size)),
            "flags": rng.choice(["", "domestic", "hate"], rows, p=[0.9, 0.08, 0.02]),
            "outcome_type": pa.array(outcome, mask=is_open),
            "outcome_date": pa.array(ended.astype("datetime64[D]"), mask=is_open),
        }
    )
    csv.write_csv(table, path)


def _shares(rng: np.random.Generator, size: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    drawn = rng.dirichlet(np.full(size, 2.0))
    return np.asarray(drawn, dtype=np.float64)


def main() -> None:
    """Write one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=700_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    catalogue, _ = read_catalogue(PLANS / "leicestershire")
    write(given.out, rows=given.rows, years=given.years, seed=given.seed, catalogue=catalogue)
    print(f"{given.rows:,} records of {given.years} years in {given.out}")


if __name__ == "__main__":
    main()
