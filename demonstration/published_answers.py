"""Published figures about surveys and partners' returns."""

from __future__ import annotations

from datetime import date

from demonstration.areas import FORCE
from demonstration.figures import FigureKind, PublishedFigure
from demonstration.papers import (
    ANNUAL,
    BASELINE_END,
    BASELINE_START,
    BOARD,
    DASHBOARD,
    LATEST_END,
    LATEST_START,
    SATISFACTION_MONTH_END,
    YEAR_END,
)

ALL_USERS = ("burglary", "vehicle", "violence")
# (group, component): {last day of the rolling twelve months: (per cent, decimals, source)}
SATISFACTION: dict[tuple[str, str], dict[date, tuple[float, int, str]]] = {
    ("all-users", "overall"): {
        BASELINE_END: (84.5, 1, DASHBOARD),
        SATISFACTION_MONTH_END: (85.0, 1, BOARD),
        LATEST_END: (80.4, 1, DASHBOARD),
    },
    ("all-users", "action"): {SATISFACTION_MONTH_END: (82.8, 1, BOARD)},
    ("all-users", "follow-up"): {SATISFACTION_MONTH_END: (78.8, 1, BOARD)},
    ("burglary", "overall"): {
        BASELINE_END: (89.7, 1, DASHBOARD),
        SATISFACTION_MONTH_END: (90, 0, BOARD),  # printed as "at or around 90%"
        YEAR_END: (89.1, 1, ANNUAL),
        LATEST_END: (89.1, 1, DASHBOARD),
    },
    ("vehicle", "overall"): {
        BASELINE_END: (85.9, 1, DASHBOARD),
        SATISFACTION_MONTH_END: (87.4, 1, BOARD),
        LATEST_END: (74.8, 1, DASHBOARD),
    },
    ("vehicle", "action"): {SATISFACTION_MONTH_END: (82.6, 1, BOARD)},
    ("vehicle", "follow-up"): {SATISFACTION_MONTH_END: (78.0, 1, BOARD)},
    ("violence", "overall"): {
        BASELINE_END: (78.1, 1, DASHBOARD),
        SATISFACTION_MONTH_END: (78.6, 1, BOARD),
        YEAR_END: (78.1, 1, ANNUAL),
        LATEST_END: (77.3, 1, DASHBOARD),
    },
    ("racist-incidents", "overall"): {
        BASELINE_END: (84.2, 1, DASHBOARD),
        SATISFACTION_MONTH_END: (81.1, 1, BOARD),
        YEAR_END: (83.7, 1, ANNUAL),
        LATEST_END: (80.9, 1, DASHBOARD),
    },
    ("asb", "overall"): {
        BASELINE_END: (82.9, 1, DASHBOARD),
        SATISFACTION_MONTH_END: (80.1, 1, BOARD),
        YEAR_END: (79, 0, ANNUAL),
        LATEST_END: (73.6, 1, DASHBOARD),
    },
    ("asb", "action"): {SATISFACTION_MONTH_END: (73.7, 1, BOARD)},
    ("asb", "follow-up"): {SATISFACTION_MONTH_END: (63.1, 1, BOARD)},
    ("domestic-abuse", "overall"): {
        YEAR_END: (86.0, 1, ANNUAL),
        date(2015, 5, 31): (86.5, 1, DASHBOARD),
    },
    ("confidence", "overall"): {
        BASELINE_END: (75.3, 1, DASHBOARD),
        YEAR_END: (79.5, 1, ANNUAL),
        LATEST_END: (85.5, 1, DASHBOARD),
    },
}

# Partners' returns: totals of four quarters, 2012/13 and calendar 2015.
RETURNED: dict[str, tuple[int, int]] = {
    "missing-reports-storm": (5929, 4494),
    "missing-reports-compact": (5417, 2827),
    "missing-reports-nine-locations": (1162, 397),
    "first-time-entrants": (667, 271),
}


def _months_before(day: date) -> date:
    """First day of the twelve months that end on `day`."""
    following = date(day.year + (day.month == 12), day.month % 12 + 1, 1)
    return following.replace(year=following.year - 1)


def _surveys() -> list[PublishedFigure]:
    return [
        PublishedFigure(
            what=f"satisfaction, {group} {component}, twelve months to {end:%d %B %Y}",
            subject=group,
            area=FORCE,
            kind=FigureKind.SATISFACTION,
            value=value,
            decimals=decimals,
            start=_months_before(end),
            as_at=end,
            source=source,
            survey=(group, component),
        )
        for (group, component), ends in SATISFACTION.items()
        for end, (value, decimals, source) in ends.items()
    ]


def _returns() -> list[PublishedFigure]:
    spans = ((BASELINE_START, BASELINE_END), (LATEST_START, LATEST_END))
    return [
        PublishedFigure(
            what=f"{subject}, twelve months to {as_at:%d %B %Y}",
            subject=subject,
            area=FORCE,
            kind=FigureKind.RETURNED,
            value=value,
            start=start,
            as_at=as_at,
            source=DASHBOARD,
        )
        for subject, values in RETURNED.items()
        for value, (start, as_at) in zip(values, spans, strict=True)
    ]


SURVEYS: tuple[PublishedFigure, ...] = tuple(_surveys())
PARTNERS: tuple[PublishedFigure, ...] = tuple(_returns())
