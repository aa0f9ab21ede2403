"""Score alarms on the simulated force: alerts and false alerts a week, detection, delay, precision.

python -m bench.scorers.police --dir DIR [--dir ...] --alarms A.csv [--alarms ...]
    [--null-dir DIR ... --null-alarms A.csv ...] [--false-per-week 1 2 5] [--threshold x]

Alarms are rows series_id,t,score with t the day counted from 0; an absent row never alarms.  An
alert is a score above the threshold on a series without an alert in the last --quiet days.  It is
true when the series is affected by a deterioration on that day, neutral when the series has to do
with one that runs or ended less than 91 days ago, and false otherwise.  Detected: a true alert.
Detection by chance is told with the twins that have no deterioration (--null-dir): report the
difference, for a long event on several series is "found" by chance quite often.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

GRACE_DAYS: Final = 91
MERGE_DAYS: Final = 7
SIGNAL_BANDS: Final = ((-9.0, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 1e9))
CLEAN, NEUTRAL, AFFECTED = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What really happened in one simulated force.

    Attributes:
        series: One row per series: series_id, measure, level.
        events: One row per deterioration.
        first_day: First test day.
        days: Number of test days.
        label: (series, days) clean, neutral or affected.
        event: (series, days) the deterioration that affects a series; -1 for none.
        recording: (series, days) whether a recording step of the test year has begun.
    """

    series: pd.DataFrame
    events: pd.DataFrame
    first_day: int
    days: int
    label: NDArray[np.int8]
    event: Indices
    recording: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """Alerts of one force: series row, test day and label of each, and the days to detection."""

    row: Indices
    day: Indices
    label: NDArray[np.int8]
    delay: dict[int, int]
    recording_false: int
    messages: int
    messages_false: int
    rate: float


def load_truth(folder: Path) -> Truth:
    """Read what the generator wrote about its own deteriorations."""
    series = pd.read_csv(folder / "meta.csv")
    calendar = pd.read_csv(folder / "calendar.csv")
    test = calendar.loc[calendar["test"] == 1, "day"]
    first, days = int(test.iloc[0]), len(test)
    events = pd.read_csv(folder / "events.csv").set_index("event", drop=False)
    label = np.zeros((len(series), days), dtype=np.int8)
    event = np.full((len(series), days), -1, dtype=np.intp)
    affected = pd.read_csv(folder / "truth_series.csv")
    rows = pd.Index(series["series_id"]).get_indexer(affected["series_id"])
    start = events.loc[affected["event"], "start"].to_numpy() - first
    end = events.loc[affected["event"], "end"].to_numpy() - first
    for row, begins, ends in zip(rows, start, end, strict=True):
        label[row, begins : ends + 1 + GRACE_DAYS] = NEUTRAL
    for row, begins, ends, number, status in zip(
        rows, start, end, affected["event"], affected["status"], strict=True
    ):
        if status == "affected":
            label[row, begins : ends + 1] = AFFECTED
            event[row, begins : ends + 1] = number
    return Truth(
        series=series, events=events, first_day=first, days=days, label=label, event=event,
        recording=_recording(folder, series, first, days),
    )  # fmt: skip


def load_scores(path: Path, truth: Truth) -> Array:
    """(series, days) strongest score of each test day; minus infinity where there is none."""
    rows = pd.read_csv(path).dropna()
    row = pd.Index(truth.series["series_id"]).get_indexer(rows["series_id"])
    day = rows["t"].to_numpy() - truth.first_day
    inside = (row >= 0) & (day >= 0) & (day < truth.days)
    scores = np.full((len(truth.series), truth.days), -np.inf)
    np.maximum.at(scores, (row[inside], day[inside]), rows["score"].to_numpy(float)[inside])
    return scores


def judge(truth: Truth, scores: Array, threshold: float, quiet: int) -> Alerts:
    """Turn scores into alerts and compare them with the truth."""
    row, day = _begin(scores, threshold, quiet)
    label = truth.label[row, day]
    start = dict(zip(truth.events["event"].tolist(), truth.events["start"].tolist(), strict=True))
    delay: dict[int, int] = {}
    for one, when, what in zip(row, day, label, strict=True):
        number = int(truth.event[one, when])
        if what == AFFECTED and number not in delay:
            delay[number] = int(when) - (start[number] - truth.first_day)
    messages, messages_false = _merge(truth.series["measure"].to_numpy(dtype=str)[row], day, label)
    return Alerts(
        row=row, day=day, label=label, delay=delay,
        recording_false=int((truth.recording[row, day] & (label == CLEAN)).sum()),
        messages=messages, messages_false=messages_false,
        rate=float((scores[truth.label == CLEAN] > threshold).mean()),
    )  # fmt: skip


def threshold_for(
    truths: Sequence[Truth], scores: Sequence[Array], false_a_week: float, quiet: int
) -> float:
    """The lowest threshold that raises no more than so many false alerts a week."""
    finite = np.concatenate([one[np.isfinite(one)] for one in scores])
    low, high = float(np.quantile(finite, 0.5)), float(finite.max())
    weeks = sum(truth.days for truth in truths) / 7
    for _ in range(22):
        middle = (low + high) / 2
        false = 0
        for truth, one in zip(truths, scores, strict=True):
            row, day = _begin(one, middle, quiet)
            false += int((truth.label[row, day] == CLEAN).sum())
        low, high = (middle, high) if false / weeks > false_a_week else (low, middle)
    return high


