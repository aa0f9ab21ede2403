"""What one process counts and times, for Prometheus.

Names follow its conventions (prometheus.io, "Metric and label naming"): a prefix, base units, and
`_total` for what only grows.  Labels come from closed sets: never a person, a measure, an area or
anything that was typed.
"""

from __future__ import annotations

from copy import copy
from typing import Final, Self

from prometheus_client import CollectorRegistry, Counter, Histogram, Info
from prometheus_client.process_collector import ProcessCollector

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The folder in which several processes count together, as prometheus_client reads it."""

NONE: Final = "none"
"""Where nothing was understood, or nothing failed."""

ANSWER_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds: an answer takes some ten milliseconds, and some hundreds when many are asked."""

ACKNOWLEDGED_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Seconds: Slack gives up after three (docs.slack.dev, "Acknowledge the request")."""

RUN_S: Final = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds: the daily run of one force takes some; a region's takes minutes."""


class Instruments:
    """Counters and clocks of one process.  Thread-safe."""

    def __init__(
        self, registry: CollectorRegistry, *, version: str, by_force: bool = False
    ) -> None:
        """Put them into a registry.

        Args:
            registry: Where they are read.
            version: Of the product.
            by_force: Whether what is a force's says whose it is, in a region.  What takes long is
                timed for all forces together: it would be thousands of series.
        """
        force = ("force",) if by_force else ()
        self._whose: tuple[str, ...] = ("",) if by_force else ()
        about = Info("threatdesk", "The product.", registry=registry)
        about.info({"version": version})
        ProcessCollector(registry=registry)
        self._answers = Counter(
            "threatdesk_answers",
            "Questions, orders and presses that were settled, by command and outcome.",
            (*force, "platform", "command", "outcome"),
            registry=registry,
        )
        self._answer_seconds = Histogram(
            "threatdesk_answer_seconds",
            "From a request to its reply, drawing and sending not included.",
            ("platform", "command"),
            buckets=ANSWER_S,
            registry=registry,
        )
        self._acknowledged = Histogram(
            "threatdesk_acknowledgement_seconds",
            "From a platform's HTTP request to our response to it, by class of status.",
            ("platform", "status"),
            buckets=ACKNOWLEDGED_S,
            registry=registry,
        )
        self._runs = Histogram(
            "threatdesk_run_seconds",
            "Attempts of jobs in this process, by how they ended.",
            (*force, "job", "outcome"),
            buckets=RUN_S,
            registry=registry,
        )
        self._attempts = Counter(
            "threatdesk_delivery_attempts",
            "Attempts to tell something in this process, by what became of them.",
            (*force, "platform", "operation", "outcome"),
            registry=registry,
        )
        self._failures = Counter(
            "threatdesk_failures",
            "What failed in this process, by kind.",
            (
                *force,
                "kind",
            ),
            registry=registry,
        )

    def of(self, force: str) -> Self:
        """Return what counts as a force's, by its id; empty: as no force's."""
        if not self._whose:
            return self
        theirs = copy(self)
        theirs._whose = (force,)  # noqa: SLF001 - a copy of ourselves
        return theirs

    def answered(
        self, *, platform: str, command: str, outcome: str, failure: str | None, seconds: float
    ) -> None:
        """Count an answer.

        Args:
            platform: That it was asked on.
            command: That answered; empty where none was understood.
            outcome: What became of it.
            failure: The kind of failure, where it is one of ours.
            seconds: How long it took.
        """
        said = command or NONE
        self._answers.labels(*self._whose, platform, said, outcome).inc()
        self._answer_seconds.labels(platform, said).observe(seconds)
        if failure:
            self._failures.labels(*self._whose, f"answer_{failure}").inc()

    def acknowledged(self, *, platform: str, status: int, seconds: float) -> None:
        """Count a request of a platform's, with the class of our status: 2xx, 4xx, 5xx."""
        self._acknowledged.labels(platform, f"{status // 100}xx").observe(seconds)

    def ran(self, *, job: str, outcome: str, seconds: float) -> None:
        """Count an attempt of a job."""
        self._runs.labels(*self._whose, job, outcome).observe(seconds)
        if outcome == "failed":
            self._failures.labels(*self._whose, "run").inc()

    def told(self, *, platform: str, operation: str, outcome: str) -> None:
        """Count an attempt to tell something."""
        self._attempts.labels(*self._whose, platform, operation, outcome).inc()
        if outcome != "told":
            self._failures.labels(*self._whose, f"delivery_{outcome}").inc()
