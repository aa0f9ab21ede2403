"""What surrounds the figures of a chart: heading, scales, labels at the edge, and the key."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.render.charts.lettering import BODY, STRONG, TITLE, legible
from bot.render.charts.scale import Scale, tick_words
from bot.render.charts.sheet import (
    EDGE,
    GRID,
    INK,
    QUIET,
    THIN,
    WIDTH,
    Floats,
    Sheet,
)

PLOT_HEIGHT: Final = 290.0
LABELS_WIDTH: Final = 215.0
"""At most so much of the right side goes to the labels of the lines."""

TICK: Final = 6.0
TITLE_LINES: Final = 3
SUBTITLE_LINES: Final = 3

NOTHING_RECORDED: Final = "No figures are recorded for this period."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """The part of a sheet that holds figures, with its two scales."""

    left: float
    top: float
    width: float
    height: float
    first: float  # what stands at the left end
    last: float
    scale: Scale

    @property
    def right(self) -> float:
        """The right end, in sheet pixels."""
        return self.left + self.width

    @property
    def foot(self) -> float:
        """The lower end, in sheet pixels."""
        return self.top + self.height

    def x(self, places: Sequence[float] | Floats) -> Floats:
        """Return where places along the time axis stand, in sheet pixels."""
        along = np.asarray(places, dtype=np.float64)
        return np.asarray(self.left + (along - self.first) / (self.last - self.first) * self.width)

    def y(self, values: Sequence[float] | Floats) -> Floats:
        """Return where figures stand, in sheet pixels; NaN stays NaN."""
        return np.asarray(self.foot - self.scale.share(values) * self.height)


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeLabel:
    """What a line is, written at its right end."""

    value: float
    text: str
    colour: str = QUIET
    is_strong: bool = False

    @property
    def width(self) -> float:
        """How wide it comes out, in sheet pixels."""
        return (STRONG if self.is_strong else BODY).width(legible(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntry:
    """A sample of a mark (drawn around the given middle) and what it stands for."""

    sample: Callable[[float, float], None]
    text: str
    is_strong: bool = False


SAMPLE_WIDTH: Final = 34.0
SAMPLE_GAP: Final = 8.0
ENTRY_GAP: Final = 26.0


def head(sheet: Sheet, title: str, subtitle: str) -> float:
    """Write the heading, and where and when; return where the next thing may start."""
    y = EDGE / 2
    for pen, text, lines, colour in (
        (TITLE, title, TITLE_LINES, INK),
        (BODY, subtitle, SUBTITLE_LINES, QUIET),
    ):
        for line in pen.wrap(text, WIDTH - 2 * EDGE, lines):
            sheet.write(EDGE, y + pen.height / 2, line, pen=pen, colour=colour, gid="heading")
            y += pen.height
        y += 2.0
    return y + 4.0


def unit_line(sheet: Sheet, top: float, unit: str, scale: Scale, *, is_rate: bool) -> float:
    """Write what is counted, and that the scale does not start from nought where it does not."""
    start = tick_words(scale.low, is_rate=is_rate)
    words = unit if scale.low <= 0.0 else f"{unit} (scale starts at {start})"
    for line in BODY.wrap(words, WIDTH - 2 * EDGE, 2):
        sheet.write(EDGE, top + BODY.height / 2, line, colour=QUIET, gid="unit")
        top += BODY.height
    return top + 2.0


def place_plot(
    top: float,
    scale: Scale,
    *,
    first: float,
    last: float,
    is_rate: bool,
    labels: Sequence[EdgeLabel] = (),
    height: float = PLOT_HEIGHT,
) -> Plot:
    """Return the plot that leaves room for the figures on its left and the labels on its right."""
    gutter = max(BODY.width(tick_words(one, is_rate=is_rate)) for one in scale.ticks) + 2 * TICK
    room = min(max((one.width for one in labels), default=0.0), LABELS_WIDTH)
    left = EDGE + gutter
    return Plot(
        left=left,
        top=top + BODY.height / 2,
        width=WIDTH - EDGE - left - (room + 4 * TICK if labels else 0.0),
        height=height,
        first=first,
        last=max(last, first + 1e-9),
        scale=scale,
    )


def draw_scale(sheet: Sheet, plot: Plot, *, is_rate: bool) -> None:
    """Draw the lines of the vertical scale, with their values."""
    for tick, y in zip(plot.scale.ticks, plot.y(plot.scale.ticks), strict=True):
        is_foot = tick == 0.0 or tick == plot.scale.low
        sheet.line(
            (plot.left, plot.right),
            (y, y),
            colour=QUIET if is_foot else GRID,
            width=THIN,
            gid="grid",
            order=1.0,
        )
        words = tick_words(tick, is_rate=is_rate)
        sheet.write(plot.left - TICK, y, words, colour=QUIET, side="right", gid="tick")


def draw_times(sheet: Sheet, plot: Plot, ticks: Sequence[tuple[float, str, str]]) -> float:
    """Write months and, below them, years; return where the next thing may start.

    Where the months would touch, every second one is written, or every third, and so on.
    """
    upper = plot.foot + TICK + BODY.height / 2
    marks = plot.x([place for place, _, _ in ticks])
    widest = max((BODY.width(month) for _, month, _ in ticks), default=0.0)
    nearest = float(np.diff(marks).min()) if len(marks) > 1 else WIDTH
    every = math.ceil((widest + TICK) / max(nearest, 1.0))
    end = -math.inf
    for at, (x, (_, month, year)) in enumerate(zip(marks.tolist(), ticks, strict=True)):
        sheet.line((x, x), (plot.foot, plot.foot + TICK), colour=QUIET, width=THIN, gid="grid")
        if at % every == 0:
            sheet.write(x, upper, month, colour=QUIET, side="center", gid="tick")
        half = BODY.width(year) / 2
        if year and x - half > end + TICK:
            below = upper + BODY.height
            sheet.write(x, below, year, colour=QUIET, side="center", gid="tick")
            end = x + half
    lines = 2 if any(year for _, _, year in ticks) else 1
    return upper + BODY.height * (lines - 0.5) + TICK


def draw_edge_labels(sheet: Sheet, plot: Plot, labels: Sequence[EdgeLabel]) -> None:
    """Write each line's label at its right end, moved apart where they would touch."""
    ordered = sorted(labels, key=lambda one: -one.value)
    wanted = plot.y([one.value for one in ordered])
    places = spread(wanted, BODY.height, plot.top, plot.foot)
    for label, y, place in zip(ordered, wanted, places, strict=True):
        start = plot.right + TICK
        if abs(y - place) > 1.0:
            elbow = (start, start + TICK, start + 2 * TICK)
            sheet.line(elbow, (y, place, place), colour=label.colour, width=THIN, gid="leader")
        pen = STRONG if label.is_strong else BODY
        text = pen.cut(legible(label.text), WIDTH - EDGE - start - 3 * TICK)
        sheet.write(start + 3 * TICK, place, text, pen=pen, colour=label.colour, gid="edge")


