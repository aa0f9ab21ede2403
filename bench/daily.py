"""Replay daily counts of areas and write every day's p-values by window.

python -m bench.daily --counts FILE.csv[.gz] --out out.csv [--from 2015-01-01] [--to 2019-12-31]

The file has the columns date, area and count; any others (city, kind, venue) tell series apart.  A
group of series is told by the other columns without the place (venue, district, beat, ...).  The
total of a group is the series whose area is named like one (city, force, total, all); a group of
several areas without such a series gets the sum of its areas.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.statistics.surveillance import (
    Direction,
    History,
    Layout,
    LevelIndex,
    SurveillanceState,
    assess,
    fit,
)

Array = NDArray[np.float64]

WHOLE: Final = frozenset({"all", "city", "county", "force", "total"})
PLACES: Final = frozenset({"area", "beat", "borough", "district", "name", "venue", "zone"})
REFIT_DAYS: Final = 7
WARM_UP: Final = timedelta(days=5 * 365 + 1)
"""Without --from the replay begins five years after the first day: two to learn, the rest to see
how wrong forecasts are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The series of a file: names (series, columns) and what `History` needs."""

    names: pd.DataFrame
    history: History


def main() -> None:
    """Read counts, replay the days, write p-values and a line of shares by level."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--from", dest="first", type=date.fromisoformat)
    parser.add_argument("--to", dest="last", type=date.fromisoformat)
    parser.add_argument("--windows", type=int, nargs="+", default=[7, 28, 56])
    arguments = parser.parse_args()
    table = read(arguments.counts)
    history = table.history
    end = history.first_day + timedelta(days=history.days - 1)
    first = arguments.first or min(history.first_day + WARM_UP, end)
    days = range(history.column(first), history.column(min(arguments.last or end, end)) + 1)
    windows = tuple(sorted(arguments.windows))
    p_values, scores = replay(history, days, windows)
    _write(arguments.out, table, days, windows, p_values, scores)
    _report(table, windows, p_values)


def read(path: Path) -> Table:
    """Read a file of daily counts.

    A day without a row is not recorded, unless the file holds no zero at all: such a file leaves
    its zeros out, and they are filled in.
    """
    rows = pd.read_csv(
        path, dtype={"count": float}, keep_default_na=False, na_values={"count": [""]}
    )
    rows["date"] = pd.to_datetime(rows["date"])
    columns = [column for column in rows.columns if column not in ("date", "count")]
    wide = rows.pivot_table(
        index=columns, columns="date", values="count", aggfunc="sum", min_count=1
    )
    wide = wide.reindex(columns=pd.date_range(wide.columns.min(), wide.columns.max()))
    if rows["count"].min() > 0:
        wide = wide.fillna(0.0)
    names = wide.index.to_frame(index=False)
    counts = wide.to_numpy(dtype=np.float64)
    group_columns = [column for column in columns if column not in PLACES]
    keys = names[group_columns].astype(str).agg("|".join, axis=1) if group_columns else "one"
    measure = pd.Series(keys, index=names.index).factorize()[0].astype(np.intp)
    names, counts, measure = _with_totals(names, counts, measure)
    return Table(
        names=names,
        history=History(
            counts=counts,
            first_day=pd.Timestamp(wide.columns[0]).date(),
            layout=_layout(names, measure),
        ),
    )


def replay(history: History, days: range, windows: tuple[int, ...]) -> tuple[Array, Array]:
    """Return (series, days, windows) p-values of a rise, and (series, days) scores."""
    state: SurveillanceState | None = None
    p_values, scores = [], []
    for today in days:
        if state is None or today - state.expectation.as_of >= REFIT_DAYS:
            state = fit(history, today, previous=state, windows=windows)
        day = assess(history, state, today)
        p_values.append(day.p)
        scores.append(day.score)
    return np.stack(p_values, axis=1), np.stack(scores, axis=1)


def _with_totals(
    names: pd.DataFrame, counts: Array, measure: NDArray[np.intp]
) -> tuple[pd.DataFrame, Array, NDArray[np.intp]]:
    """Add the sum of the areas to every group of several areas that has no total."""
    whole = names["area"].astype(str).str.lower().isin(WHOLE).to_numpy()
    for one in np.unique(measure):
        members = np.flatnonzero(measure == one)
        if whole[members].any() or len(members) == 1:
            continue
        total = names.iloc[[members[0]]].assign(area="total")
        names = pd.concat([names, total], ignore_index=True)
        counts = np.vstack([counts, counts[members].sum(axis=0)])
        measure = np.append(measure, one)
    return names, counts, measure


def _layout(names: pd.DataFrame, measure: NDArray[np.intp]) -> Layout:
    whole = names["area"].astype(str).str.lower().isin(WHOLE).to_numpy()
    alone = np.bincount(measure)[measure] == 1
    rows = np.arange(len(names), dtype=np.intp)
    parent = rows.copy()
    for one in np.unique(measure[whole]):
        parent[measure == one] = rows[(measure == one) & whole][0]
    level = np.where(whole | alone, int(LevelIndex.FORCE), int(LevelIndex.LEAF)).astype(np.intp)
    return Layout(
        measure=measure,
        area=rows,
        level=level,
        parent=parent,
        direction=np.full(len(rows), int(Direction.RISE_IS_BAD), dtype=np.intp),
    )


def _write(
    path: Path, table: Table, days: range, windows: tuple[int, ...], p_values: Array, scores: Array
) -> None:
    """One row per series and day: the names, the date, the score and p by window."""
    dates = [table.history.first_day + timedelta(days=day) for day in days]
    out = table.names.loc[table.names.index.repeat(len(dates))].reset_index(drop=True)
    out["level"] = np.repeat(
        [LevelIndex(one).name for one in table.history.layout.level], len(dates)
    )
    out["date"] = dates * len(table.names)
    out["score"] = np.where(np.isfinite(scores), scores, np.nan).reshape(-1)
    for index, length in enumerate(windows):
        out[f"p_{length}"] = p_values[:, :, index].reshape(-1)
    out.to_csv(path, index=False, float_format="%.6g")


def _report(table: Table, windows: tuple[int, ...], p_values: Array) -> None:
    for level in np.unique(table.history.layout.level):
        of_level = p_values[table.history.layout.level == level]
        shares = ", ".join(
            f"{length} d {np.nanmean(of_level[:, :, index] < 0.01):.4f}"
            for index, length in enumerate(windows)
        )
        print(f"{LevelIndex(level).name}: {len(of_level)} series, share of p < 0.01: {shares}")


if __name__ == "__main__":
    main()
