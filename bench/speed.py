"""How long one day takes: with and without refit, for one force and for 43, beside the peers.

python -m bench.speed [--forces 43]

Simulated counts; one process.  Set OMP_NUM_THREADS=1 for figures of one thread.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

from bench.generators.police import AREAS, FIRST_DAY, MEASURES, TOTALS, roll_up, simulate
from metrics.statistics.glm import fit_poisson
from metrics.statistics.surveillance import History, Layout, LevelIndex, assess, fit

Array = NDArray[np.float64]
Result = TypeVar("Result")

TODAY: Final = 2_100
SINGLE_FITS: Final = 200
TRAINING_WEEKS: Final = 208

R_SCRIPT: Final = """
suppressMessages(library(surveillance))
counts <- as.matrix(read.csv("counts.csv", header = FALSE))
control <- list(range = nrow(counts), b = 5, w = 3, noPeriods = 10, pastWeeksNotIncluded = 26,
  pThresholdTrend = 1, thresholdMethod = "nbPlugin", glmWarnings = FALSE)
time <- system.time(farringtonFlexible(sts(counts, frequency = 52), control))["elapsed"]
cat(1000 * time / ncol(counts))
"""


def main() -> None:
    """Print one line per measurement, and what it is to the single fits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--forces", type=int, default=43)
    arguments = parser.parse_args()
    one = one_force()
    single = single_fits()
    batched = batched_fits()
    print(f"statsmodels, one fit at a time: {1000 * single:.3f} ms a fit")
    print(f"batched: {1000 * batched:.4f} ms a fit, {single / batched:.0f} times faster")
    days(one, "one force")
    days(many_forces(one, arguments.forces), f"{arguments.forces} forces")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process: {peak:.0f} MB")
    print(r_line())


def one_force(seed: int = 1) -> History:
    """750 series of six years."""
    measures, areas = len(MEASURES) + len(TOTALS), len(AREAS)
    rows = np.arange(measures * areas)
    measure, area = rows // areas, rows % areas
    small, bcu, force = int(LevelIndex.LEAF), int(LevelIndex.BCU), int(LevelIndex.FORCE)
    levels = [
        force if name == "force" else bcu if name.startswith("bcu") else small for name in AREAS
    ]
    return History(
        counts=roll_up(simulate(seed).counts).astype(np.float64),
        first_day=FIRST_DAY,
        layout=Layout(
            measure=measure,
            area=area,
            level=np.array(levels, dtype=np.intp)[area],
            parent=measure * areas + areas - 1,
            direction=np.ones(len(rows), dtype=np.intp),
        ),
    )


def many_forces(one: History, forces: int) -> History:
    """The same series again for each force, with measures, areas and parents of their own."""
    layout = one.layout
    series = len(layout.measure)
    force = np.repeat(np.arange(forces), series)
    return replace(
        one,
        counts=np.tile(one.counts, (forces, 1)),
        layout=Layout(
            measure=np.tile(layout.measure, forces) + force * (int(layout.measure.max()) + 1),
            area=np.tile(layout.area, forces),
            level=np.tile(layout.level, forces),
            parent=np.tile(layout.parent, forces) + force * series,
            direction=np.tile(layout.direction, forces),
        ),
    )


def days(history: History, name: str) -> None:
    """One day from scratch, one with refit, one without."""
    series = len(history.counts)
    scratch, state = _timed(lambda: fit(history, TODAY))
    refit, state = _timed(lambda: fit(history, TODAY + 1, previous=state))
    judged, _ = _timed(lambda: assess(history, state, TODAY + 1))
    print(f"{name}, {series} series: from scratch {scratch:.2f} s")
    print(
        f"{name}, {series} series, one day with refit: {refit + judged:.3f} s "
        f"({1000 * (refit + judged) / series:.3f} ms a series)"
    )
    print(f"{name}, {series} series, one day without refit: {1000 * judged:.1f} ms")


def single_fits() -> float:
    """Seconds of one statsmodels fit of four years of weeks on six terms."""
    counts, design = _weekly()
    family = sm.families.Poisson()
    seconds, _ = _timed(lambda: [sm.GLM(row, design, family=family).fit() for row in counts])
    return seconds / len(counts)


def batched_fits() -> float:
    """Seconds of one such fit among many."""
    counts, design = _weekly()
    seconds, _ = _timed(lambda: fit_poisson(counts, design))
    return seconds / len(counts)


def r_line() -> str:
    """One series-week of R's `farringtonFlexible`, or why it is not told."""
    program = shutil.which("Rscript")
    if program is None:
        return "R: not measured, Rscript is not installed."
    counts, _ = _weekly(weeks=312)
    with TemporaryDirectory() as folder:
        np.savetxt(Path(folder) / "counts.csv", counts[:20].T, delimiter=",", fmt="%d")
        done = subprocess.run(
            [program, "-e", R_SCRIPT], cwd=folder, capture_output=True, text=True, check=False
        )
    if done.returncode:
        return "R: not measured, the package `surveillance` is not installed."
    return f"R farringtonFlexible: {float(done.stdout):.1f} ms a series-week"


def _weekly(weeks: int = TRAINING_WEEKS) -> tuple[Array, Array]:
    week = np.arange(weeks)
    angle = 2 * np.pi * week / 52
    waves = [wave(order * angle) for order in (1, 2) for wave in (np.cos, np.sin)]
    design = np.column_stack([np.ones(weeks), week / 52, *waves])
    rng = np.random.default_rng(1)
    level = rng.uniform(0.0, 3.0, SINGLE_FITS)
    season = rng.normal(0.0, 0.2, (SINGLE_FITS, design.shape[1] - 1))
    mean = np.exp(np.column_stack([level, season]) @ design.T)
    return rng.poisson(mean).astype(np.float64), design


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


if __name__ == "__main__":
    main()
