"""What a published figure is, and how it was rounded.

Per cents are rounded half away from zero to the printed decimals, on exact fractions.
Gaps to a target (crimes short, outcomes required) are rounded **up** to the next whole one: the
fewest crimes or outcomes that would have met the target.  The papers allow no other way.  For
violence with injury they print 375 more, +12.8%, 434 short, of which City 221 and Counties 214:

- To the nearest, City is at least 220.5 and Counties at least 213.5, so the force at least 434.0;
  375 + 0.02 x last year >= 434.0 needs last year >= 2,950, and 375 / 2,950 = 12.71%, not 12.8%.
- Downwards, 221 + 214 = 435 is already more than the force's 434.99.
- Upwards, City is above 220 and Counties above 213, and whole numbers exist.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Rounding = Callable[[Integers, int, int], Integers]

# Targets are whole per cents; thousandths keep them whole numbers.
_THOUSANDTHS = 1000
# A float may miss the exact fraction by this much.
_FLOAT_DUST = 1e-9


class FigureKind(StrEnum):
    """What a figure measures, and so how to count it."""

    COUNT = "count"  # crimes recorded from `start` to `as_at`
    CHANGE = "change"  # COUNT less the same days a year before
    CHANGE_PCT = "change_pct"  # CHANGE over last year's COUNT
    SHORT = "short"  # COUNT less last year's COUNT x (1 - target)
    OUTCOMES = "outcomes"  # positive outcomes given from `start` to `as_at`
    OUTCOME_RATE = "outcome_rate"  # OUTCOMES / COUNT
    OUTCOMES_CHANGE = "outcomes_change"  # OUTCOMES less the same days a year before
    OUTCOMES_REQUIRED = "outcomes_required"  # target x COUNT - OUTCOMES
    UNDER_INVESTIGATION = "under_investigation"  # of COUNT, not closed by `as_at`
    SATISFACTION = "satisfaction"  # satisfied / responses, months `start` to `as_at`
    RETURNED = "returned"  # sum of the partners' quarterly values, `start` to `as_at`
    PEER_POSITION = "peer_position"  # rank by rate among eight forces, 1 = lowest


PER_CENT_KINDS = frozenset(
    {FigureKind.CHANGE_PCT, FigureKind.OUTCOME_RATE, FigureKind.SATISFACTION}
)


_OUTCOME_KINDS = frozenset(
    {
        FigureKind.OUTCOMES,
        FigureKind.OUTCOME_RATE,
        FigureKind.OUTCOMES_CHANGE,
        FigureKind.OUTCOMES_REQUIRED,
        FigureKind.UNDER_INVESTIGATION,
    }
)
GAP_KINDS = frozenset({FigureKind.SHORT, FigureKind.OUTCOMES_REQUIRED})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFigure:
    """One figure as printed in a paper, with what is needed to count it again.

    `subject` is a crime type or flag ("hate-crime"), "all-crime", a survey group or a return.
    `value` is the printed number: per cent for the kinds in `PER_CENT_KINDS`, else a count.
    `decimals` is the printed precision; -2 means "nearly 3,200", rounded to hundreds.
    `target` is a proportion: a reduction for SHORT, a rate for OUTCOMES_REQUIRED.
    `crime_types` empty means all; `flag` empty means any record.  `survey` is (group, component).
    """

    what: str
    subject: str
    area: str
    kind: FigureKind
    value: float
    start: date
    as_at: date
    source: str
    decimals: int = 0
    target: float | None = None
    crime_types: tuple[str, ...] = ()
    flag: str = ""
    survey: tuple[str, str] | None = None

    @property
    def measure(self) -> str:
        """The measure's id in the Leicestershire plan, "domestic-burglary.outcome-rate"."""
        if self.survey is not None:
            group, component = self.survey
            measure = "confidence" if group == "confidence" else f"{group}.satisfaction"
            return measure if component == "overall" else f"{measure}.{component}"
        if self.kind is FigureKind.RETURNED:
            return self.subject
        if self.kind in _OUTCOME_KINDS:
            return f"{self.subject}.outcome-rate"
        # The plan calls everything flagged as domestic "domestic abuse".
        recorded = self.subject.replace("domestic-violence", "domestic-abuse")
        return f"{recorded}.recorded"

    @property
    def scaled(self) -> int:
        """The printed value as a whole number of its last printed digit."""
        return round(self.value * 10.0**self.decimals)

    @property
    def thousandths(self) -> int:
        """The target in thousandths, so that arithmetic with it stays exact."""
        if self.target is None:
            raise ValueError(f"{self.what} has no target.")
        return round(self.target * _THOUSANDTHS)

    def agrees_with(self, computed: float) -> bool:
        """Whether a computed number, rounded as the papers round, is the printed one.

        Args:
            computed: A proportion (0-1) for the kinds in `PER_CENT_KINDS`, else a number of
                crimes, outcomes or answers; a gap may have decimals.
        """
        shown = computed * 100 if self.kind in PER_CENT_KINDS else computed
        moved = shown * 10.0**self.decimals
        if self.kind in GAP_KINDS:
            return math.ceil(moved - _FLOAT_DUST) == self.scaled
        return math.copysign(math.floor(abs(moved) + 0.5 + _FLOAT_DUST), moved) == self.scaled


