"""How a change is told, so that small numbers do not shout and nothing is ever infinite.

Docs: docs/methods/comparison.md, "How a change is told".
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, assert_never

import numpy as np
from numpy.typing import ArrayLike

from metrics.statistics.verdict import WORD, Words, floats

SMALL_BASE: Final = 50
"""Below this many in the base a change is told in counts: one crime would be over two per cent."""


class ChangeForm(StrEnum):
    """How a change is told, so that small numbers do not shout."""

    PER_CENT = "per_cent"
    COUNTS = "counts"
    FROM_ZERO = "from_zero"
    NOT_RECORDED = "not_recorded"


def change_form(current: ArrayLike, base: ArrayLike) -> Words:
    """How each change is to be told: per cent, counts, or words from zero."""
    o, b = np.broadcast_arrays(floats(current), floats(base))
    return np.select(
        [np.isnan(o) | np.isnan(b), b <= 0, b < SMALL_BASE],
        [ChangeForm.NOT_RECORDED, ChangeForm.FROM_ZERO, ChangeForm.COUNTS],
        default=ChangeForm.PER_CENT,
    ).astype(WORD)


def change_words(current: float, base: float) -> str:
    """Tell one change as the force's papers do: "8.0% increase (282 more)".

    Args:
        current: Count of this period; NaN: not recorded.
        base: Count compared with, scaled to the same length; NaN: not recorded.
    """
    form = ChangeForm(str(change_form(current, base)))
    change = round(current - base) if form is not ChangeForm.NOT_RECORDED else 0
    counted = f"{abs(change):,} {'more' if change > 0 else 'fewer'}" if change else "no change"
    match form:
        case ChangeForm.NOT_RECORDED:
            return "not recorded in both periods"
        case ChangeForm.FROM_ZERO:
            return f"{change:,} where there were none" if change else "none in either period"
        case ChangeForm.COUNTS:
            return f"{counted} ({base:,.0f} to {current:,.0f})"
        case ChangeForm.PER_CENT if change == 0:
            return f"{counted} ({current:,.0f})"
        case ChangeForm.PER_CENT:
            direction = "increase" if change > 0 else "reduction"
            return f"{100 * abs(current - base) / base:,.1f}% {direction} ({counted})"
        case _:
            assert_never(form)
