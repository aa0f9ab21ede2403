"""From figures to charts: what is drawn, what it says in words, and its shape in characters."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, TypeVar

from bot.render.sparkline import sparkline
from bot.replies.chart_words import (
    control_words,
    cumulative_words,
    panel_words,
    year_words,
)
from bot.replies.charts import (
    ControlChart,
    CumulativeChart,
    LongTermChart,
    Marker,
    MarkerKind,
    Panel,
    SmallMultiples,
)
from bot.replies.model import Chart
from metrics.assessment import YearEnd
from metrics.model import Area, Grain, Measure, MeasureKind, Note
from metrics.trends import Trend

SPARKLINE_MONTHS: Final = 24
"""The latest so many months go into a sparkline: more would break over two lines of a phone."""

Kept = TypeVar("Kept", date, float)

NONE: Final[Mapping[str, str]] = MappingProxyType({})


def control_chart(
    trend: Trend,
    measure: Measure,
    area: Area,
    *,
    standing: str,
    notes: Sequence[Note] = (),
    target: float = math.nan,
    markers: Sequence[Marker] = (),
) -> Chart:
    """Return the chart of a measure's months with their mean, limits and target.

    It starts with the first month that is recorded: a survey may have begun later than others.

    Args:
        trend: The months.
        measure: What they count.
        area: Where.
        standing: As at when, whether provisional and whether synthetic, for the subtitle.
        notes: The data-quality notes that bear on the measure there.
        target: A count a month, or a proportion; NaN without one.
        markers: What was done about it, since when.
    """
    since = next((at for at, one in enumerate(trend.values) if math.isfinite(one)), 0)
    drawing = ControlChart(
        title=f"{measure.name}, by month",
        subtitle=_subtitle(area.name, standing),
        unit=monthly_unit(measure),
        is_rate=measure.kind.is_rate,
        months=trend.months[since:],
        values=trend.values[since:],
        mean=trend.mean[since:],
        lower=trend.lower[since:],
        upper=trend.upper[since:],
        signals=trend.signals[since:],
        target=target,
        last_is_part=trend.last_is_part,
        markers=(*note_markers(notes), *markers),
    )
    return Chart(
        drawing=drawing,
        alt=control_words(drawing, measure.name, area.name),
        sparkline=trend_sparkline(trend),
    )


def cumulative_chart(
    trend: Trend,
    measure: Measure,
    area: Area,
    *,
    standing: str,
    as_at: date,
    year_end: YearEnd,
    target_end: float = math.nan,
    notes: Sequence[Note] = (),
    markers: Sequence[Marker] = (),
) -> Chart:
    """Return the chart of the year to date beside last year, with where the year may end.

    Args:
        trend: The weeks of both years; of a measure that is counted by day.
        measure: What is counted.
        area: Where.
        standing: As at when, whether provisional and whether synthetic, for the subtitle.
        as_at: The last day with figures.
        year_end: The projection; where it is withheld, none is drawn.
        target_end: The count that meets the target at the year's end; NaN without one.
        notes: The data-quality notes that bear on the measure there.
        markers: What was done about it, since when.
    """
    drawing = CumulativeChart(
        title=f"{measure.name}, this year and last",
        subtitle=_subtitle(area.name, standing),
        unit=f"{measure.unit} since 1 April",
        days=trend.days,
        this_year=trend.this_year,
        last_year=trend.last_year,
        as_at=as_at,
        target_end=target_end,
        expected=year_end.expected,
        range_80=(year_end.lower_80, year_end.upper_80),
        range_95=(year_end.lower_95, year_end.upper_95),
        markers=(*note_markers(notes), *markers),
    )
    return Chart(
        drawing=drawing,
        alt=cumulative_words(drawing, measure.name, area.name),
        sparkline=trend_sparkline(trend),
    )


def small_multiples(
    trends: Sequence[tuple[str, Trend]],
    measure: Measure,
    *,
    title: str,
    where: str,
    standing: str,
    remarks: Mapping[str, str] = NONE,
    marked: Collection[str] = (),
) -> Chart:
    """Return a small chart of each of several areas or crime types.

    A month that is not over is left out: in a small chart it would look like a fall.

    Args:
        trends: The label of each panel, with its months: the same months in all.
        measure: What is counted; of several crime types, any of them.
        title: What the panels are.
        where: The area they lie in.
        standing: As at when, whether provisional and whether synthetic, for the subtitle.
        remarks: A few words under a panel's label, e.g. "significant rise".
        marked: The labels of the panels that are to be looked at first.
    """
    first = trends[0][1] if trends else None
    months = _whole(first, first.months) if first else ()
    panels = tuple(
        Panel(
            label=label,
            values=_whole(trend, trend.values),
            note=remarks.get(label, ""),
            is_marked=label in marked,
        )
        for label, trend in trends
    )
    drawing = SmallMultiples(
        title=title,
        subtitle=_subtitle(where, standing),
        unit=monthly_unit(measure),
        is_rate=measure.kind.is_rate,
        months=months,
        panels=panels,
    )
    return Chart(drawing=drawing, alt=panel_words(drawing, where))


def long_term_chart(
    years: Sequence[str],
    values: Sequence[float],
    *,
    title: str,
    unit: str,
    where: str,
    standing: str,
) -> Chart:
    """Return the chart of whole performance years, oldest first.

    Args:
        years: As the papers write them, e.g. "2003/04".
        values: A count for each; NaN: not known.
        title: What is counted.
        unit: As printed after a number, e.g. "crimes".
        where: The area.
        standing: As at when, whether provisional and whether synthetic, for the subtitle.
    """
    drawing = LongTermChart(
        title=title,
        subtitle=_subtitle(where, standing),
        unit=f"{unit} a year, April to March",
        years=tuple(years),
        values=tuple(values),
    )
    return Chart(drawing=drawing, alt=year_words(drawing, where), sparkline=sparkline(values))


def trend_sparkline(trend: Trend) -> str:
    """Return the latest whole months in a few characters."""
    return sparkline(_whole(trend, trend.values)[-SPARKLINE_MONTHS:])


def note_markers(notes: Sequence[Note]) -> tuple[Marker, ...]:
    """Return data-quality notes as marks on a time axis."""
    return tuple(
        Marker(
            day=note.day,
            label=note.text,
            kind=MarkerKind.BREAK if note.is_break else MarkerKind.NOTE,
        )
        for note in notes
    )


def monthly_unit(measure: Measure) -> str:
    """Write what each month of a measure's trend says."""
    if measure.kind.is_survey:
        return "% of answers in the 12 months to each month"
    if measure.kind is MeasureKind.OUTCOME_RATE:
        return "% of recorded crimes, by month"
    return f"{measure.unit} a {'quarter' if measure.grain is Grain.QUARTER else 'month'}"


def _subtitle(where: str, standing: str) -> str:
    return f"{where} · {standing}"


def _whole(trend: Trend, column: tuple[Kept, ...]) -> tuple[Kept, ...]:
    """Return a trend's months without the one that is not over."""
    return column[:-1] if trend.last_is_part else column
