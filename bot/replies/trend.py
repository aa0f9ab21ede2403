"""A measure over time: where its latest month stands on the control chart, and its chart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from bot.access import Sight
from bot.render.words import number, signed
from bot.replies import commands
from bot.replies.charts import Marker
from bot.replies.footing import footing, note_words, notes_on, remarks, summary
from bot.replies.judged import Judged, is_kept, judge
from bot.replies.model import (
    Block,
    Bullets,
    Button,
    Buttons,
    Facts,
    Heading,
    Paragraph,
    Reply,
    Style,
)
from bot.replies.phrases import p_words
from bot.replies.pictures import control_picture, long_term_picture, year_picture
from bot.replies.verdict import in_brief, level_words, movement, standing_of, subject
from metrics.dashboards.explanation.watched import ASSURANCE
from metrics.dashboards.significance import told_as_given
from metrics.model import Area, Measure, MeasureKind

YEARS_SHOWN: Final = 5
"""The chart goes back so many years, and so do the notes beside it."""


def trend_reply(
    sight: Sight,
    measure: Measure,
    area: Area,
    *,
    said_first: tuple[str, ...] = (),
    markers: Sequence[Marker] = (),
) -> Reply:
    """Answer how a measure has gone, in the papers' words, with its charts.

    Args:
        sight: The figures, as the asker may see them.
        measure: What is asked about.
        area: Where.
        said_first: How the question was read, and of which day the figures are.
        markers: What was done about it, since when.

    Raises:
        Refused: It may not be shown here.
    """
    judged = judge(sight, measure, area)
    name = f"{subject(measure)}{judged.where}"
    return Reply(
        summary=summary(sight, _in_brief(judged, name)),
        blocks=tuple(_blocks(sight, judged, said_first, markers)),
        standing=standing_of(judged),
        level=judged.assessment.threat.level,
        share=commands.trend(measure, area, sight),
    )


def _blocks(
    sight: Sight, judged: Judged, said_first: tuple[str, ...], markers: Sequence[Marker]
) -> Iterator[Block]:
    measure, area = judged.measure, judged.area
    yield Heading(text=f"Trend: {subject(measure)}, {area.name}")
    yield Paragraph(text=_verdict(judged), strong=True)
    yield from remarks(said_first)
    yield Paragraph(text=movement(judged))
    if facts := tuple(_facts(judged)):
        yield Facts(rows=facts)
    yield from control_picture(sight, judged, markers=markers)
    yield from year_picture(sight, judged, markers=markers)
    if measure.id == sight.catalogue.total_crime().id:
        yield from long_term_picture(sight, area)
    yield from _notes(sight, judged)
    yield from footing(sight)
    yield from _next(sight, judged)


def _in_brief(judged: Judged, name: str) -> str:
    if told_as_given(judged.measure):
        return in_brief(judged)
    return f"{name}, the latest month: {judged.assessment.control.words}"


def _verdict(judged: Judged) -> str:
    """Say where the latest month stands, as the papers word it."""
    if told_as_given(judged.measure):
        return "It is told as it was given: no control chart is drawn of it."
    found = judged.assessment.control
    where = ""
    if not math.isnan(found.deviations):
        where = f" ({signed(found.deviations, 1)} deviations from the mean)"
    assured = ASSURANCE.get(found.assurance, "")
    return f"The latest month: {found.words}{where}. {assured}".strip()


def _facts(judged: Judged) -> Iterator[tuple[str, str]]:
    threat = judged.assessment.threat
    if threat.level is not None:
        first = threat.sentences[0] if threat.sentences else ""
        yield "Classification", f"{level_words(threat.level)}. {first}"
    watch = judged.assessment.watch
    for n, window in enumerate(watch.windows):
        seen, usual, p = watch.observed[n], watch.expected[n], watch.p_value[n]
        if math.isnan(seen) or math.isnan(usual):
            continue
        told = f"{number(seen)}, {number(usual)} expected"
        if judged.measure.kind.is_rate:
            told = f"{number(seen * 100, 1)}%, {number(usual * 100, 1)}% expected"
        chance = "" if math.isnan(p) else f"; {p_words(p)} of a deterioration as large"
        yield f"Last {window}", f"{told}{chance}"


def _notes(sight: Sight, judged: Judged) -> Iterator[Block]:
    since = sight.as_at.replace(year=sight.as_at.year - YEARS_SHOWN, month=1, day=1)
    notes = notes_on(sight.catalogue, [judged.measure], judged.area, since=since, until=sight.as_at)
    if notes:
        yield Heading(text="Read with")
        yield Bullets(items=tuple(note_words(one) for one in notes))


def _next(sight: Sight, judged: Judged) -> Iterator[Block]:
    measure, area = judged.measure, judged.area
    why = f"Why {level_words(judged.assessment.threat.level)}?"
    label = why if judged.assessment.threat.level else "Why?"
    command = commands.why(measure, area, sight)
    buttons = [Button(label=label, command=command, style=Style.PRIMARY)]
    if measure.priority in sight.catalogue.priorities:
        command = commands.priority(measure.priority, area, sight)
        buttons.append(Button(label=f"Priority {measure.priority}", command=command))
    if measure.kind is MeasureKind.RECORDED and measure.crime_type and not measure.flag:
        whole = sight.catalogue.force
        command = commands.csp(whole, sight, crime_type=measure.crime_type)
        buttons.append(Button(label="All CSPs", command=command))
    yield Buttons(items=tuple(buttons))
    places = [one for one in commands.others(sight, area) if is_kept(sight, measure, one)]
    choices = [(one, commands.trend(measure, one, sight)) for one in places]
    yield from commands.menu("By area", choices)
