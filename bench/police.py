"""Replay a year of police-like counts day by day and write every day's scores.

python -m bench.police --dir DIR --alarms out.csv
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bench.generators.police import DAYS, MEASURES, SMALL_AREAS, TOTALS, roll_up
from metrics.statistics.surveillance import (
    Direction,
    History,
    Layout,
    LevelIndex,
    RecordingChange,
    SurveillanceState,
    assess,
    fit,
)
from metrics.statistics.surveillance.completeness import completeness_curves

Array = NDArray[np.float64]
Counts = Literal["final", "recorded", "known"]

REFIT_DAYS: Final = 7
"""Models are fitted again once a week, as a deployment would."""

DELAY_HISTORY: Final = (181, 730)
"""Ages in days of the records from which delays are learnt."""


def main() -> None:
    """Read a folder of the generator, replay its test year, write the alarms."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--alarms", type=Path, required=True)
    parser.add_argument("--p-values", type=Path, help="also write p by window, for calibration")
    parser.add_argument(
        "--counts",
        choices=["final", "recorded", "known"],
        default="final",
        help="final counts by event day; by day of recording; or as known each day",
    )
    arguments = parser.parse_args()
    folder = Folder(arguments.dir)
    scores, p_values = replay(folder, arguments.counts)
    folder.write_alarms(arguments.alarms, scores)
    if arguments.p_values:
        np.savez_compressed(
            arguments.p_values, p=p_values, level=folder.meta["level"].to_numpy(dtype=str)
        )


class Folder:
    """One simulated force, as the generator wrote it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.meta = pd.read_csv(path / "meta.csv")
        calendar = pd.read_csv(path / "calendar.csv")
        self.first_day = date.fromisoformat(calendar["date"].iloc[0])
        self.test_days = calendar.loc[calendar["test"] == 1, "day"].to_numpy()
        self.measures = list(dict.fromkeys(self.meta["measure"]))
        self.areas = list(dict.fromkeys(self.meta["area"]))

    def history(self, counts: Counts) -> History:
        """The counts of every series, totals included, as a history."""
        if counts == "recorded":
            records = self.records()
            values = self.roll_up(records, records["arrival"].to_numpy(dtype=np.intp))
        else:
            series = pd.read_csv(self.path / "series.csv", index_col="series_id")
            values = series.loc[self.meta["series_id"]].to_numpy(dtype=np.float64)
        return History(
            counts=values,
            first_day=self.first_day,
            layout=self._layout(),
            changes=self._changes(),
        )

    def records(self) -> pd.DataFrame:
        """One row per record of a single measure in a small area: event day and arrival."""
        return pd.read_csv(self.path / "records.csv.gz")

    def roll_up(self, records: pd.DataFrame, days: NDArray[np.intp]) -> Array:
        """(series, days) counts of the records by the given day of each."""
        shape = (len(MEASURES), SMALL_AREAS, DAYS)
        measure = records["measure"].str[1:].to_numpy(dtype=np.intp)
        area = records["area"].str[1:].to_numpy(dtype=np.intp)
        kept = days < DAYS
        cell = np.ravel_multi_index((measure[kept], area[kept], days[kept]), shape)
        small = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
        return roll_up(small).astype(np.float64)

    def write_alarms(self, path: Path, scores: Array) -> None:
        """Write series_id, t, score where the score is above 0; `scores` is (series, test days)."""
        names = self.meta["series_id"].tolist()
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["series_id", "t", "score"])
            for row, column in zip(*np.nonzero(scores > 0), strict=True):
                score = f"{scores[row, column]:.4f}"
                writer.writerow([names[row], self.test_days[column], score])

    def _layout(self) -> Layout:
        measure = self.meta["measure"].map(self.measures.index).to_numpy(dtype=np.intp)
        names = self.meta["level"].str.removesuffix("_total").str.upper()
        level = np.array([LevelIndex[name] for name in names], dtype=np.intp)
        is_force = level == LevelIndex.FORCE
        force_row = dict(zip(measure[is_force], np.flatnonzero(is_force), strict=True))
        return Layout(
            measure=measure,
            area=self.meta["area"].map(self.areas.index).to_numpy(dtype=np.intp),
            level=level,
            parent=np.array([force_row[one] for one in measure], dtype=np.intp),
            direction=np.full(len(measure), int(Direction.RISE_IS_BAD), dtype=np.intp),
        )

    def _changes(self) -> list[RecordingChange]:
        """Every change once for its measure and once for each total that contains it."""
        changes = []
        for row in pd.read_csv(self.path / "changes.csv").to_dict("records"):
            index = MEASURES.index(row["measure"])
            names = [row["measure"], *(name for name, parts in TOTALS.items() if index in parts)]
            changes += [
                RecordingChange(
                    measure=self.measures.index(name),
                    day=self.first_day + timedelta(days=int(row["day"])),
                    announced=bool(row["announced"]),
                )
                for name in names
            ]
        return changes


def replay(folder: Folder, counts: Counts) -> tuple[Array, Array]:
    """Assess every test day with what was known on it.

    Returns:
        (series, test days) scores, and (series, test days, windows) p-values of the deterioration.
    """
    history = folder.history(counts)
    known = Arrivals(folder) if counts == "known" else None
    state: SurveillanceState | None = None
    scores, p_values = [], []
    for today in folder.test_days.tolist():
        completeness = None
        if known is not None:
            history = replace(history, counts=known.counts(today))
            completeness = known.completeness(today, len(folder.measures))
        if state is None or today - state.expectation.as_of >= REFIT_DAYS:
            state = fit(history, today, previous=state)
        day = assess(history, state, today, completeness=completeness)
        scores.append(day.score)
        p_values.append(day.p)
    return np.stack(scores, axis=1), np.stack(p_values, axis=1)


class Arrivals:
    """What had arrived by a day, counted by the day of the event."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.records = folder.records()
        self.event = self.records["day"].to_numpy(dtype=np.intp)
        self.arrival = self.records["arrival"].to_numpy(dtype=np.intp)
        measure = self.records["measure"].map(folder.measures.index)
        self.measure = measure.to_numpy(dtype=np.intp)

    def counts(self, today: int) -> Array:
        """(series, days) as they stood at the end of `today`."""
        arrived = self.arrival <= today
        return self.folder.roll_up(self.records[arrived], self.event[arrived])

    def completeness(self, today: int, measures: int) -> Array:
        """(measures, ages) learnt from the records that had arrived by `today`."""
        arrived = self.arrival <= today
        curves = completeness_curves(
            self.measure[arrived],
            self.event[arrived],
            (self.arrival - self.event)[arrived],
            number=measures,
            today=today,
        )
        single = len(MEASURES)
        for row, parts in enumerate(TOTALS.values(), start=single):
            curves[row] = curves[list(parts)].mean(axis=0)
        return curves


if __name__ == "__main__":
    main()
