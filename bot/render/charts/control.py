"""The control chart: months, their mean and limits, the target, and what stands outside."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Sequence
from functools import partial

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
    GREEN_WORDS,
    MEDIUM,
    PALE_BLUE,
    QUIET,
    VERMILLION,
    VERMILLION_WORDS,
    Floats,
    Sheet,
)
from bot.replies.charts import ControlChart, Marker

Flags = NDArray[np.bool_]


def control_figure(chart: ControlChart) -> Figure:
    """Draw a control chart."""
    sheet = Sheet()
    columns = (chart.values, chart.mean, chart.lower, chart.upper, (chart.target,))
    scale = scale_of((one for column in columns for one in column), is_rate=chart.is_rate)
    places = [month_place(month) for month in chart.months] or [0]
    first, last = min(places) - 0.5, max(places) + 0.5
    marks = choose_marks(chart.markers, _month_share, first, last)
    labels = _labels(chart)
    top = unit_line(
        sheet, head(sheet, chart.title, chart.subtitle), chart.unit, scale, is_rate=chart.is_rate
    )
    plot = place_plot(
        top + marks.height, scale, first=first, last=last, is_rate=chart.is_rate, labels=labels
    )
    draw_scale(sheet, plot, is_rate=chart.is_rate)
    _draw_limits(sheet, plot, chart)
    draw_marks(sheet, plot, marks)
    _draw_months(sheet, plot, chart)
    draw_edge_labels(sheet, plot, labels)
    return sheet.finish(_draw_below(sheet, plot, chart, marks) + EDGE / 2)


def _month_share(marker: Marker) -> float:
    """Return where a day stands among the months: the middle of a month is a whole number."""
    day = marker.day
    return month_place(day) - 0.5 + (day.day - 1) / calendar.monthrange(day.year, day.month)[1]


def _labels(chart: ControlChart) -> list[EdgeLabel]:
    """Return the labels of the lines: the limits of the latest whole month, and what it is.

    Limits from before a break are not named: they no longer hold.
    """
    whole = len(chart.values) - chart.last_is_part
    limits = ((chart.upper, "upper"), (chart.mean, "mean"), (chart.lower, "lower"))
    found = [
        *(_label(column[whole - 1], name, chart) for column, name in limits if whole),
        _label(chart.target, "target", chart, colour=GREEN_WORDS),
    ]
    for at in (_latest(chart.values[:whole]), _latest(chart.values)):
        if at is not None and (at >= whole or at == _latest(chart.values[:whole])):
            when = MONTH_NAMES[chart.months[at].month - 1][:3]
            words = when if at < whole else f"{when} so far"
            colour = VERMILLION_WORDS if at < whole and chart.signals[at] else BLUE
            label = _label(chart.values[at], words, chart, colour=colour, is_strong=True)
            if label not in found:
                found.append(label)
    return [one for one in found if one]


def _label(
    value: float, name: str, chart: ControlChart, *, colour: str = QUIET, is_strong: bool = False
) -> EdgeLabel | None:
    if not math.isfinite(value):
        return None
    text = f"{name} {amount(value, is_rate=chart.is_rate)}"
    return EdgeLabel(value=value, text=text, colour=colour, is_strong=is_strong)


def _latest(values: Sequence[float]) -> int | None:
    """Return the place of the latest month with a figure."""
    return max((at for at, one in enumerate(values) if math.isfinite(one)), default=None)


def _draw_limits(sheet: Sheet, plot: Plot, chart: ControlChart) -> None:
    """Draw mean and limits as steps, a month wide: they hold for whole months."""
    places = np.array([month_place(month) for month in chart.months], dtype=np.float64)
    x = plot.x(np.column_stack((places - 0.5, places + 0.5)).ravel())
    lower, mean, upper = (
        plot.y(np.repeat(column, 2)) for column in (chart.lower, chart.mean, chart.upper)
    )
    sheet.band(x, lower, upper, colour=PALE_BLUE, gid="limits")
    for edge in (lower, upper):
        sheet.line(x, edge, colour="#8FB8D6", width=1.0, gid="limit", order=1.2)
    sheet.line(x, mean, colour=QUIET, width=MEDIUM, gid="mean", order=1.4)
    if math.isfinite(chart.target):
        y = plot.y((chart.target, chart.target))
        sheet.line(
            (plot.left, plot.right), y, colour=GREEN_WORDS, style=DASHED, gid="target", order=1.6
        )


def _draw_months(sheet: Sheet, plot: Plot, chart: ControlChart) -> None:
    values = np.asarray(chart.values, dtype=np.float64)
    if not np.isfinite(values).any():
        draw_nothing(sheet, plot)
        return
    x = plot.x([month_place(month) for month in chart.months])
    y = plot.y(values)
    part = np.zeros(len(values), dtype=bool)
    part[-1] = chart.last_is_part
    signals = np.asarray(chart.signals, dtype=bool) & ~part
    outside = signals & _is_outside(chart)
    # The line stops at the last whole month: a month that is not over would draw a fall.
    sheet.line(x, np.where(part, np.nan, y), colour=BLUE, gid="values", order=3.0)
    for chosen, mark in (
        (~part & ~signals, _draw_month),
        (signals & ~outside, _draw_pattern),
        (outside, _draw_outside),
    ):
        which = chosen & np.isfinite(y)
        if which.any():
            mark(sheet, x[which], y[which])
    if part[-1] and math.isfinite(y[-1]):
        _draw_part(sheet, x[-1:], y[-1:])


def _is_outside(chart: ControlChart) -> Flags:
    """Whether each month stands outside its limits, and not only in a pattern within them."""
    values, lower, upper = (np.asarray(one) for one in (chart.values, chart.lower, chart.upper))
    return np.asarray((values > upper) | (values < lower))


def _draw_month(sheet: Sheet, x: Floats, y: Floats) -> None:
    sheet.points(x, y, size=4.5, gid="months")


def _draw_pattern(sheet: Sheet, x: Floats, y: Floats) -> None:
    sheet.points(x, y, shape="D", size=5.0, colour=VERMILLION, is_hollow=True, gid="patterns")


def _draw_outside(sheet: Sheet, x: Floats, y: Floats) -> None:
    sheet.points(x, y, shape="D", size=9.0, colour=VERMILLION, gid="outside")


def _draw_part(sheet: Sheet, x: Floats, y: Floats) -> None:
    sheet.points(x, y, size=7.0, is_hollow=True, gid="part")


def _draw_shade(sheet: Sheet, x: Floats, y: Floats) -> None:
    sheet.box(float(x[0]) - 15, float(y[0]) - 8, 30, 16, colour=PALE_BLUE, gid="shade")


def _draw_below(sheet: Sheet, plot: Plot, chart: ControlChart, marks: Marks) -> float:
    """Write months, the key and what the marks stand for; return where it ends."""
    ticks = [(float(place), month, year) for place, month, year in month_ticks(chart.months)]
    top = draw_times(sheet, plot, ticks)
    whole = len(chart.signals) - chart.last_is_part
    signals = np.asarray(chart.signals, dtype=bool)[:whole]
    outside = signals & _is_outside(chart)[:whole]
    part = chart.last_is_part and math.isfinite(chart.values[-1])
    entries = [
        KeyEntry(sample=partial(_sample, sheet, mark), text=text)
        for is_there, mark, text in (
            (outside.any(), _draw_outside, "outside the limits"),
            ((signals & ~outside).any(), _draw_pattern, "pattern, not chance"),
            (any(math.isfinite(one) for one in chart.upper), _draw_shade, "limits"),
            (part, _draw_part, "month not over"),
        )
        if is_there
    ]
    return draw_marks_key(sheet, draw_key(sheet, top, entries), marks)


def _sample(
    sheet: Sheet, mark: Callable[[Sheet, Floats, Floats], None], x: float, y: float
) -> None:
    mark(sheet, np.array([x]), np.array([y]))
