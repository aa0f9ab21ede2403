"""The briefings among what is done when: the weekly one, and the month's once it can be told."""

from __future__ import annotations

from typing import Final

from bot.briefing_run import Briefings
from bot.jobs import EVERY_DAY, Job
from config.briefing import Weekly

WEEKLY: Final = "weekly-briefing"
MONTHLY: Final = "monthly-briefing"
"""The names of the jobs among the others."""


def briefing_jobs(briefings: Briefings, weekly: Weekly) -> tuple[Job, ...]:
    """Return the weekly and the monthly briefing as jobs.

    Args:
        briefings: Writes them.
        weekly: When the weekly one is due; the monthly one is looked for every day at the same
            time, and told on the first on which the month end's figures are there.
    """
    return (
        Job(
            name=WEEKLY,
            does="The weekly briefing",
            at=weekly.at,
            work=briefings.week,
            weekdays=frozenset({weekly.weekday}),
        ),
        Job(
            name=MONTHLY,
            does="The monthly briefing",
            at=weekly.at,
            work=briefings.month,
            weekdays=EVERY_DAY,
        ),
    )
