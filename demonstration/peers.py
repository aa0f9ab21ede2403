"""Crimes a month of the seven other forces of the most similar group.

Each peer follows Leicestershire's own level and season times a ratio of rates.  In 2013 the ratios
lie around one (the paper of December 2013 finds burglary, violence and vehicle crime similar to, or
matching, the peers); by 2015 they give the positions printed on the plan dashboard.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from demonstration.areas import PEERS
from demonstration.crime_types import type_index
from demonstration.periods import FIRST_DAY, LAST_DAY, months
from demonstration.population import ratio_to_force
from demonstration.records import OVERDISPERSION
from demonstration.totals import Reals

# Ratio of each peer's rate to Leicestershire's in 2015, in the order of `PEERS`: Bedfordshire,
# Essex, Hampshire, Hertfordshire, Kent, Nottinghamshire, Sussex.  Two below one make third.
RATIOS_2015: dict[str, tuple[float, ...]] = {
    "all-crime": (1.13, 1.05, 1.11, 0.86, 1.08, 1.18, 0.93),
    "domestic-burglary": (1.12, 0.90, 0.70, 0.78, 0.84, 0.94, 0.62),
    "violence-with-injury": (1.14, 1.08, 1.42, 1.11, 1.33, 1.26, 1.19),
    "theft-from-motor-vehicle": (1.10, 0.80, 0.72, 0.93, 0.66, 0.86, 0.60),
    "theft-of-motor-vehicle": (1.31, 1.20, 0.85, 0.94, 1.08, 0.90, 0.78),
}
# The same in 2013 by order of the 2015 ratio: lowest first, mean nought.
_DEVIATIONS_2013 = (-0.10, -0.06, -0.03, 0.01, 0.04, 0.06, 0.08)
_TURN = "2013-12"  # ratios stay as in 2013 up to this month
_REACHED = "2015-01"  # and as in 2015 from this one
_SMOOTHING_MONTHS = 3
_VEHICLE = ("theft-from-motor-vehicle", "theft-of-motor-vehicle")


def table(
    own: dict[str, Reals], population: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Rows month, force, crime_type, count.

    Args:
        own: Leicestershire's crimes a month per crime type of `RATIOS_2015`.
        population: Mid-year populations by area.
        rng: Source of every random number used.
    """
    names = months(FIRST_DAY, LAST_DAY)
    people = {year: ratio_to_force(population, year) for year in range(2008, 2017)}
    size = np.array([[people[int(name[:4])][peer] for peer in PEERS] for name in names])
    counts = {}
    for crime_type, latest in RATIOS_2015.items():
        mean = _smooth(own[crime_type])[:, None] * size * _ratios(names, latest)
        counts[crime_type] = rng.negative_binomial(mean / (OVERDISPERSION - 1), 1 / OVERDISPERSION)
    counts["vehicle-crime"] = counts[_VEHICLE[0]] + counts[_VEHICLE[1]]
    rows = [
        (name, peer, crime_type, int(by_month[row, column]))
        for crime_type, by_month in counts.items()
        for row, name in enumerate(names)
        for column, peer in enumerate(PEERS)
    ]
    return pd.DataFrame(rows, columns=["month", "force", "crime_type", "count"])


def own_months(by_day: Reals) -> dict[str, Reals]:
    """Leicestershire's crimes a month per crime type.

    Args:
        by_day: Crimes per (type, day).
    """
    month = pd.date_range(FIRST_DAY, LAST_DAY).to_period("M")
    place = np.asarray(month.astype("int64") - month[0].ordinal)
    found: dict[str, Reals] = {}
    for crime_type in RATIOS_2015:
        daily = by_day.sum(axis=0) if crime_type == "all-crime" else by_day[type_index(crime_type)]
        found[crime_type] = np.bincount(place, weights=daily).astype(np.float64)
    return found


def _smooth(monthly: Reals) -> Reals:
    """Centred moving average; the first and last month repeat at the ends."""
    padded = np.pad(monthly, _SMOOTHING_MONTHS // 2, mode="edge")
    return np.convolve(padded, np.full(_SMOOTHING_MONTHS, 1 / _SMOOTHING_MONTHS), mode="valid")


def _ratios(names: list[str], latest: tuple[float, ...]) -> Reals:
    """Ratio of rates per (month, peer), moving in a straight line between the two years."""
    order = np.argsort(np.argsort(latest))
    before = 1 + np.array(_DEVIATIONS_2013)[order]
    turn, reached = names.index(_TURN), names.index(_REACHED)
    part = np.clip((np.arange(len(names)) - turn) / (reached - turn), 0, 1)[:, None]
    return np.asarray((1 - part) * before + part * np.array(latest), dtype=np.float64)
