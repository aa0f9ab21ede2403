"""Whether all is well, looked at from outside: figures, runs, what is told, signs of life."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.figures import find_header
from bot.jobs import Job
from bot.runs import Run, RunState
from metrics.calendar import LONDON, london_day, say_date
from metrics.snapshot import SnapshotKind
from store.database import Database
from store.runs import SqlRuns
from store.signs import SqlSigns
from store.telling import Backlog, backlog

TOLD_WITHIN: Final = timedelta(minutes=15)
"""What has been due for longer and is not told is stuck: the platform is away, or nobody tells."""

FAILED_WITHIN: Final = timedelta(days=1)
"""What could not be told is a reason to look for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    said: str
    wrong: bool = False


def look(
    database: Database, jobs: Sequence[Job], *, now: datetime, silence: timedelta
) -> tuple[Finding, ...]:
    """Look at everything that a worker does.

    Args:
        database: What all workers share.
        jobs: What is done when.
        now: The moment, timezone-aware.
        silence: How long no worker may have been heard of.
    """
    runs = SqlRuns(database)
    told = backlog(database, now=now, failed_since=now - FAILED_WITHIN)
    return (
        _figures(database),
        *(_run(job, runs.last(job.name), now) for job in jobs),
        *_telling(told, now),
        _life(SqlSigns(database).last(), now, silence),
    )


def _figures(database: Database) -> Finding:
    header = find_header(database, SnapshotKind.DAILY, None)
    if header is None:
        return Finding(said="There are no figures yet.")
    made = _say(header.last_made_at)
    return Finding(said=f"Newest figures: as at {say_date(header.as_at)}, computed {made}.")


def _run(job: Job, run: Run | None, now: datetime) -> Finding:
    """Say how the last run of a job went, and whether one that was due has not been."""
    day = job.due(now)
    late = day is not None and now - job.due_at(day) > job.late_after
    if late and day is not None and (run is None or run.day < day):
        return Finding(
            said=f"{job.does} of {say_date(day)}, due at {job.at:%H:%M}, has not begun.", wrong=True
        )
    if run is None:
        return Finding(said=f"{job.does} has never run; it is due at {job.at:%H:%M}.")
    said = f"{job.does} of {say_date(run.day)}"
    match run.state:
        case RunState.DONE:
            when = _say(run.finished_at or run.started_at)
            return Finding(said=f"{said} ended {when}. {run.detail}")
        case RunState.FAILED:
            tries = f" at attempt {run.attempts}" if run.attempts > 1 else ""
            return Finding(said=f"{said} failed{tries}. {run.detail}", wrong=True)
        case RunState.RUNNING:
            slow = now - job.due_at(run.day) > job.late_after
            since = _say(run.started_at)
            return Finding(said=f"{said} has been running since {since}.", wrong=slow)


def _telling(told: Backlog, now: datetime) -> Iterator[Finding]:
    if told.due_since is None:
        yield Finding(said=f"Nothing is due to be told; {told.waiting} wait for their time.")
    else:
        stuck = now - told.due_since > TOLD_WITHIN
        why = f" {told.why}" if told.why else ""
        said = f"{told.overdue} to tell, the oldest since {_say(told.due_since)}.{why}"
        yield Finding(said=said, wrong=stuck)
    if told.failed:
        yield Finding(
            said=f"{told.failed} could not be told in the last day; the operators were told which.",
            wrong=True,
        )


def _life(last: datetime | None, now: datetime, silence: timedelta) -> Finding:
    if last is None:
        return Finding(said="No worker has ever been heard of.", wrong=True)
    wrong = now - last > silence
    return Finding(said=f"A worker was last heard of {_say(last)}.", wrong=wrong)


def _say(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%H:%M} on {say_date(london_day(moment))}"
