"""How many false alerts a week, where nothing changes: the whole way from counts to alerts.

python -m bench.false_alerts [--seeds 1 2 3] [--days 365] [--troubled]

Daily runs over the last days of simulated forces without any change (bench/generators/steady.py),
decided under the plan's configuration.  Every threat is a false alarm.  What stands on the first
day is let go: days before the counted ones are run as well, so that nothing is new only because
the run is.  With --troubled the forces deteriorate in known places and at known times: printed is
how many threats were right, by rule, and how many deteriorations were found.
"""

from __future__ import annotations

import argparse
import time as clock
from collections import Counter
from datetime import date, time, timedelta
from typing import Final

from scipy import stats

from bench.generators.steady import LAST_DAY, PLAN, events, steady
from bot.alerts.history import History, Life, history_of
from bot.alerts.model import Concern
from bot.alerts.rehearsal import Stage
from bot.alerts.truth import Mark, judge_history
from bot.past import Loaded, Past
from bot.replay import rehearsal_of
from config.alerts import ALERTS_FILE, AlertPolicy, read_alerts
from config.catalogue import PLANS, read_catalogue
from metrics.model import Catalogue

RUN_IN: Final = 42
"""Days run before the counted ones: longer than an alert may be quiet before it ends."""

RUN_AT: Final = time(6)
DAYS_A_WEEK: Final = 7
A_YEAR: Final = 365

LARGE: Final = 0.2
"""Share of a rise that is told apart: below it, a small area's is hardly ever detectable."""
CONFIDENCE: Final = 0.95


def main() -> None:
    """Print a line for each seed, and the rate with its interval."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--troubled", action="store_true", help="with known deteriorations")
    given = parser.parse_args()
    catalogue, _ = read_catalogue(PLANS / PLAN)
    policy = read_alerts(PLANS / PLAN / ALERTS_FILE, catalogue)
    if given.troubled:
        for seed in given.seeds:
            print(f"seed {seed}: {held_against_truth(seed, catalogue, policy)}", flush=True)
        return
    found: list[Life] = []
    for seed in given.seeds:
        began = clock.process_time()
        threats = false_alerts(seed, given.days, catalogue, policy)
        found += threats
        spent = clock.process_time() - began
        print(f"seed {seed}: {_counted(threats)}; {spent:.0f} s of processor time", flush=True)
    weeks = len(given.seeds) * given.days / DAYS_A_WEEK
    low, high = _interval(len(found), weeks)
    heads = sum(not one.is_child for one in found)
    print(
        f"configured: {policy.budget.false_alerts_a_week:g} false alerts a week; measured over "
        f"{weeks:.0f} weeks: {len(found) / weeks:.2f} a week (95% {low:.2f} to {high:.2f}), "
        f"{heads / weeks:.2f} of them in a message of their own; {_counted(found)}"
    )


def false_alerts(seed: int, days: int, catalogue: Catalogue, policy: AlertPolicy) -> list[Life]:
    """Return the threats raised in the last days of a force in which nothing changes."""
    counted_from = LAST_DAY - timedelta(days=days - 1)
    loaded = steady(seed, catalogue)
    history = _history([loaded], counted_from - timedelta(days=RUN_IN), catalogue, policy)
    return _threats(history.lives, counted_from)


def held_against_truth(seed: int, catalogue: Catalogue, policy: AlertPolicy) -> str:
    """Say how many threats of a troubled force's last year were right, and what was found."""
    loaded = steady(seed, catalogue, troubled=True)
    first = LAST_DAY - timedelta(days=A_YEAR - 1 + RUN_IN)
    history = _history([loaded], first, catalogue, policy)
    judged = judge_history(history, events(seed, catalogue), catalogue)
    marks = ", ".join(f"{mark.value} {judged.count(mark)}" for mark in Mark)
    rules = ", ".join(
        f"{rule.value} {judged.right_by_rule.get(rule, 0)} right "
        f"{judged.false_by_rule.get(rule, 0)} false"
        for rule in history.by_rule()
    )
    spoken = sum(one.by is not None for one in judged.found)
    large = [one for one in judged.found if one.event.size >= LARGE]
    spoken_large = sum(one.by is not None for one in large)
    return (
        f"{marks}; precision {judged.precision:.2f}; {rules}; found {spoken} of "
        f"{len(judged.found)}, of those of {LARGE:.0%} or more {spoken_large} of {len(large)}"
    )


def _history(
    loads: list[Loaded], first: date, catalogue: Catalogue, policy: AlertPolicy
) -> History:
    past = Past(loads, catalogue, run_at=RUN_AT)
    days = past.days(first, LAST_DAY)
    return history_of("", [day for day, _ in rehearsal_of(past, days, policy, Stage())])


def _threats(lives: tuple[Life, ...], since: date) -> list[Life]:
    return [one for one in lives if one.key.concern is Concern.THREAT and one.raised >= since]


def _counted(threats: list[Life]) -> str:
    rules = Counter("+".join(sorted(one.raised_by)) for one in threats)
    kinds = Counter(one.key.measure.partition(".")[2] for one in threats)
    levels = Counter(one.level.name.lower() for one in threats)
    parts = [
        ", ".join(f"{name} {count}" for name, count in which.most_common())
        for which in (rules, kinds, levels)
    ]
    return f"{len(threats)} threats ({'; '.join(parts)})"


def _interval(count: int, weeks: float) -> tuple[float, float]:
    """Return the exact interval of a Poisson rate a week; alerts that come together widen it."""
    tail = (1 - CONFIDENCE) / 2
    low = float(stats.gamma.ppf(tail, count)) if count else 0.0
    return low / weeks, float(stats.gamma.ppf(1 - tail, count + 1)) / weeks


if __name__ == "__main__":
    main()
