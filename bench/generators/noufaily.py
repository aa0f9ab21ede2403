"""The weekly simulation of Noufaily et al. (2013): 42 scenarios, past and current outbreaks.

python -m bench.generators.noufaily --reps 100 --seed 2013 --out DIR

y_t is negative binomial with mean mu_t and variance phi mu_t (Poisson at phi = 1), and
log mu_t = theta + beta t + sum over j of gamma1 cos(2 pi j t / 52) + gamma2 sin(2 pi j t / 52).
An outbreak has Poisson(k sd) cases, spread over weeks by a lognormal(0, 0.5) delay.  Weeks count
from 1.  The parameters are those of public replications, not read from the paper itself.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

WEEKS: Final = 624
FIRST_PAST: Final = 313
FIRST_CURRENT: Final = 576
LAST_START_MARGIN: Final = 4
PAST_SIZES: Final = (2, 3, 5, 10)
MIN_CASES: Final = 2

PARAMETERS: Final = (
    # theta, beta, gamma1, gamma2, phi
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
)
"""Each is used with and without its trend, and with 0, 1 and 2 harmonics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One row of the simulation's parameters."""

    scenario: int
    theta: float
    beta: float
    m: int
    g1: float
    g2: float
    phi: float

    def mean(self) -> Array:
        """(weeks,) expected counts without outbreaks."""
        week = np.arange(1, WEEKS + 1)
        log_mean = self.theta + self.beta * week
        for harmonic in range(1, self.m + 1):
            angle = 2 * np.pi * harmonic * week / 52
            log_mean = log_mean + self.g1 * np.cos(angle) + self.g2 * np.sin(angle)
        return np.asarray(np.exp(log_mean), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbreak:
    """Cases added to one series; weeks count from 1 and both ends belong to it."""

    series_id: str
    scenario: int
    rep: int
    kind: str
    k: int
    size: int
    start: int
    end: int


def scenarios() -> list[Scenario]:
    """The 42 scenarios, in the order of the paper."""
    rows: list[Scenario] = []
    for theta, beta, gamma1, gamma2, phi in PARAMETERS:
        for trend in (0, 1):
            first = len(rows) + 1
            rows.extend(
                Scenario(
                    scenario=first + m,
                    theta=theta,
                    beta=beta * trend,
                    m=m,
                    g1=gamma1 if m else 0.0,
                    g2=gamma2 if m else 0.0,
                    phi=phi,
                )
                for m in (0, 1, 2)
            )
    return rows


def one_series(scenario: Scenario, rep: int, seed: int) -> tuple[str, Counts, list[Outbreak]]:
    """Draw one series with its outbreaks; the stream depends on (seed, scenario, rep) only."""
    rng = np.random.default_rng([seed, scenario.scenario, rep])
    mean = scenario.mean()
    if scenario.phi > 1:
        rate = rng.gamma(mean / (scenario.phi - 1), scenario.phi - 1)
        counts = rng.poisson(rate).astype(np.int64)
    else:
        counts = rng.poisson(mean).astype(np.int64)
    series_id = f"S{scenario.scenario:02d}R{rep:03d}"
    added: list[Outbreak] = []

    def strike(kind: str, k: int, start: int) -> None:
        size, first, last = _add_cases(rng, counts, mean, scenario.phi, k, start)
        added.append(
            Outbreak(
                series_id=series_id,
                scenario=scenario.scenario,
                rep=rep,
                kind=kind,
                k=k,
                size=size,
                start=first,
                end=last,
            )
        )

    for start in rng.choice(np.arange(FIRST_PAST, FIRST_CURRENT), 4, replace=False):
        strike("past", int(rng.choice(PAST_SIZES)), int(start))
    k = int(rng.integers(1, 11))
    strike("current", k, int(rng.integers(FIRST_CURRENT, WEEKS - LAST_START_MARGIN + 1)))
    return series_id, counts, added


def _add_cases(
    rng: np.random.Generator, counts: Counts, mean: Array, phi: float, k: int, start: int
) -> tuple[int, int, int]:
    """Add the cases of one outbreak to `counts`; return their number, first and last week."""
    size = 0
    while size < MIN_CASES:
        size = int(rng.poisson(k * np.sqrt(phi * mean[start - 1])))
    weeks = np.minimum(start + np.floor(rng.lognormal(0, 0.5, size)).astype(int), WEEKS)
    np.add.at(counts, weeks - 1, 1)
    return size, min(start, int(weeks.min())), int(weeks.max())


def write(folder: Path, reps: int, seed: int) -> int:
    """Write series.csv, truth.csv and scenarios.csv; return the number of series."""
    folder.mkdir(parents=True, exist_ok=True)
    table = scenarios()
    drawn = [one_series(row, rep, seed) for row in table for rep in range(1, reps + 1)]
    origin = [(row.scenario, rep) for row in table for rep in range(1, reps + 1)]
    weeks = [f"y{week}" for week in range(1, WEEKS + 1)]
    _write_rows(
        folder / "series.csv",
        ["series_id", "scenario", "rep", *weeks],
        [[one[0], *place, *one[1].tolist()] for one, place in zip(drawn, origin, strict=True)],
    )
    truth = [list(asdict(outbreak).values()) for one in drawn for outbreak in one[2]]
    _write_rows(folder / "truth.csv", list(Outbreak.__slots__), truth)
    _write_rows(
        folder / "scenarios.csv",
        list(Scenario.__slots__),
        [list(asdict(row).values()) for row in table],
    )
    return len(drawn)


def _write_rows(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Write one simulation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2013)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    number = write(arguments.out, arguments.reps, arguments.seed)
    print(f"{number} series of {WEEKS} weeks -> {arguments.out}")


if __name__ == "__main__":
    main()
