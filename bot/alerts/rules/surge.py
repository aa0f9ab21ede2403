"""The latest weeks or months against what was to be expected of them."""

from __future__ import annotations

import math

from bot.alerts.model import RuleName
from bot.alerts.rules.row import Finding, Quiet, Row, is_material
from bot.render.words import number, p_phrase
from metrics.calendar import say_date
from metrics.classification import Likelihood


def surge(row: Row) -> Finding | Quiet:
    """The latest weeks or months are worse than trend and season led to expect.

    Fires when:     the watch score is above the threshold at which the false alerts of all series
                    keep to the configured budget, at least five were counted (or, where a fall is
                    bad, expected) and the excess is material; an alert that stands is held until
                    the score is below that of the weekly digest.
    Stays quiet on: usual variation, season, bank holidays and steps in recording, all of which
                    are part of the expectation; windows with gaps; series with too little
                    history; improvements.
    """
    watch = row.assessment.watch
    if math.isnan(watch.score):
        return Quiet("Nothing could be expected of the latest weeks.", judged=False)
    limit = row.cuts.surge_hold if RuleName.SURGE in row.held else row.cuts.surge
    if watch.score <= limit:
        return Quiet(
            f"As expected: score {number(watch.score, 1)}, an alert needs {number(limit, 1)}."
        )
    window = standing_out(row)
    if window is None:
        return Quiet("No single window stands out.")
    seen, usual = watch.observed[window], watch.expected[window]
    counted = seen if row.worse > 0 else usual
    least = max(row.policy.material.least_in_window, row.measure.minimum)
    if not row.measure.kind.is_rate and counted < least:
        return Quiet(f"Fewer than {least} in the window.")
    excess = row.worse * (seen - usual)
    if not _matters(row, excess, excess / usual if usual > 0 else math.nan):
        return Quiet("The excess is too small to matter.")
    likely = Likelihood.LIKELY if watch.score > row.cuts.surge_strong else Likelihood.POSSIBLE
    return row.found(RuleName.SURGE, likely, _sentence(row, window), size=watch.score)


def standing_out(row: Row) -> int | None:
    """Return the place of the window that stands out most for the worse; None: none does."""
    watch = row.assessment.watch
    known = [n for n, p in enumerate(watch.p_value) if not math.isnan(p)]
    return min(known, key=lambda n: watch.p_value[n], default=None)


def _matters(row: Row, excess: float, share: float) -> bool:
    """Judge the excess of a few weeks: the least number of crimes is one for a whole year."""
    if row.measure.kind.is_rate:
        return is_material(row, excess, math.nan)
    return excess > 0 and (math.isnan(share) or share >= row.policy.material.volume)


def _sentence(row: Row, window: int) -> str:
    watch = row.assessment.watch
    seen, usual = watch.observed[window], watch.expected[window]
    name = watch.windows[window]
    span = f"Last {name} to {say_date(row.to)}"
    chance = p_phrase(watch.p_value[window])
    if row.measure.kind.is_rate:
        return (
            f"{span}: {number(seen * 100, 1)}%, where {number(usual * 100, 1)}% was to be "
            f"expected ({chance})."
        )
    return (
        f"{span}: {number(seen)} {row.measure.unit}, where about {number(usual)} were to be "
        f"expected for the time of year ({chance})."
    )
