"""From figures to places: scales with round numbers on them, and the names of months."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from bot.render.charts.sheet import Floats
from bot.render.words import number

MONTH_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""In English whatever the machine's locale."""

ROUND_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
STEPS: Final = 5
"""At most so many steps from the foot of a scale to its head."""

LARGEST: Final = 1e100
"""A figure beyond this is drawn at the edge: squares of it would not be numbers."""

WHOLE_FROM: Final = 100.0
"""From here on the tenths of a mean say nothing more."""

MILLION: Final = 1e6
LARGEST_WRITTEN_OUT: Final = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A straight scale between two values, and the round values that are written on it."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def share(self, values: Sequence[float] | Floats) -> Floats:
        """Return where values stand, 0 at the foot to 1 at the head; NaN stays NaN."""
        clipped = np.clip(np.asarray(values, dtype=np.float64), self.low, self.high)
        return np.asarray((clipped - self.low) / (self.high - self.low))


def scale_of(values: Iterable[float], *, is_rate: bool) -> Scale:
    """Return the scale for values: from nought, except for rates that all lie far above it.

    A survey that moves between 80% and 85% would be a flat line on a scale from nought; where the
    scale does not start there, the chart says so.
    """
    known = [min(max(one, -LARGEST), LARGEST) for one in values if math.isfinite(one)]
    least, most = min(known, default=0.0), max(known, default=0.0)
    low = least if is_rate and least > most / 2 else min(least, 0.0)
    high = max(most, low)
    if is_rate:
        middle, half = (low + high) / 2, max(high - low, 0.1) / 2
        room = half * 0.15 if low > 0 else 0.0
        low, high = max(middle - half - room, min(low, 0.0)), max(middle + half + room, high)
        high = min(high, 1.0) if most <= 1.0 else high
        smallest_step = 0.01
    else:
        smallest_step = 1.0
    return _round_scale(low, high, smallest_step)


def _round_scale(low: float, high: float, smallest_step: float) -> Scale:
    rough = max((high - low) / STEPS, smallest_step / 2)
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * one for one in ROUND_STEPS if unit * one >= rough * (1 - 1e-9))
    # A quarter of ten is not a whole number of crimes below ten, nor of per cents.
    step = max(smallest_step, step if step != 2.5 * smallest_step else 5.0 * smallest_step)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    last = max(last, first + 1)
    ticks = tuple(place * step for place in range(first, last + 1))
    return Scale(low=ticks[0], high=ticks[-1], ticks=ticks)


def amount(value: float, *, is_rate: bool) -> str:
    """Write a figure at its point: a rate to a tenth of a per cent, a count as it is."""
    if is_rate:
        return f"{short(value * 100, 1)}%"
    return short(value, 0 if value == round(value) or abs(value) >= WHOLE_FROM else 1)


def tick_words(value: float, *, is_rate: bool) -> str:
    """Write a round value beside its line."""
    return f"{short(value * 100)}%" if is_rate else short(value)


def short(value: float, decimals: int = 0) -> str:
    """Write a number with thousands apart; from ten million on, in words that keep it short."""
    size = abs(value)
    if size >= LARGEST_WRITTEN_OUT:
        return f"{value:.0e}"
    if size >= 10 * MILLION:
        return f"{number(value / MILLION, 1)}m"
    return number(value, decimals)


def month_place(day: date) -> int:
    """Return a month as a number, one more for each month that follows."""
    return day.year * 12 + day.month - 1


def month_words(day: date, letters: int | None = None) -> str:
    """Write a month and its year, e.g. "December 2013"."""
    return f"{MONTH_NAMES[day.month - 1][:letters]} {day.year}"


def month_ticks(months: Sequence[date]) -> tuple[tuple[int, str, str], ...]:
    """Return the months to be named under an axis: their place, the month, and the year or "".

    Of two years or less, each quarter; of more, each January.  The year is written where it starts.
    """
    if not months:
        return ()
    first, last = month_place(min(months)), month_place(max(months))
    span = last - first + 1
    every = 1 if span <= 8 else 3 if span <= 30 else 12 * max(1, math.ceil(span / 96))
    ticks: list[tuple[int, str, str]] = []
    for place in range(first, last + 1):
        if place % every:
            continue
        year, month = divmod(place, 12)
        said = not ticks or month == 0
        ticks.append((place, MONTH_NAMES[month][:3], str(year) if said else ""))
    if not ticks:
        year, month = divmod(first, 12)
        ticks = [(first, MONTH_NAMES[month][:3], str(year))]
    return tuple(ticks)
