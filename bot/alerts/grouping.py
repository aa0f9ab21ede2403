"""Which alerts are told under another one's message: parents fold their children.

"All crime up" holds its crime types and its areas; a force-level alert holds those of its
partnerships; alerts of one measure that begin within a week of each other are one message, headed
by the highest level of area.  A graver alert is never folded under a lesser one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.alerts.model import Alert, AlertId, Change, Concern, Transition
from metrics.model import Catalogue, Level, Measure, MeasureId

LEVELS: Final = (Level.FORCE, Level.BCU, Level.JOINT, Level.CSP, Level.LPU, Level.PEER)
"""From the widest to the narrowest."""


def heads(
    alerts: Iterable[Alert],
    catalogue: Catalogue,
    *,
    new: frozenset[AlertId],
    within: timedelta,
) -> Mapping[AlertId, AlertId | None]:
    """Return for each open alert the alert whose message it is told under; None: its own.

    An alert that already has a message of its own keeps it, unless it began less than `within`
    before the one that would hold it.

    Args:
        alerts: Everything open.
        catalogue: Which areas and measures hold which.
        new: Those that begin now, and have no message yet.
        within: How long alerts of one measure are still merged.
    """
    ordered = sorted(alerts, key=lambda one: _rank(one, catalogue))
    made: dict[AlertId, AlertId | None] = {}
    by_id = {one.id: one for one in ordered}
    for place, one in enumerate(ordered):
        made[one.id] = None
        if one.head is not None and _still_holds(one, by_id):
            made[one.id] = one.head
            continue
        for other in ordered[:place]:
            root = by_id[made[other.id] or other.id]
            if (
                root.id != one.id
                and root.level >= one.level
                and _holds(other, one, catalogue, within)
                and _may_move(one, root, new, within)
            ):
                made[one.id] = root.id
                break
    return {id_: _root(id_, head, made, by_id) for id_, head in made.items()}


def _root(
    id_: AlertId,
    head: AlertId | None,
    made: Mapping[AlertId, AlertId | None],
    by_id: Mapping[AlertId, Alert],
) -> AlertId | None:
    """Return the head of a head that was folded itself, unless that is the lesser alert."""
    if head is None or made[head] is None:
        return head
    top = made[head]
    return top if top and top != id_ and by_id[top].level >= by_id[id_].level else None


def regroup(
    transitions: Iterable[Transition],
    open_alerts: Iterable[Alert],
    catalogue: Catalogue,
    *,
    now: datetime,
    within: timedelta,
) -> list[Transition]:
    """Give every alert its head, and add what changes by that.

    Returns:
        The transitions given, their alerts with their heads, and FOLDED and UNFOLDED after them.
    """
    given = list(transitions)
    after = {one.id: one for one in open_alerts}
    after |= {one.alert.id: one.alert for one in given}
    new = frozenset(one.alert.id for one in given if one.change is Change.RAISED)
    made = heads((one for one in after.values() if one.is_open), catalogue, new=new, within=within)
    told = []
    for one in given:
        head = made.get(one.alert.id, one.alert.head)
        if one.change is Change.RAISED:
            told.append(replace(one, alert=replace(one.alert, head=head)))
        else:
            told.append(one)
    for alert in after.values():
        if alert.id in new or alert.id not in made or made[alert.id] == alert.head:
            continue
        moved = replace(alert, head=made[alert.id], revision=alert.revision + 1)
        change = Change.UNFOLDED if moved.head is None else Change.FOLDED
        told.append(Transition(change=change, alert=moved, at=now))
    return told


def _rank(alert: Alert, catalogue: Catalogue) -> tuple[object, ...]:
    """Order alerts so that what can hold another comes before it."""
    area = catalogue.areas.get(alert.key.area)
    measure = catalogue.measures.get(alert.key.measure)
    return (
        LEVELS.index(area.level) if area else len(LEVELS),
        -len(measure.numerator) if measure else 0,
        bool(measure and _is_component(measure)),
        -alert.level,
        alert.raised_at,
        len(alert.id),
        alert.id,
    )


def _still_holds(one: Alert, by_id: Mapping[AlertId, Alert]) -> bool:
    """Whether an alert stays where it is: its head is open, a head itself, and no lesser."""
    head = by_id.get(one.head) if one.head else None
    return head is not None and head.head is None and head.level >= one.level


def _may_move(one: Alert, root: Alert, new: frozenset[AlertId], within: timedelta) -> bool:
    recent = abs(root.raised_at - one.raised_at) <= within
    return one.id in new or one.head is not None or recent


def _holds(other: Alert, one: Alert, catalogue: Catalogue, within: timedelta) -> bool:
    """Whether one alert belongs under another, levels of threat apart."""
    if not other.key.concern is one.key.concern is Concern.THREAT:
        return False
    if {other.key.measure, one.key.measure} - catalogue.measures.keys():
        return False
    same_measure = other.key.measure == one.key.measure
    inside = one.key.area in catalogue.within.get(other.key.area, frozenset())
    if same_measure:
        return inside or abs(other.raised_at - one.raised_at) <= within
    return inside and is_part(one.key.measure, other.key.measure, catalogue)


def is_part(part: MeasureId, whole: MeasureId, catalogue: Catalogue) -> bool:
    """Whether a measure is a part of another: a crime type of a group, a survey's component."""
    inner, outer = catalogue.measures[part], catalogue.measures[whole]
    if inner.kind is not outer.kind or part == whole:
        return False
    if _is_component(inner) and part.startswith(f"{whole}."):
        return True
    return set(inner.numerator) < set(outer.numerator)


def _is_component(measure: Measure) -> bool:
    return measure.kind.is_survey and measure.component not in ("", "overall")
