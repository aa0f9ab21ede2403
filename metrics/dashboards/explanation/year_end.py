"""The target, where the year is likely to end, and the chance of meeting the one with the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from metrics.assessment import YearEnd
from metrics.dashboards.explanation.document import Claim, Line, Section
from metrics.dashboards.significance import chance, expected, year_end_range
from metrics.dashboards.table import Cell, Unit, count
from metrics.dashboards.targets import gap, on_course, say_target, target_level
from metrics.model import MeasureKind, Target, TargetKind
from metrics.statistics.projection import Withheld

CRIME_NOISE: Final = 6
"""Decimal places kept of a pace: beyond them lies the noise of the arithmetic."""


def target(claim: Claim) -> Section:
    """Tell what is asked of the measure, and how far off it is today."""
    asked = claim.catalogue.target(claim.measure.id, claim.snapshot.as_at)
    lines = tuple(_asked(claim, asked))
    return Section(heading="The target", lines=lines)


def year_end(claim: Claim) -> Section:
    """Tell where the year is likely to end, and what it takes to meet the target."""
    found = claim.assessment.year_end
    return Section(heading="The year's end", lines=tuple(_projection(claim, found)))


def _asked(claim: Claim, asked: Target | None) -> Iterator[Line]:
    measure, position = claim.measure, claim.position
    framework = claim.catalogue.framework(claim.snapshot.as_at)
    if asked is None:
        named = f"The {framework.id} framework sets it no target." if framework else ""
        yield (named or "No performance framework is in force on this day.",)
        return
    yield (f"The {framework.id if framework else ''} framework asks for {say_target(asked)}.",)
    if asked.text and asked.kind.is_numeric:
        yield (f"In its words: {asked.text}.",)
    if not asked.kind.is_numeric:
        return
    yield (
        "Level that would meet it today: ",
        target_level(measure, position),
        "; gap: ",
        gap(measure, position),
        "; on course: ",
        on_course(measure, asked, position),
        ".",
    )
    if measure.kind is MeasureKind.OUTCOME_RATE:
        required = Cell(value=position.outcomes_required, unit=Unit.STILL_NEEDED)
        still_open = count(position.under_investigation) if measure.closed else Cell(words="")
        yield (
            "Outcomes required: ",
            required,
            *(("; crimes still open: ", still_open) if measure.closed else ()),
            ".",
        )


def _projection(claim: Claim, found: YearEnd) -> Iterator[Line]:
    measure = claim.measure
    if found.withheld is not Withheld.NOT:
        yield (f"No projection: {found.withheld.reason}",)
    elif math.isnan(found.expected):
        yield ("No projection is made of it.",)
    else:
        yield (
            "Expected: ",
            expected(measure, found),
            "; 80% range: ",
            year_end_range(measure, found.lower_80, found.upper_80),
            "; 95% range: ",
            year_end_range(measure, found.lower_95, found.upper_95),
            ".",
        )
    asked = claim.catalogue.target(measure.id, claim.snapshot.as_at)
    if asked and asked.kind.is_numeric:
        yield "Chance of meeting the target: ", chance(found), "."
        yield from _pace(asked, found)


def _pace(asked: Target, found: YearEnd) -> Iterator[Line]:
    """Say how many a month would still meet the target; half a crime cannot be recorded."""
    if not math.isnan(found.pace_needed):
        pace = round(found.pace_needed, CRIME_NOISE)
        # As many as the pace meet a reduction; "fewer than last year" is met only below it.
        fewer = math.ceil(pace) if asked.kind is TargetKind.FEWER else math.floor(pace) + 1
        yield "To meet it: fewer than ", count(fewer), " a month from here."
    elif found.chance_met == 0:
        yield ("The target is out of reach: more has been recorded than it allows for the year.",)
