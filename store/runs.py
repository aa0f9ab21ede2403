"""The runs of jobs, claimed by one worker at a time."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.runs import CLOCKS_DIFFER, MOST_ATTEMPTS, RETRY_AFTER, Run, RunState
from store.alert_tables import JobRunRow
from store.database import Database
from store.writing import insert_new


class SqlRuns:
    """Runs in the database.  Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, job: str, day: date, *, by: str, now: datetime, until: datetime) -> bool:
        """Claim a run that is new, was left by a dead worker, or failed and may be tried again."""
        with self._database.transaction() as session:
            row = JobRunRow(
                job=job,
                day=day,
                state=RunState.RUNNING.value,
                claimed_by=by,
                attempts=1,
                started_at=now,
                lease_until=until,
                detail="",
            )
            if insert_new(session, row):
                return True
            found = _locked(session, job, day)
            if found is None or not _is_free(found, now):
                return False
            found.state = RunState.RUNNING.value
            found.claimed_by = by
            found.attempts += 1
            found.started_at = now
            found.lease_until = until
            found.finished_at = None
            return True

    def renew(self, job: str, day: date, *, by: str, until: datetime) -> bool:
        """Extend a claim; False where it is no longer this worker's."""
        with self._database.transaction() as session:
            found = _held(session, job, day, by)
            if found:
                found.lease_until = until
            return found is not None

    def finish(
        self, job: str, day: date, *, by: str, now: datetime, state: RunState, detail: str
    ) -> bool:
        """Record how a run ended; False where it is no longer this worker's."""
        with self._database.transaction() as session:
            found = _held(session, job, day, by)
            if found:
                found.state = state.value
                found.finished_at = now
                found.detail = detail
            return found is not None

    def get(self, job: str, day: date) -> Run | None:
        """Return what is known of a run."""
        with self._database.reading() as session:
            row = session.get(JobRunRow, (job, day))
            return _to_run(row) if row else None

    def last(self, job: str) -> Run | None:
        """Return a job's run of the newest day; None: it has never run."""
        query = select(JobRunRow).where(JobRunRow.job == job).order_by(JobRunRow.day.desc())
        with self._database.reading() as session:
            row = session.scalars(query.limit(1)).first()
            return _to_run(row) if row else None


def _locked(session: Session, job: str, day: date) -> JobRunRow | None:
    return session.get(JobRunRow, (job, day), with_for_update=True)


def _held(session: Session, job: str, day: date, by: str) -> JobRunRow | None:
    """Return a run that is going on and this worker's."""
    found = _locked(session, job, day)
    ours = found and found.claimed_by == by and found.state == RunState.RUNNING.value
    return found if ours else None


def _is_free(row: JobRunRow, now: datetime) -> bool:
    """Whether nobody has a run and it is to be done.

    Where a clock was ahead and was set back, a run of that time was done too early, on figures
    that were not the day's; its claim would last until that time comes.
    """
    ahead = now + CLOCKS_DIFFER
    match RunState(row.state):
        case RunState.DONE:
            return row.started_at > ahead
        case RunState.RUNNING:
            longest = ahead + RETRY_AFTER  # a claim, or a run that was put off
            return row.lease_until < now or row.lease_until > longest
        case RunState.FAILED:
            ended = row.finished_at or row.lease_until
            if row.started_at > ahead:
                return True
            return row.attempts < MOST_ATTEMPTS and not now - RETRY_AFTER < ended <= ahead


def _to_run(row: JobRunRow) -> Run:
    return Run(
        job=row.job,
        day=row.day,
        state=RunState(row.state),
        by=row.claimed_by,
        attempts=row.attempts,
        started_at=row.started_at,
        lease_until=row.lease_until,
        finished_at=row.finished_at,
        detail=row.detail,
    )
