"""Against last year: significant among everything looked at, material, and for the worse."""

from __future__ import annotations

import math

from bot.alerts.model import RuleName
from bot.alerts.rules.row import Finding, Quiet, Row, is_large, is_material
from bot.render.words import number, p_phrase, signed
from metrics.calendar import say_date
from metrics.classification import Likelihood
from metrics.statistics.verdict import NotTestable


def deterioration(row: Row) -> Finding | Quiet:
    """The year to date is significantly and materially worse than last year's.

    Fires when:     chance would give such a change less often than the significance asked for,
                    after adjustment for every series looked at that day; the change is for the
                    worse and material; an alert that stands is held to the weaker `hold`.
    Stays quiet on: improvements, measures of which neither way is better, changes too small to
                    matter, fragile changes that usual revisions would undo, the first days of
                    the year, gaps, and years on both sides of a change of recording.
    """
    compared = row.assessment.last_year
    if compared.reason is not NotTestable.TESTED:
        nothing = compared.reason is NotTestable.NOTHING_COUNTED
        return Quiet(f"Not tested against last year: {compared.reason.value}.", nothing)
    if not row.measure.kind.is_survey and row.days_of_year < row.policy.deterioration.least_days:
        return Quiet("The year is too young to be compared with last year.", judged=False)
    held = RuleName.DETERIORATION in row.held
    cuts = row.policy.deterioration
    limit = cuts.hold if held else cuts.significance
    if not row.p_together < limit:
        return Quiet(f"Chance explains the change ({p_phrase(row.p_together)}).")
    now, before = (row.position.values[window] for window in row.windows)
    worse = row.worse * (now - before)
    share = worse / before if before > 0 and not row.measure.kind.is_rate else math.nan
    if worse <= 0:
        return Quiet("The change is for the better.")
    if not is_material(row, worse, share):
        return Quiet("The change is too small to matter.")
    if compared.fragile and not held:
        return Quiet("Usual revisions of the figures would undo the change.")
    likely = Likelihood.LIKELY if is_large(row, worse, share) else Likelihood.POSSIBLE
    return row.found(
        RuleName.DETERIORATION,
        likely,
        _sentence(row, now, before),
        size=worse if math.isnan(share) else share,
    )


def _sentence(row: Row, now: float, before: float) -> str:
    survey = row.measure.kind.is_survey
    span = (
        f"In the 12 months to {say_date(row.to)}"
        if survey
        else f"From 1 April to {say_date(row.to)}"
    )
    last = "in the 12 months before" if survey else "in the same days last year"
    chance = f"more than chance explains ({p_phrase(row.p_together)}, among all series)"
    if row.measure.kind.is_rate:
        responses = row.position.figures[row.windows[0]].denominator
        unit = "responses" if survey else "crimes"
        return (
            f"{span}: {number(now * 100, 1)}% of {number(responses)} {unit}, against "
            f"{number(before * 100, 1)}% {last}: {signed((now - before) * 100, 1)} points, "
            f"{chance}."
        )
    share = f" ({signed((now - before) / before * 100, 1)}%)" if before > 0 else ", from none"
    return (
        f"{span}: {number(now)} {row.measure.unit}, against {number(before)} {last}: "
        f"{signed(now - before)}{share}, {chance}."
    )
