"""Two areas side by side: rates per 1,000 population, changes, and what may not be concluded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from bot.access import Sight
from bot.render.words import number, say
from bot.replies import commands
from bot.replies.footing import footing, note_words, notes_on, remarks, summary
from bot.replies.judged import Judged, judge
from bot.replies.model import (
    Block,
    Bullets,
    Button,
    Buttons,
    Heading,
    Paragraph,
    Reply,
    Table,
    TableColumn,
    TableRow,
)
from bot.replies.phrases import lower_first
from bot.replies.verdict import level_words, movement
from metrics.calendar import Window
from metrics.dashboards.significance import significance
from metrics.dashboards.table import proportional_change
from metrics.model import Area, CrimeType, Measure

NOT_SHOWN: Final = "not shown"

NOT_KNOWN: Final = "not known"

UNTESTED: Final = (
    "Each area's change is tested against its own last year; the difference between the two areas "
    "is not tested."
)
"""No test of one area against another is among the figures that are kept."""


def compare_reply(
    sight: Sight,
    one: Area,
    other: Area,
    *,
    crime_type: CrimeType | None = None,
    said_first: tuple[str, ...] = (),
) -> Reply:
    """Answer how two areas stand beside each other.

    Args:
        sight: The figures, as the asker may see them.
        one: The first area.
        other: The second.
        crime_type: The one that is asked about; all crime first, then every type, by default.
        said_first: How the question was read, and of which day the figures are.

    Raises:
        Refused: The figures that the verdict is of may not be shown here.
    """
    catalogue = sight.catalogue
    lead = catalogue.recorded(crime_type.id) if crime_type else catalogue.total_crime()
    pair = judge(sight, lead, one), judge(sight, lead, other)
    words = _verdict(pair)
    kind = crime_type.id if crime_type else ""
    return Reply(
        summary=summary(sight, words),
        blocks=(
            Heading(text=f"{one.name} and {other.name}: {lower_first(lead.name)}"),
            Paragraph(text=words, strong=True),
            *remarks(said_first),
            Bullets(items=tuple(movement(judged) for judged in pair)),
            _one_type(pair) if crime_type else _all_types(sight, one, other),
            Paragraph(text=UNTESTED),
            *_notes(sight, pair),
            *footing(sight),
            *_next(sight, lead, pair, kind),
        ),
        share=commands.compare(one, other, sight, crime_type=kind),
    )


def _verdict(pair: tuple[Judged, Judged]) -> str:
    """Say both rates and how far apart they are; nothing is said of chance, which is not tested."""
    first, second = (judged.position.rate_per_thousand(Window.ROLLING_12) for judged in pair)
    names = pair[0].area.name, pair[1].area.name
    measure = pair[0].measure
    if math.isnan(first) or math.isnan(second):
        return (
            f"{measure.name}: the rates per 1,000 of {names[0]} and {names[1]} are not both known."
        )
    told = (
        f"{measure.name}, last 12 months: {names[0]} {number(first, 1)} per 1,000 people, "
        f"{names[1]} {number(second, 1)}"
    )
    low, high = sorted((first, second))
    apart = number((high - low) / low * 100) if low else ""
    if apart == "0":
        return f"{told}: all but the same (not tested)."
    higher = names[0] if first > second else names[1]
    return (
        f"{told}: {higher} is {apart}% higher (not tested)." if apart else f"{told} (not tested)."
    )


def _one_type(pair: tuple[Judged, Judged]) -> Table:
    measure = pair[0].measure
    rows = (
        ("Per 1,000, last 12 months", [_rate(one) for one in pair]),
        ("Year to date", [_count(one.value) for one in pair]),
        ("Last year", [_count(one.before) for one in pair]),
        ("Change", [_change(one) for one in pair]),
        ("Significance", [_tested(one) for one in pair]),
        ("Classification", [level_words(one.assessment.threat.level) for one in pair]),
    )
    return Table(
        caption=f"{measure.name} in {pair[0].area.name} and in {pair[1].area.name}",
        label="Figure",
        columns=tuple(TableColumn(name=one.area.name, is_number=True) for one in pair),
        rows=tuple(TableRow(label=label, cells=tuple(cells)) for label, cells in rows),
    )


def _all_types(sight: Sight, one: Area, other: Area) -> Table:
    rows = []
    for kind in sight.catalogue.dashboard_crime_types():
        measure = sight.catalogue.recorded(kind.id)
        pair = [_shown(sight, measure, area) for area in (one, other)]
        rows.append(
            TableRow(
                label=measure.name,
                cells=(
                    *(_rate(judged) for judged in pair),
                    *(_moved(judged) for judged in pair),
                ),
                is_total=kind.is_total,
            )
        )
    names = (one.name, other.name)
    return Table(
        caption=f"Crime types in {one.name} and in {other.name}",
        label="Crime type",
        columns=(
            *(TableColumn(name=f"{name}, per 1,000", is_number=True) for name in names),
            *(TableColumn(name=f"{name}, change") for name in names),
        ),
        rows=tuple(rows),
    )


def _shown(sight: Sight, measure: Measure, area: Area) -> Judged | None:
    """Return what is known of a measure in an area; None where it may not be shown."""
    return None if sight.refusal(measure, area) else judge(sight, measure, area)


def _rate(judged: Judged | None) -> str:
    if judged is None:
        return NOT_SHOWN
    rate = judged.position.rate_per_thousand(Window.ROLLING_12)
    return NOT_KNOWN if math.isnan(rate) else number(rate, 1)


def _count(value: float) -> str:
    return NOT_KNOWN if math.isnan(value) else number(value)


def _change(judged: Judged) -> str:
    return say(proportional_change(judged.value, judged.before))


def _tested(judged: Judged) -> str:
    return say(significance(judged.measure, judged.assessment.last_year))


def _moved(judged: Judged | None) -> str:
    return NOT_SHOWN if judged is None else f"{_change(judged)}, {_tested(judged)}"


def _notes(sight: Sight, pair: Sequence[Judged]) -> Iterator[Block]:
    since = [
        one.position.figures[Window.LYTD].period.first  # type: ignore[union-attr]
        for one in pair
        if one.position.figures[Window.LYTD].period
    ]
    notes = {
        note.text: note_words(note)
        for one in pair
        if since
        for note in notes_on(
            sight.catalogue, [one.measure], one.area, since=min(since), until=sight.as_at
        )
    }
    if notes:
        yield Heading(text="Read with")
        yield Bullets(items=tuple(notes.values()))


def _next(sight: Sight, lead: Measure, pair: Sequence[Judged], kind: str) -> Iterator[Block]:
    yield Buttons(
        items=tuple(
            Button(label=label, command=command)
            for one in pair
            for label, command in (
                (f"Trend: {one.area.name}", commands.trend(lead, one.area, sight)),
                (f"Table: {one.area.name}", commands.csp(one.area, sight, crime_type=kind)),
            )
        )
    )
