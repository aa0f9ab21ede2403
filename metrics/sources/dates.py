"""Days and months as inputs write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from metrics.calendar import month_end
from metrics.sources.rejections import quoted

_WIDE_DAY: Final = date(2024, 9, 28)  # a Saturday in September: no day is written longer
ISO_DAY: Final = "%Y-%m-%d"
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME_MARK: Final = re.compile(r"(?<=\d)T(?=\d|$)")
_COMMON: Final = (ISO_DAY, "%d/%m/%Y", "%d-%m-%Y", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%y", "%d %b %Y")
_COMMON_MONTHS: Final = ("%Y-%m", "%m/%Y", "%b-%y", "%b %Y", "%B %Y", ISO_DAY, "%d/%m/%Y")


def width(form: str) -> int:
    """Return how many characters a date takes at most in a format whose parts are figures."""
    return len(_WIDE_DAY.strftime(form))


def read_day(text: str, form: str) -> date | None:
    """Return the day that a text gives, or None where it is no day in this format.

    A time of day after the date, behind a space or a T, is left out.
    """
    day = _parsed(text, form)
    if day is None:
        words = _TIME_MARK.sub(" ", text).split(" ")
        day = _parsed(" ".join(words[: form.count(" ") + 1]), form)
    return day


def read_month(text: str, form: str) -> date | None:
    """Return the last day of the month that a text gives, or None where it is none."""
    day = _parsed(text, form)
    return None if day is None else month_end(day)


def day_complaint(text: str, form: str, *, what: str, setting: str) -> str:
    """Say why a text is no day, and which setting would read it."""
    return _complaint(text, form, _COMMON, what=what, setting=setting)


def month_complaint(text: str, form: str, *, what: str) -> str:
    """Say why a text is no month, and which setting would read it."""
    return _complaint(text, form, _COMMON_MONTHS, what=what, setting="month_format")


def _complaint(text: str, form: str, others: tuple[str, ...], *, what: str, setting: str) -> str:
    if not text:
        return f"the {what} is missing"
    said = f'the {what} is not written as {setting} = "{form}" says'
    fitting = next((one for one in others if one != form and read_day(text, one)), None)
    if fitting is None:
        return f"{said}, for example {quoted(text)}"
    return f'{said}; {setting} = "{fitting}" would read {quoted(text)}'


def _parsed(text: str, form: str) -> date | None:
    try:
        if form == ISO_DAY and _ISO.fullmatch(text):
            return date.fromisoformat(text)  # many times faster, and this is the usual format
        # A day has no zone: it is the day as the input's own clock wrote it.
        return datetime.strptime(text, form).date()  # noqa: DTZ007
    except ValueError:
        return None
