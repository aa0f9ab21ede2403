"""How good the year-end projection is, on real monthly counts or on the police-like bench.

    python -m bench.projection --monthly FILE.csv[.gz] --out hindcasts.csv
    python -m bench.projection --police DIR --out projections.csv

`--monthly` makes the product's projection as of 3, 6 and 9 months of every past performance year
and compares it with what came.  Columns: month, area (or borough), measure (or major and minor),
count.  `--police` answers in the format of `bench.scorers.projection`.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.statistics.projection import Projection, RecordingSteps, present_basis, project

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MONTHS: Final = 12
POINTS: Final = (3, 6, 9)
"""Months elapsed at which every year is projected."""
REDUCTION: Final = 0.95
"""The target of the bench: 5% below last year."""
COVID_YEARS: Final = (2020, 2021)
"""Performance years, by the year they begin in, that are not scored by default."""
EARLIER_YEARS: Final = 5
"""Performance years known before the first that is scored."""
LEAST_TOTAL: Final = 20.0
"""A year with fewer crimes is not scored, as in `bench.scorers.projection`."""
LEVELS: Final = {"leaf": 0, "bcu": 1, "force": 2}
UNPLACED: Final = "Unknown"
"""Crimes without a borough: how many depends on how well places are recorded, not on an area."""
ALL_AREAS: Final = "(all areas)"
RENAMED: Final = {
    "DOMESTIC BURGLARY": "RESIDENTIAL BURGLARY",
    "RES BURGLARY OF A HOME": "RESIDENTIAL BURGLARY",
    "RES BURGLARY OF UNCONNECTED BUILDING": "RESIDENTIAL BURGLARY",
}
"""One crime type whose name was split in April and May 2023 (Metropolitan Police)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyCounts:
    """Counts by series and month from the April of `first_year` on."""

    first_year: int
    names: list[str]
    measure: IntArray
    level: IntArray
    counts: FloatArray  # (series, months), NaN = before the first month of the file


def read_monthly(path: Path, *, with_unplaced: bool = False) -> MonthlyCounts:
    """Read a monthly file; every measure also gets the sum of its areas.

    Crimes without an area count only in that sum, unless `with_unplaced` makes them an area of
    their own.  A measure is left out when it has a whole year without a crime in any area: it
    began or ended within the file, and there is nothing to hindcast.
    """
    table = pd.read_csv(path).rename(columns={"borough": "area"})
    if "measure" not in table:
        minor = table.assign(measure=table["minor"].replace(RENAMED))
        major = table.assign(measure=table["major"] + " (ALL)")
        several = major.groupby("measure")["minor"].transform("nunique") > 1
        table = pd.concat([minor, major[several]])
    month = pd.PeriodIndex(table["month"], freq="M")
    first_year = int((month - 3).year.min())
    column = month.year * MONTHS + month.month - (first_year * MONTHS + 4)
    wide = table.assign(column=column).pivot_table(
        index=["measure", "area"], columns="column", values="count", aggfunc="sum", fill_value=0
    )
    wide = wide.reindex(columns=range(int(column.max()) + 1)).astype(float)
    whole = wide.groupby("measure").sum(min_count=1)
    years = whole.shape[1] // MONTHS
    totals = whole.to_numpy()[:, : years * MONTHS].reshape(-1, years, MONTHS).sum(axis=2)
    kept = whole.index[(totals > 0).all(axis=1)]
    whole = whole.loc[kept]
    whole.index = pd.MultiIndex.from_product([kept, [ALL_AREAS]], names=["measure", "area"])
    wide = wide[wide.index.get_level_values("measure").isin(kept)]
    if not with_unplaced:
        wide = wide.drop(index=UNPLACED, level="area", errors="ignore")
    both = pd.concat([wide, whole])
    return MonthlyCounts(
        first_year=first_year,
        names=[f"{measure} | {area}" for measure, area in both.index],
        measure=kept.get_indexer(both.index.get_level_values("measure")).astype(np.int64),
        level=np.asarray(both.index.get_level_values("area") == ALL_AREAS).astype(np.int64),
        counts=both.to_numpy(dtype=np.float64),
    )