def spread(wanted: Sequence[float] | Floats, gap: float, low: float, high: float) -> Floats:
    """Return places in ascending order that stand apart and near those wanted.

    The sum of squared moves is the least there is (pools of adjacent places: Ayer et al. 1955),
    then all are kept between two ends; where there is no room for all, they go past the far end.
    """
    steps = gap * np.arange(len(wanted))
    pools: list[tuple[float, int]] = []
    for place in np.asarray(wanted, dtype=np.float64) - steps:
        pools.append((float(place), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (first, many), (second, more) = pools[-2:]
            pools[-2:] = [((first * many + second * more) / (many + more), many + more)]
    level = np.repeat([one for one, _ in pools], [many for _, many in pools])
    room = max(high - low - gap * max(len(wanted) - 1, 0), 0.0)
    return np.asarray(np.clip(level, low, low + room) + steps)


def draw_key(sheet: Sheet, top: float, entries: Sequence[KeyEntry]) -> float:
    """Write what the marks stand for, side by side and then below; return where it ends."""
    x, y = EDGE, top + BODY.height / 2
    for entry in entries:
        pen = STRONG if entry.is_strong else BODY
        start = SAMPLE_WIDTH + SAMPLE_GAP
        lines = pen.wrap(entry.text, WIDTH - 2 * EDGE - start, 2)
        width = start + max((pen.width(line) for line in lines), default=0.0)
        if x > EDGE and x + width > WIDTH - EDGE:
            x, y = EDGE, y + BODY.height
        entry.sample(x + SAMPLE_WIDTH / 2, y)
        for number, line in enumerate(lines):
            below = number * pen.height
            sheet.write(x + start, y + below, line, pen=pen, colour=INK, gid="key")
        x += width + ENTRY_GAP
        if len(lines) > 1:
            x, y = WIDTH, y + BODY.height * (len(lines) - 1)
    return y + BODY.height / 2 if entries else top


def draw_nothing(sheet: Sheet, plot: Plot) -> None:
    """Say, in the place of the figures, that there are none."""
    middle = (plot.left + plot.right) / 2
    for number, line in enumerate(BODY.wrap(NOTHING_RECORDED, plot.width, 3)):
        y = plot.top + plot.height / 2 + (number - 1) * BODY.height
        sheet.write(middle, y, line, side="center", gid="nothing")
