"""The commands that replies carry: of buttons, and what gives the same figures again."""

from __future__ import annotations

from bot.access import Sight
from bot.replies.model import Button, Menu
from metrics.calendar import say_date
from metrics.dashboards import DashboardName
from metrics.model import Area, Level, Measure
from metrics.snapshot import SnapshotKind

KIND_WORDS = {SnapshotKind.DAILY: "daily", SnapshotKind.MONTH_END: "month end"}
"""How a kind of figures is asked for."""


def priority(number: str, area: Area, sight: Sight) -> str:
    """Return the command that asks for a priority as at the same day."""
    return _command("priority", number, area, sight)


def why(measure: Measure, area: Area, sight: Sight) -> str:
    """Return the command that asks what a measure's figures and judgements rest on."""
    return _command("threatdesk why", measure.id, area, sight)


def trend(measure: Measure, area: Area, sight: Sight) -> str:
    """Return the command that asks for a measure's chart."""
    return _command("trend", measure.id, area, sight)


def threats(area: Area, sight: Sight, *, priority: str = "") -> str:
    """Return the command that asks for the classifications of an area, or of a priority there."""
    return _command("threats", priority, area, sight)


def csp(area: Area, sight: Sight, *, crime_type: str = "") -> str:
    """Return the command that asks for a partnership's table, or for the table of them all."""
    words = (_place(area), crime_type, _as_at(sight, usual=SnapshotKind.MONTH_END))
    return " ".join(("/csp", *(one for one in words if one)))


def compare(one: Area, other: Area, sight: Sight, *, crime_type: str = "") -> str:
    """Return the command that asks for two areas side by side."""
    words = (one.id, other.id, crime_type, _as_at(sight, usual=SnapshotKind.DAILY))
    return " ".join(("/compare", *(word for word in words if word)))


def dashboard(name: DashboardName, area: Area, sight: Sight) -> str:
    """Return the command that asks for a dashboard."""
    words = (name.value, _place(area), _as_at(sight, usual=name.usual_kind))
    return " ".join(("/dashboard", *(one for one in words if one)))


def impact(operation: str, measure: Measure, area: Area, sight: Sight) -> str:
    """Return the command that asks for an operation's effect; the force is named like any area."""
    day = _as_at(sight, usual=SnapshotKind.DAILY)
    return f"/impact {operation} {measure.id} {area.id} {day}"


def menu(label: str, choices: list[tuple[Area, str]]) -> tuple[Menu, ...]:
    """Return a menu of areas with the command of each; nothing where there is no choice."""
    items = tuple(Button(label=area.name, command=command) for area, command in choices)
    return (Menu(label=label, items=items),) if items else ()


def others(sight: Sight, area: Area) -> tuple[Area, ...]:
    """Return the areas to look at next: the force, its commands and partnerships, and those inside.

    The area itself is not among them, nor are other areas' local policing units.
    """
    inside = sight.catalogue.within[area.id]
    return tuple(
        one
        for one in sight.catalogue.tree
        if one.id != area.id
        and (one.level is not Level.LPU or one.id in inside)
        and (one.level is not Level.LPU or area.level is not Level.FORCE)
    )


def _command(name: str, about: str, area: Area, sight: Sight) -> str:
    words = (about, _place(area), _as_at(sight, usual=SnapshotKind.DAILY))
    return " ".join((f"/{name}", *(one for one in words if one)))


def _place(area: Area) -> str:
    """Return an area as a command names it: by its id, which no other has; the force needs none."""
    return "" if area.level is Level.FORCE else area.id


def _as_at(sight: Sight, *, usual: SnapshotKind) -> str:
    """Pin the day, and the kind of figures where it is not the one that a command takes first."""
    kind = "" if sight.kind is usual else f" {KIND_WORDS[sight.kind]}"
    return f"as at {say_date(sight.as_at)}{kind}"
