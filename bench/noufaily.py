"""Judge weeks 576 to 624 of the weekly simulation, each by the weeks before it.

python -m bench.noufaily --series series.csv --alarms out.csv
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.statistics.surveillance.farrington import farrington_week
from metrics.statistics.surveillance.weekly import assess_week

Array = NDArray[np.float64]

FIRST_WEEK: Final = 576
"""Weeks count from 1; the current outbreaks lie from here to the end."""

LARGEST_SCORE: Final = 300.0


def main() -> None:
    """Read the series, judge each week, write the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--series", type=Path, required=True)
    parser.add_argument("--alarms", type=Path, required=True)
    parser.add_argument("--method", choices=["harmonic", "farrington"], default="harmonic")
    arguments = parser.parse_args()
    table = pd.read_csv(arguments.series, index_col="series_id")
    weeks = [column for column in table.columns if column.startswith("y")]
    counts = table[weeks].to_numpy(dtype=np.float64)
    began = time.perf_counter()
    scores = replay(counts, arguments.method)
    seconds = time.perf_counter() - began
    _write(arguments.alarms, table.index.tolist(), scores)
    print(f"{scores.size} series-weeks, {1000 * seconds / scores.size:.3f} ms each")


def replay(counts: Array, method: str = "harmonic") -> Array:
    """Return (series, weeks from 576 on) scores, -log10 p; minus infinity never alarms."""
    columns = range(FIRST_WEEK - 1, counts.shape[1])
    if method == "harmonic":
        return np.stack([assess_week(counts, week).score for week in columns], axis=1)
    smallest = 10.0**-LARGEST_SCORE
    p_values = [farrington_week(counts, week).p for week in columns]
    return np.stack([-np.log10(np.maximum(p, smallest)) for p in p_values], axis=1)


def _write(path: Path, names: list[str], scores: Array) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["series_id", "t", "score"])
        for name, row in zip(names, scores, strict=True):
            writer.writerows(
                [name, FIRST_WEEK + week, f"{min(score, LARGEST_SCORE):.6f}"]
                for week, score in enumerate(row)
                if np.isfinite(score)
            )


if __name__ == "__main__":
    main()