def rounded(numerator: Integers, denominator: Integers | int, decimals: int = 0) -> Integers:
    """Fractions rounded half away from zero, as whole numbers of the last decimal.

    Args:
        numerator: Whole numbers.
        denominator: Whole numbers above zero, broadcast with `numerator`.
        decimals: Decimals kept; negative keeps tens, hundreds, ....
    """
    top = np.asarray(numerator, dtype=np.int64) * 10 ** max(decimals, 0)
    bottom = np.asarray(denominator, dtype=np.int64) * 10 ** max(-decimals, 0)
    size = (2 * np.abs(top) + bottom) // (2 * bottom)
    return np.asarray(np.sign(top) * size, dtype=np.int64)


def rounded_up(numerator: Integers, denominator: int, decimals: int = 0) -> Integers:
    """Fractions rounded up, as whole numbers of the last decimal (never finer than whole)."""
    bottom = denominator * 10 ** max(-decimals, 0)
    return np.asarray(-(-numerator // bottom), dtype=np.int64)


def holds(
    figure: PublishedFigure,
    *,
    this: Integers,
    last: Integers | None = None,
    outcomes: Integers | None = None,
    last_outcomes: Integers | None = None,
    gaps: Rounding = rounded_up,
) -> npt.NDArray[np.bool_]:
    """For each candidate, whether it gives the published figure.  Missing counts raise.

    `gaps` says how gaps to a target are rounded; `rounded` asks about the nearest whole number.
    """

    def need(counts: Integers | None) -> Integers:
        if counts is None:
            raise ValueError(f"{figure.what} cannot be judged without all of its counts.")
        return counts

    match figure.kind:
        case FigureKind.COUNT:
            found = rounded(this, 1, figure.decimals)
        case FigureKind.CHANGE:
            found = this - need(last)
        case FigureKind.CHANGE_PCT:
            found = rounded(100 * (this - need(last)), need(last), figure.decimals)
        case FigureKind.SHORT:
            level = need(last) * (_THOUSANDTHS - figure.thousandths)
            found = gaps(_THOUSANDTHS * this - level, _THOUSANDTHS, figure.decimals)
        case FigureKind.OUTCOMES:
            found = need(outcomes)
        case FigureKind.OUTCOME_RATE:
            found = rounded(100 * need(outcomes), this, figure.decimals)
        case FigureKind.OUTCOMES_REQUIRED:
            gap = figure.thousandths * this - _THOUSANDTHS * need(outcomes)
            found = gaps(gap, _THOUSANDTHS, figure.decimals)
        case FigureKind.OUTCOMES_CHANGE:
            found = need(outcomes) - need(last_outcomes)
        case _:
            raise ValueError(f"{figure.what} is not a figure about recorded crime.")
    return np.asarray(found == figure.scaled, dtype=np.bool_)
