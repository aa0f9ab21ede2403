"""The doctor: looks at everything an installation rests on, however much of it is broken.

It only looks: nothing is made, upgraded or told.  A check is a function that gives lines; a new
one is added to `CHECKS`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

from bot.app import App
from bot.doctor.data import audit, figures, freshness, work
from bot.doctor.machine import clock, python, time_zone
from bot.doctor.model import Check, Line, Patient, Standing, Unseen
from bot.doctor.outside import channels, configured, region, slack, teams, times
from bot.doctor.settings import settings_lines, unknown_variables
from bot.doctor.storage import backups, copies, database, disk
from bot.region.app import RegionApp
from config.settings import Settings, read_settings
from metrics.errors import CatalogueError, ThreatDeskError, UserError

log = logging.getLogger(__name__)

__all__ = ["CHECKS", "Line", "Standing", "copies", "examine"]

CHECKS: Final[Mapping[str, Check]] = {
    "Plan and files": configured,
    "Times": times,
    "Database": database,
    "Disk": disk,
    "Clock": clock,
    "Figures": figures,
    "Sources": freshness,
    "Work": work,
    "Slack": slack,
    "Teams": teams,
    "Audit log": audit,
    "Backups": backups,
}
"""What is looked at once the settings can be read, by the name that a failed look has."""


OF_A_REGION: Final[Mapping[str, Check]] = {
    "Region": region,
    **{one: CHECKS[one] for one in ("Database", "Disk", "Clock", "Teams", "Audit log", "Backups")},
}
"""What is looked at of a region itself."""

OF_A_FORCE: Final[Mapping[str, Check]] = {
    **{what: check for what, check in CHECKS.items() if what != "Teams"},  # the region's app
    "Channels": channels,
}
"""What is looked at of each force of a region."""


def examine(*, now: datetime, force: str = "") -> tuple[Line, ...]:
    """Look at everything; the settings first, as far as they can be read.

    Args:
        now: The moment, timezone-aware.
        force: In a region, the force that alone is looked at; by default all of them are.

    Raises:
        UserError: There is no such force.
    """
    lines = [
        *_looked("Python", python),
        *_looked("Time zones", time_zone),
        *_looked("Settings", unknown_variables),
    ]
    try:
        settings = read_settings()
    except UserError as error:
        return (*lines, _fault("Settings", str(error), error.hint))
    lines += settings_lines(settings)
    if settings.region is not None:
        return (*lines, *_region(settings, force, now))
    with App(settings=settings) as app:
        return (*lines, *_examined(app, CHECKS, now))


def _region(settings: Settings, force: str, now: datetime) -> Iterator[Line]:
    """Look at a region and at each of its forces, of which one is open at a time."""
    with RegionApp(settings=settings) as app:
        try:
            forces = {force: app.region.force(force)} if force else app.region.forces
        except CatalogueError as error:  # the file itself: nothing can be found by it
            yield _fault("Region", str(error), error.hint)
            return
        if not force:
            yield from _examined(app, OF_A_REGION, now)
        for id_, one in forces.items():
            with app.open(id_) as opened:
                for line in _examined(opened, OF_A_FORCE, now):
                    yield replace(line, what=f"{one.name}, {line.what}")


def _examined(app: App, checks: Mapping[str, Check], now: datetime) -> Iterator[Line]:
    patient = Patient(app=app, now=now)
    for what, check in checks.items():
        yield from _looked(what, partial(check, patient))


def _looked(what: str, look: Callable[[], Iterable[Line]]) -> Iterator[Line]:
    """Give what a look found; whatever goes wrong in it is found as well."""
    try:
        yield from look()
    except Unseen as reason:
        yield Line(what=what, said=str(reason), standing=Standing.LOOK)
    except UserError as error:
        yield _fault(what, str(error), error.hint)
    except ThreatDeskError as error:
        yield _fault(what, str(error), "")
    except Exception as error:
        log.exception("the doctor could not look at %s", what)
        yield _fault(
            what,
            f"could not be looked at: {type(error).__name__}.",  # its words may hold a secret
            "threatdesk.log in the data folder says more; send it to whoever maintains this.",
        )


def _fault(what: str, said: str, todo: str) -> Line:
    return Line(what=what, said=said, standing=Standing.FAULT, todo=todo)
