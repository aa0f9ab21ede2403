"""What people do to an alert: acknowledge it, or let it be silent for a while.

Pure: each gives the transition to be written, or None where it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.alerts.model import (
    Alert,
    Change,
    Reason,
    RuleName,
    Snooze,
    SnoozeUntil,
    Transition,
)
from metrics.calendar import ONE_DAY, last_month_end, london_day, month_end, say_date
from metrics.errors import UserError

DATA_GRACE = timedelta(days=21)
"""A data month that has not come so long after its end is waited for no longer."""


class AlertClosed(UserError):  # noqa: N818 - named after the fact
    """The alert has ended: there is nothing to acknowledge or to silence."""


def acknowledge(alert: Alert, *, by: str, at: datetime) -> Transition | None:
    """Record who has it.  A second acknowledgement changes nothing, unless it got worse since.

    Raises:
        AlertClosed: The alert has ended.
    """
    _ask_open(alert)
    if alert.is_acknowledged:
        return None
    after = replace(alert, acknowledged_at=at, acknowledged_by=by, revision=alert.revision + 1)
    return Transition(change=Change.ACKNOWLEDGED, alert=after, at=at, by=by)


def snooze(
    alert: Alert,
    *,
    kind: SnoozeUntil,
    by: str,
    at: datetime,
    boards: Sequence[date],
    longest_days: int,
    day: date | None = None,
) -> Transition:
    """Silence an alert until a time that comes by itself.

    Args:
        alert: What is to be silent; its own as-at day tells which data month is next.
        kind: What it waits for.
        by: Who asked for it.
        at: Now, timezone-aware.
        boards: Days of the Performance Board, as configured.
        longest_days: No snooze lasts longer.
        day: Of DATE: the day it ends on.

    Raises:
        AlertClosed: The alert has ended.
        UserError: There is no such day, or it is over or too far away.
    """
    _ask_open(alert)
    today = london_day(at)
    latest = today + timedelta(days=longest_days)
    after_month = None
    match kind:
        case SnoozeUntil.NEXT_DATA_MONTH:
            after_month = last_month_end(alert.as_at)
            until = min(month_end(after_month + ONE_DAY) + DATA_GRACE, latest)
            until = max(until, today + ONE_DAY)
        case SnoozeUntil.NEXT_BOARD:
            until = _next_board(boards, today)
        case SnoozeUntil.DATE:
            until = day or today
    if not today < until <= latest:
        raise UserError(
            f"A snooze can end from tomorrow until {say_date(latest)}, not on {say_date(until)}.",
            hint="Give a day between the two.",
        )
    silence = Snooze(
        kind=kind,
        until=until,
        after_month=after_month,
        at=at,
        by=by,
        level=alert.level,
        sizes=sizes_of(alert.reasons),
    )
    after = replace(alert, snooze=silence, revision=alert.revision + 1)
    return Transition(change=Change.SNOOZED, alert=after, at=at, by=by)


def is_over(silence: Snooze, *, today: date, as_at: date) -> bool:
    """Whether a snooze has ended by itself."""
    month_came = silence.after_month is not None and last_month_end(as_at) > silence.after_month
    return today >= silence.until or month_came


def is_broken(silence: Snooze, reasons: Iterable[Reason], *, clearly_larger: float) -> bool:
    """Whether things got so much worse that silence would be wrong.

    The level was raised, something that fired is larger by the factor, or a surge has begun.
    """
    found = list(reasons)
    raised = any(one.level > silence.level for one in found)
    larger = any(
        one.size >= clearly_larger * silence.sizes[one.rule] > 0
        for one in found
        if one.rule in silence.sizes
    )
    surged = any(one.rule is RuleName.SURGE and one.rule not in silence.sizes for one in found)
    return raised or larger or surged


def sizes_of(reasons: Iterable[Reason]) -> dict[RuleName, float]:
    """Return how large each rule found it."""
    return {one.rule: one.size for one in reasons}


def _ask_open(alert: Alert) -> None:
    if alert.resolved_at is not None:
        raise AlertClosed(
            f"{alert.id} ended on {say_date(london_day(alert.resolved_at))}.",
            hint="`/threats` shows what is open.",
        )


def _next_board(boards: Sequence[date], today: date) -> date:
    coming = [one for one in boards if one > today]
    if not coming:
        raise UserError(
            "The day of the next Performance Board is not known.",
            hint="Give a date instead, or add the boards to alerts.toml.",
        )
    return min(coming)
