"""How well the product watches and projects rates, on a folder of `bench.generators.rates`.

    python -m bench.rates --dir DIR --alarms alarms.csv [--method windows|12|3|1|cusum]
    python -m bench.rates --dir DIR --year-end projections.csv

Alarms: series_id,t,score for every month of the test year, each from the months up to it.  The
share of series-months below 5%, 1% and 0.1% is printed: on a null twin it is the calibration.
`--year-end` projects the test year as of 3, 6 and 9 months and prints error, coverage and Brier.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.statistics.rate_reference import RateSeries
from metrics.statistics.rates import WINDOWS, survey
from metrics.statistics.year_end_rate import project_rates

FloatArray = NDArray[np.float64]

FIRST: Final = 72
MONTHS: Final = 12
POINTS: Final = (3, 6, 9)
NOMINAL: Final = (0.05, 0.01, 0.001)
METHODS: Final = ("windows", *(str(length) for length in WINDOWS), "cusum")


def read(folder: Path) -> tuple[list[str], RateSeries]:
    """Read series.csv: the series' names and their months."""
    table = pd.read_csv(folder / "series.csv")
    names = table["series_id"].unique().tolist()
    first = table.drop_duplicates("series_id").set_index("series_id").loc[names]
    area = first["area"].astype(str)
    level = np.where(area == "force", 2, np.where(area.str.startswith("bcu"), 1, 0))
    wide = table.pivot_table(index="series_id", columns="month", values=["x", "n"]).loc[names]
    return names, RateSeries(
        successes=wide["x"].to_numpy(dtype=np.float64),
        trials=wide["n"].to_numpy(dtype=np.float64),
        measure=pd.factorize(first["measure"])[0].astype(np.int64),
        level=level.astype(np.int64),
    )


def known_at(series: RateSeries, end: int) -> RateSeries:
    """The series as they stood after `end` months."""
    return replace(series, successes=series.successes[:, :end], trials=series.trials[:, :end])


def alarms(names: list[str], series: RateSeries, method: str) -> tuple[pd.DataFrame, FloatArray]:
    """Scores by series and test month, and the chances (test months, windows, series)."""
    worse_below = np.ones(len(names), dtype=np.bool_)
    frames, chances = [], []
    for month in range(FIRST, FIRST + MONTHS):
        seen = survey(known_at(series, month + 1), worse_below=worse_below)
        chances.append(seen.chance)
        match method:
            case "windows":
                score = seen.score
            case "cusum":
                score = seen.cusum
            case _:
                score = -np.log10(np.maximum(seen.chance[WINDOWS.index(int(method))], 1e-300))
        frames.append(pd.DataFrame({"series_id": names, "t": month, "score": score}))
    return pd.concat(frames).dropna(), np.stack(chances)


def year_end(names: list[str], series: RateSeries) -> pd.DataFrame:
    """Project the test year at each point; one row per series and point."""
    frames = []
    x, n = series.successes, series.trials
    last = x[:, FIRST - MONTHS : FIRST].sum(axis=1) / n[:, FIRST - MONTHS : FIRST].sum(axis=1)
    actual = x[:, FIRST:].sum(axis=1) / n[:, FIRST:].sum(axis=1)
    for months in POINTS:
        made = project_rates(known_at(series, FIRST + months), months_elapsed=months, target=last)
        frames.append(
            pd.DataFrame(
                {
                    "series_id": names,
                    "months": months,
                    "projection": made.rate,
                    "lower_80": made.lower_80,
                    "upper_80": made.upper_80,
                    "lower_95": made.lower_95,
                    "upper_95": made.upper_95,
                    "chance_of_last_year": made.chance_met,
                    "last_year": last,
                    "actual": actual,
                    "naive": made.to_date,
                }
            )
        )
    return pd.concat(frames, ignore_index=True).dropna()


def year_end_summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean error in points, coverage and Brier score of keeping last year's rate."""
    actual = rows["actual"]
    met = (actual >= rows["last_year"]).astype(float)
    naive_met = (rows["naive"] >= rows["last_year"]).astype(float)
    scored = pd.DataFrame(
        {
            "months": rows["months"],
            "error_points": (rows["projection"] - actual).abs() * 100,
            "error_points_naive": (rows["naive"] - actual).abs() * 100,
            "coverage_80": actual.between(rows["lower_80"] - 1e-9, rows["upper_80"] + 1e-9),
            "coverage_95": actual.between(rows["lower_95"] - 1e-9, rows["upper_95"] + 1e-9),
            "brier": (rows["chance_of_last_year"] - met) ** 2,
            "brier_naive": (naive_met - met) ** 2,
        }
    )
    return scored.groupby("months").mean()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the bench and write its answers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dir", type=Path, nargs="+", required=True)
    parser.add_argument("--alarms", type=Path, nargs="+", help="one file per folder")
    parser.add_argument("--method", choices=METHODS, default=METHODS[0])
    parser.add_argument("--year-end", type=Path, help="one file for all folders")
    chosen = parser.parse_args(arguments)
    read_all = [read(folder) for folder in chosen.dir]
    if chosen.alarms:
        chances = []
        for (names, series), path in zip(read_all, chosen.alarms, strict=True):
            table, chance = alarms(names, series, chosen.method)
            table.to_csv(path, index=False)
            chances.append(chance)
        _print_calibration(np.concatenate(chances, axis=2))
    if chosen.year_end:
        rows = pd.concat([year_end(names, series) for names, series in read_all])
        rows.to_csv(chosen.year_end, index=False)
        print(year_end_summary(rows).round(4).T.to_string())


def _print_calibration(chance: FloatArray) -> None:
    for i, length in enumerate(WINDOWS):
        shares = [float(np.nanmean(chance[:, i] < nominal)) for nominal in NOMINAL]
        told = ", ".join(f"{n:g}: {s:.4f}" for n, s in zip(NOMINAL, shares, strict=True))
        print(f"{length:2d} months, share of series-months below {told}")


if __name__ == "__main__":
    main()
