"""Anti-social behaviour incidents a month: a falling trend with a summer peak."""

from __future__ import annotations

import numpy as np
import pandas as pd

from demonstration.areas import AREAS, UNLOCATED
from demonstration.periods import FIRST_DAY, LAST_DAY, months
from demonstration.totals import share_out

# Incidents a year at the start and at the end, invented; "the general downward trend continuing"
# and the autumn fall are from the panel report of March 2016.
_FIRST_YEAR = 41_000.0
_LAST_YEAR = 20_500.0
_SWING = 0.20
_PEAK_MONTH = 7
_OVERDISPERSION = 2.5
_WEIGHTS = (0.13, 0.13, 0.14, 0.13, 0.06, 0.12, 0.04, 0.065, 0.065, 0.03, 0.035, 0.02)


def table(rng: np.random.Generator) -> pd.DataFrame:
    """Rows month, area, incident, count; every month and area has a row."""
    names = months(FIRST_DAY, LAST_DAY)
    part = np.arange(len(names)) / (len(names) - 1)
    level = _FIRST_YEAR / 12 * (_LAST_YEAR / _FIRST_YEAR) ** part
    calendar_month = np.array([int(name[5:]) for name in names])
    season = 1 + _SWING * np.cos(2 * np.pi * (calendar_month - _PEAK_MONTH) / 12)
    mean = level * season
    totals = rng.negative_binomial(mean / (_OVERDISPERSION - 1), 1 / _OVERDISPERSION)
    areas = AREAS[:UNLOCATED]
    rows = []
    for name, total in zip(names, totals, strict=True):
        weights = np.array(_WEIGHTS) * rng.gamma(150.0, 1 / 150.0, len(areas))
        counts = share_out(int(total), weights)
        rows += [(name, area, "asb", int(n)) for area, n in zip(areas, counts, strict=True)]
    return pd.DataFrame(rows, columns=["month", "area", "incident", "count"])
