"""Words made fit to be shown: nothing invisible in them, cut at a word where room is short."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from rich.cells import cell_len

Measure = Callable[[str], int]
"""How much room a text takes; longer where something is added to its end."""

ELLIPSIS: Final = "…"

ROOM_FOR_REMARK: Final = 200
"""With at least so much room, the size of what is left out is said beside the ellipsis."""

REMARK_ROOM: Final = 40
"""Kept free for that remark."""

ZERO_WIDTH_JOINER: Final = "\u200d"

_LINE_ENDS: Final = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")

_NOT_CHARACTERS: Final = "\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + end) for plane in range(0x11) for end in (0xFFFE, 0xFFFF)
)
"""Code points that Unicode keeps free of characters for ever (Unicode 15, section 23.7)."""

_UNSEEN: Final = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # control characters: a terminal obeys them
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # show words in another order than read
    "\ufeff\ufff9-\ufffb"  # byte-order mark, annotations
    "\ud800-\udfff"  # halves of characters: cannot be sent
    "\U000e0000-\U000e007f"  # tags: a text that nobody sees
    f"{_NOT_CHARACTERS}]"
)


def clean(text: str) -> str:
    """Return the text without what cannot be seen but would be obeyed; lines end in a newline."""
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))


def is_blank(text: str) -> bool:
    """Whether there is nothing in it to be seen."""
    return not any(character.isprintable() and not character.isspace() for character in text)


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces."""
    return " ".join(text.split())


def shorten(text: str, room: int, *, measure: Measure = len) -> str:
    """Return the text, cut at a word if it takes more than `room`, and the cut marked with "…".

    Where there is enough room, how many characters are left out is said as well.
    """
    if measure(text) <= room:
        return text
    if room < ROOM_FOR_REMARK:
        return _start(text, room - measure(ELLIPSIS), measure) + ELLIPSIS
    kept = _start(text, room - REMARK_ROOM, measure)
    return f"{kept}{ELLIPSIS} ({len(text) - len(kept):,} characters left out)"


def split(text: str, room: int, *, measure: Measure = len) -> list[str]:
    """Return the text in pieces of at most `room`, parted between words where that is possible."""
    pieces = []
    rest = text.strip()
    while rest and _longest(rest, room, measure) < len(rest):
        piece = _start(rest, room, measure) or rest[0]
        pieces.append(piece)
        rest = rest[len(piece) :].lstrip()
    return [*pieces, rest] if rest else pieces


def wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text of at most `width` terminal cells; never an empty list."""
    lines = []
    for paragraph in text.split("\n"):
        lines += split(one_line(paragraph), width, measure=cell_len) or [""]
    return lines


def _start(text: str, room: int, measure: Measure) -> str:
    """Return the longest beginning that fits, cut at a word unless most of it would go."""
    low = _longest(text, room, measure)
    if low < len(text) and not text[low].isspace():
        space = max(text.rfind(" ", 0, low), text.rfind("\n", 0, low))
        low = space if space > low // 4 else _before_joined(text, low)
    return text[:low].rstrip()


def _longest(text: str, room: int, measure: Measure) -> int:
    """Return how many characters fit; a long text is not measured beyond where it is cut."""
    low, high = 0, max(room, 1)
    while high < len(text) and measure(text[:high]) <= room:
        low, high = high, 2 * high
    high = min(high, len(text))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= room else (low, middle - 1)
    return low


def _before_joined(text: str, cut: int) -> int:
    """Return a place to cut that parts no accent, and no picture made of several, from its base."""
    place = cut
    while place > 0 and (
        unicodedata.category(text[place]).startswith("M")
        or ZERO_WIDTH_JOINER in (text[place], text[place - 1])
    ):
        place -= 1
    return place or cut
