"""The nineteen crime types: how many, where, and when in the year and the week they fall.

Totals that are not in `published.py` are invented at the size of the force, so that the
published sums come out; `criminal-damage-and-arson` takes up what is left of a year's total.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Week(StrEnum):
    """Which pattern over the week a crime type follows."""

    EVENING = "evening"  # night-time economy: Friday to Sunday
    RETAIL = "retail"  # shop hours
    ACQUISITIVE = "acquisitive"  # found on a Friday night or a Monday morning
    FLAT = "flat"


# Monday to Sunday; each has mean 1 to within rounding.
WEEKDAY_FACTORS: dict[Week, tuple[float, ...]] = {
    Week.EVENING: (0.86, 0.83, 0.86, 0.90, 1.04, 1.30, 1.21),
    Week.RETAIL: (1.03, 1.04, 1.06, 1.06, 1.13, 1.07, 0.61),
    Week.ACQUISITIVE: (1.08, 1.00, 0.98, 0.99, 1.08, 0.97, 0.90),
    Week.FLAT: (1.02, 1.03, 1.03, 1.02, 1.03, 0.98, 0.89),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CrimeType:
    """One crime type and its invented size and shape.

    `totals` are crimes in 2008/09, 1 April-11 December 2012, 2012/13, 1 April-11 December 2013,
    2013/14 and calendar 2015; where a figure is published, the published one replaces it.
    `city` is the share of City, `centre` the City Centre's weight among the City's units,
    `rate` the usual crime outcome rate, all 0-1.  The year's peak is `peak` (day of the year)
    with relative height `swing`.  `lag` and `filing` are mean days to an outcome and to filing.
    """

    id: str
    totals: tuple[int, int, int, int, int, int]
    city: float
    rate: float
    week: Week
    centre: float = 0.28
    swing: float = 0.05
    peak: int = 200
    lag: float = 35.0
    filing: float = 32.0
    alcohol: float = 0.0


CRIME_TYPES: tuple[CrimeType, ...] = (
    CrimeType(
        id="violence-with-injury",
        totals=(6900, 2938, 4365, 3313, 5052, 4452),
        city=0.52,
        rate=0.46,
        week=Week.EVENING,
        swing=0.08,
        alcohol=0.33,
        filing=45.0,
    ),
    CrimeType(
        id="violence-without-injury",
        totals=(6300, 2870, 4100, 2930, 4200, 6100),
        city=0.52,
        rate=0.42,
        week=Week.EVENING,
        swing=0.06,
        alcohol=0.20,
    ),
    CrimeType(
        id="rape",
        totals=(240, 176, 250, 258, 367, 620),
        city=0.52,
        rate=0.22,
        week=Week.FLAT,
        swing=0.03,
        lag=90.0,
        filing=110.0,
        alcohol=0.15,
    ),
    CrimeType(
        id="other-sexual-offences",
        totals=(640, 467, 665, 531, 755, 1050),
        city=0.49,
        rate=0.26,
        week=Week.FLAT,
        swing=0.08,
        lag=75.0,
        filing=80.0,
        alcohol=0.12,
    ),
    CrimeType(
        id="robbery",
        totals=(1250, 440, 640, 400, 580, 520),
        city=0.72,
        rate=0.22,
        week=Week.EVENING,
        peak=330,
        alcohol=0.08,
    ),
    CrimeType(
        id="domestic-burglary",
        totals=(5900, 2772, 3935, 2676, 4199, 4014),
        city=0.46,
        rate=0.15,
        week=Week.ACQUISITIVE,
        centre=0.16,
        swing=0.16,
        peak=345,
        lag=45.0,
        filing=46.0,
    ),
    CrimeType(
        id="burglary-other-than-dwelling",
        totals=(5000, 2311, 3300, 2727, 3820, 3400),
        city=0.32,
        rate=0.08,
        week=Week.ACQUISITIVE,
        peak=310,
        lag=45.0,
    ),
    CrimeType(
        id="theft-of-motor-vehicle",
        totals=(2450, 747, 1051, 781, 1114, 1428),
        city=0.42,
        rate=0.20,
        week=Week.ACQUISITIVE,
        centre=0.16,
        peak=300,
        lag=40.0,
        filing=46.0,
    ),
    CrimeType(
        id="theft-from-motor-vehicle",
        totals=(5400, 3521, 5236, 3803, 5396, 6691),
        city=0.40,
        rate=0.08,
        week=Week.ACQUISITIVE,
        centre=0.24,
        peak=320,
        filing=22.0,
    ),
    CrimeType(
        id="vehicle-interference",
        totals=(800, 228, 330, 240, 345, 520),
        city=0.45,
        rate=0.06,
        week=Week.ACQUISITIVE,
        peak=320,
        filing=20.0,
    ),
    CrimeType(
        id="theft-from-the-person",
        totals=(1300, 806, 1150, 1076, 1500, 1050),
        city=0.70,
        rate=0.04,
        week=Week.EVENING,
        centre=0.62,
        filing=20.0,
    ),
    CrimeType(
        id="cycle-theft",
        totals=(2300, 1507, 1950, 1840, 2330, 2050),
        city=0.58,
        rate=0.05,
        week=Week.FLAT,
        centre=0.42,
        swing=0.26,
        peak=245,
        filing=18.0,
    ),
    CrimeType(
        id="shoplifting",
        totals=(5300, 3624, 5200, 4309, 6150, 6500),
        city=0.52,
        rate=0.57,
        week=Week.RETAIL,
        centre=0.46,
        swing=0.04,
        peak=320,
        lag=16.0,
        filing=24.0,
    ),
    CrimeType(
        id="all-other-theft",
        totals=(12000, 6750, 9500, 6350, 9000, 7700),
        city=0.46,
        rate=0.09,
        week=Week.FLAT,
        centre=0.36,
        swing=0.07,
        peak=220,
        filing=22.0,
    ),
    CrimeType(
        id="criminal-damage-and-arson",
        totals=(20015, 7027, 10143, 6504, 9469, 7328),
        city=0.45,
        rate=0.16,
        week=Week.EVENING,
        centre=0.20,
        swing=0.05,
        peak=150,
        filing=20.0,
        alcohol=0.08,
    ),
    CrimeType(
        id="drugs",
        totals=(3500, 2320, 3300, 2080, 2970, 2250),
        city=0.58,
        rate=0.88,
        week=Week.FLAT,
        centre=0.32,
        swing=0.04,
        peak=120,
        lag=9.0,
    ),
    CrimeType(
        id="weapons",
        totals=(600, 203, 290, 190, 275, 330),
        city=0.58,
        rate=0.78,
        week=Week.EVENING,
        lag=15.0,
    ),
    CrimeType(
        id="public-order",
        totals=(4200, 1700, 2400, 1560, 2250, 2500),
        city=0.56,
        rate=0.58,
        week=Week.EVENING,
        centre=0.40,
        swing=0.08,
        lag=18.0,
        alcohol=0.30,
    ),
    CrimeType(
        id="other",
        totals=(1500, 700, 1000, 680, 980, 1150),
        city=0.50,
        rate=0.52,
        week=Week.FLAT,
        alcohol=0.02,
    ),
)
TYPE_IDS: tuple[str, ...] = tuple(crime_type.id for crime_type in CRIME_TYPES)
BALANCING_TYPE = TYPE_IDS.index("criminal-damage-and-arson")


def type_index(crime_type: str) -> int:
    """Position of a crime type in every array of this package."""
    return TYPE_IDS.index(crime_type)
