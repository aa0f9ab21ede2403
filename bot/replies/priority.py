"""A strategic priority on one screen: how bad, how sure, what drives it, as at when."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from bot.access import Refused, Sight
from bot.render.words import number, ordinal, say
from bot.replies import commands
from bot.replies.charts import Marker
from bot.replies.drivers import drivers
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
    Standing,
    Style,
)
from bot.replies.phrases import in_list, lower_first, together
from bot.replies.pictures import control_picture, year_picture
from bot.replies.subject import Part, called, labels, parts_of
from bot.replies.verdict import in_brief, level_words, movement, standing_of, target_words, verdict
from metrics.classification import ThreatLevel
from metrics.dashboards import DashboardName
from metrics.dashboards.explanation.watched import AMONG_PEERS
from metrics.dashboards.significance import expected, told_as_given, year_end_range
from metrics.dashboards.targets import say_target
from metrics.model import Area, MeasureKind, Polarity, Priority
from metrics.positions import Figure
from metrics.statistics.projection import Withheld

CLASSIFIED_AS: Final = {
    MeasureKind.RECORDED: "recorded",
    MeasureKind.OUTCOME_RATE: "outcomes",
    MeasureKind.SATISFACTION: "satisfaction",
    MeasureKind.CONFIDENCE: "confidence",
    MeasureKind.PARTNER_RETURN: "return",
}
"""What a classification is of, in a word."""

WHY_BUTTONS: Final = 3
"""So many "Why?" at most: one for each part is worth its room, one for each measure is not."""


def priority_reply(
    sight: Sight,
    priority: Priority,
    area: Area,
    *,
    said_first: tuple[str, ...] = (),
    doing: tuple[Block, ...] = (),
    markers: Sequence[Marker] = (),
) -> Reply:
    """Answer how a priority stands in an area.

    Args:
        sight: The figures, as the asker may see them.
        priority: As the plan of the figures' day has it.
        area: Where.
        said_first: How the question was read, and of which day the figures are.
        doing: What is being done about it: operations, open issues and their actions.
        markers: The days on which that began, for the charts.

    Raises:
        Refused: Nothing of it may be shown here.
    """
    parts, refusals = parts_of(sight, priority, area)
    _refuse_the_uncited(sight, priority, refusals, shown=bool(parts))
    if not parts:
        return _without_measures(sight, priority, area, said_first)
    return Reply(
        summary=summary(sight, f"Priority {priority.number}: {_in_brief(priority, parts)}"),
        blocks=tuple(
            _blocks(sight, priority, area, parts, (*said_first, *refusals), doing, markers)
        ),
        standing=_standing(_leading(priority, parts)),
        level=_highest(parts),
        share=commands.priority(priority.number, area, sight),
    )


def _in_brief(priority: Priority, parts: Sequence[Part]) -> str:
    leads = _leading(priority, parts)
    if len(leads) == 1:
        return in_brief(leads[0].lead)
    return "; ".join(in_brief(one.lead, target=False) for one in leads)


def _leading(priority: Priority, parts: Sequence[Part]) -> list[Part]:
    """Return the parts whose verdict comes first: where a priority has parts, not the whole."""
    return [part for part in parts if part.priority.number != priority.number] or list(parts)


def _refuse_the_uncited(
    sight: Sight, priority: Priority, refusals: Sequence[str], *, shown: bool
) -> None:
    """Refuse a priority that the framework does not cite, or of which nothing may be shown."""
    framework = sight.catalogue.framework(sight.as_at)
    silent = framework.not_cited.get(priority.number) if framework else None
    name = f"Priority {priority.number}, {lower_first(called(priority))}"
    if silent:
        raise Refused(f"{name}: {silent}")
    if refusals and not shown:
        raise Refused(f"{name}. {' '.join(refusals)}")


def _without_measures(
    sight: Sight, priority: Priority, area: Area, said_first: tuple[str, ...]
) -> Reply:
    words = (
        f"{priority.name}: no measure of this priority is kept here, so there is no figure to show."
    )
    return Reply(
        summary=summary(sight, f"Priority {priority.number}: no measure is kept, no figure shown"),
        blocks=(
            Heading(text=f"Priority {priority.number}: {called(priority)}"),
            Paragraph(text=words, strong=True),
            *remarks(said_first),
            Paragraph(text=f"It belongs to the theme “{priority.theme}”."),
            *footing(sight),
        ),
        share=commands.priority(priority.number, area, sight),
    )


def _blocks(
    sight: Sight,
    priority: Priority,
    area: Area,
    parts: Sequence[Part],
    said_first: tuple[str, ...],
    doing: tuple[Block, ...],
    markers: Sequence[Marker],
) -> Iterator[Block]:
    yield Heading(text=f"Priority {priority.number}: {called(priority)}, {area.name}")
    leads = _leading(priority, parts)
    for part in leads:
        yield Paragraph(text=verdict(part.lead), strong=True)
    yield from remarks(said_first)
    beside = [one for part in parts for one in part.judged if one not in _leads(leads)]
    if beside:
        yield Bullets(items=tuple(_lines(beside)))
    if facts := tuple(_facts(sight, parts)):
        yield Facts(rows=facts)
    moved = [line for part in leads for line in _drivers(sight, part, several=len(leads) > 1)]
    if moved:
        yield Heading(text="What drives it")
        yield Bullets(items=tuple(moved))
    yield from doing
    for part in leads:
        # Of one verdict the year with its projection; of several, the months say more in less.
        pictures = year_picture(sight, part.lead, markers=markers) if len(leads) == 1 else ()
        yield from pictures or control_picture(sight, part.lead, markers=markers)
    yield from _notes(sight, parts)
    yield from footing(sight)
    yield from _next(sight, priority, area, leads)


def _leads(parts: Sequence[Part]) -> list[Judged]:
    return [part.lead for part in parts]


def _lines(beside: Sequence[Judged]) -> Iterator[str]:
    """Judge each measure beside the leading one in a line."""
    for one, label in zip(beside, labels(beside), strict=True):
        yield " ".join(part for part in (movement(one, label=label), target_words(one)) if part)


def _facts(sight: Sight, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    several = len(parts) > 1
    asked = dict.fromkeys(_asked(one) for part in parts for one in part.judged)
    if words := [one for one in asked if one]:
        yield "The plan asks for", f"{together(words)}, without a number"
    for part in parts:
        number_of = f", {part.priority.number}" if several else ""
        if not told_as_given(part.lead.measure):
            yield f"Classification{number_of}", _classes(part)
        # Of several parts, only what was recorded: the chance of each rate stands above.
        for one in part.judged[:1] if several else _first_of_each_kind(part):
            if row := _year_end(one):
                yield f"{row[0]}{number_of}", row[1]
        if part.lead.assessment.peers.rank:
            yield f"Most similar forces{number_of}", _peers(part.lead)
    if parts[0].lead.measure.kind is MeasureKind.SATISFACTION:
        yield from _components(sight, parts[0].lead)


def _asked(judged: Judged) -> str:
    """Return what the plan asks for in words only; empty where it sets a number, or nothing."""
    return say_target(judged.target) if judged.target and not judged.has_number else ""


def _classes(part: Part) -> str:
    """Say the classification of each measure that has one; of none, why there is none."""
    kinds = [one.measure.kind for one in part.judged]
    levels = []
    for one in part.judged:
        threat, kind = one.assessment.threat, one.measure.kind
        if threat.level is not None and kind in CLASSIFIED_AS:
            name = CLASSIFIED_AS[kind] if kinds.count(kind) == 1 else in_list(one.measure.name)
            levels.append(f"{name} {level_words(threat.level)}")
    if levels:
        return " · ".join(levels)
    sentences = part.lead.assessment.threat.sentences
    return sentences[0] if sentences and sentences[0] else level_words(None)


def _first_of_each_kind(part: Part) -> list[Judged]:
    """Return the leading measure of each kind, e.g. the sexual offences before the rapes."""
    found: dict[MeasureKind, Judged] = {}
    for one in part.judged:
        found.setdefault(one.measure.kind, one)
    return list(found.values())


def _year_end(judged: Judged) -> tuple[str, str] | None:
    """Tell where the year is likely to end; nothing of what is not projected, or of surveys."""
    measure, found = judged.measure, judged.assessment.year_end
    name = "Year end" if measure.kind is MeasureKind.RECORDED else "Year end, outcomes"
    if measure.kind.is_survey or told_as_given(measure) or judged.year_is_over:
        return None
    if _is_beside(judged):
        return None
    if found.withheld is not Withheld.NOT:
        return name, f"No projection. {found.withheld.reason}"
    if math.isnan(found.expected):
        return None
    ends = say(year_end_range(measure, found.lower_95, found.upper_95))
    pace = found.pace_needed
    needed = "" if math.isnan(pace) else f"; the target needs {number(pace)} or fewer a month"
    unit = f" {measure.unit}" if measure.kind is MeasureKind.RECORDED else ""
    return name, f"{say(expected(measure, found))}{unit} expected (95% range {ends}){needed}"


def _is_beside(judged: Judged) -> bool:
    """Whether a count is told beside others only: neither more nor fewer of it is better."""
    return judged.measure.polarity is Polarity.NEITHER


def _peers(judged: Judged) -> str:
    """Tell the place among the most similar forces, over a year and over three months."""
    year, quarter = judged.assessment.peers, judged.assessment.peers_3_months
    places = f"{ordinal(year.rank)} of {year.forces} over 12 months"
    among = AMONG_PEERS[year.verdict]
    if not quarter.rank:
        return f"{places}, {among} (1st is best)"
    places = f"{places}, {ordinal(quarter.rank)} over 3 months"
    if quarter.verdict is not year.verdict:
        among = f"{among} over the year, {AMONG_PEERS[quarter.verdict]} over 3 months"
    return f"{places}: {among} (1st is best)"


def _components(sight: Sight, lead: Judged) -> Iterator[tuple[str, str]]:
    """Tell the components of a survey, the lowest first: the whole can hide them."""
    found: list[tuple[str, Figure, float]] = []
    for measure in sight.catalogue.measures.values():
        of_it = measure.id.startswith(f"{lead.measure.id}.") and measure.kind.is_survey
        if of_it and not sight.refusal(measure, lead.area):
            one = judge(sight, measure, lead.area)
            if not math.isnan(one.value):
                found.append((measure.component, one.now, one.value))
    if found:
        told = [
            f"{name.replace('-', ' ')} {number(value * 100, 1)}% (n = {number(now.denominator)})"
            for name, now, value in sorted(found, key=lambda one: one[2])
        ]
        yield "Components", ", ".join(told)


def _drivers(sight: Sight, part: Part, *, several: bool) -> Iterator[str]:
    for line in drivers(sight, part.lead):
        yield f"{part.priority.number}, {lower_first(line)}" if several else line


def _notes(sight: Sight, parts: Sequence[Part]) -> Iterator[Block]:
    """Tell the data-quality notes on the periods that the sentences compare."""
    judged = [one for part in parts for one in part.judged]
    firsts = [
        figure.period.first
        for one in judged
        for figure in one.position.figures.values()
        if figure.period
    ]
    if not firsts:
        return
    notes = notes_on(
        sight.catalogue,
        [one.measure for one in judged],
        judged[0].area,
        since=min(firsts),
        until=sight.as_at,
    )
    if notes:
        yield Heading(text="Read with")
        yield Bullets(items=tuple(note_words(one) for one in notes))


def _next(sight: Sight, priority: Priority, area: Area, leads: Sequence[Part]) -> Iterator[Block]:
    buttons = []
    for part in leads[:WHY_BUTTONS]:
        one = max(part.judged, key=lambda judged: judged.assessment.threat.level or 0)
        level = one.assessment.threat.level
        which = f" ({part.priority.number})" if len(leads) > 1 else ""
        why = f"Why {level_words(level)}?" if level else "Why?"
        buttons.append(
            Button(
                label=f"{why}{which}",
                command=commands.why(one.measure, area, sight),
                style=Style.PRIMARY,
            )
        )
    lead = leads[0].lead.measure
    if lead.kind is not MeasureKind.MONEY:
        buttons.append(Button(label="Trend", command=commands.trend(lead, area, sight)))
    if lead.kind is MeasureKind.RECORDED and lead.crime_type and not lead.flag:
        whole = sight.catalogue.force
        command = commands.csp(whole, sight, crime_type=lead.crime_type)
        buttons.append(Button(label="All CSPs", command=command))
    buttons.append(_dashboard_button(sight, area))
    yield Buttons(items=tuple(buttons))
    yield from commands.menu(
        "By area",
        [
            (one, commands.priority(priority.number, one, sight))
            for one in commands.others(sight, area)
            if is_kept(sight, lead, one)
        ],
    )


def _dashboard_button(sight: Sight, area: Area) -> Button:
    """Lead to every target, or to the plan dashboard where the framework sets no numbers."""
    framework = sight.catalogue.framework(sight.as_at)
    numeric = any(one.kind.is_numeric for one in framework.targets) if framework else False
    if numeric:
        command = commands.dashboard(DashboardName.TARGETS, area, sight)
        return Button(label="All targets", command=command)
    command = commands.dashboard(DashboardName.PLAN, area, sight)
    return Button(label="Plan dashboard", command=command)


def _highest(parts: Sequence[Part]) -> ThreatLevel | None:
    levels = [one.assessment.threat.level for part in parts for one in part.judged]
    return max((level for level in levels if level is not None), default=None)


def _standing(parts: Sequence[Part]) -> Standing:
    """Say whether the verdict is bad news, of any part; High alone is a level, not a change."""
    standings = [standing_of(part.lead) for part in parts]
    for one in (Standing.WORSE, Standing.BETTER):
        if one in standings:
            return one
    return Standing.PLAIN
