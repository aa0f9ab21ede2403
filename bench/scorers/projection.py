"""How good year-end projections of the police-like bench are, against the naive one.

    python -m bench.scorers.projection --dir DIR --projections P.csv

P.csv: series_id,as_of,mean,lo80,hi80,lo95,hi95,p_met.  `as_of` is a day from 0 and the projection
knows the days before it; `p_met` is the chance that the year's total is at least 5% below the 365
days before.  Naive: the year to date over last year's share by the same day.  Interval ends are
rounded outwards to whole crimes.  Both options take several paths, scored together.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

YEAR: Final = 365
REDUCTION: Final = 0.95
LEAST_TOTAL: Final = 20.0
"""A year with fewer crimes is left out: its percentage error says little."""


def score(daily: pd.DataFrame, first_test_day: int, answers: pd.DataFrame) -> pd.DataFrame:
    """Score every answer.

    Args:
        daily: Counts, one row per series (index: series_id), one column per day.
        first_test_day: Column where the test year begins.
        answers: The projections, columns as in the module's docstring.

    Returns:
        One row per scored answer: elapsed days and its errors, coverages, width and Brier scores,
        with those of the naive projection.
    """
    counts = daily.loc[answers["series_id"]].to_numpy(dtype=np.float64)
    test, before = counts[:, first_test_day:], counts[:, first_test_day - YEAR : first_test_day]
    elapsed = answers["as_of"].to_numpy() - first_test_day
    known = np.arange(YEAR) < elapsed[:, None]
    total, last = test.sum(axis=1), before.sum(axis=1)
    to_date = np.where(known, test[:, :YEAR], 0.0).sum(axis=1)
    by_then = np.where(known, before, 0.0).sum(axis=1)
    naive = np.where(by_then > 0, to_date * last / np.where(by_then > 0, by_then, 1.0), last)
    met = (total <= REDUCTION * last).astype(float)
    size = np.where(total > 0, total, 1.0)
    scored = pd.DataFrame(
        {
            "elapsed": elapsed,
            "error": np.abs(answers["mean"] - total) / size,
            "error_naive": np.abs(naive - total) / size,
            "covered_80": _covers(answers["lo80"], answers["hi80"], total),
            "covered_95": _covers(answers["lo95"], answers["hi95"], total),
            "width_95": (answers["hi95"] - answers["lo95"]) / size,
            "brier": (answers["p_met"] - met) ** 2,
            "brier_naive": ((naive <= REDUCTION * last).astype(float) - met) ** 2,
        }
    )
    enough: pd.DataFrame = scored.loc[total >= LEAST_TOTAL]
    return enough


def _covers(low: pd.Series[float], high: pd.Series[float], total: FloatArray) -> FloatArray:
    """Whether the limits, rounded outwards, hold the total."""
    lower, upper = np.floor(low.to_numpy()), np.ceil(high.to_numpy())
    return ((lower <= total) & (total <= upper)).astype(np.float64)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line per day that projections were made as of."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dir", type=Path, nargs="+", required=True)
    parser.add_argument("--projections", type=Path, nargs="+", required=True)
    chosen = parser.parse_args(arguments)
    parts = []
    for folder, answers in zip(chosen.dir, chosen.projections, strict=True):
        daily = pd.read_csv(folder / "series.csv", index_col="series_id")
        calendar = pd.read_csv(folder / "calendar.csv")
        first = int(calendar.loc[calendar["test"] == 1, "day"].min())
        parts.append(score(daily, first, pd.read_csv(answers)))
    for elapsed, rows in pd.concat(parts).groupby("elapsed"):
        mean = rows.mean()
        print(
            f"{elapsed} days in: n={len(rows)} "
            f"MAPE {mean['error']:.4f} (naive {mean['error_naive']:.4f}) "
            f"coverage80 {mean['covered_80']:.3f} coverage95 {mean['covered_95']:.3f} "
            f"median 95% width {rows['width_95'].median():.3f} "
            f"Brier P(met) {mean['brier']:.4f} (naive yes/no {mean['brier_naive']:.4f})"
        )


if __name__ == "__main__":
    main()
