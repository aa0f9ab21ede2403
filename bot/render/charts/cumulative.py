"""The year to date beside last year, the path to the target, and where the year may end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

import numpy as np
from matplotlib.figure import Figure

from bot.render.charts.frame import (
    EdgeLabel,
    KeyEntry,
    Plot,
    draw_edge_labels,
    draw_key,
    draw_nothing,
    draw_scale,
    draw_times,
    head,
    place_plot,
    unit_line,
)
from bot.render.charts.marks import choose_marks, draw_marks, draw_marks_key
from bot.render.charts.scale import MONTH_NAMES, amount, scale_of
from bot.render.charts.sheet import (
    BLUE,
    DASHED,
    DOTTED,
    EDGE,
    GREEN_WORDS,
    MEDIUM,
    MIDDLE_BLUE,
    PALE_BLUE,
    QUIET,
    SOLID,
    THICK,
    LineStyle,
    Sheet,
)
from bot.replies.charts import CumulativeChart
from metrics.calendar import performance_year, whole_year


def cumulative_figure(chart: CumulativeChart) -> Figure:
    """Draw a cumulative chart."""
    sheet = Sheet()
    figures = (
        *chart.this_year,
        *chart.last_year,
        chart.target_end,
        chart.expected,
        *chart.range_80,
        *chart.range_95,
    )
    scale = scale_of(figures, is_rate=False)
    first, last = _ends(chart)
    marks = choose_marks(chart.markers, lambda one: one.day.toordinal(), first, last)
    labels = _labels(chart)
    top = head(sheet, chart.title, chart.subtitle)
    top = draw_key(sheet, top, _headline(sheet, chart)) + 4.0
    top = unit_line(sheet, top, chart.unit, scale, is_rate=False)
    plot = place_plot(
        top + marks.height, scale, first=first, last=last, is_rate=False, labels=labels
    )
    draw_scale(sheet, plot, is_rate=False)
    draw_marks(sheet, plot, marks)
    _draw_lines(sheet, plot, chart)
    draw_edge_labels(sheet, plot, labels)
    top = draw_times(sheet, plot, _month_names(first, last))
    top = draw_key(sheet, top, _range_key(sheet, chart))
    return sheet.finish(draw_marks_key(sheet, top, marks) + EDGE / 2)


def _ends(chart: CumulativeChart) -> tuple[float, float]:
    """Return the day before the performance year, on which nothing is counted yet, and its last."""
    year = whole_year(performance_year(chart.days[0] if chart.days else chart.as_at))
    return year.first.toordinal() - 1.0, float(year.last.toordinal())


def _month_names(first: float, last: float) -> list[tuple[float, str, str]]:
    """Return each first of a month with its name; the year in April and in January."""
    names = []
    day = date.fromordinal(int(first) + 1)
    while day.toordinal() <= last:
        year = str(day.year) if day.month in (1, 4) else ""
        names.append((float(day.toordinal() - 1), MONTH_NAMES[day.month - 1][:3], year))
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return names


def _now(chart: CumulativeChart) -> int | None:
    """Return the place of the latest day that this year is counted to."""
    return max((at for at, one in enumerate(chart.this_year) if math.isfinite(one)), default=None)


def _headline(sheet: Sheet, chart: CumulativeChart) -> list[KeyEntry]:
    """Return the two figures that everybody looks for, beside samples of their lines."""
    now = _now(chart)
    if now is None:
        return []
    day = chart.days[now]
    when = f"{day.day} {MONTH_NAMES[day.month - 1][:3]}"
    entries = [
        KeyEntry(
            sample=partial(_line_sample, sheet, BLUE, THICK, SOLID),
            text=f"this year {amount(chart.this_year[now], is_rate=False)} to {when}",
            is_strong=True,
        )
    ]
    if math.isfinite(chart.last_year[now]):
        entries.append(
            KeyEntry(
                sample=partial(_line_sample, sheet, QUIET, MEDIUM, SOLID),
                text=f"last year {amount(chart.last_year[now], is_rate=False)} by then",
            )
        )
    return entries


def _line_sample(
    sheet: Sheet, colour: str, width: float, style: LineStyle, x: float, y: float
) -> None:
    sheet.line((x - 16, x + 16), (y, y), colour=colour, width=width, style=style, gid="key")


def _labels(chart: CumulativeChart) -> list[EdgeLabel]:
    """Return what the lines come to at the year's end."""
    last_year = chart.last_year[-1] if chart.last_year else math.nan
    found = (
        (last_year, "last year", QUIET, False),
        (chart.target_end, "target", GREEN_WORDS, False),
        (chart.expected, "expected", BLUE, True),
    )
    return [
        EdgeLabel(
            value=value,
            text=f"{name} {amount(value, is_rate=False)}",
            colour=colour,
            is_strong=is_strong,
        )
        for value, name, colour, is_strong in found
        if math.isfinite(value)
    ]


