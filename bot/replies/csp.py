"""Community Safety Partnerships: one with its crime types, or one crime type across them all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from bot.access import Sight
from bot.render.words import number, ordinal
from bot.replies import commands
from bot.replies.footing import remarks, summary
from bot.replies.judged import Judged, judge
from bot.replies.model import Block, Button, Buttons, Facts, Heading, Paragraph, Reply, Style
from bot.replies.phrases import lower_first, together
from bot.replies.pictures import control_picture, multiples, sparklines
from bot.replies.subject import measures_of
from bot.replies.tables import column, dashboard_blocks
from bot.replies.threat import classified_rows
from bot.replies.verdict import in_brief, level_words, standing_of, verdict
from metrics.dashboards import Cell, Dashboard, DashboardName
from metrics.dashboards.csp import NOT_LOCATED
from metrics.dashboards.significance import VERDICTS
from metrics.model import Area, CrimeType, Level, Measure
from metrics.statistics.verdict import Verdict

ONE_PLACE: Final = (Level.CSP, Level.LPU)
"""Areas whose table has a row for each crime type; of larger ones, for each partnership."""


def csp_reply(
    sight: Sight,
    area: Area,
    *,
    crime_type: CrimeType | None = None,
    said_first: tuple[str, ...] = (),
) -> Reply:
    """Answer how a partnership stands, or how the partnerships of a larger area compare.

    Args:
        sight: The figures, as the asker may see them.
        area: A partnership or policing unit; a larger area gives its partnerships.
        crime_type: The one that is asked about; every type of one partnership, or all crime.
        said_first: How the question was read, and of which day the figures are.
    """
    if area.level in ONE_PLACE and crime_type is None:
        return _crime_types(sight, area, said_first)
    if area.level in ONE_PLACE and crime_type is not None:
        return _crime_type_there(sight, area, crime_type, said_first)
    return _partnerships(sight, area, crime_type, said_first)


def _crime_types(sight: Sight, area: Area, said_first: tuple[str, ...]) -> Reply:
    made = sight.dashboard(DashboardName.CSP, area)
    words = moved_words(made, "crime type")
    total = judge(sight, sight.catalogue.total_crime(), area)
    threats = classified_rows(sight, area, _of_priorities(sight))
    return Reply(
        summary=summary(sight, f"{in_brief(total)}; {lower_first(words)}"),
        blocks=(
            Heading(text=f"{area.name}: crime types"),
            Paragraph(text=verdict(total), strong=True),
            *remarks(said_first),
            Paragraph(text=words),
            Facts(rows=(*threats, *_place(made, total.measure))),
            *dashboard_blocks(made, sparklines=sparklines(sight, made)),
            *multiples(sight, made, title=f"{area.name}: crime types by month"),
            *_next(sight, area, total.measure),
        ),
        standing=standing_of(total),
        share=commands.csp(area, sight),
    )


def _crime_type_there(
    sight: Sight, area: Area, crime_type: CrimeType, said_first: tuple[str, ...]
) -> Reply:
    measure = sight.catalogue.recorded(crime_type.id)
    judged = judge(sight, measure, area)
    made = sight.dashboard(DashboardName.CSP, sight.catalogue.force, crime_type=crime_type.id)
    return Reply(
        summary=summary(sight, in_brief(judged)),
        blocks=(
            Heading(text=f"{area.name}: {lower_first(measure.name)}"),
            Paragraph(text=verdict(judged), strong=True),
            *remarks(said_first),
            Facts(rows=(("Classification", _classified(judged)), *_place(made, measure, area))),
            *control_picture(sight, judged),
            *dashboard_blocks(made, sparklines=sparklines(sight, made)),
            *_next(sight, area, measure, crime_type=crime_type.id),
        ),
        standing=standing_of(judged),
        level=judged.assessment.threat.level,
        share=commands.csp(area, sight, crime_type=crime_type.id),
    )


def _partnerships(
    sight: Sight, area: Area, crime_type: CrimeType | None, said_first: tuple[str, ...]
) -> Reply:
    kind = crime_type.id if crime_type else None
    measure = sight.catalogue.recorded(kind) if kind else sight.catalogue.total_crime()
    made = sight.dashboard(DashboardName.CSP, area, crime_type=kind)
    words = moved_words(made, "partnership")
    name = lower_first(measure.name)
    return Reply(
        summary=summary(sight, f"{measure.name} by partnership: {lower_first(words)}"),
        blocks=(
            Heading(text=f"{area.name}: {name} by partnership"),
            Paragraph(text=words, strong=True),
            *remarks(said_first),
            *(Paragraph(text=one) for one in _ends(made)),
            *dashboard_blocks(made, sparklines=sparklines(sight, made)),
            *multiples(sight, made, title=f"{measure.name} by partnership, by month"),
            *_next(sight, area, measure, crime_type=kind or ""),
        ),
        share=commands.csp(area, sight, crime_type=kind or ""),
    )


def moved_words(made: Dashboard, noun: str) -> str:
    """Say which rows of a table moved by more than chance explains, rises first.

    Args:
        made: A dashboard whose rows are tested.
        noun: What one row is, e.g. "crime type".
    """
    tested = column(made, "Significance")
    told = []
    for way, words in (
        (Verdict.SIGNIFICANT_RISE, "Significant rise in"),
        (Verdict.SIGNIFICANT_FALL, "Significant fall in"),
    ):
        names = [
            row.label
            for row, cell in zip(made.rows, tested, strict=True)
            if cell.words.startswith(VERDICTS[way]) and not row.is_total
        ]
        if names:
            told.append(f"{words} {together(names)}.")
    return " ".join(told) or f"No {noun} moved by more than chance explains."


def _ends(made: Dashboard) -> Iterator[str]:
    """Say which partnership has the lowest rate per 1,000 and which the highest."""
    rates = column(made, "Per 1,000")
    known = [
        (cell.value, row.label)
        for row, cell in zip(made.rows, rates, strict=True)
        if not row.is_total and row.label != NOT_LOCATED and not math.isnan(cell.value)
    ]
    if len(known) > 1:
        (low, lowest), (high, highest) = min(known), max(known)
        yield (
            f"Per 1,000 population over 12 months: {lowest} is lowest with {number(low, 1)}, "
            f"{highest} highest with {number(high, 1)}."
        )


def _place(
    made: Dashboard, measure: Measure, area: Area | None = None
) -> Iterator[tuple[str, str]]:
    """Tell a partnership's rate and its place, of the row of a measure (and of an area)."""
    rates, ranks = column(made, "Per 1,000"), column(made, "Rank")
    for row, rate, rank in zip(made.rows, rates, ranks, strict=True):
        if row.measure == measure.id and (area is None or row.area == area.id):
            if not math.isnan(rate.value):
                yield "Per 1,000 people", f"{number(rate.value, 1)} over the last 12 months"
            if not math.isnan(rank.value):
                yield "Place", _ranked(rank)
            return


