"""The charts of an answer, where the figures hold the months behind them.

A snapshot that was kept before there were trends has no charts; the words go without them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Final

from bot.access import Sight
from bot.replies.charts import Marker
from bot.replies.drawings import (
    control_chart,
    cumulative_chart,
    long_term_chart,
    small_multiples,
    trend_sparkline,
)
from bot.replies.footing import notes_on
from bot.replies.judged import Judged
from bot.replies.model import Chart
from bot.replies.tables import column
from metrics.dashboards import Dashboard, DashboardName, Row
from metrics.dashboards.csp import NOT_LOCATED
from metrics.dashboards.significance import VERDICTS
from metrics.errors import UnknownName
from metrics.model import Area, Measure, Note, Target, TargetKind
from metrics.statistics.verdict import Verdict
from metrics.trends import Trend

SEVERAL: Final = 2
"""One year is no trend, and one panel no comparison."""

SIGNIFICANT: Final = (VERDICTS[Verdict.SIGNIFICANT_RISE], VERDICTS[Verdict.SIGNIFICANT_FALL])
"""What a table says of a row that is to be looked at first."""


def control_picture(
    sight: Sight, judged: Judged, *, markers: Sequence[Marker] = ()
) -> tuple[Chart, ...]:
    """Return the control chart of a measure; nothing where no month of it is held.

    Args:
        sight: The figures, as the asker may see them.
        judged: The measure.
        markers: What was done about it, since when.
    """
    trend = trend_of(sight, judged.measure, judged.area)
    if trend is None:
        return ()
    target = judged.target
    rate = target.value if target and target.kind is TargetKind.AT_LEAST else math.nan
    return (
        control_chart(
            trend,
            judged.measure,
            judged.area,
            standing=_standing(sight),
            notes=_notes(sight, judged, since=trend.months[0]),
            target=rate,
            markers=markers,
        ),
    )


def year_picture(
    sight: Sight, judged: Judged, *, markers: Sequence[Marker] = ()
) -> tuple[Chart, ...]:
    """Return the year to date beside last year; nothing of what is not counted by day.

    Args:
        sight: The figures, as the asker may see them.
        judged: The measure.
        markers: What was done about it, since when.
    """
    trend = trend_of(sight, judged.measure, judged.area)
    if trend is None or not trend.days or judged.position.to is None:
        return ()
    return (
        cumulative_chart(
            trend,
            judged.measure,
            judged.area,
            standing=_standing(sight),
            as_at=judged.position.to,
            year_end=judged.assessment.year_end,
            target_end=_target_end(judged.target, trend.last_year[-1]),
            notes=_notes(sight, judged, since=trend.days[0]),
            markers=markers,
        ),
    )


def long_term_picture(sight: Sight, area: Area) -> tuple[Chart, ...]:
    """Return total crime by whole performance year."""
    made = sight.dashboard(DashboardName.LONG_TERM, area)
    if len(made.rows) < SEVERAL:
        return ()
    measure = sight.catalogue.total_crime()
    return (
        long_term_chart(
            [row.label for row in made.rows],
            [cell.value for cell in column(made, "Crimes")],
            title="Total recorded crime by year",
            unit=measure.unit,
            where=area.name,
            standing=_standing(sight),
        ),
    )


def multiples(sight: Sight, made: Dashboard, *, title: str) -> tuple[Chart, ...]:
    """Return a small chart for each row of a table, those that moved significantly marked."""
    tested = {
        row.label: cell.words
        for row, cell in zip(made.rows, column(made, "Significance"), strict=True)
        if cell.words.startswith(SIGNIFICANT)
    }
    total = sight.catalogue.total_crime().id
    several = len({row.measure for row in made.rows}) > 1
    rows = [
        row
        for row in made.rows
        if not (row.is_total or row.label == NOT_LOCATED or (several and row.measure == total))
    ]
    trends = [(row.label, trend) for row in rows if (trend := _trend_of_row(sight, row))]
    if len(trends) < SEVERAL:
        return ()
    return (
        small_multiples(
            trends,
            sight.catalogue.measures[rows[0].measure],
            title=title,
            where=made.area,
            standing=_standing(sight),
            remarks=tested,
            marked=tuple(tested),
        ),
    )


def sparklines(sight: Sight, made: Dashboard) -> dict[int, str]:
    """Return the latest months of each row in a few characters, by row; of none, nothing."""
    return {
        place: trend_sparkline(trend)
        for place, row in enumerate(made.rows)
        if row.label != NOT_LOCATED and (trend := _trend_of_row(sight, row))
    }


def trend_of(sight: Sight, measure: Measure, area: Area) -> Trend | None:
    """Return the months of a measure; None where none is held, or they may not be shown."""
    if sight.refusal(measure, area):
        return None
    try:
        trend = sight.trend(measure, area)
    except UnknownName:
        return None
    return trend if any(not math.isnan(value) for value in trend.values) else None


def _trend_of_row(sight: Sight, row: Row) -> Trend | None:
    catalogue = sight.catalogue
    return trend_of(sight, catalogue.measures[row.measure], catalogue.areas[row.area])


def _standing(sight: Sight) -> str:
    return f"{sight.standing}, synthetic" if sight.catalogue.synthetic else sight.standing


def _notes(sight: Sight, judged: Judged, *, since: date) -> tuple[Note, ...]:
    return notes_on(sight.catalogue, [judged.measure], judged.area, since=since, until=sight.as_at)


def _target_end(target: Target | None, last_year: float) -> float:
    """Return the count of the whole year that meets the target; NaN without a number."""
    if target is None or not target.kind.is_numeric:
        return math.nan
    return last_year * (1.0 - target.value) if target.kind is TargetKind.REDUCTION else last_year
