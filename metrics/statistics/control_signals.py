"""The points of a control chart that stand out: the annotations of Making Data Count.

They mark a chart for its reader and are never pushed: see docs/methods/comparison.md, "Control
charts", which also says where they differ from other implementations.

All arrays are (series, periods) in time order.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.statistics.control import DEVIATIONS_TO_LIMIT, Limits
from metrics.statistics.verdict import WORD, Flags, Words, floats

Signs = NDArray[np.int8]

RUN: Final = 7
"""Points in a shift or in a trend (Making Data Count)."""

WARNING_DEVIATIONS: Final = 2.0
"""Two thirds of the way to the limit."""


class PointKind(StrEnum):
    """What a point of a control chart says."""

    COMMON_CAUSE = "common_cause"
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEITHER_HIGH = "neither_high"
    NEITHER_LOW = "neither_low"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals:
    """Making Data Count's annotations; each (series, periods): +1 high, -1 low, 0 none.

    Every point of a run carries its sign.

    Attributes:
        beyond: Outside the limits.
        shift: Part of `RUN` or more consecutive points on one side of the centre.
        trend: Part of `RUN` or more consecutive rising (+1) or falling (-1) points.
        near: One of at least two, among three consecutive points on one side, that lie beyond
            two thirds of the way to the limit.
    """

    beyond: Signs
    shift: Signs
    trend: Signs
    near: Signs

    @property
    def any(self) -> Flags:
        """Whether a point carries any annotation."""
        low_or_high = (self.beyond != 0) | (self.shift != 0) | (self.trend != 0) | (self.near != 0)
        return np.asarray(low_or_high)

    @property
    def direction(self) -> Signs:
        """The sign of the strongest annotation of each point: beyond, near, shift, then trend."""
        out = self.trend
        for stronger in (self.shift, self.near, self.beyond):
            out = np.where(stronger != 0, stronger, out)
        return out


def signals(values: ArrayLike, limits: Limits) -> Signals:
    """Annotate the points of control charts; runs end at a break and at a missing period.

    Args:
        values: The values charted, (series, periods).
        limits: Their limits.

    Returns:
        The annotations; none where the limits are not firm.

    Source: NHS England, Making Data Count; docs/methods/comparison.md says where it differs.
    """
    y = floats(values)
    position = np.where(limits.firm & ~np.isnan(y), limits.position, np.nan)
    side = np.sign(np.nan_to_num(position)).astype(np.int8)
    same = np.diff(limits.segment, axis=1) == 0
    step = np.sign(np.nan_to_num(np.diff(np.where(limits.firm, y, np.nan), axis=1) * same))
    magnitude = np.abs(np.nan_to_num(position))
    return Signals(
        beyond=np.where(magnitude > DEVIATIONS_TO_LIMIT, side, 0).astype(np.int8),
        shift=_runs(side, limits.segment, RUN),
        trend=_trends(step.astype(np.int8), RUN),
        near=_two_of_three(side, magnitude > WARNING_DEVIATIONS, limits.segment),
    )


def point_kinds(limits: Limits, found: Signals, better: ArrayLike) -> Words:
    """What each point says, given which way is better.

    Args:
        limits: The limits of the charts.
        found: Their annotations.
        better: +1 higher is better, -1 lower is better, 0 neither, one per series.

    Returns:
        Values of `PointKind`, (series, periods).
    """
    towards = found.direction * np.asarray(better, dtype=np.int8)[:, None]
    neither = np.asarray(better)[:, None] == 0
    return np.select(
        [
            ~limits.recorded,
            found.direction == 0,
            neither & (found.direction > 0),
            neither,
            towards > 0,
        ],
        [
            PointKind.NOT_RECORDED,
            PointKind.COMMON_CAUSE,
            PointKind.NEITHER_HIGH,
            PointKind.NEITHER_LOW,
            PointKind.IMPROVEMENT,
        ],
        default=PointKind.CONCERN,
    ).astype(WORD)


def _runs(side: Signs, segment: NDArray[np.intp], length: int) -> Signs:
    """Every point that is part of `length` consecutive points with one sign in one segment."""
    if side.shape[1] < length:
        return np.zeros_like(side)
    one_segment = segment[:, length - 1 :] == segment[:, : 1 - length]
    high = _throughout(side > 0, length) & one_segment
    low = _throughout(side < 0, length) & one_segment
    return _spread(high, length) - _spread(low, length)


def _trends(step: Signs, length: int) -> Signs:
    """Every point that is part of `length` consecutive rising or falling points."""
    periods, steps = step.shape[1] + 1, length - 1
    if periods < length:
        return np.zeros((step.shape[0], periods), dtype=np.int8)
    rising = _spread(_throughout(step > 0, steps), length)
    falling = _spread(_throughout(step < 0, steps), length)
    return np.where(rising & falling, 0, rising - falling).astype(np.int8)


def _two_of_three(side: Signs, far: Flags, segment: NDArray[np.intp]) -> Signs:
    """The far points of every three on one side of which at least two are far."""
    if side.shape[1] < 3:
        return np.zeros_like(side)
    first, second, third = far[:, :-2], far[:, 1:-1], far[:, 2:]
    enough = (first & second) | (second & third) | (first & third)
    usable = enough & (segment[:, 2:] == segment[:, :-2])
    high = _spread(_throughout(side > 0, 3) & usable, 3)
    low = _spread(_throughout(side < 0, 3) & usable, 3)
    return np.where(far, high - low, 0).astype(np.int8)


def _throughout(flags: Flags, length: int) -> Flags:
    """Whether so many in a row are all marked, at the first of each row of them."""
    windows = flags.shape[1] - length + 1
    marked = flags[:, :windows].copy()
    for later in range(1, length):
        marked &= flags[:, later : later + windows]
    return marked


def _spread(windows: Flags, length: int) -> Signs:
    """1 at every period that one of the windows marked True covers."""
    covered = np.zeros((windows.shape[0], windows.shape[1] + length - 1), dtype=bool)
    for later in range(length):
        covered[:, later : later + windows.shape[1]] |= windows
    return covered.astype(np.int8)
