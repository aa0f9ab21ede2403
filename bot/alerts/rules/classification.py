"""A new or raised High or Medium."""

from __future__ import annotations

from bot.alerts.model import RuleName
from bot.alerts.rules.row import Finding, Quiet, Row
from metrics.calendar import say_date
from metrics.classification import ThreatLevel


def classification(row: Row) -> Finding | Quiet:
    """The classification has risen to Medium or High.

    Fires when:     the level is above that of the previous snapshot, or was raised so in an alert
                    that still stands; where there is no previous snapshot, when it is High.
    Stays quiet on: a level that has stood since before alerts were kept, a level that falls, the
                    first days of the year, whose figures are few, and levels of small areas,
                    where it is told on their own dashboards.
    """
    if row.area.level not in row.policy.classification_levels:
        return Quiet("The classification is not alerted at this level of area.")
    level = row.assessment.threat.level
    if level is None:
        return Quiet("It is not classified.", judged=False)
    held = RuleName.CLASSIFICATION in row.held
    young = row.days_of_year < row.policy.deterioration.least_days
    if young and not row.measure.kind.is_survey and not (held and level > ThreatLevel.LOW):
        return Quiet("The year is too young for a new classification.", judged=False)
    if level is ThreatLevel.LOW:
        return Quiet("It is classified as Low.")
    before = row.before.threat.level if row.before else None
    if row.before is None:
        fires = held or level is ThreatLevel.HIGH
    else:
        fires = held or before is None or level > before
    if not fires:
        return Quiet(f"It has been {level.name.title()} since before.")
    was = f", up from {before.name.title()}" if before and before < level else ""
    why = row.assessment.threat.sentences[0]
    return row.found(
        RuleName.CLASSIFICATION,
        level,
        f"Classified as {level.name.title()}{was}, as at {say_date(row.to)}. {why}",
        size=float(level),
    )
