"""The demonstration: a synthetic force, lived through from 2008 to 2016."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import demonstration
from bot import daily
from bot.app import App
from bot.figures import find_figures
from metrics.calendar import LONDON
from metrics.errors import UserError
from metrics.snapshot import SnapshotKind

FOLDER: Final = "demonstration"
"""Where the files are written, inside the data folder; the plan's sources.toml reads them there."""

PUBLISHED_DAY: Final = date(2013, 12, 11)
"""The day on which the published figures of December 2013 stand (about 70% of the year)."""

DAYS: Final = (PUBLISHED_DAY, date(2014, 3, 31), date(2015, 12, 31))
"""The published day, the out-turn of 2013/14, and the period end of the plan dashboard."""

DECIDED_AT: Final = datetime(2013, 12, 12, 9, 0, tzinfo=LONDON)
"""The morning after, on which its alerts are raised and told."""

NEXT_STEPS: Final = (
    "threatdesk dashboard scorecard --as-at 2013-12-11 · "
    "threatdesk why domestic-burglary.recorded --as-at 2013-12-11 · "
    "threatdesk dashboard csp charnwood · threatdesk dashboard plan --as-at 2015-12-31 · "
    "threatdesk dashboard long-term"
)


def prepare(app: App, *, now: datetime, progress: daily.Progress) -> None:
    """Write the demonstration files if they are not there, load them, compute `DAYS`, and alert.

    Raises:
        UserError: The plan in force is not the demonstration's, or its files cannot be read.
    """
    if not app.catalogue.synthetic:
        raise UserError(
            "The plan in force is not a demonstration: synthetic records are not mixed with real.",
            hint="Leave THREATDESK_PLAN out to see the demonstration.",
        )
    folder = app.settings.data / FOLDER
    if not (folder / "README.txt").exists():
        demonstration.write(folder, progress=lambda what, _: progress(f"Demonstration: {what}"))
    results = app.load(now=now, progress=progress)
    problem = next((result.problem for result in results if result.problem), None)
    if problem:
        raise problem
    for day in DAYS:
        app.run(as_at=day, now=now, progress=progress)
    progress("Deciding what is told of the published day")
    figures = find_figures(app.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)
    app.deciding.day(figures, now=DECIDED_AT)
