"""Dates and kinds of figures in what people type: British, day first, never swapped.

General date parsers read "10" as a day of this month and turn 03/31/2014 round in silence; here a
day that does not exist is explained instead.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from metrics.calendar import last_month_end, month_end, say_date
from metrics.errors import UserError
from metrics.snapshot import SnapshotKind

EXAMPLE: Final = "Write it like “as at 11 December 2013” or “as at 31/3/2014”."

MONTHS: Final = {
    name.casefold(): number
    for names in (calendar.month_name, calendar.month_abbr, ("", *[""] * 8, "sept", "", "", ""))
    for number, name in enumerate(names)
    if name
}
"""Months by full name and by their first letters."""

MONTH: Final = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + ")"
BEFORE: Final = r"\b(?:(?P<asked>as at|as of|as on)\s+|(?:on|to|at|for|from)\s+)?(?:the\s+)?"
"""What is said before a date."""

DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
YEAR: Final = r"(?P<year>\d{4}|\d{2})"

CENTURY: Final = 2000
"""Two figures of a year are of this century: nothing here is older."""

LEAP_CYCLE: Final = 8
"""Years within which every day of the calendar comes, also around 1900 and 2100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What some words say of when, and the words without it."""

    rest: str  # of the same length as the text: what was read is blanked out
    as_at: date | None = None
    kind: SnapshotKind | None = None
    remarks: tuple[str, ...] = ()


Found = tuple[date | None, SnapshotKind | None, bool]
"""The day, the kind of figures, and whether the day was filled in by us."""

Read = Callable[["re.Match[str]", date], Found]


def read_dates(text: str, *, today: date) -> Dated:
    """Take the as-at day and the kind of figures out of a text.

    Args:
        today: The day that "yesterday" and dates without a year are read from; the latest day of
            that name that is not after it is meant.

    Raises:
        UserError: There is no such day, it is still to come, or several days are named.
    """
    days: list[date] = []
    kinds: list[SnapshotKind] = []
    remarks: list[str] = []
    rest = text
    for pattern, read in FORMS:
        while found := pattern.search(rest):
            day, kind, was_filled_in = read(found, today)
            said = " ".join(found.group().split())
            days += [day] if day else []
            kinds += [kind] if kind else []
            if day and was_filled_in:
                remarks.append(f"Read “{said}” as {say_date(day)}.")
            rest = rest[: found.start()] + " " * len(found.group()) + rest[found.end() :]
    _one_at_most(days, kinds, today)
    if dangling := DANGLING.search(rest):
        said = dangling.group("said").strip()
        raise UserError(
            f"“{said}” is not a date." if said else "No date follows “as at”.", hint=EXAMPLE
        )
    return Dated(
        rest=rest,
        as_at=days[0] if days else None,
        kind=kinds[0] if kinds else None,
        remarks=tuple(remarks),
    )


def _one_at_most(days: list[date], kinds: list[SnapshotKind], today: date) -> None:
    if len(set(days)) > 1:
        raise UserError(
            "More than one day is named: " + " and ".join(map(say_date, days)) + ".",
            hint="Ask as at one day at a time.",
        )
    if len(set(kinds)) > 1:
        raise UserError(
            "Both daily and month-end figures are asked for.", hint="Say which: daily or month end."
        )
    if days and days[0] > today:
        raise UserError(
            f"{say_date(days[0])} is still to come.", hint="Ask as at a day up to today."
        )


def _day(year: int, month: int, day: int) -> date:
    """Return a day that was written in full.

    Raises:
        UserError: The calendar has no such day; the message says why.
    """
    if not 1 <= month <= len(calendar.month_name) - 1:
        hint = "Write the day first, for example 31/3/2014."
        raise UserError(f"There is no month {month}.", hint=hint)
    if not 1 <= year <= date.max.year:
        raise UserError(f"There is no year {year}.", hint=EXAMPLE)
    length = calendar.monthrange(year, month)[1]
    if not 1 <= day <= length:
        name = calendar.month_name[month]
        raise UserError(
            f"There is no {day} {name} {year}: {name} {year} has {length} days.", hint=EXAMPLE
        )
    return date(year, month, day)


def _year(written: str) -> int:
    return int(written) + (CENTURY if len(written) < len("2000") else 0)


def _latest(month: int, day: int, today: date) -> date:
    """Return the latest such day that is not after today."""
    if not 1 <= month <= len(calendar.month_name) - 1:
        return _day(today.year, month, day)
    for year in range(today.year, today.year - LEAP_CYCLE - 1, -1):
        if 1 <= day <= calendar.monthrange(year, month)[1] and date(year, month, day) <= today:
            return date(year, month, day)
    return _day(today.year, month, day)


def _in_full(found: re.Match[str], today: date) -> Found:
    """Read a date whose parts are figures or a month's name."""
    parts = found.groupdict()
    month = MONTHS.get(parts["month"].casefold()) or int(parts["month"])
    day = int(parts["day"])
    if not parts.get("year"):
        return _latest(month, day, today), None, True
    return _day(_year(parts["year"]), month, day), None, False


