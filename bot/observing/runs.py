"""Runs of jobs, timed and counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from time import perf_counter

from bot.jobs import Job, Stopped
from bot.observing.instruments import Instruments
from bot.runs import RunState

STOPPED = "stopped"
"""Of a run that was left to another worker."""


def observed_job(
    job: Job, instruments: Instruments, *, timer: Callable[[], float] = perf_counter
) -> Job:
    """Return a job that leaves a count for each attempt.

    Args:
        job: What is done.
        instruments: Where it is counted.
        timer: Gives seconds.
    """

    def work(day: date, now: datetime) -> str:
        begun, outcome = timer(), RunState.FAILED.value
        try:
            said = job.work(day, now)
            outcome = RunState.DONE.value
        except Stopped:
            outcome = STOPPED
            raise
        finally:
            instruments.ran(job=job.name, outcome=outcome, seconds=timer() - begun)
        return said

    return replace(job, work=work)
