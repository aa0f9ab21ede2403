"""How a figure is written: one place for signs, rounding, thousands and units."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, assert_never

from metrics.dashboards import Cell, Line, Unit

MINUS: Final = "−"
"""The true minus sign, which lines up with plus and is not read as a hyphen."""

NOT_KNOWN: Final = "not known"

FLOAT_NOISE: Final = 10
"""Decimal places kept before rounding, so that 0.285 x 100 rounds as 28.5 and not as 28.4999…"""


CRIME_NOISE: Final = 6
"""Decimal places kept of a number of crimes: targets are set in thousandths at the finest."""

ONE_PER_CENT: Final = 0.01

SMALLEST_P: Final = 0.0001
"""Below this the size of a p-value says nothing more."""


def say(cell: Cell) -> str:
    """Write a cell as people read it; what is not known is said so, an empty cell stays empty."""
    if cell.words:
        return cell.words
    if cell.unit is Unit.WORDS:
        return ""
    if math.isnan(cell.value):
        return NOT_KNOWN
    match cell.unit:
        case Unit.COUNT:
            return number(cell.value)
        case Unit.CHANGE:
            return signed(cell.value)
        case Unit.TARGET_LEVEL:
            return number(target_level(cell.value))
        case Unit.OVER_TARGET:
            return signed(whole_needed(cell.value))
        case Unit.STILL_NEEDED:
            return number(max(whole_needed(cell.value), 0))
        case Unit.PROPORTION:
            return f"{number(cell.value * 100, 1)}%"
        case Unit.CHANGE_PROPORTION:
            return f"{signed(cell.value * 100, 1)}%"
        case Unit.POINTS:
            return f"{signed(cell.value * 100, 1)} pts"
        case Unit.PER_THOUSAND:
            return number(cell.value, 1)
        case Unit.RANK:
            return ordinal(int(cell.value))
        case Unit.MONEY:
            return f"£{number(cell.value, 1)}m"
        case Unit.CHANCE:
            return chance(cell.value)
        case Unit.P_VALUE:
            return p_value(cell.value)
        case Unit.EXPECTED:
            return number(cell.value, 1)
        case Unit.DEVIATIONS:
            return signed(cell.value, 1)
        case Unit.DISPERSION:
            return number(cell.value, 2)
        case _:
            assert_never(cell.unit)


def say_line(line: Line) -> str:
    """Write a sentence whose figures are cells."""
    return "".join(part if isinstance(part, str) else say(part) for part in line)


def chance(probability: float) -> str:
    """Write a chance as a whole per cent; certainty is never claimed.

    A chance that was computed as nought is one too small for the arithmetic.
    """
    if probability < ONE_PER_CENT:
        return "under 1%"
    if probability > 1.0 - ONE_PER_CENT:
        return "over 99%"
    return f"{number(probability * 100)}%"


def p_value(probability: float) -> str:
    """Write a p-value; however small, it is never nought."""
    return f"under {SMALLEST_P}" if probability < SMALLEST_P else number(probability, 4)


def p_phrase(probability: float) -> str:
    """Write a p-value with its letter, e.g. "p = 0.0031", "p under 0.0001"."""
    written = p_value(probability)
    return f"p {written}" if written.startswith("under") else f"p = {written}"


def whole_needed(value: float) -> int:
    """Return how many whole crimes or outcomes it takes: half a crime cannot be prevented.

    The figures of the Strategic Assurance Board, December 2013, are rounded up in this way: no
    whole numbers of crimes give all of them when they are rounded to the nearest.
    """
    return math.ceil(round(value, CRIME_NOISE))


def target_level(value: float) -> int:
    """Return the most whole crimes that are within a target: above it by part of one is over it."""
    return -whole_needed(-value)


def number(value: float, decimals: int = 0) -> str:
    """Write a number with thousands apart, halves rounded away from nought, e.g. "1,141"."""
    exact = Decimal(repr(round(float(value), FLOAT_NOISE)))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    return f"{rounded:,}".replace("-", MINUS)


def signed(value: float, decimals: int = 0) -> str:
    """Write a change: always with its sign, except where it rounds to nought."""
    text = number(value, decimals)
    is_nought = not text.strip("0.,")
    return text if is_nought or text.startswith(MINUS) else f"+{text}"


def ordinal(place: int) -> str:
    """Write a place, e.g. "1st", "12th", "23rd"."""
    teen = place % 100 in (11, 12, 13)
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"
