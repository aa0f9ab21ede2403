"""What a chart shows: figures and dates.  How it looks is decided by `bot.render.charts`.

Values are counts, or proportions 0-1 where `is_rate`; NaN is not recorded, and is drawn as a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class MarkerKind(StrEnum):
    """What a mark on the time axis stands for."""

    NOTE = "note"  # a data-quality note
    BREAK = "break"  # figures before and after are not alike
    ACTION = "action"  # something that was done about it


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A day to be marked on the time axis."""

    day: date
    label: str
    kind: MarkerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChart:
    """Monthly figures with their mean and control limits (statistical process control)."""

    title: str
    subtitle: str  # where, and as at when
    unit: str  # "crimes a month"
    is_rate: bool
    months: tuple[date, ...]  # the first day of each month
    values: tuple[float, ...]
    mean: tuple[float, ...]  # NaN: no limits for that month
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    signals: tuple[bool, ...]  # months that chance does not explain
    target: float = float("nan")
    last_is_part: bool = False  # the last month is not over
    markers: tuple[Marker, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeChart:
    """The year to date beside last year, week by week, with where the year is expected to end."""

    title: str
    subtitle: str
    unit: str
    days: tuple[date, ...]  # of the performance year, the ends of its weeks, up to 31 March
    this_year: tuple[float, ...]  # counted since 1 April; NaN after the as-at day
    last_year: tuple[float, ...]  # on the same days of last year
    as_at: date
    target_end: float  # the count that meets the target at the year's end; NaN without a target
    expected: float  # at the year's end; NaN without a projection
    range_80: tuple[float, float]
    range_95: tuple[float, float]
    markers: tuple[Marker, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One small chart of several."""

    label: str
    values: tuple[float, ...]
    note: str = ""  # e.g. "significant rise"
    is_marked: bool = False  # to be looked at first


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallMultiples:
    """The same months of several areas or crime types, each on its own scale from nought."""

    title: str
    subtitle: str
    unit: str
    is_rate: bool
    months: tuple[date, ...]
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTermChart:
    """Whole performance years, oldest first."""

    title: str
    subtitle: str
    unit: str
    years: tuple[str, ...]  # "2003/04"
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpactChart:
    """Monthly figures beside what was to be expected of them without an operation."""

    title: str
    subtitle: str
    unit: str
    launch: date
    months: tuple[date, ...]  # the first day of each month
    values: tuple[float, ...]  # NaN: not recorded, or not over
    expected: tuple[float, ...]  # fitted to the months before the launch, carried on since
    lower: tuple[float, ...]  # 95% limits of each month since the launch; NaN before it
    upper: tuple[float, ...]
    markers: tuple[Marker, ...] = ()


Drawing = ControlChart | CumulativeChart | SmallMultiples | LongTermChart | ImpactChart
