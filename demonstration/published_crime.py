"""Published figures about recorded crime and its outcomes."""

from __future__ import annotations

from datetime import date

from demonstration.areas import CITY, COUNTIES, FORCE
from demonstration.figures import FigureKind, PublishedFigure
from demonstration.papers import (
    ANNUAL,
    BASELINE_END,
    BASELINE_START,
    BOARD,
    DASHBOARD,
    LATEST_END,
    LATEST_START,
    TREND,
    YEAR_END,
    YEAR_START,
)
from demonstration.periods import BOARD_DAY, BOARD_DAY_LAST_YEAR

_NAMES = {
    "all-crime": (),
    "sexual-offences": ("rape", "other-sexual-offences"),
    "hate-crime": (),
    "domestic-violence": (),
    "domestic-violence-with-injury": ("violence-with-injury",),
}
_FLAGS = {
    "hate-crime": "hate",
    "domestic-violence": "domestic",
    "domestic-violence-with-injury": "domestic",
}


def _crime(
    subject: str,
    area: str,
    kind: FigureKind,
    value: float,
    *,
    decimals: int = 0,
    target: float | None = None,
    start: date = YEAR_START,
    as_at: date = BOARD_DAY,
    source: str = BOARD,
) -> PublishedFigure:
    return PublishedFigure(
        what=f"{subject}, {area}, {kind} as at {as_at:%d %B %Y}",
        subject=subject,
        area=area,
        kind=kind,
        value=value,
        decimals=decimals,
        target=target,
        start=start,
        as_at=as_at,
        source=source,
        crime_types=_NAMES.get(subject, (subject,)),
        flag=_FLAGS.get(subject, ""),
    )


def _rise(subject: str, area: str, change: int, per_cent: float) -> list[PublishedFigure]:
    return [
        _crime(subject, area, FigureKind.CHANGE, change),
        _crime(subject, area, FigureKind.CHANGE_PCT, per_cent, decimals=1),
    ]


def _rate(subject: str, area: str, per_cent: float) -> PublishedFigure:
    return _crime(subject, area, FigureKind.OUTCOME_RATE, per_cent, decimals=1)


def _board() -> list[PublishedFigure]:
    """Recorded crime and outcomes, 1 April-11 December 2013 against 2012."""
    short, required, pending = (
        FigureKind.SHORT,
        FigureKind.OUTCOMES_REQUIRED,
        FigureKind.UNDER_INVESTIGATION,
    )
    per_cent = FigureKind.CHANGE_PCT
    burglary, stolen, broken_into, violence = (
        "domestic-burglary",
        "theft-of-motor-vehicle",
        "theft-from-motor-vehicle",
        "violence-with-injury",
    )
    return [
        *_rise("all-crime", FORCE, 1141, 2.8),
        _crime("all-crime", FORCE, short, 3200, decimals=-2, target=0.05),
        *_rise("all-crime", CITY, 397, 2.0),
        *_rise("all-crime", COUNTIES, 744, 3.5),
        _rate("all-crime", FORCE, 27.4),
        _crime(
            "all-crime",
            FORCE,
            FigureKind.OUTCOME_RATE,
            33.2,
            decimals=1,
            start=BASELINE_START,
            as_at=BOARD_DAY_LAST_YEAR,
        ),
        _crime("all-crime", FORCE, FigureKind.OUTCOMES_CHANGE, -2098),
        _crime(burglary, FORCE, per_cent, -3.5, decimals=1),
        _crime(burglary, FORCE, short, 263, target=0.13),
        _crime(burglary, CITY, per_cent, -7.0, decimals=1),
        _crime(burglary, CITY, short, 76, target=0.13),
        _crime(burglary, COUNTIES, per_cent, -0.6, decimals=1),
        _crime(burglary, COUNTIES, short, 188, target=0.13),
        *_rise(burglary, "blaby-lpu", -86, -26.6),
        *_rise(burglary, "hinckley-lpu", 94, 47.5),
        _rate(burglary, FORCE, 16.8),
        _crime(burglary, FORCE, required, 219, target=0.25),
        _crime(burglary, FORCE, pending, 522),
        _rate(burglary, CITY, 16.4),
        _rate(burglary, COUNTIES, 17.1),
        *_rise(stolen, FORCE, 34, 4.6),
        _crime(stolen, FORCE, short, 109, target=0.10),
        *_rise(stolen, CITY, 36, 11.6),
        _crime(stolen, COUNTIES, per_cent, -0.5, decimals=1),
        *_rise(stolen, "beaumont-leys", 31, 41.3),
        *_rise(stolen, "harborough-lpu", 13, 50.0),
        *_rise(stolen, "north-west-leicestershire-lpu", -18, -25.7),
        _rate(stolen, FORCE, 22.2),
        _crime(stolen, FORCE, required, 7, target=0.23),
        _crime(stolen, FORCE, pending, 149),
        _rate(stolen, CITY, 26.0),
        _rate(stolen, COUNTIES, 19.1),
        *_rise(broken_into, FORCE, 282, 8.0),
        _crime(broken_into, FORCE, short, 775, target=0.14),
        *_rise(broken_into, CITY, 124, 8.9),
        *_rise(broken_into, COUNTIES, 158, 7.4),
        _rate(broken_into, FORCE, 8.0),
        _crime(broken_into, FORCE, required, 37, target=0.09),
        _rate(broken_into, CITY, 11.4),
        _rate(broken_into, COUNTIES, 5.8),
        *_rise(violence, FORCE, 375, 12.8),
        _crime(violence, FORCE, short, 434, target=0.02),
        _crime(violence, CITY, per_cent, 12.4, decimals=1),
        _crime(violence, CITY, short, 221, target=0.02),
        _crime(violence, COUNTIES, per_cent, 13.1, decimals=1),
        _crime(violence, COUNTIES, short, 214, target=0.02),
        *_rise(violence, "city-centre", 97, 26.9),
        *_rise(violence, "charnwood-lpu", -9, -4.8),
        _rate(violence, FORCE, 50.0),
        _rate(violence, CITY, 51.8),
        _rate(violence, COUNTIES, 48.0),
        _rate("hate-crime", FORCE, 44.6),
        _crime("hate-crime", FORCE, required, 68, target=0.55),
        _rate("domestic-violence-with-injury", FORCE, 50.0),
        *_rise("shoplifting", FORCE, 685, 18.9),
        *_rise("cycle-theft", FORCE, 333, 22.1),
        *_rise("sexual-offences", FORCE, 146, 22.7),
        *_rise("theft-from-the-person", FORCE, 270, 33.5),
        *_rise("burglary-other-than-dwelling", FORCE, 416, 18.0),
    ]