def _end_of_named_month(found: re.Match[str], today: date) -> Found:
    """Read "end of March 2014", or "as at March 2014": its month-end figures."""
    month = MONTHS[found["month"].casefold()]
    if found["year"]:
        day = month_end(_day(_year(found["year"]), month, 1))
    else:
        day = last_month_end(today)
        while day.month != month:
            day = last_month_end(day.replace(day=1) - timedelta(days=1))
    return day, SnapshotKind.MONTH_END, True


def _last_month_end(_found: re.Match[str], today: date) -> Found:
    return today.replace(day=1) - timedelta(days=1), SnapshotKind.MONTH_END, True


def _yesterday(_found: re.Match[str], today: date) -> Found:
    return today - timedelta(days=1), None, True


def _newest(_found: re.Match[str], _today: date) -> Found:
    return None, None, False  # the newest figures, which are what is shown anyway


def _month_end_figures(_found: re.Match[str], _today: date) -> Found:
    return None, SnapshotKind.MONTH_END, False


def _daily_figures(_found: re.Match[str], _today: date) -> Found:
    return None, SnapshotKind.DAILY, False


def _form(pattern: str, read: Read) -> tuple[re.Pattern[str], Read]:
    return re.compile(BEFORE + pattern, re.IGNORECASE), read


FORMS: Final = (
    _form(r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)", _in_full),
    _form(rf"(?<![\d/]){DAY}\s*[/.]\s*(?P<month>\d{{1,2}})\s*[/.]\s*{YEAR}(?![\d/])", _in_full),
    _form(r"(?<![\d/-])(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4}|\d{2})(?!\d)", _in_full),
    _form(rf"(?<![\d/]){DAY}/(?P<month>\d{{1,2}})(?![\d/])", _in_full),
    _form(rf"(?<!\d){DAY}[\s-]*(?:of\s+)?{MONTH}\b\.?(?:[\s,-]+(?:of\s+)?{YEAR}\b)?", _in_full),
    _form(rf"{MONTH}\s+{DAY}\b(?!\d)(?:[\s,]+(?P<year>\d{{4}})\b)?", _in_full),
    _form(rf"end(?:\s+of)?\s+{MONTH}\b(?:\s+{YEAR}\b)?", _end_of_named_month),
    _form(rf"{MONTH}\s+(?P<year>\d{{4}})\b", _end_of_named_month),
    _form(r"(?:last|previous)\s+month[\s-]?end\b", _last_month_end),
    _form(r"(?:the\s+)?end\s+of\s+last\s+month\b", _last_month_end),
    _form(r"yesterday\b", _yesterday),
    _form(r"(?:today|latest|newest|right now)\b", _newest),
    _form(r"(?:month[\s-]?end|monthly)(?:\s+figures)?\b", _month_end_figures),
    _form(r"daily(?:\s+figures)?\b", _daily_figures),
)
"""The ways of saying when, the most exact first."""

DANGLING: Final = re.compile(r"\bas (?:at|of|on)\b\s*(?P<said>(?:\S+\s*){0,3})", re.IGNORECASE)
