"""The same months of several areas or crime types, three in a row, each from nought."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from bot.render.charts.frame import Plot, head
from bot.render.charts.lettering import BODY, STRONG, legible
from bot.render.charts.scale import LARGEST, Scale, amount, month_place, month_words
from bot.render.charts.sheet import (
    BLUE,
    EDGE,
    INK,
    PALE_BLUE,
    QUIET,
    THIN,
    VERMILLION,
    VERMILLION_WORDS,
    WIDTH,
    Sheet,
)
from bot.replies.charts import Panel, SmallMultiples

COLUMNS: Final = 3
MOST_PANELS: Final = 12
"""Four rows of three: more cannot be read on a phone."""

GAP: Final = 14.0
INSET: Final = 9.0
CURVE_HEIGHT: Final = 66.0
LABEL_LINES: Final = 2
MARK_SIGN: Final = "▲"
"""Stands before the note of a marked panel, which also has a border."""


def multiples_figure(chart: SmallMultiples) -> Figure:
    """Draw small multiples; marked panels are kept first where there are too many."""
    sheet = Sheet()
    top = head(sheet, chart.title, chart.subtitle)
    panels = _chosen(chart.panels)
    width = (WIDTH - 2 * EDGE - (COLUMNS - 1) * GAP) / COLUMNS
    for line in BODY.wrap(_explanation(chart), WIDTH - 2 * EDGE, 3):
        sheet.write(EDGE, top + BODY.height / 2, line, colour=QUIET, gid="unit")
        top += BODY.height
    top += 8.0
    for start in range(0, len(panels), COLUMNS):
        row = panels[start : start + COLUMNS]
        labels = [STRONG.wrap(one.label, width - 2 * INSET, LABEL_LINES) for one in row]
        has_notes = any(one.note or one.is_marked for one in row)
        words = (max(len(one) for one in labels) + has_notes) * BODY.height
        height = words + CURVE_HEIGHT + BODY.height + 2 * INSET
        for at, (panel, label) in enumerate(zip(row, labels, strict=True)):
            left = EDGE + at * (width + GAP)
            _draw_panel(sheet, chart, panel, label, (left, top, width, height))
        top += height + GAP
    left_out = len(chart.panels) - len(panels)
    if left_out:
        words_left_out = f"{left_out} more {'is' if left_out == 1 else 'are'} not shown here."
        sheet.write(EDGE, top + BODY.height / 2, words_left_out, gid="left out")
        top += BODY.height
    return sheet.finish(top + EDGE / 2)


def _chosen(panels: Sequence[Panel]) -> tuple[Panel, ...]:
    """Return the panels that there is room for, in their own order."""
    by_weight = sorted(range(len(panels)), key=lambda at: (not panels[at].is_marked, at))
    kept = set(by_weight[:MOST_PANELS])
    return tuple(one for at, one in enumerate(panels) if at in kept)


def _explanation(chart: SmallMultiples) -> str:
    """Write what the panels have in common."""
    if not chart.months:
        return f"{chart.unit}, own scales, from 0"
    first, last = month_words(chart.months[0], 3), month_words(chart.months[-1], 3)
    return f"{chart.unit}, {first} to {last}; own scales, from 0"


def _draw_panel(
    sheet: Sheet,
    chart: SmallMultiples,
    panel: Panel,
    label: Sequence[str],
    place: tuple[float, float, float, float],
) -> None:
    left, top, width, height = place
    edge = VERMILLION if panel.is_marked else None
    sheet.box(left, top, width, height, colour="#F7F7F7", edge=edge, gid="panel", order=0.1)
    y = top + INSET
    for line in label:
        sheet.write(left + INSET, y + BODY.height / 2, line, pen=STRONG, gid="panel")
        y += BODY.height
    note = f"{MARK_SIGN} {panel.note or 'look first'}" if panel.is_marked else panel.note
    if note:
        words = BODY.cut(legible(note), width - 2 * INSET)
        colour = VERMILLION_WORDS if panel.is_marked else INK
        sheet.write(left + INSET, y + BODY.height / 2, words, colour=colour, gid="note")
    _draw_curve(sheet, chart, panel, (left, top + height - INSET - BODY.height, width))


def _draw_curve(
    sheet: Sheet, chart: SmallMultiples, panel: Panel, place: tuple[float, float, float]
) -> None:
    """Draw one panel's months, and write its highest and its latest figure below them."""
    left, foot, width = place
    values = np.asarray(panel.values, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        words = "not recorded"
        middle = foot - CURVE_HEIGHT / 2
        sheet.write(left + width / 2, middle, words, colour=QUIET, side="center", gid="nothing")
        return
    most = float(values[known].max())
    low, high = max(min(float(values[known].min()), 0.0), -LARGEST), min(max(most, 0.0), LARGEST)
    scale = Scale(low=low, high=high if high > low else low + 1.0, ticks=())
    places = np.array([month_place(month) for month in chart.months], dtype=np.float64)
    plot = Plot(
        left=left + INSET + 4,
        top=foot - CURVE_HEIGHT + 12,
        width=width - 2 * INSET - 8,
        height=CURVE_HEIGHT - 14,
        first=float(places[0]),
        last=max(float(places[-1]), float(places[0]) + 1.0),
        scale=scale,
    )
    x, y = plot.x(places), plot.y(values)
    base = float(plot.y((0.0,))[0])
    sheet.line((plot.left, plot.right), (base, base), colour=QUIET, width=THIN, gid="grid")
    sheet.band(x, np.full_like(y, base), y, colour=PALE_BLUE, gid="area")
    sheet.line(x, y, colour=BLUE, gid="values")
    sheet.points(x[known[-1:]], y[known[-1:]], size=7.0, gid="latest")
    _write_figures(sheet, chart, panel, (left, foot, width), known[-1], most)


def _write_figures(
    sheet: Sheet,
    chart: SmallMultiples,
    panel: Panel,
    place: tuple[float, float, float],
    latest: int | np.integer,
    most: float,
) -> None:
    left, foot, width = place
    y = foot + BODY.height / 2 + 2
    value = panel.values[int(latest)]
    name = "latest" if latest == len(panel.values) - 1 else month_words(chart.months[latest], 3)
    now = f"{name} {amount(value, is_rate=chart.is_rate)}"
    sheet.write(left + width - INSET, y, now, pen=STRONG, colour=BLUE, side="right", gid="latest")
    peak = f"top {amount(most, is_rate=chart.is_rate)}"
    if BODY.width(peak) + STRONG.width(now) + 3 * INSET <= width and math.isfinite(most):
        sheet.write(left + INSET, y, peak, colour=QUIET, gid="peak")
