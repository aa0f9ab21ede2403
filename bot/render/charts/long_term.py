"""Whole performance years, one below the other, as bars from nought with their figures."""

from __future__ import annotations

import math
from typing import Final

from matplotlib.figure import Figure

from bot.render.charts.frame import TICK, Plot, draw_nothing, head, unit_line
from bot.render.charts.lettering import BODY, STRONG, legible
from bot.render.charts.scale import LARGEST, amount, scale_of
from bot.render.charts.sheet import BLUE, EDGE, INK, QUIET, SKY, THIN, WIDTH, Sheet
from bot.replies.charts import LongTermChart

ROW: Final = 31.0
BAR_SHARE: Final = 0.72
YEAR_WIDTH: Final = 140.0

MOST_YEARS: Final = 20
"""So many rows fill a phone's screen; the latest are kept, the others counted."""


def long_term_figure(chart: LongTermChart) -> Figure:
    """Draw the long-term trend; the latest year stands out in a darker bar and bold figures.

    Bars lie on their side, so that every year and every figure can be read on a phone.
    """
    sheet = Sheet()
    years = [BODY.cut(legible(year), YEAR_WIDTH) for year in chart.years[-MOST_YEARS:]]
    values = chart.values[-MOST_YEARS:]
    scale = scale_of(values, is_rate=False)
    top = head(sheet, chart.title, chart.subtitle)
    top = unit_line(sheet, top, chart.unit, scale, is_rate=False) + TICK
    known = [one for one in values if math.isfinite(one)]
    left = EDGE + max((BODY.width(year) for year in years), default=0.0) + 2 * TICK
    figures = max((STRONG.width(amount(one, is_rate=False)) for one in known), default=0.0)
    most = min(max((0.0, *known)), LARGEST)
    plot = Plot(
        left=left,
        top=top,
        width=WIDTH - EDGE - left - figures - 2 * TICK,
        height=ROW * max(len(values), 3),
        first=scale.low,
        last=most if most > scale.low else scale.high,
        scale=scale,
    )
    if not known:
        draw_nothing(sheet, plot)
    latest = max((at for at, one in enumerate(values) if math.isfinite(one)), default=-1)
    for at, (year, value) in enumerate(zip(years, values, strict=True)):
        y = top + (at + 0.5) * ROW
        sheet.write(left - 2 * TICK, y, year, colour=QUIET, side="right", gid="tick")
        if math.isfinite(value):
            _draw_bar(sheet, plot, y, value, is_latest=at == latest)
    base = float(plot.x((0.0,))[0])
    sheet.line((base, base), (plot.top, plot.foot), colour=QUIET, width=THIN, gid="grid")
    return sheet.finish(_draw_left_out(sheet, plot.foot, len(chart.values)) + EDGE / 2)


def _draw_bar(sheet: Sheet, plot: Plot, y: float, value: float, *, is_latest: bool) -> None:
    inside = min(max(value, plot.first), plot.last)
    start, end = sorted(plot.x((0.0, inside)).tolist())
    thickness = ROW * BAR_SHARE
    colour = BLUE if is_latest else SKY
    sheet.box(start, y - thickness / 2, end - start, thickness, colour=colour, gid="bar")
    words = amount(value, is_rate=False)
    pen, ink = (STRONG, BLUE) if is_latest else (BODY, INK)
    sheet.write(end + TICK, y, words, pen=pen, colour=ink, gid="value")


def _draw_left_out(sheet: Sheet, foot: float, years: int) -> float:
    """Say how many years there was no room for; return where it ends."""
    left_out = years - MOST_YEARS
    if left_out <= 0:
        return foot
    words = f"{left_out} earlier {'year is' if left_out == 1 else 'years are'} not shown here."
    sheet.write(EDGE, foot + BODY.height / 2, words, gid="left out")
    return foot + BODY.height
