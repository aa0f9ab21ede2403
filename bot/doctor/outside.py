"""The files that say what is done, and the platforms it is said on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import partial

from bot import checking
from bot.doctor.model import Line, Patient, Standing
from bot.jobs import Job
from bot.region.app import ForceApp, RegionApp
from bot.region.checking import about_channels, about_people, about_region
from config.briefing import read_weekly


def configured(patient: Patient) -> Iterator[Line]:
    """Look at the plan, sources, people, alerts and operations, as `threatdesk check` does."""
    for what, look in checking.LOOKS:
        yield from _lines(checking.looked(what, partial(look, patient.app)))


def times(patient: Patient) -> Iterator[Line]:
    """Look when what is due.

    Raises:
        UserError: A time cannot be used.
    """
    settings = patient.app.settings
    weekly = read_weekly(settings.briefing_at)
    due = {
        "The daily run": settings.daily_at,
        "The weekly briefing": weekly.at,
        "The reminders": settings.reminders_at,
    }
    for does, at in due.items():
        Job(name="", does=does, at=at, work=_nothing)  # refuses the hour in which clocks change
    said = ", ".join(f"{does.lower()} {at:%H:%M}" for does, at in due.items())
    yield Line(what="Times", said=f"in London: {said}")


def _nothing(_day: date, _now: datetime) -> str:
    raise AssertionError("it is only looked when it would be due")


def slack(patient: Patient) -> Iterator[Line]:
    """Look whether Slack would let us hear and answer."""
    yield from _lines(checking.slack(patient.app))


def teams(patient: Patient) -> Iterator[Line]:
    """Look whether Teams would let us in."""
    yield from _lines(checking.looked("Teams", lambda: checking.teams(patient.app)))


def region(patient: Patient) -> Iterator[Line]:
    """Look at the file of a region, and who is known in it; nothing of a single force."""
    app = patient.app
    if isinstance(app, RegionApp):
        yield from _lines(checking.looked("Region", lambda: about_region(app)))
        yield from _lines(checking.looked("Who is who", lambda: about_people(app)))


def channels(patient: Patient) -> Iterator[Line]:
    """Look whether a force of a region tells something where another reads."""
    app = patient.app
    if isinstance(app, ForceApp):
        yield from _lines(checking.looked("Channels", lambda: about_channels(app)))


def _lines(findings: Iterable[checking.Finding]) -> Iterator[Line]:
    for one in findings:
        standing = Standing.FAULT if one.problem else Standing.OK
        yield Line(what=one.what, said=one.said, standing=standing, todo=one.hint)
