"""Text on a picture: which characters the font has, how wide they come out, where lines break.

The font is the file that Matplotlib brings with it, never whichever one a machine happens to have,
so that the same drawing gives the same picture everywhere.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from matplotlib import get_data_path
from matplotlib.font_manager import FontProperties, get_font

SHEET_DPI: Final = 100
"""Sheet pixels an inch: a size of 72 points is 100 pixels high."""

MEASURED_DPI: Final = 200
"""Twice that, as pictures are made: letters are fitted to whole pixels, so widths depend on it."""

SUBPIXELS: Final = 64
"""FreeType gives widths in 64ths of a pixel."""

ELLIPSIS: Final = "…"
UNKNOWN_CHARACTER: Final = "□"


@dataclass(frozen=True, slots=True)
class Pen:
    """A size and weight of the one font."""

    points: float
    is_bold: bool = False

    @property
    def height(self) -> float:
        """From one line to the next, in sheet pixels."""
        return self.points * SHEET_DPI / 72.0 * 1.25

    @property
    def file(self) -> Path:
        """The font's file."""
        name = "DejaVuSans-Bold.ttf" if self.is_bold else "DejaVuSans.ttf"
        return Path(get_data_path(), "fonts", "ttf", name)

    @property
    def properties(self) -> FontProperties:
        """The font as Matplotlib wants it."""
        return FontProperties(fname=str(self.file), size=self.points)

    def width(self, text: str) -> float:
        """Return how wide a line comes out, in sheet pixels."""
        font = get_font(str(self.file))
        font.set_size(self.points, MEASURED_DPI)
        font.set_text(text, 0.0)
        return float(font.get_width_height()[0]) / SUBPIXELS * SHEET_DPI / MEASURED_DPI

    def cut(self, text: str, width: float) -> str:
        """Return a line cut with an ellipsis to fit a width."""
        if self.width(text) <= width:
            return text
        kept = bisect_right(
            range(1, len(text)), width, key=lambda end: self.width(text[:end] + ELLIPSIS)
        )
        return text[:kept].rstrip() + ELLIPSIS

    def wrap(self, text: str, width: float, lines: int) -> tuple[str, ...]:
        """Return a text broken between words, the last line cut where there are too many."""
        rest = legible(text).split(" ")
        wrapped: list[str] = []
        while rest and rest != [""]:
            if len(wrapped) == lines - 1:
                wrapped.append(self.cut(" ".join(rest), width))
                break
            taken = 1
            while taken < len(rest) and self.width(" ".join(rest[: taken + 1])) <= width:
                taken += 1
            if self.width(rest[0]) > width:
                fits = self._fits(rest[0], width)
                rest[:1] = [rest[0][:fits], rest[0][fits:]]
            wrapped.append(" ".join(rest[:taken]))
            rest = rest[taken:]
        return tuple(wrapped)

    def _fits(self, word: str, width: float) -> int:
        """Return how many characters of a word fit, at least one."""
        longer = range(2, len(word) + 1)
        return 1 + bisect_right(longer, width, key=lambda end: self.width(word[:end]))


TITLE: Final = Pen(20.0, is_bold=True)
BODY: Final = Pen(15.0)
STRONG: Final = Pen(15.0, is_bold=True)
"""Sizes that can be read when a picture of 800 pixels is shown 360 wide (tried by looking)."""


def legible(text: str) -> str:
    """Return a text on one line, a box for each character that the font does not have."""
    known = _characters()
    spaced = " ".join(text.split())
    return "".join(
        one if one == " " or (one.isprintable() and ord(one) in known) else UNKNOWN_CHARACTER
        for one in spaced
    )


@cache
def _characters() -> frozenset[int]:
    """Return the characters that both weights have."""
    plain, bold = (get_font(str(pen.file)).get_charmap() for pen in (BODY, STRONG))
    return frozenset(plain) & frozenset(bold)
