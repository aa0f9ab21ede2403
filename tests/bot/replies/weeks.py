"""A week of alerts of the demonstration's plan, made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.access import Sight
from bot.alerts.model import Alert, Change, Concern, Ending, Transition
from bot.people import Person, Role
from bot.replies.interest import Interest
from bot.replies.week import Week, week_between
from metrics.classification import ThreatLevel
from metrics.model import AreaId
from tests.bot.alerts.making import a_key, an_alert

AT = datetime(2013, 12, 9, 6, 30, tzinfo=UTC)

BURGLARY, HATE = "domestic-burglary.recorded", "hate-crime.outcome-rate"
FORCE, CITY, CHARNWOOD = AreaId("leicestershire"), AreaId("city"), AreaId("charnwood")

LEAD = Person(id="lead", name="Charnwood's lead", role=Role.AREA_LEAD, areas=(CHARNWOOD,))
OWNER = Person(id="owner", name="Burglary's lead", role=Role.ANALYST, priorities=("12",))


def alert(
    id_: str = "A-1",
    measure: str = BURGLARY,
    area: str = FORCE,
    level: ThreatLevel = ThreatLevel.MEDIUM,
    concern: Concern = Concern.THREAT,
    **changes: Any,
) -> Alert:
    """Make an alert of a measure of the plan."""
    return an_alert(id_=id_, key=a_key(measure, area, concern), level=level, at=AT, **changes)


def change(
    what: Change, one: Alert, *, before: ThreatLevel | None = None, revision: int = 1
) -> Transition:
    """Say what happened to it."""
    return Transition(change=what, alert=replace(one, revision=revision), at=AT, before=before)


def ended(one: Alert, ending: Ending = Ending.RECOVERED) -> Alert:
    """End it."""
    return replace(one, resolved_at=AT, ending=ending)


def a_week(
    sight: Sight, *changes: Transition, person: Person | None = None, before: Sight | None = None
) -> Week:
    """Put together what changed; against the same figures, of which no classification moves."""
    interest = Interest(catalogue=sight.catalogue, person=person)
    return week_between(sight, before or sight, changes, interest=interest)
