"""When the weekly briefing is due, as people write it: "Monday 07:30"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from metrics.calendar import LONDON
from metrics.errors import UserError

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

SHORTEST: Final = 3
"""Letters that name a weekday: "mon"."""

WRITTEN: Final = re.compile(r"\s*([A-Za-z]+)\s+(\d{1,2}):(\d{2})\s*")

HINT: Final = "Write a day of the week and a time, for example Monday 07:30; not 01:00-02:00."


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """A time once a week, in London."""

    weekday: int  # Monday is 0
    at: time

    def next_after(self, now: datetime) -> datetime:
        """Return the next such time after a moment."""
        day = now.astimezone(LONDON).date()
        while True:
            due = datetime.combine(day, self.at, tzinfo=LONDON)
            if day.weekday() == self.weekday and due > now:
                return due
            day += timedelta(days=1)

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday].capitalize()} {self.at:%H:%M}"


def read_weekly(written: str) -> Weekly:
    """Read a time once a week.

    Raises:
        UserError: It is not one.
    """
    found = WRITTEN.fullmatch(written)
    if found is None:
        raise UserError(f"“{written}” is not a time once a week.", hint=HINT)
    name, hour, minute = found[1].casefold(), int(found[2]), int(found[3])
    days = [n for n, one in enumerate(WEEKDAYS) if one.startswith(name) and len(name) >= SHORTEST]
    try:
        at = time(hour, minute)
    except ValueError:
        raise UserError(f"“{written}”: there is no such time.", hint=HINT) from None
    if len(days) != 1:
        raise UserError(f"“{written}”: there is no such day of the week.", hint=HINT)
    return Weekly(weekday=days[0], at=at)