def _classified(judged: Judged) -> str:
    """Say the classification with its first reason."""
    threat = judged.assessment.threat
    reason = threat.sentences[0] if threat.sentences else ""
    return reason if threat.level is None else f"{level_words(threat.level)}. {reason}"


def _ranked(rank: Cell) -> str:
    return f"{ordinal(int(rank.value))} of the partnerships, 1st is the lowest rate"


def _of_priorities(sight: Sight) -> Sequence[Measure]:
    found = {
        measure.id: measure
        for one in sight.catalogue.priorities.values()
        for measure in measures_of(sight.catalogue, one)
    }
    return tuple(found.values())


def _next(sight: Sight, area: Area, measure: Measure, *, crime_type: str = "") -> Iterator[Block]:
    """Lead to the reasons, the trend, the threats, and the other partnerships."""
    items = [
        Button(label="Threats", command=commands.threats(area, sight), style=Style.PRIMARY),
        Button(label="Trend", command=commands.trend(measure, area, sight)),
        Button(label="Why?", command=commands.why(measure, area, sight)),
    ]
    if area.level in ONE_PLACE:
        everyone = commands.csp(sight.catalogue.force, sight, crime_type=crime_type)
        items.append(Button(label="All CSPs", command=everyone))
    yield Buttons(items=tuple(items))
    neighbours = [one for one in sight.catalogue.at_level(Level.CSP) if one.id != area.id]
    yield from commands.menu(
        "Another partnership",
        [(one, commands.csp(one, sight, crime_type=crime_type)) for one in neighbours],
    )
