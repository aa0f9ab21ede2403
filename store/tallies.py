"""What the worker has done and has to do, counted where it outlives a restart: in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.runs import RunState
from metrics.snapshot import SnapshotHeader, SnapshotKind
from store.alert_tables import AlertRow, JobRunRow, NotificationRow, SignOfLifeRow
from store.audit_chain import head
from store.database import Database
from store.outbox import State
from store.snapshots import SqlSnapshots


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """The run of a job that ended well last."""

    started_at: datetime
    finished_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallies:
    """What the database holds, at one moment."""

    newest: Mapping[SnapshotKind, SnapshotHeader]  # without those that there are none of
    runs: Mapping[tuple[str, RunState], int]  # days, by job and how they stand
    successes: Mapping[str, Success]  # by job
    ended: Mapping[tuple[str, str, State], int]  # told or failed, by platform and operation
    waiting: Mapping[str, int]  # to be told, by platform, what is not yet due included
    due_since: datetime | None  # of the oldest that is due and not told
    open_alerts: int
    audit_rows: int  # ever written
    heard_at: datetime | None  # of any worker, last


def tallies(database: Database, *, now: datetime) -> Tallies:
    """Count what there is.

    Raises:
        StoreError: The database cannot be reached or used.
    """
    with database.reading() as session:
        told = _told(session)
        waiting: dict[str, int] = {}
        for (platform, _, state), count in told.items():
            if state is State.WAITING:
                waiting[platform] = waiting.get(platform, 0) + count
        return Tallies(
            newest=_newest(session),
            runs=_runs(session),
            successes=_successes(session),
            ended={key: count for key, count in told.items() if key[2] is not State.WAITING},
            waiting=waiting,
            due_since=_due_since(session, now),
            open_alerts=_open_alerts(session),
            audit_rows=head(session).length,
            heard_at=session.scalar(
                select(func.max(SignOfLifeRow.at, type_=SignOfLifeRow.at.type))
            ),
        )


def _newest(session: Session) -> dict[SnapshotKind, SnapshotHeader]:
    snapshots = SqlSnapshots(session)
    found = {kind: snapshots.list(kind=kind, limit=1) for kind in SnapshotKind}
    return {kind: headers[0] for kind, headers in found.items() if headers}


def _runs(session: Session) -> dict[tuple[str, RunState], int]:
    query = select(JobRunRow.job, JobRunRow.state, func.count()).group_by(
        JobRunRow.job, JobRunRow.state
    )
    return {(job, RunState(state)): count for job, state, count in session.execute(query)}


def _successes(session: Session) -> dict[str, Success]:
    newest = (
        select(JobRunRow.job, func.max(JobRunRow.day, type_=JobRunRow.day.type).label("day"))
        .where(JobRunRow.state == RunState.DONE.value)
        .group_by(JobRunRow.job)
        .subquery()
    )
    query = select(JobRunRow).join(
        newest, (JobRunRow.job == newest.c.job) & (JobRunRow.day == newest.c.day)
    )
    return {
        row.job: Success(started_at=row.started_at, finished_at=row.finished_at)
        for row in session.scalars(query)
        if row.finished_at is not None
    }


def _told(session: Session) -> dict[tuple[str, str, State], int]:
    by = (NotificationRow.platform, NotificationRow.operation, NotificationRow.state)
    query = select(*by, func.count()).group_by(*by)
    return {
        (platform, operation, State(state)): count
        for platform, operation, state, count in session.execute(query)
    }


def _open_alerts(session: Session) -> int:
    query = select(func.count()).select_from(AlertRow).where(AlertRow.resolved_at.is_(None))
    return session.scalar(query) or 0


def _due_since(session: Session, now: datetime) -> datetime | None:
    due = NotificationRow.not_before
    query = select(func.min(due, type_=due.type)).where(
        NotificationRow.state == State.WAITING.value, due <= now
    )
    return session.scalar(query)
