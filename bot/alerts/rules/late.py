"""Feeds and returns that have not come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, assert_never

from bot.alerts.model import AlertKey, Concern, Reason, RuleName
from bot.alerts.rules.row import AS_GIVEN, Finding
from config.alerts import Late
from metrics.calendar import last_whole, say_date
from metrics.classification import ThreatLevel
from metrics.model import AreaId, Catalogue, Grain, Measure, MeasureId, MeasureKind
from metrics.snapshot import Figures

Pair = tuple[MeasureId, AreaId]

NAMED: Final = 3
"""So many measures are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Feed:
    """What comes together and is late together."""

    name: str
    grain: Grain


def late(figures: Figures, allowed: Late) -> tuple[list[Finding], frozenset[AlertKey]]:
    """A return or feed that is late.

    Fires when:     the figures of a feed (crimes, incidents, surveys), or of one return from one
                    supplier, end before the newest period that should have come by now.
    Stays quiet on: what has never been delivered (that is set-up, not lateness), the days that a
                    source may take, and the measures of a feed one by one: a feed is one alert.

    Returns:
        What is late, and every key that was looked at.
    """
    findings, seen = [], set()
    for feed, members in _feeds(figures.catalogue).items():
        key = AlertKey(Concern.LATE, *members[0])
        reach = {
            (measure, area): figures.snapshot.positions.get(measure, area).to
            for measure, area in members
        }
        seen.add(key)
        due = due_by(figures.snapshot.as_at, feed.grain, allowed)
        behind = {pair: to for pair, to in reach.items() if to is not None and to < due}
        if behind:
            findings.append(_finding(key, feed, behind, due, figures))
    return findings, frozenset(seen)


def due_by(as_at: date, grain: Grain, allowed: Late) -> date:
    """Return the day that figures should reach by now."""
    match grain:
        case Grain.DAY:
            days = allowed.day
        case Grain.MONTH:
            days = allowed.month
        case Grain.QUARTER:
            days = allowed.quarter
        case _:
            assert_never(grain)
    return last_whole(as_at - timedelta(days=days), grain)


def _feeds(catalogue: Catalogue) -> dict[Feed, list[Pair]]:
    """Return each feed with its measures in the areas that they are delivered for."""
    feeds: dict[Feed, list[Pair]] = {}
    force = catalogue.force.id
    for measure in catalogue.measures.values():
        for area in measure.suppliers or (force,):
            name = _feed_name(measure, catalogue.areas[area].name if measure.suppliers else "")
            feeds.setdefault(Feed(name, measure.grain), []).append((measure.id, area))
    return feeds


def _feed_name(measure: Measure, supplier: str) -> str:
    if measure.kind in AS_GIVEN:
        return f"{measure.name}, {supplier}" if supplier else measure.name
    if measure.kind is MeasureKind.CONFIDENCE:
        return "Confidence survey"
    if measure.kind is MeasureKind.SATISFACTION:
        return "Satisfaction surveys"
    return "Crime records" if measure.crime_type else "Incidents"


def _finding(
    key: AlertKey,
    feed: Feed,
    behind: Mapping[Pair, date],
    due: date,
    figures: Figures,
) -> Finding:
    to = min(behind.values())
    names = list(dict.fromkeys(_names(behind, figures.catalogue)))
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    concerned = ", ".join(names[:NAMED]) + rest
    sentence = (
        f"{feed.name}: figures to {say_date(to)}, and by now those to {say_date(due)} should be "
        f"here. Alerts on {concerned} are held as they are: what is not known is not recovery."
    )
    return Finding(
        key=key,
        reason=Reason(
            rule=RuleName.LATE,
            level=ThreatLevel.MEDIUM,
            sentence=sentence,
            size=float((due - to).days),
            as_at=to,
            snapshot=figures.snapshot.id,
        ),
    )


def _names(behind: Mapping[Pair, date], catalogue: Catalogue) -> Iterator[str]:
    for measure, _ in behind:
        yield catalogue.measures[measure].name
