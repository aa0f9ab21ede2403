"""Answers, timed, counted and logged on one platform."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from structlog.contextvars import bound_contextvars

from bot.answer import Answered, Request
from bot.observing.instruments import Instruments

log = logging.getLogger(__name__)

Settle = Callable[[Request], Answered]
"""Answers a request (`Desk.settle`)."""


def observed(
    settle: Settle,
    *,
    platform: str,
    instruments: Instruments,
    place: str = "",
    timer: Callable[[], float] = perf_counter,
) -> Settle:
    """Return what answers, and leaves a line in the log and a count for each answer.

    Args:
        settle: Answers.
        platform: Where it is asked: "slack".
        instruments: Where it is counted.
        place: Where it is asked, for requests that do not say.
        timer: Gives seconds.
    """

    def settle_observed(request: Request) -> Answered:
        begun = timer()
        with bound_contextvars(platform=platform):
            answered = settle(replace(request, place=request.place or place))
            seconds = timer() - begun
            log.info(
                "asked",
                extra={
                    "force": answered.force,
                    "reference": answered.reference,
                    "surface": request.surface.value,
                    "command": answered.command,
                    "outcome": answered.outcome.value,
                    "failure": answered.failure,
                    "snapshot": ", ".join(answered.snapshots),
                    "seconds": round(seconds, 4),
                },
            )
        instruments.of(answered.force).answered(
            platform=platform,
            command=answered.command,
            outcome=answered.outcome.value,
            failure=answered.failure,
            seconds=seconds,
        )
        return answered

    return settle_observed
