"""Simulated monthly outcome rates and satisfaction, with drops whose size is known.

    python -m bench.generators.rates --kind outcomes --seed 1 --out DIR [--null]

84 months, the last 12 of which are the test year.  Answers are beta-binomial around a rate with
area effects, a slow random walk of the measure and of the area and, for outcomes, a small season.
`series.csv` has series_id, measure, area, month (from 0), n and x; `events.csv` has series_id,
start (month) and drop (0-1).  `--null` leaves the drops out of the answers but lists them.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MONTHS: Final = 84
TEST_MONTHS: Final = 12
AREAS: Final = 20
AREAS_PER_BCU: Final = 5
BCUS: Final = AREAS // AREAS_PER_BCU
SCOPES: Final = ("leaf", "leaf", "bcu", "force", "none", "leaf")
"""Where the drop of each measure in turn happens."""
LARGEST_ANGLE: Final = 6.28
LEAST_EFFECT: Final = 0.005
"""A series whose rate falls by less is not listed as affected."""


class Kind(StrEnum):
    """What is simulated: many crimes with few outcomes, or few answers of mostly satisfied."""

    OUTCOMES = "outcomes"
    SATISFACTION = "satisfaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """The ranges that one kind is drawn from."""

    stream: int  # second word of the random seed
    measures: int
    rate: tuple[float, float]
    trials: tuple[float, float]  # a month, in all areas
    season: float  # amplitude on the logit scale
    drops: tuple[float, float, float]


REGIMES: Final = {
    Kind.OUTCOMES: Regime(
        stream=5, measures=6, rate=(0.05, 0.5), trials=(300, 3000), season=0.05,
        drops=(0.03, 0.05, 0.10),
    ),
    Kind.SATISFACTION: Regime(
        stream=6, measures=4, rate=(0.8, 0.9), trials=(60, 300), season=0.0,
        drops=(0.05, 0.10, 0.15),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulated:
    """One measure: arrays of shape (areas, months)."""

    trials: IntArray
    successes: IntArray
    fall: FloatArray  # by how much the true rate is lowered
    start: int  # month of the drop


def simulate(rng: np.random.Generator, regime: Regime, scope: str, *, null: bool) -> Simulated:
    """Draw one measure.  The order of the draws is part of the format: twins share it."""
    level = rng.uniform(*regime.rate)
    size = np.exp(rng.uniform(*np.log(regime.trials)))
    share = rng.dirichlet(np.full(AREAS, 5.0))
    correlation = rng.uniform(0.0, 0.01)
    angle = 2 * np.pi * np.arange(MONTHS) / 12 - rng.uniform(0, LARGEST_ANGLE)
    walk = np.cumsum(rng.normal(0, 0.015, MONTHS))
    area = rng.normal(0, 0.2, (AREAS, 1))
    own_walk = np.cumsum(rng.normal(0, 0.01, (AREAS, MONTHS)), axis=1)
    logit = np.log(level / (1 - level)) + area + regime.season * np.cos(angle) + walk + own_walk
    rate = 1 / (1 + np.exp(-logit))
    trials = rng.poisson(size * share[:, None] * np.exp(rng.normal(0, 0.08, rate.shape)))
    drop = min(float(rng.choice(regime.drops)), level * 0.6)
    start = MONTHS - TEST_MONTHS + int(rng.integers(0, 4))
    hit = _hit(rng, scope)
    lowered = rate.copy()
    lowered[hit, start:] = np.maximum(lowered[hit, start:] - drop, 0.01)
    true = rate if null else lowered
    if correlation > 1e-4:
        precision = 1 / correlation - 1
        true = rng.beta(true * precision, (1 - true) * precision)
    return Simulated(
        trials=trials, successes=rng.binomial(trials, true), fall=rate - lowered, start=start
    )


def _hit(rng: np.random.Generator, scope: str) -> IntArray:
    """The areas of the drop; draws for every scope, so that the stream does not depend on it."""
    leaves = rng.choice(AREAS, 3, replace=False)
    bcu = np.flatnonzero(np.arange(AREAS) // AREAS_PER_BCU == rng.integers(0, BCUS))
    everywhere = np.arange(AREAS)
    return {"leaf": leaves, "bcu": bcu, "force": everywhere}.get(scope, everywhere[:0])


def write(folder: Path, kind: Kind, seed: int, *, null: bool) -> tuple[int, int]:
    """Write series.csv and events.csv; return the number of series and of affected ones."""
    regime = REGIMES[kind]
    rng = np.random.default_rng([seed, regime.stream])
    bcus = [np.arange(AREAS_PER_BCU) + AREAS_PER_BCU * bcu for bcu in range(BCUS)]
    members = [*np.arange(AREAS)[:, None], *bcus, np.arange(AREAS)]
    names = [*(f"a{i:02d}" for i in range(AREAS)), *(f"bcu{i}" for i in range(BCUS)), "force"]
    rows: list[list[object]] = []
    events: list[list[object]] = []
    for measure in range(regime.measures):
        drawn = simulate(rng, regime, SCOPES[measure % len(SCOPES)], null=null)
        for name, areas in zip(names, members, strict=True):
            trials = drawn.trials[areas].sum(axis=0)
            successes = drawn.successes[areas].sum(axis=0)
            fall = (drawn.trials[areas] * drawn.fall[areas]).sum(axis=0) / np.maximum(trials, 1)
            key = f"o{measure}.{name}"
            if fall[-1] > LEAST_EFFECT:
                events.append([key, drawn.start, round(float(fall[drawn.start :].mean()), 4)])
            rows.extend(
                [key, f"o{measure}", name, month, int(trials[month]), int(successes[month])]
                for month in range(MONTHS)
            )
    folder.mkdir(parents=True, exist_ok=True)
    _write_rows(folder / "series.csv", ["series_id", "measure", "area", "month", "n", "x"], rows)
    _write_rows(folder / "events.csv", ["series_id", "start", "drop"], events)
    return len(rows) // MONTHS, len(events)


def _write_rows(path: Path, header: list[str], rows: list[list[object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Write one simulation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", type=Kind, choices=list(Kind), required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--null", action="store_true", help="list the drops, do not apply them")
    chosen = parser.parse_args()
    series, affected = write(chosen.out, chosen.kind, chosen.seed, null=chosen.null)
    print(f"{series} series of {MONTHS} months, {affected} affected -> {chosen.out}")


if __name__ == "__main__":
    main()