def pooled(
    truths: Sequence[Truth], scores: Sequence[Array], threshold: float, quiet: int
) -> tuple[dict[str, float], dict[tuple[str, str], tuple[float, float, int]]]:
    """Figures over all forces, and detection by kind, scope and size of the signal."""
    pairs = list(zip(truths, scores, strict=True))
    judged = [judge(truth, one, threshold, quiet) for truth, one in pairs]
    weeks = sum(truth.days for truth in truths) / 7
    label = np.concatenate([one.label for one in judged])
    true, false = int((label == AFFECTED).sum()), int((label == CLEAN).sum())
    rows = [
        (event["kind"], event["scope"], float(event["snr"]), one.delay.get(int(event["event"])))
        for truth, one in zip(truths, judged, strict=True)
        for event in truth.events.to_dict("records")
    ]
    found = [delay for *_, delay in rows if delay is not None]
    figures = {
        "thr": threshold,
        "fpr": float(np.mean([one.rate for one in judged])),
        "alerts_wk": len(label) / weeks,
        "false_wk": false / weeks,
        "rec_false_wk": sum(one.recording_false for one in judged) / weeks,
        "notes_wk": sum(one.messages for one in judged) / weeks,
        "notes_false_wk": sum(one.messages_false for one in judged) / weeks,
        "precision": true / max(1, true + false),
        "pod": len(found) / len(rows),
        "delay": float(np.median(found)) if found else np.nan,
    }
    return figures, _by_kind(rows)


def _recording(folder: Path, series: pd.DataFrame, first: int, days: int) -> NDArray[np.bool_]:
    begun = np.zeros((len(series), days), dtype=np.bool_)
    total = series["level"].str.endswith("total").to_numpy()
    changes = pd.read_csv(folder / "changes.csv")
    for measure, day in zip(changes["measure"], changes["day"], strict=True):
        if day >= first:
            begun[(series["measure"] == measure).to_numpy() | total, day - first :] = True
    return begun


def _begin(scores: Array, threshold: float, quiet: int) -> tuple[Indices, Indices]:
    """Series and day of each alert, in the order of days."""
    last = np.full(len(scores), -np.inf)
    rows, days = [], []
    for day in range(scores.shape[1]):
        begun = np.flatnonzero((scores[:, day] > threshold) & (day - last >= quiet))
        last[begun] = day
        rows.append(begun)
        days.append(np.full(len(begun), day))
    return np.concatenate(rows), np.concatenate(days)


def _merge(measure: NDArray[np.str_], day: Indices, label: NDArray[np.int8]) -> tuple[int, int]:
    """Messages after merging the alerts of one measure within a week; and how many are false."""
    last: dict[str, int] = {}
    messages = false = 0
    for index in np.lexsort((-label, day)):
        if day[index] - last.get(str(measure[index]), -99) > MERGE_DAYS:
            last[str(measure[index])] = int(day[index])
            messages += 1
            false += int(label[index] == CLEAN)
    return messages, false


def _by_kind(
    rows: Iterable[tuple[str, str, float, int | None]],
) -> dict[tuple[str, str], tuple[float, float, int]]:
    groups: dict[tuple[str, str], list[int | None]] = {}
    for kind, scope, signal, delay in rows:
        groups.setdefault((kind, scope), []).append(delay)
        for low, high in SIGNAL_BANDS:
            if low <= signal < high:
                name = (
                    "snr<2" if low < 0 else f"snr{low:.0f}-{high:.0f}" if high < 1e9 else "snr>=8"
                )
                groups.setdefault(("any", name), []).append(delay)
    out = {}
    for key, delays in sorted(groups.items()):
        found = [delay for delay in delays if delay is not None]
        median = float(np.median(found)) if found else np.nan
        out[key] = (len(found) / len(delays), median, len(delays))
    return out


def main() -> None:
    """Print one block per threshold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dir", type=Path, action="append", required=True)
    parser.add_argument("--alarms", type=Path, action="append", required=True)
    parser.add_argument("--null-dir", type=Path, action="append", default=[])
    parser.add_argument("--null-alarms", type=Path, action="append", default=[])
    parser.add_argument("--false-per-week", type=float, nargs="*", default=[1, 5])
    parser.add_argument("--threshold", type=float)
    parser.add_argument("--quiet", type=int, default=28)
    chosen = parser.parse_args()
    truths, scores = _load(chosen.dir, chosen.alarms)
    null_truths, null_scores = _load(chosen.null_dir, chosen.null_alarms)
    thresholds = [] if chosen.threshold is None else [chosen.threshold]
    thresholds += [
        threshold_for(truths, scores, wanted, chosen.quiet) for wanted in chosen.false_per_week
    ]
    for threshold in thresholds:
        figures, by_kind = pooled(truths, scores, threshold, chosen.quiet)
        print(_line(figures))
        if null_truths:
            chance = pooled(null_truths, null_scores, threshold, chosen.quiet)[0]["pod"]
            print(f"   chance {chance:.3f}, POD minus chance {figures['pod'] - chance:.3f}")
        for (kind, scope), (share, delay, number) in by_kind.items():
            print(f"   {kind:9s} {scope:6s} POD {share:.2f} delay {delay:5.0f}  n={number}")


def _load(folders: list[Path], alarms: list[Path]) -> tuple[list[Truth], list[Array]]:
    truths = [load_truth(folder) for folder in folders]
    return truths, [load_scores(path, one) for path, one in zip(alarms, truths, strict=True)]


def _line(figures: dict[str, float]) -> str:
    return (
        "thr={thr:.3f} FPR(series-day)={fpr:.5f} alerts/wk={alerts_wk:.2f} "
        "false/wk={false_wk:.2f} (recording {rec_false_wk:.2f}) notifications/wk={notes_wk:.2f} "
        "false {notes_false_wk:.2f} precision={precision:.2f} POD={pod:.2f} "
        "median delay={delay:.0f} d"
    ).format(**figures)


if __name__ == "__main__":
    main()
