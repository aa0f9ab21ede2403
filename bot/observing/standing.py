"""How things stand in the database, for Prometheus: the same from every process that shares it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from metrics.calendar import LONDON
from metrics.errors import StoreError
from metrics.snapshot import SnapshotHeader
from store.database import Database
from store.tallies import Tallies, tallies

log = logging.getLogger(__name__)


class Standing(Collector):
    """Counts what is in the database each time somebody looks."""

    def __init__(self, database: Callable[[], Database], *, clock: Callable[[], datetime]) -> None:
        """Prepare to look.

        Args:
            database: Gives the database.  Raises `StoreError` where it cannot be used.
            clock: Gives the moment, timezone-aware.
        """
        self._database = database
        self._clock = clock

    def describe(self) -> list[Metric]:
        """Say nothing beforehand: registering must not need a database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give every family; where the database is away, that it is."""
        now = self._clock()
        try:
            found = tallies(self._database(), now=now)
        except StoreError as error:
            log.warning("The database could not be counted: %s", error)
            yield _gauge("database_up", "Whether the database can be read.", 0.0)
            return
        yield _gauge("database_up", "Whether the database can be read.", 1.0)
        yield from _figures(found, now)
        yield from _runs(found)
        yield from _telling(found, now)
        yield CounterMetricFamily(
            "threatdesk_audit_rows", "Rows of the audit log, ever written.", value=found.audit_rows
        )
        if found.heard_at is not None:
            yield _gauge(
                "worker_heard_timestamp_seconds",
                "When any worker last gave a sign of life.",
                found.heard_at.timestamp(),
            )


def _figures(found: Tallies, now: datetime) -> Iterator[Metric]:
    age = GaugeMetricFamily(
        "threatdesk_figures_age_seconds",
        "Since the end of the day that the newest figures stand at.",
        labels=("kind",),
    )
    made = GaugeMetricFamily(
        "threatdesk_figures_made_timestamp_seconds",
        "When the newest figures were computed.",
        labels=("kind",),
    )
    for kind, header in found.newest.items():
        age.add_metric((kind.value,), (now - _end(header)).total_seconds())
        made.add_metric((kind.value,), header.last_made_at.timestamp())
    yield from (age, made)


def _end(header: SnapshotHeader) -> datetime:
    """Return the end, in London, of the day that figures stand at."""
    return datetime.combine(header.as_at + timedelta(days=1), time(), tzinfo=LONDON)


def _runs(found: Tallies) -> Iterator[Metric]:
    days = GaugeMetricFamily(
        "threatdesk_runs",
        "Days of a job, by how its run of that day stands.",
        labels=("job", "state"),
    )
    for (job, state), count in found.runs.items():
        days.add_metric((job, state.value), count)
    success = GaugeMetricFamily(
        "threatdesk_run_last_success_timestamp_seconds",
        "When a job's newest run that ended well ended.",
        labels=("job",),
    )
    took = GaugeMetricFamily(
        "threatdesk_run_last_success_duration_seconds",
        "How long a job's newest run that ended well took.",
        labels=("job",),
    )
    for job, run in found.successes.items():
        success.add_metric((job,), run.finished_at.timestamp())
        took.add_metric((job,), (run.finished_at - run.started_at).total_seconds())
    yield from (days, success, took)


def _telling(found: Tallies, now: datetime) -> Iterator[Metric]:
    ended = CounterMetricFamily(
        "threatdesk_deliveries",
        "What was told, or could not be, ever.",
        labels=("platform", "operation", "outcome"),
    )
    for (platform, operation, state), count in found.ended.items():
        ended.add_metric((platform, operation, state.value), count)
    waiting = GaugeMetricFamily(
        "threatdesk_outbox_waiting",
        "What is to be told, what is not yet due included.",
        labels=("platform",),
    )
    for platform, count in found.waiting.items():
        waiting.add_metric((platform,), count)
    yield from (ended, waiting)
    yield _gauge(
        "outbox_overdue_seconds",
        "Since the oldest that is due and not told was due; nought where nothing is.",
        (now - found.due_since).total_seconds() if found.due_since else 0.0,
    )


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"threatdesk_{name}", about, value=value)
