"""Charts in one or two sentences, for whoever hears them read or never gets the picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.render.words import number
from bot.replies.charts import ControlChart, CumulativeChart, LongTermChart, SmallMultiples
from bot.replies.phrases import together
from metrics.calendar import say_date

NAMED_MONTHS: Final = 3
"""So many months are named in words; of more, the latest."""

WHOLE_FROM: Final = 100.0
"""From here on the tenths of a mean say nothing more."""

SMALL_NUMBERS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"
)  # fmt: skip


def control_words(chart: ControlChart, name: str, where: str) -> str:
    """Say the latest month, the mean, the limits and which months stand outside them."""
    if not any(math.isfinite(one) for one in chart.values):
        return f"{name}, {where}: no month is recorded."
    first, last = _month(chart.months[0]), _month(chart.months[-1])
    whole = len(chart.months) - chart.last_is_part
    facts = [*_latest(chart, whole), *_limits(chart, whole)]
    if math.isfinite(chart.target):
        facts.append(f"target {figure(chart.target, is_rate=chart.is_rate)}")
    outside = "; ".join(_outside(chart, whole))
    return f"{name}, {where}, by month from {first} to {last}: {', '.join(facts)}; {outside}."


def _latest(chart: ControlChart, whole: int) -> list[str]:
    """Say the latest whole month, and what there is of the month that is not over."""
    facts = []
    recorded = [at for at in range(whole) if math.isfinite(chart.values[at])]
    if recorded:
        at = recorded[-1]
        value = figure(chart.values[at], is_rate=chart.is_rate)
        facts.append(f"latest whole month {_month(chart.months[at])} {value}")
    if whole < len(chart.months) and math.isfinite(chart.values[-1]):
        value = figure(chart.values[-1], is_rate=chart.is_rate)
        facts.append(f"{_month(chart.months[-1])} so far {value}")
    return facts


def _limits(chart: ControlChart, whole: int) -> list[str]:
    """Say the limits of the latest whole month; those from before a break no longer hold."""
    known = (chart.mean[whole - 1], chart.lower[whole - 1], chart.upper[whole - 1])
    if not whole or not all(math.isfinite(value) for value in known):
        return ["too few months for limits"]
    mean, lower, upper = (figure(one, is_rate=chart.is_rate) for one in known)
    return [f"mean {mean}", f"limits {lower} to {upper}"]


def _outside(chart: ControlChart, whole: int) -> list[str]:
    """Say which months chance does not explain: outside the limits, or by their run."""
    above: list[date] = []
    below: list[date] = []
    others: list[date] = []
    for at in range(whole):
        if not chart.signals[at]:
            continue
        value = chart.values[at]
        group = above if value > chart.upper[at] else below if value < chart.lower[at] else others
        group.append(chart.months[at])
    said = [
        f"{_counted(months)} {words}: {_named(months)}"
        for months, words in (
            (above, "above the upper limit"),
            (below, "below the lower limit"),
            (others, "within the limits in a pattern that chance does not explain"),
        )
        if months
    ]
    return said or ["no month that chance does not explain"]


def _counted(months: Sequence[date]) -> str:
    many = len(months)
    words = SMALL_NUMBERS[many] if many < len(SMALL_NUMBERS) else str(many)
    return f"{words} {'month' if many == 1 else 'months'}"


def _named(months: Sequence[date]) -> str:
    names = together([_month(month) for month in months[-NAMED_MONTHS:]])
    return names if len(months) <= NAMED_MONTHS else f"the latest {names}"


def cumulative_words(chart: CumulativeChart, name: str, where: str) -> str:
    """Say this year against last on the same day, and where the year is expected to end."""
    now = max((at for at, one in enumerate(chart.this_year) if math.isfinite(one)), default=None)
    if now is None:
        return f"{name}, {where}: nothing is recorded since 1 April."
    day = chart.days[now]
    facts = [f"{figure(chart.this_year[now])} from 1 April to {say_date(day)}"]
    if math.isfinite(chart.last_year[now]):
        facts.append(f"{figure(chart.last_year[now])} on the same days of last year")
    if math.isfinite(chart.last_year[-1]) and now < len(chart.days) - 1:
        facts.append(f"{figure(chart.last_year[-1])} in the whole of last year")
    ends = []
    if math.isfinite(chart.expected):
        ends.append(f" The year is expected to end at {figure(chart.expected)}{_ranges(chart)}")
    if math.isfinite(chart.target_end):
        ends.append(f"{'; t' if ends else ' T'}he target is {figure(chart.target_end)}")
    end = f"{''.join(ends)}." if ends else ""
    return f"{name}, {where}: {', '.join(facts)}.{end}"


def _ranges(chart: CumulativeChart) -> str:
    said = [
        f"between {figure(low)} and {figure(high)} with a chance of {chance}"
        for (low, high), chance in ((chart.range_80, "80%"), (chart.range_95, "95%"))
        if math.isfinite(low) and math.isfinite(high)
    ]
    return f", {' and '.join(said)}" if said else ""


def panel_words(chart: SmallMultiples, where: str) -> str:
    """Say the latest figure of each panel, those that are marked first and with their note."""
    if not chart.panels or not chart.months:
        return f"{chart.title}, {where}: no month is recorded."
    first, last = _month(chart.months[0]), _month(chart.months[-1])
    by_weight = sorted(chart.panels, key=lambda one: not one.is_marked)
    facts = []
    for panel in by_weight:
        latest = figure(panel.values[-1], is_rate=chart.is_rate)
        note = f" ({panel.note})" if panel.note else ""
        facts.append(f"{panel.label} {latest}{note}")
    title = chart.title if where in chart.title else f"{chart.title}, {where}"
    return f"{title}, {chart.unit}, from {first} to {last}. In {last}: {'; '.join(facts)}."


def year_words(chart: LongTermChart, where: str) -> str:
    """Say the two ends, the change between them, and the highest and the lowest year."""
    known = [
        (year, value)
        for year, value in zip(chart.years, chart.values, strict=True)
        if math.isfinite(value)
    ]
    if not known:
        return f"{chart.title}, {where}: no year is known."
    (first, before), (last, now) = known[0], known[-1]
    if len(known) == 1:
        return f"{chart.title}, {where}: {figure(now)} in {last}."
    highest, lowest = max(known, key=lambda one: one[1]), min(known, key=lambda one: one[1])
    change = f" ({_change(before, now)})" if before > 0 else ""
    return (
        f"{chart.title}, {where}: from {figure(before)} in {first} to {figure(now)} in {last}"
        f"{change}; highest {figure(highest[1])} in {highest[0]},"
        f" lowest {figure(lowest[1])} in {lowest[0]}."
    )


def _change(before: float, now: float) -> str:
    if now == before:
        return "no change"
    return f"{number(abs(now / before - 1) * 100, 1)}% {'more' if now > before else 'fewer'}"


def figure(value: float, *, is_rate: bool = False) -> str:
    """Write a figure of a chart; a count that is not whole keeps a tenth."""
    if not math.isfinite(value):
        return "not recorded"
    if is_rate:
        return f"{number(value * 100, 1)}%"
    return number(value, 0 if value == round(value) or abs(value) >= WHOLE_FROM else 1)


def _month(month: date) -> str:
    return f"{month:%B %Y}"