# Recorded crime in 2012/13 and 2013/14, with the crime outcome rates (per cent) where printed.
_ANNUAL_YEARS = (
    ("domestic-burglary", 3935, 4199, 23.2, 13.7),
    ("violence-with-injury", 4365, 5052, 50.0, 51.4),
    ("theft-from-motor-vehicle", 5236, 5396, 12.3, 7.8),
    ("theft-of-motor-vehicle", 1051, 1114, 32.6, 20.4),
    ("hate-crime", 971, 862, None, 48.5),
    ("domestic-violence", 3911, 4194, None, None),
    ("domestic-violence-with-injury", None, None, None, 52.4),
)


def _year_figures(
    subject: str, start: date, as_at: date, count: int | None, rate: float | None
) -> list[PublishedFigure]:
    found = []
    if count is not None:
        found.append(
            _crime(subject, FORCE, FigureKind.COUNT, count, start=start, as_at=as_at, source=ANNUAL)
        )
    if rate is not None:
        found.append(
            _crime(
                subject,
                FORCE,
                FigureKind.OUTCOME_RATE,
                rate,
                decimals=1,
                start=start,
                as_at=as_at,
                source=ANNUAL,
            )
        )
    return found


def _annual() -> list[PublishedFigure]:
    found = []
    for subject, before, after, rate_before, rate_after in _ANNUAL_YEARS:
        found += _year_figures(subject, BASELINE_START, BASELINE_END, before, rate_before)
        found += _year_figures(subject, YEAR_START, YEAR_END, after, rate_after)
    found.append(
        _crime(
            "rape",
            FORCE,
            FigureKind.CHANGE_PCT,
            46.8,
            decimals=1,
            as_at=YEAR_END,
            source=ANNUAL,
        )
    )
    return found


LONG_TERM: dict[int, int] = {
    2008: 86195,
    2009: 81131,
    2010: 71229,
    2011: 68151,
    2012: 58805,
    2013: 60752,
}
LATEST_2015: dict[str, int] = {
    "all-crime": 59653,
    "domestic-burglary": 4014,
    "violence-with-injury": 4452,
    "theft-from-motor-vehicle": 6691,
    "theft-of-motor-vehicle": 1428,
}
PEER_POSITIONS: dict[str, int] = {
    "all-crime": 3,
    "domestic-burglary": 7,
    "violence-with-injury": 1,
    "theft-from-motor-vehicle": 7,
    "theft-of-motor-vehicle": 5,
}


def _long_term() -> list[PublishedFigure]:
    years = [
        _crime(
            "all-crime",
            FORCE,
            FigureKind.COUNT,
            count,
            start=date(year, 4, 1),
            as_at=date(year + 1, 3, 31),
            source=ANNUAL if year == 2013 else TREND,
        )
        for year, count in LONG_TERM.items()
    ]
    latest = [
        _crime(
            subject,
            FORCE,
            FigureKind.COUNT,
            count,
            start=LATEST_START,
            as_at=LATEST_END,
            source=DASHBOARD,
        )
        for subject, count in LATEST_2015.items()
    ]
    positions = [
        _crime(
            subject,
            FORCE,
            FigureKind.PEER_POSITION,
            place,
            start=LATEST_START,
            as_at=LATEST_END,
            source=DASHBOARD,
        )
        for subject, place in PEER_POSITIONS.items()
    ]
    return [*years, *latest, *positions]


RECORDED_CRIME: tuple[PublishedFigure, ...] = (*_board(), *_annual(), *_long_term())
