"""Spreads the fixed totals over days, so that daily series look like recorded crime.

A day's share of a span's crimes is the product of a level that moves smoothly from span to span,
the season, the weekday, the days that are known to differ, and gamma noise.  The noise makes the
variance of a daily count `OVERDISPERSION` times its mean; totals stay exact because days are
drawn from a multinomial distribution given the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from demonstration.areas import AREAS
from demonstration.crime_types import CRIME_TYPES, TYPE_IDS, WEEKDAY_FACTORS, Week, type_index
from demonstration.figures import Integers
from demonstration.periods import DAYS, FIRST_DAY, SPANS, day_number

Reals = npt.NDArray[np.float64]

# Variance over mean of daily counts, typical of recorded crime.
OVERDISPERSION = 1.25
OPERATION_TIGER = date(2013, 10, 28)  # Strategic Assurance Board, December 2013
# The operation's effect shows after the autumn peak; the year's printed totals leave this room.
_TIGER_SHOWS_FROM = date(2014, 1, 20)
_TIGER_SHOWS_TO = date(2014, 3, 31)
_TIGER_FACTOR = 0.80
_AUTUMN_RISE_FROM = date(2013, 8, 1)  # "recent months have seen a rising trend"
_AUTUMN_RISE_TO = date(2013, 12, 11)
_AUTUMN_RISE_FACTOR = 1.15
_BONFIRE = range(28, 37)  # days of the year after 1 October: Hallowe'en to Bonfire Night
_BONFIRE_FACTOR = 1.45
_NEW_YEAR = {Week.EVENING: 2.1, Week.RETAIL: 0.25, Week.ACQUISITIVE: 0.85, Week.FLAT: 1.0}
_CHRISTMAS = {Week.EVENING: 0.85, Week.RETAIL: 0.06, Week.ACQUISITIVE: 0.45, Week.FLAT: 0.50}
# Recorded at once from this day (annual report 2013/14): a step, not a trend.
_STEPPED = frozenset({type_index("rape")})


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """One entry per crime, in order of recording: day number, type index, area index."""

    day: Integers
    crime_type: Integers
    area: Integers

    @property
    def count(self) -> int:
        """Number of crimes."""
        return int(self.day.size)


def spread(totals: Integers, rng: np.random.Generator) -> Records:
    """Crimes on days.

    Args:
        totals: Crimes per (span, type, area).
        rng: Source of every random number used.
    """
    shape = daily_shape(totals.sum(axis=2))
    counts = np.zeros((len(TYPE_IDS), len(AREAS), DAYS), dtype=np.int64)
    for span, cells in zip(SPANS, totals, strict=True):
        window = slice(span.start, span.start + span.days)
        mean = np.maximum(cells / span.days, 1e-3)[:, :, None]
        noise = rng.gamma(np.broadcast_to(mean / (OVERDISPERSION - 1), (*cells.shape, span.days)))
        weights = shape[:, None, window] * (noise + 1e-9)
        weights /= weights.sum(axis=2, keepdims=True)
        counts[:, :, window] = rng.multinomial(cells, weights)
    return _listed(counts, rng)


def _listed(counts: Integers, rng: np.random.Generator) -> Records:
    """One entry per crime from counts per (type, area, day), shuffled within each day."""
    by_day = np.moveaxis(counts, 2, 0)
    day, crime_type, area = np.nonzero(by_day)
    repeats = by_day[day, crime_type, area]
    day, crime_type, area = (np.repeat(values, repeats) for values in (day, crime_type, area))
    order = np.lexsort((rng.random(day.size), day))
    return Records(day=day[order], crime_type=crime_type[order], area=area[order])


def daily_shape(by_type: Integers) -> Reals:
    """Relative height of each day, shape (types, days), before noise.

    Args:
        by_type: Crimes per (span, type).
    """
    days = [FIRST_DAY + timedelta(days=number) for number in range(DAYS)]
    weekday = np.array([day.weekday() for day in days])
    day_of_year = np.array([day.timetuple().tm_yday for day in days])
    shape = np.ones((len(TYPE_IDS), DAYS))
    for row, crime_type in enumerate(CRIME_TYPES):
        angle = 2 * np.pi * (day_of_year - crime_type.peak) / 365.25
        shape[row] = 1 + crime_type.swing * np.cos(angle)
        shape[row] *= np.array(WEEKDAY_FACTORS[crime_type.week])[weekday]
        shape[row, day_of_year == 1] *= _NEW_YEAR[crime_type.week]
        shape[row, [day.month == 12 and day.day == 25 for day in days]] *= _CHRISTMAS[
            crime_type.week
        ]
    damage = type_index("criminal-damage-and-arson")
    shape[damage, [_is_bonfire(day) for day in days]] *= _BONFIRE_FACTOR
    _burglary_events(shape[type_index("domestic-burglary")])
    return shape * _levels(by_type, shape)


def _is_bonfire(day: date) -> bool:
    return day.month in (10, 11) and (day - date(day.year, 10, 1)).days in _BONFIRE


def _burglary_events(shape: Reals) -> None:
    """The rising autumn of 2013 and the fall after Operation Tiger, in place."""
    today = np.arange(DAYS)
    rise = [day_number(_AUTUMN_RISE_FROM), day_number(_AUTUMN_RISE_TO)]
    tiger, end = day_number(_TIGER_SHOWS_FROM), day_number(_TIGER_SHOWS_TO) + 1
    shape[:tiger] *= np.interp(today[:tiger], rise, [1.0, _AUTUMN_RISE_FACTOR])
    shape[tiger:end] *= _TIGER_FACTOR


def _levels(by_type: Integers, shape: Reals) -> Reals:
    """A level per (type, day) through the middle of each span, so that spans join smoothly."""
    middles = np.array([span.start + span.days / 2 for span in SPANS])
    expected = np.stack(
        [shape[:, span.start : span.start + span.days].sum(axis=1) for span in SPANS]
    )
    logs = np.log(np.maximum(by_type, 1) / expected)
    today = np.arange(DAYS)
    levels = np.exp(np.stack([np.interp(today, middles, one) for one in logs.T]))
    for row in _STEPPED:
        levels[row] = 1.0
    return np.asarray(levels, dtype=np.float64)


def reference_numbers(count: int) -> npt.NDArray[np.str_]:
    """Opaque references, unique, in order of recording: "SYN-0000001" onwards."""
    return np.array([f"SYN-{number:07d}" for number in range(1, count + 1)])
