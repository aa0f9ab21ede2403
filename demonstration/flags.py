"""Which crimes carry a flag.  Flags are under-recorded after the Niche system came in, 2015.

Domestic flags lie on violence only: the annual report's 3,911 and 4,194 are "domestic related
violence".  Hate flags lie on other crimes, so the two never meet on one record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from demonstration.crime_types import CRIME_TYPES, type_index
from demonstration.figures import Integers
from demonstration.periods import BOARD_DAY, BOARD_DAY_LAST_YEAR, LAST_DAY, day_number
from demonstration.published import PUBLISHED
from demonstration.records import Records
from demonstration.solve import solve_hate

Booleans = npt.NDArray[np.bool_]

NICHE = date(2015, 5, 1)
# After Niche alcohol is flagged on fewer records too.
_NICHE_ALCOHOL = 0.7
_INJURY = type_index("violence-with-injury")
_NO_INJURY = type_index("violence-without-injury")
# Relative odds that a crime is a hate crime.
_HATE_ODDS = {
    type_index("public-order"): 6.0,
    _NO_INJURY: 3.0,
    _INJURY: 1.0,
    type_index("criminal-damage-and-arson"): 0.4,
}
# Reported hate crime peaked in July 2014 (panel report, March 2016).
_HATE_PEAK = (date(2014, 7, 1), date(2014, 7, 31))
_HATE_PEAK_ODDS = 1.7


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagCount:
    """Flags to set from the day after the previous row's `last` up to `last`."""

    last: date
    injury: int  # domestic violence with injury
    no_injury: int  # domestic violence without injury
    hate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """Per crime, whether each flag is set."""

    domestic: Booleans
    hate: Booleans
    alcohol: Booleans


def flag_counts() -> tuple[FlagCount, ...]:
    """Flags per period: the published years exactly, the others invented at their level."""
    yearly = {
        (figure.subject, figure.start.year): figure.scaled
        for figure in PUBLISHED
        if figure.flag and figure.kind == "count"
    }
    hate, _ = solve_hate()

    def row(last: date, injury: int, no_injury: int, hate: int) -> FlagCount:
        return FlagCount(last=last, injury=injury, no_injury=no_injury, hate=hate)

    domestic_2012 = yearly["domestic-violence", 2012]
    domestic_2013 = yearly["domestic-violence", 2013]
    return (
        row(date(2009, 3, 31), 1950, 1850, 1330),
        row(date(2010, 3, 31), 1900, 1880, 1240),
        row(date(2011, 3, 31), 1820, 1900, 1150),
        row(date(2012, 3, 31), 1760, 2000, 1050),
        row(BOARD_DAY_LAST_YEAR, 1180, 1540, 700),
        row(date(2013, 3, 31), 510, domestic_2012 - 3230, yearly["hate-crime", 2012] - 700),
        row(BOARD_DAY, 1300, 1610, hate),
        row(date(2014, 3, 31), 598, domestic_2013 - 3508, yearly["hate-crime", 2013] - hate),
        row(date(2014, 12, 31), 1480, 2020, 760),
        row(date(2015, 4, 30), 620, 1020, 300),
        # Niche: domestic flags fall steeply and recover in the last two months; a third of hate
        # crimes lose their flag and stay unflagged.
        row(date(2015, 10, 31), 560, 980, 310),
        row(date(2015, 12, 31), 310, 560, 96),
        row(LAST_DAY, 460, 850, 150),
    )


def choose(records: Records, rng: np.random.Generator) -> Flags:
    """Flags for every crime: exactly the stated number in each period."""
    domestic = np.zeros(records.count, dtype=np.bool_)
    hate = np.zeros(records.count, dtype=np.bool_)
    odds = _hate_odds(records)
    first = 0
    for counts in flag_counts():
        after = day_number(counts.last) + 1
        begin, end = np.searchsorted(records.day, (first, after))
        window = slice(int(begin), int(end))
        types = records.crime_type[window]
        injury = (types == _INJURY).astype(np.float64)
        no_injury = (types == _NO_INJURY).astype(np.float64)
        domestic[window] = _draw(injury, counts.injury, rng) | _draw(
            no_injury, counts.no_injury, rng
        )
        hate[window] = _draw(odds[window] * ~domestic[window], counts.hate, rng)
        first = after
    return Flags(domestic=domestic, hate=hate, alcohol=_alcohol(records, rng))


def _hate_odds(records: Records) -> npt.NDArray[np.float64]:
    by_type = np.zeros(len(CRIME_TYPES))
    for row, odds in _HATE_ODDS.items():
        by_type[row] = odds
    peak = (records.day >= day_number(_HATE_PEAK[0])) & (records.day <= day_number(_HATE_PEAK[1]))
    return by_type[records.crime_type] * np.where(peak, _HATE_PEAK_ODDS, 1.0)


def _draw(odds: npt.NDArray[np.float64], count: int, rng: np.random.Generator) -> Booleans:
    """Exactly `count` records without replacement, by their odds (exponential clocks)."""
    with np.errstate(divide="ignore"):
        clock = rng.exponential(size=odds.size) / odds
    chosen = np.zeros(odds.size, dtype=np.bool_)
    chosen[np.argsort(clock, kind="stable")[:count]] = True
    return chosen


def _alcohol(records: Records, rng: np.random.Generator) -> Booleans:
    share = np.array([crime_type.alcohol for crime_type in CRIME_TYPES])[records.crime_type]
    share = np.where(records.day >= day_number(NICHE), share * _NICHE_ALCOHOL, share)
    return np.asarray(rng.random(records.count) < share, dtype=np.bool_)


def as_text(flags: Flags) -> npt.NDArray[np.object_]:
    """Flags as written: joined with ";", empty where there is none."""
    words = ("domestic", "hate", "alcohol")
    texts = np.array(
        [";".join(w for bit, w in enumerate(words) if code >> bit & 1) for code in range(8)],
        dtype=object,
    )
    code: Integers = flags.domestic + 2 * flags.hate.astype(np.int64) + 4 * flags.alcohol
    return np.asarray(texts[code], dtype=object)
