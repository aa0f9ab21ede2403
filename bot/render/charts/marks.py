"""Days that matter: a lettered badge over the plot, a line down from it, and a line of words below.

What happened is said in the words; notes, breaks and actions also differ in the badge's shape and
in the line's dashes, never in colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.render.charts.frame import KeyEntry, Plot, draw_key, spread
from bot.render.charts.lettering import BODY, STRONG
from bot.render.charts.scale import MONTH_NAMES
from bot.render.charts.sheet import (
    DASHED,
    DOTTED,
    EDGE,
    INK,
    MEDIUM,
    SOLID,
    THIN,
    WIDTH,
    LineStyle,
    Sheet,
)
from bot.replies.charts import Marker, MarkerKind

MOST_MARKS: Final = 5
"""So many can be told apart and read below on a phone; the newest are kept, the rest counted."""

BADGE_HEIGHT: Final = 34.0
BADGE_GAP: Final = 34.0
BADGE_POINTS: Final = 20.0

SHAPES: Final = {MarkerKind.NOTE: "o", MarkerKind.BREAK: "s", MarkerKind.ACTION: "h"}
STYLES: Final[dict[MarkerKind, LineStyle]] = {
    MarkerKind.NOTE: DOTTED,
    MarkerKind.BREAK: SOLID,
    MarkerKind.ACTION: DASHED,
}
KIND_WORDS: Final = {
    MarkerKind.NOTE: "note",
    MarkerKind.BREAK: "break, not alike before and after",
    MarkerKind.ACTION: "action",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker with its letter and its place along the time axis."""

    letter: str
    place: float
    marker: Marker


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a chart, oldest first, and how many older ones there was no room for."""

    shown: tuple[Mark, ...]
    left_out: int

    @property
    def height(self) -> float:
        """What the badges take above the plot, in sheet pixels."""
        return BADGE_HEIGHT if self.shown else 0.0


def choose_marks(
    markers: Sequence[Marker], place: Callable[[Marker], float], first: float, last: float
) -> Marks:
    """Give letters to the newest markers that lie on the time axis."""
    on_axis = sorted(
        ((place(one), one) for one in markers if first <= place(one) <= last),
        key=lambda pair: (pair[1].day, pair[1].label),
    )
    shown = on_axis[-MOST_MARKS:]
    return Marks(
        tuple(Mark("ABCDE"[at], where, one) for at, (where, one) in enumerate(shown)),
        len(on_axis) - len(shown),
    )


def draw_marks(sheet: Sheet, plot: Plot, marks: Marks) -> None:
    """Draw the badges above a plot, and a line from each down through its day."""
    wanted = plot.x([one.place for one in marks.shown])
    half = BADGE_GAP / 2
    level = plot.top - BADGE_HEIGHT / 2 - 6.0
    low = max(plot.left, EDGE + half)
    for mark, x, badge in zip(
        marks.shown, wanted, spread(wanted, BADGE_GAP, low, WIDTH - EDGE - half), strict=True
    ):
        style = STYLES[mark.marker.kind]
        path = (badge, x, x), (level, plot.top, plot.foot)
        width = MEDIUM if mark.marker.kind is MarkerKind.BREAK else THIN * 1.4
        sheet.line(*path, colour=INK, width=width, style=style, gid="mark", order=1.5)
        _badge(sheet, badge, level, mark)


def draw_marks_key(sheet: Sheet, top: float, marks: Marks) -> float:
    """Write what happened on each marked day; return where it ends."""
    for mark in marks.shown:
        day = mark.marker.day
        when = f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
        words = f"{when}, {KIND_WORDS[mark.marker.kind]}: {mark.marker.label}"

        def sample(x: float, y: float, mark: Mark = mark) -> None:
            _badge(sheet, x, y, mark)

        top = draw_key(sheet, top + 3.0, [KeyEntry(sample=sample, text=words)])
    if marks.left_out:
        words = f"and {marks.left_out} earlier that {'is' if marks.left_out == 1 else 'are'} "
        sheet.write(EDGE, top + BODY.height / 2, words + "not marked here", gid="key")
        top += BODY.height
    return top


def _badge(sheet: Sheet, x: float, y: float, mark: Mark) -> None:
    shape = SHAPES[mark.marker.kind]
    sheet.points((x,), (y,), shape=shape, size=BADGE_POINTS, colour=INK, gid="badge")
    sheet.write(x, y, mark.letter, pen=STRONG, colour="white", side="center", gid="badge")
