"""Performance against the strategic objectives: a section for each priority, as the papers have it.

Every figure is asked for through the gate; what may not be shown is said to be withheld, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from bot.access import Sight
from bot.documents.contributors import contributors
from bot.documents.model import Part, Section
from bot.documents.sentences import (
    by_command,
    by_unit,
    months,
    outcomes,
    peers,
    rates_by_command,
    recorded,
    satisfaction,
)
from bot.replies.charts import Marker, MarkerKind
from bot.replies.components import components
from bot.replies.doing import Doing, Operation
from bot.replies.footing import note_words, notes_on
from bot.replies.judged import Judged, judge
from bot.replies.model import Bullets, Paragraph
from bot.replies.owners import may_tell
from bot.replies.phrases import sentence_case
from bot.replies.pictures import control_picture, year_picture
from bot.replies.subject import Part as PriorityPart
from bot.replies.subject import called, parts_of
from bot.replies.verdict import level_words, verdict
from metrics.calendar import say_date
from metrics.dashboards.significance import told_as_given
from metrics.model import Area, Level, Measure, MeasureKind, Polarity, Priority

HEADINGS: Final = {
    MeasureKind.RECORDED: "Recorded crime",
    MeasureKind.OUTCOME_RATE: "Crime outcomes",
    MeasureKind.SATISFACTION: "Satisfaction",
    MeasureKind.CONFIDENCE: "Confidence",
    MeasureKind.PARTNER_RETURN: "Partners' returns",
    MeasureKind.MONEY: "Savings",
}
"""What a kind of measure is headed by."""

REPORTING_IS_WANTED: Final = (
    "The plan asks for more of this to be reported: a rise in what is recorded is no deterioration "
    "here, and a fall no improvement. Outcomes and satisfaction carry the judgement."
)
"""Said of what neither way is better (Police and Crime Plan, priorities 5, 6 and 7)."""


def objectives(sight: Sight, doing: Doing) -> tuple[Section, ...]:
    """Return a section for every priority of which something may be shown, in the plan's order.

    All crime comes first, and what is told as it is given comes last.

    Args:
        sight: The figures, as whoever the paper is for may see them.
        doing: What is being done.
    """
    ordered = sorted(whole_priorities(sight), key=lambda one: _order(sight, one))
    told = (objective(sight, one, sight.catalogue.force, doing) for one in ordered)
    return tuple(one for one in told if one is not None)


def objective(
    sight: Sight, priority: Priority, area: Area, doing: Doing, *, all_trends: bool = False
) -> Section | None:
    """Return the section of one priority; None where nothing of it is recorded.

    Args:
        sight: The figures, as whoever the paper is for may see them.
        priority: Which one; with its parts.
        area: Where.
        doing: What is being done.
        all_trends: Whether rates and surveys have their charts as well as what is counted.
    """
    framework = sight.catalogue.framework(sight.as_at)
    silent = framework.not_cited.get(priority.number) if framework else None
    title = f"{sentence_case(called(priority))} (priority {priority.number})"
    if silent:
        return Section(title=title, parts=(Paragraph(text=silent),))
    parts, refusals = parts_of(sight, priority, area)
    known = [one for one in parts if any(one.position.to for one in one.judged)]
    if not known:
        return (
            Section(title=title, parts=(Paragraph(text=" ".join(refusals)),)) if refusals else None
        )
    markers = _markers(sight, priority, doing)
    sections = [
        _part(sight, one, several=len(known) > 1, all_trends=all_trends, markers=markers)
        for one in known
    ]
    notes = _notes(sight, known, refusals)
    after = (*_being_done(sight, priority, doing), *notes)
    if len(sections) == 1:
        only = sections[0]
        return Section(title=title, parts=only.parts, sections=(*only.sections, *after))
    return Section(title=title, sections=(*sections, *after))


def _part(
    sight: Sight, part: PriorityPart, *, several: bool, all_trends: bool, markers: Sequence[Marker]
) -> Section:
    """Tell a priority, or one part of it: what was recorded, outcomes, satisfaction."""
    told = [one for one in part.judged if one.position.to is not None]
    kinds = dict.fromkeys(one.measure.kind for one in told)
    sections = tuple(
        _of_kind(
            sight,
            [one for one in told if one.measure.kind is kind],
            all_trends=all_trends,
            markers=markers,
        )
        for kind in sorted(kinds, key=list(HEADINGS).index)
    )
    title = sentence_case(called(part.priority)) if several else ""
    return Section(title=title, sections=sections)


def _of_kind(
    sight: Sight, judged: Sequence[Judged], *, all_trends: bool, markers: Sequence[Marker]
) -> Section:
    kind = judged[0].measure.kind
    heading = HEADINGS[kind]
    if kind is MeasureKind.RECORDED and _is_incidents(judged[0].measure):
        heading = "Recorded incidents"
    level = judged[0].assessment.threat.level
    title = f"{heading} (overall classification: {level_words(level)})" if level else heading
    told = [text for one in judged for text in _sentences(sight, one) if text]
    if any(_is_undirected(one) for one in judged):
        told.append(REPORTING_IS_WANTED)
    drawn = judged if all_trends else judged[:1]
    charts = [
        chart
        for one in drawn
        for chart in _charts(sight, one, all_trends=all_trends, markers=markers)
    ]
    return Section(title=title, parts=(*(Paragraph(text=text) for text in told), *charts))


def _is_incidents(measure: Measure) -> bool:
    return measure.unit == "incidents"


def _charts(
    sight: Sight, judged: Judged, *, all_trends: bool, markers: Sequence[Marker]
) -> tuple[Part, ...]:
    """Draw what the section is about: the months; of all crime, the year beside last year."""
    is_main = judged.measure.kind is MeasureKind.RECORDED and not _is_undirected(judged)
    if not (is_main or all_trends) or judged.measure.kind is MeasureKind.MONEY:
        return ()
    if judged.measure.id == sight.catalogue.total_crime().id:
        return year_picture(sight, judged, markers=markers) or control_picture(sight, judged)
    return control_picture(sight, judged, markers=markers)


def _sentences(sight: Sight, judged: Judged) -> Iterator[str]:
    measure = judged.measure
    if told_as_given(measure) or measure.kind is MeasureKind.CONFIDENCE:
        yield verdict(judged)
    elif measure.kind is MeasureKind.SATISFACTION:
        yield satisfaction(judged, components(sight, measure, judged.area))
    elif measure.kind is MeasureKind.OUTCOME_RATE:
        total = sight.catalogue.total_crime()
        is_total = measure.crime_type == total.crime_type and not measure.flag
        yield " ".join(
            one
            for one in (
                outcomes(judged, compare=is_total),
                rates_by_command(_below(sight, judged, Level.BCU)),
            )
            if one
        )
    else:
        yield from _recorded(sight, judged)


def _recorded(sight: Sight, judged: Judged) -> Iterator[str]:
    yield recorded(judged)
    if _is_undirected(judged):
        return
    if judged.measure.id == sight.catalogue.total_crime().id:
        yield from contributors(sight, judged)
    where = [by_command(_below(sight, judged, Level.BCU))]
    if judged.measure.id != sight.catalogue.total_crime().id:
        where.append(by_unit(_below(sight, judged, Level.LPU)))
    yield " ".join(one for one in where if one)
    yield " ".join(one for one in (months(judged), peers(judged)) if one)


def _is_undirected(judged: Judged) -> bool:
    """Whether it is counted, and neither more nor fewer of it is better."""
    measure = judged.measure
    return measure.kind is MeasureKind.RECORDED and measure.polarity is Polarity.NEITHER


def _below(sight: Sight, judged: Judged, level: Level) -> list[Judged]:
    """Return a measure in the areas of a level, of those that may be shown and are recorded."""
    areas = sight.catalogue.at_level(level, inside=judged.area.id)
    shown = [one for one in areas if not sight.refusal(judged.measure, one)]
    found = [judge(sight, judged.measure, one) for one in shown]
    return [one for one in found if one.position.to is not None]


def _being_done(sight: Sight, priority: Priority, doing: Doing) -> tuple[Section, ...]:
    """Tell the operations and issues that bear on a priority."""
    running = [
        one
        for one in doing.operations
        if one.is_running(sight.as_at) and one.bears_on(priority.number)
    ]
    lines = [_operation(sight, one, priority.number) for one in running]
    lines += [
        f"{one.id}, {one.title.rstrip('.')}: {one.doing}"
        for one in doing.issues
        if one.priority == priority.number
        and one.doing
        and may_tell(sight, one.measure, one.area, one.priority)
    ]
    if not lines:
        return ()
    return (Section(title="What is being done?", parts=(Bullets(items=tuple(lines)),)),)


def _markers(sight: Sight, priority: Priority, doing: Doing) -> tuple[Marker, ...]:
    """Return the beginnings of the operations that bear on a priority, as marks on its charts."""
    return tuple(
        Marker(day=one.since, label=f"{one.name} begins", kind=MarkerKind.ACTION)
        for one in doing.operations
        if one.since <= sight.as_at and one.bears_on(priority.number)
    )


def _operation(sight: Sight, operation: Operation, priority: str) -> str:
    """Tell an operation; where its text may not be told, only that it runs and since when."""
    words = f"{operation.name}, since {say_date(operation.since)}"
    if not may_tell(sight, None, None, priority):
        return f"{words}."
    text = f": {operation.text.rstrip('.')}." if operation.text else "."
    measured = operation.effect_on is not None and may_tell(sight, operation.effect_on, None, "")
    return f"{words}{text} {operation.effect if measured else ''}".strip()


def _notes(
    sight: Sight, parts: Sequence[PriorityPart], refusals: Sequence[str]
) -> tuple[Section, ...]:
    """Tell the data-quality notes that bear on what stands above, and what is withheld of it."""
    judged = [one for part in parts for one in part.judged]
    firsts = [
        figure.period.first
        for one in judged
        for figure in one.position.figures.values()
        if figure.period
    ]
    notes = notes_on(
        sight.catalogue,
        [one.measure for one in judged],
        judged[0].area,
        since=min(firsts, default=sight.as_at),
        until=sight.as_at,
    )
    lines = (*(note_words(one) for one in notes), *refusals)
    return (Section(title="To be read with this", parts=(Bullets(items=lines),)),) if lines else ()


def whole_priorities(sight: Sight) -> list[Priority]:
    """Return the priorities without their parts: 14, not 14A."""
    return [one for one in sight.catalogue.priorities.values() if one.number.isdigit()]


def _order(sight: Sight, priority: Priority) -> tuple[int, int]:
    """Put all crime first, then crimes to be reduced, then the rest, then what is given."""
    place = list(sight.catalogue.priorities).index(priority.number)
    measures = [
        one
        for one in sight.catalogue.measures.values()
        if one.priority.rstrip("AB") == priority.number
    ]
    if sight.catalogue.total_crime().priority == priority.number:
        return 0, place
    targets = [sight.catalogue.target(one.id, sight.as_at) for one in measures]
    falls = any(
        one.kind is MeasureKind.RECORDED and target and target.kind.value.endswith("reduction")
        for one, target in zip(measures, targets, strict=True)
    )
    if falls:
        return 1, place
    given = all(told_as_given(one) for one in measures) if measures else True
    return (3 if given else 2), place
