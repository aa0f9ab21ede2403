"""Did it work: the measured effect of an operation, with its chart and what to read it with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from bot.access import Sight
from bot.render.sparkline import sparkline
from bot.replies import commands
from bot.replies.charts import ImpactChart, Marker, MarkerKind
from bot.replies.drawings import SPARKLINE_MONTHS, monthly_unit, note_markers
from bot.replies.footing import footing, note_words, notes_on, remarks, summary
from bot.replies.impact_words import (
    brief_words,
    chart_words,
    facts,
    launched,
    meaning_words,
    verdict_words,
)
from bot.replies.judged import is_kept
from bot.replies.model import (
    Block,
    Bullets,
    Button,
    Buttons,
    Chart,
    Facts,
    Footnote,
    Heading,
    Menu,
    Paragraph,
    Reply,
    Standing,
    Style,
)
from bot.replies.verdict import subject
from metrics.impact import Impact
from metrics.model import Area, Measure, Note
from metrics.operations import Operation
from metrics.statistics.impact import ImpactVerdict

MONTHS_BEFORE: Final = 30
"""Months before the launch that the chart shows: the season comes round twice, and a phone can
still tell months apart."""

METHOD: Final = (
    "Method: an interrupted time series. A seasonal model of the months before the launch is "
    "carried on past it; the range is as wide as such estimates strayed at launches that never "
    "were. In full: docs/methods/impact.md."
)

EVERYTHING_ELSE: Final = (
    "Whatever else changed at the same time counts as if the operation had done it."
)

COMPARED: Final = (
    "What changed in the comparison areas as well is taken off; what changed here alone is not."
)

FALLING_BACK: Final = (
    "Operations are often begun when figures are high, and high figures tend to fall back by"
    " themselves."
)

FIRST_MONTHS: Final = (
    "Only the first months since the launch are measured: what was to be expected of later ones "
    "would be a guess."
)

ELSEWHERE: Final = "Crime may have moved: look at the areas beside this one too."


def impact_reply(
    sight: Sight,
    operation: Operation,
    measure: Measure,
    area: Area,
    *,
    said_first: tuple[str, ...] = (),
) -> Reply:
    """Answer whether an operation worked, as far as figures can say.

    Raises:
        Refused: The measure may not be shown here.
        UserError: It cannot be measured on this, or had not begun.
    """
    impact = sight.impact(operation, measure, area)
    return Reply(
        summary=summary(sight, brief_words(impact, measure, area)),
        blocks=tuple(_blocks(sight, impact, measure, area, said_first)),
        standing=standing_of(impact, measure),
        share=commands.impact(operation.id, measure, area, sight),
    )


def operations_reply(sight: Sight, operations: Sequence[tuple[Operation, str]]) -> Reply:
    """Answer which operations can be asked about.

    Args:
        sight: The figures.
        operations: Each with the command that asks for its effect, the newest first.
    """
    many = len(operations)
    said = (
        f"{many} operation{' is' if many == 1 else 's are'} recorded: choose one to see its effect."
    )
    items = tuple(Button(label=one.name, command=command) for one, command in operations)
    blocks: tuple[Block, ...] = (
        Paragraph(text=said, strong=True),
        Menu(label="Operation", items=items),
    )
    return Reply(summary=summary(sight, said), blocks=(*blocks, *footing(sight)))


def standing_of(impact: Impact, measure: Measure) -> Standing:
    """Return whether an effect is good news; where neither way is better, it is neither."""
    if impact.verdict not in (ImpactVerdict.FALL, ImpactVerdict.RISE):
        return Standing.PLAIN
    if measure.polarity.is_worse(impact.effect):
        return Standing.WORSE
    return Standing.BETTER if measure.polarity.is_worse(-impact.effect) else Standing.PLAIN


def impact_chart(
    impact: Impact, measure: Measure, area: Area, *, standing: str, notes: Sequence[Note]
) -> Chart:
    """Return the months around a launch beside what was to be expected of them.

    Args:
        impact: The effect; its expectation is known.
        measure: What is counted.
        area: Where.
        standing: As at when, whether provisional and whether synthetic, for the subtitle.
        notes: The data-quality notes that bear on the measure there.
    """
    operation = impact.operation
    before = sum(month < operation.first for month in impact.months)
    shown = slice(max(before - MONTHS_BEFORE, 0), None)
    months = impact.months[shown]
    launch = Marker(day=operation.first, label=f"{operation.name} launched", kind=MarkerKind.ACTION)
    drawing = ImpactChart(
        title=f"{measure.name}, with and without {operation.name}",
        subtitle=f"{area.name} · {standing}",
        unit=monthly_unit(measure),
        launch=operation.first,
        months=months,
        values=impact.values[shown],
        expected=impact.expected[shown],
        lower=impact.lower[shown],
        upper=impact.upper[shown],
        markers=(*note_markers(notes), launch),
    )
    known = [one for one in impact.values if math.isfinite(one)]
    return Chart(
        drawing=drawing,
        alt=chart_words(drawing, impact, measure.name, area.name),
        sparkline=sparkline(known[-SPARKLINE_MONTHS:]),
    )


def _blocks(
    sight: Sight, impact: Impact, measure: Measure, area: Area, said_first: tuple[str, ...]
) -> Iterator[Block]:
    operation = impact.operation
    yield Heading(text=f"Did it work? {operation.name}: {subject(measure)}, {area.name}")
    yield Paragraph(text=verdict_words(impact, measure, area), strong=True)
    yield from remarks(said_first)
    if meaning := meaning_words(impact, measure):
        yield Paragraph(text=meaning)
    areas = sight.catalogue.areas
    if rows := facts(impact, measure, tuple(areas[one].name for one in operation.comparison)):
        yield Facts(rows=tuple(rows))
    notes = notes_on(sight.catalogue, [measure], area, since=impact.months[0], until=sight.as_at)
    if any(math.isfinite(one) for one in impact.expected):
        standing = f"{sight.standing}, synthetic" if sight.catalogue.synthetic else sight.standing
        yield impact_chart(impact, measure, area, standing=standing, notes=notes)
    yield Heading(text="Read with")
    yield Bullets(items=tuple(_limits(impact, notes)))
    yield Footnote(text=METHOD)
    yield from footing(sight)
    yield from _next(sight, impact, measure, area)


def _limits(impact: Impact, notes: Sequence[Note]) -> Iterator[str]:
    yield COMPARED if impact.operation.comparison else EVERYTHING_ELSE
    yield FALLING_BACK
    yield ELSEWHERE
    if _is_cut(impact):
        yield FIRST_MONTHS
    if impact.operation.last is not None and impact.operation.last < impact.months[-1]:
        yield f"{launched(impact)} has ended: its months are measured, not what came after."
    yield from (note_words(one) for one in notes)


def _is_cut(impact: Impact) -> bool:
    """Whether later months of the operation are recorded than those that are measured."""
    if not impact.measured:
        return False
    last = impact.operation.last or impact.months[-1]
    return any(
        impact.measured[-1] < month < last and math.isfinite(value)
        for month, value in zip(impact.months, impact.values, strict=True)
    )


def _next(sight: Sight, impact: Impact, measure: Measure, area: Area) -> Iterator[Block]:
    trend = Button(label="Trend", command=commands.trend(measure, area, sight), style=Style.PRIMARY)
    yield Buttons(items=(trend, Button(label="Why?", command=commands.why(measure, area, sight))))
    operation = impact.operation
    known = sight.catalogue.measures
    others = [known[one] for one in operation.measures if one in known and one != measure.id]
    shown = [one for one in others if not sight.refusal(one, area)]
    if shown:
        items = tuple(
            Button(label=one.name, command=commands.impact(operation.id, one, area, sight))
            for one in shown
        )
        yield Menu(label="Measured on", items=items)
    places = [one for one in commands.others(sight, area) if is_kept(sight, measure, one)]
    choices = [(one, commands.impact(operation.id, measure, one, sight)) for one in places]
    yield from commands.menu("By area", choices)
