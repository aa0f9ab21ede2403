"""The machine: Python, time zones, the clock."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Final

from sqlalchemy import func, select

from bot.doctor.model import Line, Patient, Standing
from bot.doctor.storage import usable
from metrics.calendar import LONDON
from store.alert_tables import SignOfLifeRow
from store.tables import AuditRow, SnapshotMadeRow

OLDEST_PYTHON: Final = (3, 11)

IN_SUMMER: Final = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
IN_WINTER: Final = datetime(2024, 1, 1, 12, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)

OFF: Final = timedelta(seconds=30)
"""So far apart two clocks may be."""

FAR_OFF: Final = timedelta(minutes=5)
"""Slack and Teams refuse what is signed further from their time (docs.slack.dev, Verifying
requests from Slack: five minutes)."""


def python() -> Iterator[Line]:
    """Say which Python it is."""
    said = f"Python {platform.python_version()}, Threat Desk {version('threat-desk')}"
    if sys.version_info < OLDEST_PYTHON:
        yield Line(what="Python", said=said, standing=Standing.FAULT, todo="Install 3.11 or newer.")
    else:
        yield Line(what="Python", said=said)


def time_zone() -> Iterator[Line]:
    """Look whether London's clocks change: without its data every day would begin wrongly."""
    summer = IN_SUMMER.astimezone(LONDON).utcoffset()
    winter = IN_WINTER.astimezone(LONDON).utcoffset()
    right = summer == HOUR and winter == timedelta(0)
    yield Line(
        what="Time zones",
        said=f"Europe/London, {'summer time is known' if right else 'summer time is not known'}",
        standing=Standing.OK if right else Standing.FAULT,
        todo="" if right else "Install the time zones once more: the package tzdata.",
    )


def clock(patient: Patient) -> Iterator[Line]:
    """Compare this machine's clock with the database server's, and with what is written there."""
    with usable(patient) as database:
        if (theirs := database.clock()) is not None:
            yield _compared(abs(theirs - datetime.now(UTC)))
        with database.reading() as session:
            moments = [
                session.scalar(select(func.max(column, type_=column.type)))
                for column in (AuditRow.at, SnapshotMadeRow.made_at, SignOfLifeRow.at)
            ]
    newest = max((one for one in moments if one is not None), default=None)
    if newest is not None and newest - patient.now > OFF:
        yield Line(
            what="Clock",
            said=f"It is {patient.now:%Y-%m-%d %H:%M} UTC here, and something was written at "
            f"{newest:%Y-%m-%d %H:%M} UTC: this clock is behind, or was ahead.",
            standing=Standing.FAULT,
            todo="Let the machine's clock be set by a time server (chrony, systemd-timesyncd).",
        )
    else:
        yield Line(what="Clock", said=f"{patient.now:%Y-%m-%d %H:%M:%S} UTC, nothing lies ahead")


def _compared(apart: timedelta) -> Line:
    standing = Standing.FAULT if apart > FAR_OFF else Standing.LOOK if apart > OFF else Standing.OK
    return Line(
        what="Clock",
        said=f"{apart.total_seconds():.1f} s from the database server's",
        standing=standing,
        todo="" if standing is Standing.OK else "Let both machines ask the same time server.",
    )
