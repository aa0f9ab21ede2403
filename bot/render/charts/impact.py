"""The chart of an operation's effect: months, and what was to be expected of them without it."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

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
from bot.render.charts.marks import Marks, choose_marks, draw_marks, draw_marks_key
from bot.render.charts.scale import MONTH_NAMES, amount, month_place, month_ticks, scale_of
from bot.render.charts.sheet import (
    BLUE,
    DASHED,
    EDGE,
    INK,
    MEDIUM,
    MIDDLE_BLUE,
    PALE_BLUE,
    QUIET,
    THIN,
    VERMILLION,
    Floats,
    Sheet,
)
from bot.replies.charts import ImpactChart, Marker

Flags = NDArray[np.bool_]

LINE: Final = 22.0
"""How long a sample of a line is in the key, in sheet pixels."""


def impact_figure(chart: ImpactChart) -> Figure:
    """Draw what was counted over what was to be expected, with its band since the launch."""
    sheet = Sheet()
    columns = (chart.values, chart.expected, chart.lower, chart.upper)
    scale = scale_of((one for column in columns for one in column), is_rate=False)
    places = [month_place(month) for month in chart.months] or [0]
    first, last = min(places) - 0.5, max(places) + 0.5
    marks = choose_marks(chart.markers, _month_share, first, last)
    labels = _labels(chart)
    top = unit_line(
        sheet, head(sheet, chart.title, chart.subtitle), chart.unit, scale, is_rate=False
    )
    plot = place_plot(
        top + marks.height, scale, first=first, last=last, is_rate=False, labels=labels
    )
    draw_scale(sheet, plot, is_rate=False)
    _draw_expected(sheet, plot, chart)
    draw_marks(sheet, plot, marks)
    _draw_months(sheet, plot, chart)
    draw_edge_labels(sheet, plot, labels)
    return sheet.finish(_draw_below(sheet, plot, chart, marks) + EDGE / 2)


def _month_share(marker: Marker) -> float:
    """Return where a day stands among the months: the middle of a month is a whole number."""
    day = marker.day
    return month_place(day) - 0.5 + (day.day - 1) / calendar.monthrange(day.year, day.month)[1]


def _labels(chart: ImpactChart) -> list[EdgeLabel]:
    """Return what the latest month was, and what was to be expected of it."""
    known = [at for at, one in enumerate(chart.values) if math.isfinite(one)]
    if not known:
        return []
    at = known[-1]
    month = MONTH_NAMES[chart.months[at].month - 1][:3]
    wanted = (
        (chart.values[at], month, BLUE, True),
        (chart.expected[at], "expected", INK, False),
    )
    return [
        EdgeLabel(
            value=value,
            text=f"{name} {amount(float(round(value)), is_rate=False)}",
            colour=colour,
            is_strong=is_strong,
        )
        for value, name, colour, is_strong in wanted
        if math.isfinite(value)
    ]


def _since(chart: ImpactChart) -> Flags:
    """Whether each month begins on the day of the launch or after it."""
    return np.array([month >= chart.launch for month in chart.months], dtype=bool)


def _draw_expected(sheet: Sheet, plot: Plot, chart: ImpactChart) -> None:
    """Draw the fit before the launch as a thin line, and what it leads to as dashes in a band."""
    x = plot.x([month_place(month) for month in chart.months])
    expected, lower, upper = (plot.y(one) for one in (chart.expected, chart.lower, chart.upper))
    since = _since(chart)
    sheet.line(x, np.where(since, np.nan, expected), colour=QUIET, width=THIN, gid="fitted")
    wide, low, high = _as_steps(x[since], lower[since], upper[since], plot)
    sheet.band(wide, low, high, colour=PALE_BLUE, gid="range")
    for edge in (low, high):
        sheet.line(wide, edge, colour=MIDDLE_BLUE, width=THIN, gid="limit", order=1.2)
    # From the last month before the launch on, so that the two lines meet.
    carried = np.where(_carried(since), expected, np.nan)
    sheet.line(x, carried, colour=INK, width=MEDIUM, style=DASHED, gid="expected", order=2.5)


def _carried(since: Flags) -> Flags:
    return np.asarray(since | np.append(since[1:], False))


def _as_steps(x: Floats, lower: Floats, upper: Floats, plot: Plot) -> tuple[Floats, Floats, Floats]:
    """Return limits a month wide: each holds for its whole month."""
    half = plot.width / (plot.last - plot.first) / 2
    return np.column_stack((x - half, x + half)).ravel(), np.repeat(lower, 2), np.repeat(upper, 2)


def _draw_months(sheet: Sheet, plot: Plot, chart: ImpactChart) -> None:
    values = np.asarray(chart.values, dtype=np.float64)
    if not np.isfinite(values).any():
        draw_nothing(sheet, plot)
        return
    x = plot.x([month_place(month) for month in chart.months])
    y = plot.y(values)
    outside = _is_outside(chart)
    sheet.line(x, y, colour=BLUE, width=MEDIUM, gid="values", order=3.0)
    for chosen, mark in ((~outside, _draw_month), (outside, _draw_outside)):
        which = chosen & np.isfinite(y)
        if which.any():
            mark(sheet, x[which], y[which])


def _is_outside(chart: ImpactChart) -> Flags:
    """Whether each month lies outside what was to be expected of it alone."""
    values, lower, upper = (np.asarray(one) for one in (chart.values, chart.lower, chart.upper))
    return np.asarray((values > upper) | (values < lower))


def _draw_month(sheet: Sheet, x: Floats, y: Floats) -> None:
    sheet.points(x, y, size=4.5, gid="months")


def _draw_outside(sheet: Sheet, x: Floats, y: Floats) -> None:
    sheet.points(x, y, shape="D", size=9.0, colour=VERMILLION, gid="outside")


def _draw_shade(sheet: Sheet, x: Floats, y: Floats) -> None:
    sheet.box(float(x[0]) - 15, float(y[0]) - 8, 30, 16, colour=PALE_BLUE, gid="shade")


def _draw_dashes(sheet: Sheet, x: Floats, y: Floats) -> None:
    ends = (float(x[0]) - LINE / 2, float(x[0]) + LINE / 2)
    sheet.line(ends, (float(y[0]),) * 2, colour=INK, style=DASHED, gid="sample")


def _draw_below(sheet: Sheet, plot: Plot, chart: ImpactChart, marks: Marks) -> float:
    """Write months, the key and what the marks stand for; return where it ends."""
    ticks = [(float(place), month, year) for place, month, year in month_ticks(chart.months)]
    top = draw_times(sheet, plot, ticks)
    has_band = any(math.isfinite(one) for one in chart.upper)
    entries = [
        KeyEntry(sample=partial(_sample, sheet, mark), text=text)
        for is_there, mark, text in (
            (has_band, _draw_dashes, "expected without it"),
            (has_band, _draw_shade, "95% range of a month"),
            (_is_outside(chart).any(), _draw_outside, "outside the range"),
        )
        if is_there
    ]
    return draw_marks_key(sheet, draw_key(sheet, top, entries), marks)


def _sample(
    sheet: Sheet, mark: Callable[[Sheet, Floats, Floats], None], x: float, y: float
) -> None:
    mark(sheet, np.array([x]), np.array([y]))
