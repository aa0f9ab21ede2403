"""Removing what the audit log need no longer hold, by the installation's rule."""

from __future__ import annotations

from datetime import datetime

from bot.audit import Checkpoint
from bot.people import Person
from config.retention import Retention
from metrics.calendar import london_day, say_date
from store.audit import SqlAudit


def prune(audit: SqlAudit, kept: Retention, *, by: Person, place: str, now: datetime) -> str:
    """Remove the rows that are older than the rule says; return what was done, in words.

    Args:
        audit: The log.
        kept: How long its rows are kept.
        by: Who removes them.
        place: Where from, as in an entry.
        now: The moment, timezone-aware.

    Raises:
        UserError: The chain is broken: what shows it is not removed.
    """
    before = kept.before(now)
    if before is None:
        return "The audit log is kept for ever: nothing was removed."
    made = audit.prune(before=before, rule=kept.rule, by=by, place=place, now=now)
    if made is None:
        return f"The audit log is kept for {kept}: nothing in it is older."
    return said(made)


def said(made: Checkpoint) -> str:
    """Say what a checkpoint stands for."""
    first, last = (say_date(london_day(one)) for one in (made.first_at, made.last_at))
    rows = "1 row" if made.rows == 1 else f"{made.rows:,} rows"
    return (
        f"{rows} up to number {made.through:,}, of {first} to {last}, removed from the audit log "
        f"by {made.by} on {say_date(london_day(made.at))}: {made.rule}."
    )
