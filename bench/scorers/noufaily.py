"""Score alarms on the weekly simulation: false-positive rate, detection, delay.

python -m bench.scorers.noufaily --truth DIR/truth.csv --alarms out.csv [--fpr 0.01] [--threshold 2]

Alarms are rows series_id,t,score with t the week counted from 1; a larger score is stronger and an
absent row never alarms.  False-positive rate: alarms in scored weeks outside outbreaks over such
weeks.  Detection: share of current outbreaks with an alarm from their first to their last week.
Told at the threshold given, and at the threshold whose pooled false-positive rate is --fpr.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Scores beside the truth: arrays of shape (series, weeks), columns of shape (series,)."""

    scores: Array
    scenario: NDArray[np.int64]
    size: NDArray[np.int64]
    start: NDArray[np.int64]
    within: Mask
    clean: Mask
    weeks: NDArray[np.int64]

    def threshold_at(self, rate: float) -> float:
        """The threshold whose false-positive rate over all series is `rate`."""
        clean = self.scores[self.clean]
        if np.isfinite(clean).mean() <= rate:
            return np.inf
        return float(np.quantile(clean, 1 - rate, method="higher"))

    def figures(self, threshold: float) -> dict[str, float]:
        """Everything that is told about one threshold."""
        alarm = np.asarray(self.scores > threshold)
        hit = alarm & self.within
        found = np.asarray(hit.any(axis=1), dtype=np.bool_)
        delay = self.weeks[hit.argmax(axis=1)] - self.start
        rates = [
            alarm[self.clean & (self.scenario == one)[:, None]].mean()
            for one in np.unique(self.scenario)
        ]
        return {
            "thr": threshold,
            "fpr": float(alarm[self.clean].mean()),
            "fpr_scen_max": float(max(rates)),
            "fpr_scen_min": float(min(rates)),
            "pod": float(found.mean()),
            "pod_k1_3": float(found[self.size <= 3].mean()),
            "pod_k4_6": float(found[(self.size >= 4) & (self.size <= 6)].mean()),
            "pod_k7_10": float(found[self.size >= 7].mean()),
            "pod_week1": float((found & (delay == 0)).mean()),
            "delay": float(delay[found].mean()) if found.any() else np.nan,
        }


def load(truth: Path, alarms: Path, *, first: int, last: int, max_rep: int | None = None) -> Scored:
    """Read the truth and the alarms of the weeks from `first` to `last`."""
    outbreaks = pd.read_csv(truth)
    if max_rep is not None:
        outbreaks = outbreaks[outbreaks["rep"] <= max_rep]
    current = outbreaks[outbreaks["kind"] == "current"].set_index("series_id").sort_index()
    weeks = np.arange(first, last + 1)
    start, end = current["start"].to_numpy(), current["end"].to_numpy()
    within: Mask = (weeks >= start[:, None]) & (weeks <= end[:, None])
    clean = ~within
    past = outbreaks[(outbreaks["kind"] == "past") & outbreaks["series_id"].isin(current.index)]
    rows = current.index.get_indexer(pd.Index(past["series_id"]))
    for row, begins, ends in zip(rows, past["start"], past["end"], strict=True):
        clean[row] &= ~((weeks >= begins) & (weeks <= ends))
    return Scored(
        scores=_scores(alarms, current.index, weeks),
        scenario=current["scenario"].to_numpy(),
        size=current["k"].to_numpy(),
        start=start,
        within=within,
        clean=clean,
        weeks=weeks,
    )


def _scores(path: Path, names: pd.Index[str], weeks: NDArray[np.int64]) -> Array:
    """(series, weeks) the strongest score of each week; minus infinity where there is none."""
    rows = pd.read_csv(path).dropna()
    rows["row"] = names.get_indexer(pd.Index(rows["series_id"]))
    inside = (rows["row"] >= 0) & rows["t"].between(weeks[0], weeks[-1])
    rows = rows[inside]
    scores = np.full((len(names), len(weeks)), -np.inf)
    where = (rows["row"].to_numpy(), rows["t"].to_numpy() - weeks[0])
    np.maximum.at(scores, where, rows["score"].to_numpy(dtype=np.float64))
    return scores


def main() -> None:
    """Print the figures at the nominal threshold and at the wanted rate."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--alarms", type=Path, required=True)
    parser.add_argument("--maxrep", type=int)
    parser.add_argument("--from", dest="first", type=int, default=576)
    parser.add_argument("--to", dest="last", type=int, default=624)
    parser.add_argument("--fpr", type=float, default=0.01)
    parser.add_argument("--threshold", type=float, default=2.0)
    chosen = parser.parse_args()
    scored = load(
        chosen.truth, chosen.alarms, first=chosen.first, last=chosen.last, max_rep=chosen.maxrep
    )
    print(f"{len(scored.scores)} series")
    _tell("nominal", scored.figures(chosen.threshold))
    _tell(f"at FPR {chosen.fpr:g}", scored.figures(scored.threshold_at(chosen.fpr)))


def _tell(what: str, figures: dict[str, float]) -> None:
    print(f"{what:10s}", " ".join(f"{name}={value:.4g}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
