"""The run of a job on a local day, and where the claims of runs are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

RETRY_AFTER: Final = timedelta(minutes=10)
"""How long a run that failed waits before it is tried again."""

MOST_ATTEMPTS: Final = 3
"""So often a run is tried on its day; then it is left, and the operators know."""


CLOCKS_DIFFER: Final = timedelta(minutes=1)
"""What is dated further ahead than this was written by a clock that was wrong."""


class RunState(StrEnum):
    """Where a run is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One job on one local day, as it was last heard of."""

    job: str
    day: date
    state: RunState
    by: str  # the worker
    attempts: int
    started_at: datetime
    lease_until: datetime
    finished_at: datetime | None
    detail: str  # how it ended, in one sentence


class Runs(Protocol):
    """The runs that have been claimed, kept where every worker sees them."""

    def claim(self, job: str, day: date, *, by: str, now: datetime, until: datetime) -> bool:
        """Claim a run that is new, was left by a dead worker, or failed and may be tried again."""

    def renew(self, job: str, day: date, *, by: str, until: datetime) -> bool:
        """Extend a claim; False where it is no longer this worker's."""

    def finish(
        self, job: str, day: date, *, by: str, now: datetime, state: RunState, detail: str
    ) -> bool:
        """Record how a run ended; False where it is no longer this worker's."""

    def get(self, job: str, day: date) -> Run | None:
        """Return what is known of a run."""