def hindcast(data: MonthlyCounts, *, first: int, last: int) -> pd.DataFrame:
    """Project every year from `first` to `last` at each point; one row per series and hindcast."""
    frames = []
    for year in range(first - data.first_year, last - data.first_year + 1):
        start = year * MONTHS
        actual = data.counts[:, start : start + MONTHS].sum(axis=1)
        before = data.counts[:, start - MONTHS : start]
        for months in POINTS:
            made = project(
                data.counts[:, : start + months],
                measure=data.measure,
                level=data.level,
                months_elapsed=months,
                target=REDUCTION * before.sum(axis=1),
            )
            part = before[:, :months].sum(axis=1)
            share = before.sum(axis=1) / np.where(part > 0, part, 1.0)
            naive = np.where(part > 0, made.year_to_date * share, before.sum(axis=1))
            frames.append(_rows(data, year, months, made, actual, naive, before.sum(axis=1)))
    rows = pd.concat(frames, ignore_index=True)
    return rows[rows["actual"] >= LEAST_TOTAL].reset_index(drop=True)


def _rows(
    data: MonthlyCounts,
    year: int,
    months: int,
    made: Projection,
    actual: FloatArray,
    naive: FloatArray,
    last_year: FloatArray,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "series": data.names,
            "level": data.level,
            "year": data.first_year + year,
            "months": months,
            "projection": made.total,
            "lower_80": made.lower_80,
            "upper_80": made.upper_80,
            "lower_95": made.lower_95,
            "upper_95": made.upper_95,
            "chance_of_5_percent_less": made.chance_met,
            "last_year": last_year,
            "actual": actual,
            "naive": naive,
        }
    )


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Error, coverage and Brier score by months elapsed; `_ratio` is to the naive projection."""
    actual = rows["actual"]
    met = (actual <= REDUCTION * rows["last_year"]).astype(float)
    naive_met = (rows["naive"] <= REDUCTION * rows["last_year"]).astype(float)
    scored = pd.DataFrame(
        {
            "months": rows["months"],
            "hindcasts": 1,
            "withheld": rows["projection"].isna(),
            "mape": (rows["projection"] - actual).abs() / actual,
            "mape_naive": (rows["naive"] - actual).abs() / actual,
            "coverage_80": actual.between(rows["lower_80"], rows["upper_80"]),
            "coverage_95": actual.between(rows["lower_95"], rows["upper_95"]),
            "brier": (rows["chance_of_5_percent_less"] - met) ** 2,
            "brier_naive": (naive_met - met) ** 2,
        }
    ).groupby("months")
    table = scored.mean()
    table["hindcasts"] = scored["hindcasts"].sum()
    table["mape_ratio"] = table["mape"] / table["mape_naive"]
    table["brier_ratio"] = table["brier"] / table["brier_naive"]
    return table


def police(folder: Path, *, known_steps: bool) -> Iterable[Sequence[object]]:
    """Project the test year of a police-like folder; rows for `bench.scorers.projection`.

    As of the first day of July, October and January and of 16 August (4.5 months).  With
    `known_steps` the announced recording changes are passed on with their true size, an upper
    bound of what rescaling the history can bring: the product has to estimate the size.
    """
    meta = pd.read_csv(folder / "meta.csv")
    calendar = pd.read_csv(folder / "calendar.csv", parse_dates=["date"])
    daily = pd.read_csv(folder / "series.csv", index_col=0).loc[meta["series_id"]]
    counts = daily.to_numpy(dtype=np.float64)
    dates = pd.DatetimeIndex(calendar["date"])
    column = np.asarray((dates.year - dates.year[0]) * MONTHS + dates.month - dates.month[0])
    monthly = np.add.reduceat(counts, np.flatnonzero(np.diff(column, prepend=-1)), axis=1)
    start = int(calendar.loc[calendar["test"] == 1, "day"].min())
    level = meta["level"].str.removesuffix("_total").map(LEVELS).to_numpy().astype(np.int64)
    for day in (start + 91, start + 137, start + 183, start + 275):
        whole = int(column[day])
        days = dates.days_in_month[day]
        share = (dates.day[day] - 1) / days
        made = project(
            monthly[:, :whole],
            measure=pd.factorize(meta["measure"])[0].astype(np.int64),
            level=level,
            months_elapsed=whole - int(column[start]) + share,
            part_month=counts[:, day - (dates.day[day] - 1) : day].sum(axis=1),
            target=REDUCTION * counts[:, start - 365 : start].sum(axis=1),
            basis=_announced(folder, meta, dates, day, whole) if known_steps else None,
        )
        for i, series in enumerate(meta["series_id"]):
            numbers = (made.total, made.lower_80, made.upper_80, made.lower_95, made.upper_95)
            yield [series, day, *(round(float(x[i]), 2) for x in numbers), made.chance_met[i]]


def _announced(
    folder: Path, meta: pd.DataFrame, dates: pd.DatetimeIndex, day: int, whole: int
) -> FloatArray:
    """Present-basis factors of the changes announced before `day`, for their own measures."""
    changes = pd.read_csv(folder / "changes.csv")
    changes = changes[(changes["announced"] == 1) & (changes["day"] < day)]
    series, month, size = [], [], []
    for name, day_of, factor in zip(
        changes["measure"], changes["day"], changes["mult"], strict=True
    ):
        date = dates[day_of]
        at = (date.year - dates.year[0]) * MONTHS + date.month - dates.month[0]
        rows = np.flatnonzero(meta["measure"] == name)
        series.append(rows)
        month.append(np.full(len(rows), at + (date.day - 1) / date.days_in_month))
        size.append(np.full(len(rows), np.log(factor)))
    if not series:
        return np.ones((len(meta), whole))
    steps = RecordingSteps(
        series=np.concatenate(series),
        month=np.concatenate(month),
        log_step=np.concatenate(size),
    )
    return present_basis(len(meta), whole, steps)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the bench and write its answers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--monthly", type=Path)
    source.add_argument("--police", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--years", type=int, nargs=2, metavar=("FIRST", "LAST"))
    parser.add_argument("--covid", action="store_true", help="score 2020/21 and 2021/22 too")
    parser.add_argument("--with-unplaced", action="store_true", help="count 'Unknown' as an area")
    parser.add_argument("--known-steps", action="store_true", help="pass on announced changes")
    chosen = parser.parse_args(arguments)
    if chosen.police:
        with chosen.out.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["series_id", "as_of", "mean", "lo80", "hi80", "lo95", "hi95", "p_met"])
            writer.writerows(police(chosen.police, known_steps=chosen.known_steps))
        return
    data = read_monthly(chosen.monthly, with_unplaced=chosen.with_unplaced)
    whole_years = data.counts.shape[1] // MONTHS
    first, last = chosen.years or (
        data.first_year + EARLIER_YEARS,
        data.first_year + whole_years - 1,
    )
    rows = hindcast(data, first=first, last=last)
    if not chosen.covid:
        rows = rows[~rows["year"].isin(COVID_YEARS)]
    rows.to_csv(chosen.out, index=False)
    with pd.option_context("display.width", 200, "display.float_format", "{:.4f}".format):
        print(f"{len(set(data.measure.tolist()))} measures, {len(data.names)} series")
        print(summary(rows).T.to_string())
        print("largest level only:")
        print(summary(rows[rows["level"] == rows["level"].max()]).T.to_string())


if __name__ == "__main__":
    main()
