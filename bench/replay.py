"""How fast a year is replayed, and how far learning once a week is from learning every day.

python -m bench.replay [--days 365] [--exact-days 28]

Simulated records of a force in which nothing changes (bench/generators/steady.py), in the areas and
measures of the plan; one process.  Set OMP_NUM_THREADS=1 for figures of one thread.  Seconds are of
processor time, and also given as a share of what full days from scratch would take in the same run.
"""

from __future__ import annotations

import argparse
import resource
import time as clock
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.generators.steady import LAST_DAY, PLAN, steady
from bot.alerts.rehearsal import Rehearsed, Stage, rehearse
from bot.past import Loaded, Past
from bot.replay import gate
from config.alerts import ALERTS_FILE, AlertPolicy, read_alerts
from config.catalogue import PLANS, read_catalogue
from metrics.assess import assess
from metrics.model import Catalogue
from metrics.reckoning import reckon
from metrics.series import dense
from metrics.trending import trends_of

Array = NDArray[np.float64]

RUN_AT: Final = time(6)
A_YEAR: Final = 365


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """Some days, one after another."""

    seconds_of_figures: float
    seconds_of_deciding: float
    scores: Array  # (days, rows); NaN where nothing can be said
    days: tuple[Rehearsed, ...]


def main() -> None:
    """Print what a year takes, and what learning once a week changes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=A_YEAR)
    parser.add_argument("--exact-days", type=int, default=28)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    catalogue, _ = read_catalogue(PLANS / PLAN)
    policy = read_alerts(PLANS / PLAN / ALERTS_FILE, catalogue)
    loads = [steady(given.seed, catalogue)]
    days = [LAST_DAY - timedelta(days=back) for back in range(given.days)][::-1]
    made = run(loads, days, catalogue, policy, is_exact=False)
    watched = int(np.isfinite(made.scores).any(axis=0).sum())
    seconds = made.seconds_of_figures + made.seconds_of_deciding
    a_year = seconds * A_YEAR / len(days)
    full = from_scratch(loads, catalogue) * A_YEAR
    print(
        f"{made.scores.shape[1]:,} rows, {watched:,} of them watched: {a_year:.0f} s of processor "
        f"time a year ({made.seconds_of_figures / len(days):.3f} s a day for the figures, "
        f"{made.seconds_of_deciding / len(days):.3f} s for deciding); 365 full days from scratch "
        f"{full:.0f} s: {full / a_year:.0f} times as long"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process: {peak:.0f} MB")
    compare(loads, days[-given.exact_days :], catalogue, policy)


def run(
    loads: Sequence[Loaded],
    days: Sequence[date],
    catalogue: Catalogue,
    policy: AlertPolicy,
    *,
    is_exact: bool,
) -> Run:
    """Replay days, and take the time of making the figures and of deciding."""
    past = Past(loads, catalogue, run_at=RUN_AT, is_exact=is_exact)
    made: list[Rehearsed] = []
    scores: list[Array] = []
    stage, spent, began = Stage(), 0.0, clock.process_time()
    deciding = 0.0
    for figures in past.figures(days):
        spent += clock.process_time() - began
        began = clock.process_time()
        day, stage = rehearse(
            figures,
            stage,
            policy=policy,
            may_tell=gate(figures, policy),
            now=past.morning(figures.snapshot.as_at),
        )
        made.append(day)
        deciding += clock.process_time() - began
        scores.append(figures.snapshot.assessments.watch.score)
        began = clock.process_time()
    return Run(
        seconds_of_figures=spent,
        seconds_of_deciding=deciding,
        scores=np.stack(scores),
        days=tuple(made),
    )


def from_scratch(loads: Sequence[Loaded], catalogue: Catalogue) -> float:
    """Return the seconds of one day as the daily job makes it, without reading and keeping."""
    table = loads[0][1]
    counts = dense(table, catalogue, to=LAST_DAY)
    began = clock.process_time()
    positions = reckon(counts, table, catalogue, as_at=LAST_DAY)
    assess(counts, positions, table, catalogue, as_at=LAST_DAY)
    trends_of(counts, positions, catalogue, as_at=LAST_DAY)
    return clock.process_time() - began


def compare(
    loads: Sequence[Loaded], days: Sequence[date], catalogue: Catalogue, policy: AlertPolicy
) -> None:
    """Print how scores and alerts differ between learning once a week and every day."""
    weekly, daily = (
        run(loads, days, catalogue, policy, is_exact=is_exact) for is_exact in (False, True)
    )
    known = np.isfinite(daily.scores)
    far = np.abs(weekly.scores - daily.scores)[known]
    high = np.abs(weekly.scores - daily.scores)[known & (daily.scores > 1.0)]
    print(
        f"learning once a week against every day, {len(days)} days, {far.size:,} scores: half "
        f"differ by less than {np.median(far):.4f}, 99% by less than "
        f"{np.quantile(far, 0.99):.3f}, the most by {far.max():.2f}; of scores above 1 the most "
        f"by {high.max(initial=0.0):.2f}"
    )
    one, other = set(_raised(weekly.days)), set(_raised(daily.days))
    print(
        f"alerts raised: {len(one)} and {len(other)}; {len(one & other)} the same on the same day"
    )


def _raised(days: Sequence[Rehearsed]) -> Iterator[tuple[date, str, str]]:
    for day in days:
        for one in day.transitions:
            if one.change == "raised":
                yield day.as_at, one.alert.key.measure, one.alert.key.area


if __name__ == "__main__":
    main()
