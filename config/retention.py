"""How long the audit log is kept: a rule that the installation sets, e.g. "6 years"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from metrics.calendar import LONDON, london_day
from metrics.errors import UserError

FOR_EVER: Final = "for ever"

WRITTEN: Final = re.compile(r"(\d{1,5})\s+(years?|days?)", re.IGNORECASE)

LEAST: Final = timedelta(days=365)
"""Shorter is taken for a slip: a performance year's questions can still be answered for.
The database itself refuses to remove what is not a year old."""

HINT: Final = "Write THREATDESK_AUDIT_KEPT=6 years, or 2000 days, or for ever; a year at least."


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long something is kept."""

    years: int = 0
    days: int = 0
    is_for_ever: bool = False

    def __str__(self) -> str:
        """Say it in words."""
        if self.is_for_ever:
            return FOR_EVER
        count, unit = (self.years, "year") if self.years else (self.days, "day")
        return f"{count} {unit}" if count == 1 else f"{count} {unit}s"

    @property
    def rule(self) -> str:
        """Why something is removed, in words."""
        return f"kept for {self}"

    def before(self, now: datetime) -> datetime | None:
        """Return the moment before which everything may go; None: it is kept for ever.

        It is reckoned from the first of the month in London, so that it moves once a month.
        """
        if self.is_for_ever:
            return None
        first = london_day(now).replace(day=1)
        # The first of a month is in every year.
        day = first.replace(year=max(first.year - self.years, date.min.year))
        return datetime.combine(day - timedelta(days=self.days), time(), tzinfo=LONDON)


def read_retention(written: str) -> Retention:
    """Read a rule as a setting says it.

    Raises:
        UserError: It is no rule, or shorter than a year.
    """
    said = " ".join(written.split())
    if said.casefold() == FOR_EVER:
        return Retention(is_for_ever=True)
    found = WRITTEN.fullmatch(said)
    if found is None:
        raise UserError(f"THREATDESK_AUDIT_KEPT = {written} is not a length of time.", hint=HINT)
    count = int(found[1])
    is_years = found[2].casefold().startswith("year")
    kept = Retention(years=count) if is_years else Retention(days=count)
    if timedelta(days=kept.days) + LEAST * kept.years < LEAST:
        raise UserError(f"THREATDESK_AUDIT_KEPT = {written} is too short.", hint=HINT)
    return kept