def _draw_lines(sheet: Sheet, plot: Plot, chart: CumulativeChart) -> None:
    start = plot.first
    days = [start, *(float(day.toordinal()) for day in chart.days)]
    now = _now(chart)
    _draw_target(sheet, plot, days, chart)
    if any(math.isfinite(one) for one in chart.last_year):
        last_year = plot.y((0.0, *chart.last_year))
        sheet.line(plot.x(days), last_year, colour=QUIET, gid="last year", order=2.5)
    if now is None:
        draw_nothing(sheet, plot)
        return
    _draw_fan(sheet, plot, chart, days[now + 1], chart.this_year[now])
    this_year = plot.y((0.0, *chart.this_year))
    sheet.line(plot.x(days), this_year, colour=BLUE, width=THICK, gid="this year", order=3.0)
    sheet.points(plot.x((days[now + 1],)), plot.y((chart.this_year[now],)), size=9.0, gid="as at")


def _draw_target(sheet: Sheet, plot: Plot, days: Sequence[float], chart: CumulativeChart) -> None:
    """Draw the path to the target: last year's own seasons, scaled to end at the target.

    Without the whole of last year it is a straight line.
    """
    if not math.isfinite(chart.target_end):
        return
    path = np.asarray((0.0, *chart.last_year), dtype=np.float64)
    if np.isfinite(path).all() and len(path) > 1 and path[-1] > 0.0:
        x, y = plot.x(days), plot.y(path / path[-1] * chart.target_end)
    else:
        x, y = plot.x((plot.first, plot.last)), plot.y((0.0, chart.target_end))
    sheet.line(x, y, colour=GREEN_WORDS, style=DASHED, gid="target", order=2.2)


def _draw_fan(sheet: Sheet, plot: Plot, chart: CumulativeChart, today: float, count: float) -> None:
    """Draw the ranges of the year's end, as straight lines from where the year stands."""
    if today >= plot.last:
        return
    x = plot.x((today, plot.last))
    for (low, high), colour in ((chart.range_95, PALE_BLUE), (chart.range_80, MIDDLE_BLUE)):
        if math.isfinite(low) and math.isfinite(high):
            sheet.band(x, plot.y((count, low)), plot.y((count, high)), colour=colour, gid="fan")
    if math.isfinite(chart.expected):
        y = plot.y((count, chart.expected))
        sheet.line(x, y, colour=BLUE, style=DOTTED, gid="expected", order=2.8)


def _range_key(sheet: Sheet, chart: CumulativeChart) -> list[KeyEntry]:
    """Return the ranges of the year's end in figures."""
    return [
        KeyEntry(
            sample=partial(_shade_sample, sheet, colour),
            text=(
                f"{chance} likely to end at {amount(low, is_rate=False)}"
                f" to {amount(high, is_rate=False)}"
            ),
        )
        for (low, high), colour, chance in (
            (chart.range_80, MIDDLE_BLUE, "80%"),
            (chart.range_95, PALE_BLUE, "95%"),
        )
        if math.isfinite(low) and math.isfinite(high)
    ]


def _shade_sample(sheet: Sheet, colour: str, x: float, y: float) -> None:
    sheet.box(x - 15, y - 8, 30, 16, colour=colour, gid="key")
