"""The app's two pictures, drawn here: bars that rise out of their control limits.

Teams wants a square of 192 in colour and one of 32 in white on nothing (learn.microsoft.com,
"Design your app icon").  The same bytes come out every time.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

ACCENT: Final = (0x1D, 0x35, 0x57)
WHITE: Final = (0xFF, 0xFF, 0xFF)
ALARM: Final = (0xF4, 0xA2, 0x61)
"""Colours; the accent is the manifest's."""

COLOUR_SIDE: Final = 192
OUTLINE_SIDE: Final = 32

FINER: Final = 8
"""Each point is drawn as so many by so many, which makes edges smooth."""

BARS: Final = ((0.0, 0.40), (0.28, 0.58), (0.56, 1.0))
"""Where each bar begins, and how high it is, of the mark's width and height."""

BAR_WIDTH: Final = 0.20
LIMIT: Final = (0.70, 0.76)
"""Between which heights the control limit is drawn."""

LIMIT_REACH: Final = 0.50
"""How far it reaches, of the mark's width: up to the bar that stands out."""

OVERHANG: Final = 0.24
"""How far the mark's bars and gaps leave it narrower than a square, to its right."""

Mask = NDArray[np.bool_]


def colour_icon() -> bytes:
    """Return the picture in colour, as PNG: the mark within the middle that Teams never cuts."""
    bars, alarm = _mark(COLOUR_SIDE, margin=0.28)
    shape = (COLOUR_SIDE, COLOUR_SIDE, 1)
    bar, out = _smooth(bars).reshape(shape), _smooth(alarm).reshape(shape)
    seen = np.broadcast_to(np.array(ACCENT, dtype=float), (COLOUR_SIDE, COLOUR_SIDE, 3))
    seen = seen * (1 - bar) + np.array(WHITE) * bar
    seen = seen * (1 - out) + np.array(ALARM) * out
    solid = np.full(shape, 255.0)
    return _png(np.concatenate([seen, solid], axis=2))


def outline_icon() -> bytes:
    """Return the picture in white on nothing, as PNG."""
    bars, alarm = _mark(OUTLINE_SIDE, margin=0.09)
    shape = (OUTLINE_SIDE, OUTLINE_SIDE, 1)
    covered = _smooth(bars | alarm).reshape(shape) * 255.0
    white = np.full((OUTLINE_SIDE, OUTLINE_SIDE, 3), 255.0)
    return _png(np.concatenate([white, covered], axis=2))


def _mark(side: int, *, margin: float) -> tuple[Mask, Mask]:
    """Return where the mark is, finely: what lies within its limits, and the bar that does not."""
    places = (np.arange(side * FINER) + 0.5) / (side * FINER)
    inner = 1 - 2 * margin
    across = ((places - margin) / inner)[np.newaxis, :] * (1 - OVERHANG)
    up = ((1 - margin - places) / inner)[:, np.newaxis]
    within = np.zeros((side * FINER, side * FINER), dtype=np.bool_)
    *calm, (start, top) = BARS
    for left, height in calm:
        within |= (across >= left) & (across < left + BAR_WIDTH) & (up >= 0) & (up < height)
    low, high = LIMIT
    within |= (across >= 0) & (across < LIMIT_REACH) & (up >= low) & (up < high)
    out = (across >= start) & (across < start + BAR_WIDTH) & (up >= 0) & (up < top)
    return within, out


def _smooth(mask: Mask) -> NDArray[np.float64]:
    """Return how much of each point is covered, 0 to 1."""
    side = mask.shape[0] // FINER
    covered: NDArray[np.float64] = mask.reshape(side, FINER, side, FINER).mean(axis=(1, 3))
    return covered


def _png(points: NDArray[np.float64]) -> bytes:
    """Return points of red, green, blue and opacity as a PNG (W3C, PNG, third edition)."""
    height, width, _ = points.shape
    rows = np.round(points).astype(np.uint8).tobytes()
    stride = width * 4
    lines = b"".join(b"\0" + rows[at : at + stride] for at in range(0, len(rows), stride))
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # 8 bits, with opacity
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
