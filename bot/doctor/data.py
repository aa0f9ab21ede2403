"""What is in the database: figures, loads, runs, what is told, the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from bot.doctor.model import Line, Patient, Standing
from bot.doctor.storage import usable
from bot.figures import find_header
from bot.watching import look
from bot.working import jobs_of
from metrics.calendar import LONDON, london_day, say_date
from metrics.snapshot import SnapshotKind
from store.audit import SqlAudit
from store.loads import SqlLoads

SILENCE: Final = timedelta(minutes=5)
"""How long no worker may have been heard of, as `threatdesk status` has it."""

YESTERDAY: Final = timedelta(days=1)


def figures(patient: Patient) -> Iterator[Line]:
    """Look how far the newest figures reach."""
    with usable(patient) as database:
        header = find_header(database, SnapshotKind.DAILY, None)
    if header is None:
        yield Line(
            what="Figures",
            said="there are none yet",
            standing=Standing.LOOK,
            todo="The daily run makes them; threatdesk run at once.",
        )
        return
    allowed = timedelta(days=patient.app.policy.late.day)
    late = london_day(patient.now) - YESTERDAY - header.as_at
    yield Line(
        what="Figures",
        said=f"as at {say_date(header.as_at)}",
        standing=Standing.LOOK if late > allowed else Standing.OK,
        todo="Ask whoever delivers the extract." if late > allowed else "",
    )


def freshness(patient: Patient) -> Iterator[Line]:
    """Say of every source when it was loaded, and how far it reaches."""
    with usable(patient) as database, database.reading() as session:
        for source in patient.app.sources:
            load = SqlLoads(session).latest(source.name)
            if load is None:
                yield Line(
                    what="Sources",
                    said=f"{source.name} has never been loaded",
                    standing=Standing.LOOK,
                    todo=f"threatdesk load {source.name} says why not.",
                )
                continue
            when = f"{load.loaded_at.astimezone(LONDON):%H:%M} on "
            reach = f", reaches to {say_date(load.span[1])}" if load.span else ""
            said = f"{source.name} loaded {when}{say_date(london_day(load.loaded_at))}{reach}"
            yield Line(what="Sources", said=said)


def work(patient: Patient) -> Iterator[Line]:
    """Look at runs, what is told, and signs of life: what `threatdesk status` says."""
    with usable(patient) as database:
        found = look(database, jobs_of(patient.app), now=patient.now, silence=SILENCE)
    for one in found[1:]:  # the first is of the figures
        yield Line(
            what="Work",
            said=one.said,
            standing=Standing.LOOK if one.wrong else Standing.OK,
            todo="docs/runbook.md has what to do: Watching it from outside." if one.wrong else "",
        )


def audit(patient: Patient) -> Iterator[Line]:
    """Go through the audit log, and say how it ends."""
    with usable(patient) as database:
        log = SqlAudit(database)
        broken, head = log.verify(), log.head()
    if broken is not None:
        yield Line(
            what="Audit log",
            said=f"row {broken} is not what was written",
            standing=Standing.FAULT,
            todo="Keep this database as it is, and find out who changed it.",
        )
    else:
        yield Line(what="Audit log", said=f"{head.length} rows, whole; it ends with {head.hash}")
