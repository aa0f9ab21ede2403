"""Targets that have become unlikely, and targets that are as good as met."""

from __future__ import annotations

import math

from bot.alerts.model import Concern, RuleName
from bot.alerts.rules.row import Finding, Quiet, Row
from bot.render.words import chance, number, target_level, whole_needed
from metrics.calendar import performance_year, say_date, whole_year
from metrics.classification import Likelihood, ThreatLevel


def target_unlikely(row: Row) -> Finding | Quiet:
    """Meeting the target has become unlikely.

    Fires when:     the chance of meeting a numeric target at the year's end is below `unlikely`;
                    once raised, until it is back above `unlikely_hold`.
    Stays quiet on: measures without a numeric target, the first weeks of the year, years in which
                    recording changed (the target was set on other figures), and small areas.
    """
    if silent := _no_judgement(row):
        return silent
    cuts = row.policy.target
    limit = cuts.unlikely_hold if RuleName.TARGET_UNLIKELY in row.held else cuts.unlikely
    met = row.assessment.year_end.chance_met
    if met >= limit:
        return Quiet(f"The chance of meeting the target is {chance(met)}.")
    likely = Likelihood.LIKELY if _gap_is_material(row) else Likelihood.POSSIBLE
    return row.found(
        RuleName.TARGET_UNLIKELY,
        likely,
        f"{_position(row)} The chance of meeting it by 31 March is {chance(met)}.",
        size=1.0 - met,
    )


def target_secured(row: Row) -> Finding | Quiet:
    """Meeting the target has become as good as certain: good news.

    Fires when:     the chance of meeting a numeric target is above `secured`, and was not in the
                    previous snapshot; once told, it stands until the chance is below
                    `secured_hold`.
    Stays quiet on: targets that were never in doubt while alerts were kept, measures without a
                    numeric target, the first weeks of the year, and small areas.
    """
    if silent := _no_judgement(row):
        return silent
    cuts = row.policy.target
    met = row.assessment.year_end.chance_met
    held = RuleName.TARGET_SECURED in row.held
    if met < (cuts.secured_hold if held else cuts.secured):
        return Quiet(f"The chance of meeting the target is {chance(met)}.")
    before = row.before.year_end.chance_met if row.before else math.nan
    if not held and (math.isnan(before) or before >= cuts.secured):
        return Quiet("It was not in doubt.")
    return row.found(
        RuleName.TARGET_SECURED,
        ThreatLevel.MEDIUM,
        f"{_position(row)} The chance of meeting it by 31 March is now {chance(met)}.",
        size=met,
        concern=Concern.SECURED,
    )


def _no_judgement(row: Row) -> Quiet | None:
    """Say why nothing may be said of a target; None where something may."""
    target = row.catalogue.target(row.measure.id, row.as_at)
    if target is None or not target.kind.is_numeric:
        return Quiet("There is no numeric target.")
    if row.area.level not in row.policy.target.levels:
        return Quiet("Targets are not alerted at this level of area.")
    if row.days_of_year < row.policy.target.least_days:
        return Quiet("The year is too young for its end to be told.", judged=False)
    if broken := row.broken_since(whole_year(performance_year(row.to)).first):
        return Quiet(broken, judged=False)
    if math.isnan(row.assessment.year_end.chance_met):
        return Quiet("The year's end is not projected.", judged=False)
    return None


def _gap_is_material(row: Row) -> bool:
    rule, position = row.catalogue.rule, row.position
    if row.measure.kind.is_rate:
        return -position.gap >= rule.material_gap_rate
    return position.target > 0 and position.gap / position.target >= rule.material_gap_volume


def _position(row: Row) -> str:
    position = row.position
    now = position.values[row.windows[0]]
    at = f"as at {say_date(row.to)}"
    if row.measure.kind.is_rate:
        gap = position.gap * 100
        side = "below" if gap < 0 else "above"
        return (
            f"{number(now * 100, 1)}% against a target of {number(position.target * 100, 1)}%, "
            f"{number(abs(gap), 1)} points {side} it, {at}."
        )
    gap_words = (
        f"{number(whole_needed(position.gap))} {row.measure.unit} over it"
        if position.gap > 0
        else "within it"
    )
    level = number(target_level(position.target))
    return (
        f"{number(now)} {row.measure.unit} against a target level of {level} for these days, "
        f"{gap_words}, {at}."
    )
