"""How things stand in the database, for Prometheus: the same from every process that shares it.

In a region there are several databases: what stands in a force's is labelled with the force.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from metrics.calendar import LONDON
from metrics.errors import ThreatDeskError
from metrics.snapshot import SnapshotHeader
from store.database import Database
from store.tallies import Tallies, tallies

log = logging.getLogger(__name__)

FindDatabase = Callable[[], Database]
"""Give a database.  Raises `StoreError` where it cannot be used."""

FORCE: Final = "force"
"""The label that says which force a figure is of; empty, it is the region's own."""

LOOKED_WITHIN_S: Final = 5.0
"""How long all databases of a region are waited for: Prometheus waits ten seconds by default, and
one that does not answer must not keep it from the others."""

AT_ONCE: Final = 4
"""How many of them are looked at together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What one database holds."""

    whose: tuple[str, ...]  # the force's id, as a label; none where there is a single force
    tallies: Tallies | None  # None: it cannot be read


class Standing(Collector):
    """Counts what is in the database each time somebody looks."""

    def __init__(
        self,
        database: FindDatabase,
        *,
        clock: Callable[[], datetime],
        forces: Mapping[str, FindDatabase] | None = None,
        within_s: float = LOOKED_WITHIN_S,
    ) -> None:
        """Prepare to look.

        Args:
            database: Gives the installation's own database.
            clock: Gives the moment, timezone-aware.
            forces: In a region, gives those of the forces, by their ids.
            within_s: How long all of those are waited for.
        """
        self._database = database
        self._clock = clock
        self._forces = forces
        self._within_s = within_s
        self._pool: ThreadPoolExecutor | None = None
        self._looking: dict[str, Future[Tallies | None]] = {}

    def describe(self) -> list[Metric]:
        """Say nothing beforehand: registering must not need a database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Give every family; of a database that is away, that it is."""
        now = self._clock()
        if self._forces is None:
            found = [_Found(whose=(), tallies=_look(self._database, now))]
        else:
            found = self._look_at_all({"": self._database, **self._forces}, now)
        labels = () if self._forces is None else (FORCE,)
        yield from _families(labels, found, now)

    def _look_at_all(self, databases: Mapping[str, FindDatabase], now: datetime) -> list[_Found]:
        """Look at several together; one that was not done last time is not begun again."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="standing")
        for id_, database in databases.items():
            if id_ not in self._looking:
                self._looking[id_] = self._pool.submit(_look, database, now)
        wait(self._looking.values(), timeout=self._within_s)
        found = []
        for id_ in databases:
            look = self._looking[id_]
            found.append(_Found(whose=(id_,), tallies=look.result() if look.done() else None))
            if look.done():
                del self._looking[id_]
        return found


def _look(database: FindDatabase, now: datetime) -> Tallies | None:
    try:
        return tallies(database(), now=now)
    except ThreatDeskError as error:
        log.warning("The database could not be counted: %s", error)
        return None
    except Exception:  # of one database: the others are counted
        log.exception("a database could not be counted")
        return None


class _Gauge(GaugeMetricFamily):
    """A family of this product's, of one force or of several."""

    def __init__(self, name: str, about: str, labels: Sequence[str]) -> None:
        super().__init__(f"threatdesk_{name}", about, labels=labels)


def _families(labels: Sequence[str], found: Sequence[_Found], now: datetime) -> Iterator[Metric]:
    up = _Gauge("database_up", "Whether the database can be read.", labels)
    read = []
    for one in found:
        up.add_metric(one.whose, 0.0 if one.tallies is None else 1.0)
        if one.tallies is not None:
            read.append((one.whose, one.tallies))
    yield up
    if read:
        yield from _figures(labels, read, now)
        yield from _runs(labels, read)
        yield from _telling(labels, read, now)
        yield from _others(labels, read)


Read = Sequence[tuple[tuple[str, ...], Tallies]]
"""What was read, each with the labels that say whose it is."""


def _figures(labels: Sequence[str], read: Read, now: datetime) -> Iterator[Metric]:
    kinds = (*labels, "kind")
    age = _Gauge(
        "figures_age_seconds", "Since the end of the day that the newest figures stand at.", kinds
    )
    made = _Gauge("figures_made_timestamp_seconds", "When the newest figures were computed.", kinds)
    for whose, found in read:
        for kind, header in found.newest.items():
            age.add_metric((*whose, kind.value), (now - _end(header)).total_seconds())
            made.add_metric((*whose, kind.value), header.last_made_at.timestamp())
    yield from (age, made)


def _end(header: SnapshotHeader) -> datetime:
    """Return the end, in London, of the day that figures stand at."""
    return datetime.combine(header.as_at + timedelta(days=1), time(), tzinfo=LONDON)


def _runs(labels: Sequence[str], read: Read) -> Iterator[Metric]:
    days = _Gauge(
        "runs", "Days of a job, by how its run of that day stands.", (*labels, "job", "state")
    )
    success = _Gauge(
        "run_last_success_timestamp_seconds",
        "When a job's newest run that ended well ended.",
        (*labels, "job"),
    )
    took = _Gauge(
        "run_last_success_duration_seconds",
        "How long a job's newest run that ended well took.",
        (*labels, "job"),
    )
    for whose, found in read:
        for (job, state), count in found.runs.items():
            days.add_metric((*whose, job, state.value), count)
        for job, run in found.successes.items():
            success.add_metric((*whose, job), run.finished_at.timestamp())
            took.add_metric((*whose, job), (run.finished_at - run.started_at).total_seconds())
    yield from (days, success, took)


def _telling(labels: Sequence[str], read: Read, now: datetime) -> Iterator[Metric]:
    ended = CounterMetricFamily(
        "threatdesk_deliveries",
        "What was told, or could not be, ever.",
        labels=(*labels, "platform", "operation", "outcome"),
    )
    waiting = _Gauge(
        "outbox_waiting",
        "What is to be told, what is not yet due included.",
        (*labels, "platform"),
    )
    overdue = _Gauge(
        "outbox_overdue_seconds",
        "Since the oldest that is due and not told was due; nought where nothing is.",
        labels,
    )
    for whose, found in read:
        for (platform, operation, state), count in found.ended.items():
            ended.add_metric((*whose, platform, operation, state.value), count)
        for platform, count in found.waiting.items():
            waiting.add_metric((*whose, platform), count)
        since = found.due_since
        overdue.add_metric(whose, (now - since).total_seconds() if since else 0.0)
    yield from (ended, waiting, overdue)


def _others(labels: Sequence[str], read: Read) -> Iterator[Metric]:
    alerts = _Gauge("alerts_open", "Alerts that have not ended.", labels)
    rows = CounterMetricFamily(
        "threatdesk_audit_rows", "Rows of the audit log, ever written.", labels=labels
    )
    heard = _Gauge(
        "worker_heard_timestamp_seconds", "When any worker last gave a sign of life.", labels
    )
    for whose, found in read:
        alerts.add_metric(whose, found.open_alerts)
        rows.add_metric(whose, found.audit_rows)
        if found.heard_at is not None:
            heard.add_metric(whose, found.heard_at.timestamp())
    yield from (alerts, rows, heard)
