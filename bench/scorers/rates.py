"""How well alarms on simulated rates find the drops.

    python -m bench.scorers.rates --dir DIR --null TWIN --alarms A.csv --null-alarms AN.csv

Alarms: series_id,t,score with t the month from 0; a larger score is stronger.  The threshold is
the score that a given share of the twin's series passes at least once in its test year; what the
alarms above it find is told by the size of the drop.  Every option takes several paths: series of
all seeds are then scored under one threshold.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

FIRST: Final = 72
MONTHS: Final = 12
"""The test year: months 72 to 83."""
SIZES: Final = ((0.005, 0.03), (0.03, 0.06), (0.06, 1.0))
"""Bounds of the drops told apart, 0-1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What alarms above one threshold find of the drops of one size."""

    size: tuple[float, float]
    drops: int
    probability: float  # of detection; NaN without drops
    months: float  # median from the drop to its alarm, counted from 1; NaN if none is found


def strongest(folder: Path, alarms: Path) -> pd.DataFrame:
    """Strongest score by series and test month; minus infinity where nothing alarms."""
    names = pd.read_csv(folder / "series.csv", usecols=["series_id"])["series_id"].unique()
    table = pd.read_csv(alarms).pivot_table(
        index="series_id", columns="t", values="score", aggfunc="max"
    )
    return table.reindex(index=names, columns=range(FIRST, FIRST + MONTHS)).fillna(-np.inf)


def threshold(null_scores: FloatArray, share: float) -> float:
    """The score that this share of the twin's series (rows) passes in the test year."""
    return float(np.quantile(null_scores.max(axis=1), 1 - share, method="higher"))


def found(scores: FloatArray, start: FloatArray, drop: FloatArray, above: float) -> list[Found]:
    """Detection by size of drop.

    Args:
        scores: Shape (affected series, 12), strongest score by test month.
        start: Shape (affected series,), test month of the drop, from 0.
        drop: Shape (affected series,), its size, 0-1.
        above: The threshold.

    Returns:
        One entry per range of `SIZES`.
    """
    hit = (scores > above) & (np.arange(MONTHS) >= start[:, None])
    detected = np.asarray(hit.any(axis=1))
    delay = hit.argmax(axis=1) - start + 1
    result = []
    for low, high in SIZES:
        here = (drop >= low) & (drop < high)
        late = delay[here & detected]
        result.append(
            Found(
                size=(low, high),
                drops=int(here.sum()),
                probability=float(detected[here].mean()) if here.any() else float("nan"),
                months=float(np.median(late)) if len(late) else float("nan"),
            )
        )
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Print detection at each share of falsely alarmed series."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("--dir", "--null", "--alarms", "--null-alarms"):
        parser.add_argument(name, type=Path, nargs="+", required=True)
    parser.add_argument("--false-per-year", type=float, nargs="*", default=[0.05, 0.01])
    chosen = parser.parse_args(arguments)
    scores, starts, drops = [], [], []
    for folder, alarms in zip(chosen.dir, chosen.alarms, strict=True):
        events = pd.read_csv(folder / "events.csv")
        scores.append(strongest(folder, alarms).loc[events["series_id"]].to_numpy(np.float64))
        starts.append(events["start"].to_numpy(np.float64) - FIRST)
        drops.append(events["drop"].to_numpy(np.float64))
    twins = zip(chosen.null, chosen.null_alarms, strict=True)
    null = np.concatenate([strongest(*twin).to_numpy(np.float64) for twin in twins])
    for share in chosen.false_per_year:
        above = threshold(null, share)
        told = found(np.concatenate(scores), np.concatenate(starts), np.concatenate(drops), above)
        print(f"{share:.0%} of series falsely alarmed a year (score > {above:.3f}): ", end="")
        print(
            "; ".join(
                f"drop {one.size[0] * 100:.1f}-{min(one.size[1], 0.99) * 100:.0f} pts "
                f"n={one.drops} POD {one.probability:.2f} median months {one.months:.0f}"
                for one in told
            )
        )


if __name__ == "__main__":
    main()
