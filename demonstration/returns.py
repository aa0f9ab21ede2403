"""Partners' quarterly returns, with who supplied them, when, and when they may be published.

A quarter that was not received has no row.  Left out on purpose: drug and alcohol completions for
July to September 2015 (not received), Supported Families from Rutland for October 2015 (the county
sent a financial return only), and everything for January to March 2016, which partners had not
supplied by 31 March 2016.  One return is late: COMPACT for July to September 2014.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from demonstration.areas import COUNTIES, FORCE

_QUARTERS: tuple[date, ...] = (
    date(2012, 6, 30),
    date(2012, 9, 30),
    date(2012, 12, 31),
    date(2013, 3, 31),
    date(2013, 6, 30),
    date(2013, 9, 30),
    date(2013, 12, 31),
    date(2014, 3, 31),
    date(2014, 6, 30),
    date(2014, 9, 30),
    date(2014, 12, 31),
    date(2015, 3, 31),
    date(2015, 6, 30),
    date(2015, 9, 30),
    date(2015, 12, 31),
)
_HALF_YEARS = (date(2014, 3, 31), date(2014, 9, 30), date(2015, 3, 31), date(2015, 9, 30))
_USUAL_DELAY_DAYS = 26
_LATE = {("missing-reports-compact", date(2014, 9, 30)): date(2015, 1, 22)}
# Public Health England data are internal until released; these quarters were released later.
_RELEASED_AFTER_DAYS = 300
_RELEASED_UNTIL = date(2014, 3, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One partner's returns of one measure; None stands for a return that was not received."""

    measure: str
    area: str
    supplied_by: str
    values: tuple[float | None, ...]
    ends: tuple[date, ...] = _QUARTERS
    internal: bool = False


_FORCE_NAME = "Leicestershire Police"
_FINANCE = "Leicestershire Police, Finance"
# The sums of 2012/13 and of calendar 2015 are printed on the plan dashboard; so are, in the
# narrative, the last two quarters of first-time entrants (22 and 34, 21 and 49) and October to
# December 2015 from the nine locations (130 reports are 80% of the quarter's).
_RETURNS: tuple[Returned, ...] = (
    Returned(
        measure="missing-reports-storm",
        area=FORCE,
        supplied_by=_FORCE_NAME,
        values=(
            *(1490, 1552, 1433, 1454),
            *(1290, 1302, 1205, 1180),
            *(1190, 1245, 1150),
            *(1085, 1140, 1148, 1121),
        ),
    ),
    Returned(
        measure="missing-reports-compact",
        area=FORCE,
        supplied_by=_FORCE_NAME,
        values=(
            *(1370, 1420, 1300, 1327),
            *(860, 842, 790, 772),
            *(770, 802, 745),
            *(668, 705, 722, 732),
        ),
    ),
    Returned(
        measure="missing-reports-nine-locations",
        area=FORCE,
        supplied_by=_FORCE_NAME,
        values=(
            *(318, 306, 271, 267),
            *(112, 104, 92, 84),
            *(58, 52, 60),
            *(66, 78, 91, 162),
        ),
    ),
    Returned(
        measure="first-time-entrants",
        area="leicester-city",
        supplied_by="Leicester City Youth Offending Service",
        values=(*(70, 68, 63, 59), *(56, 55, 53, 50), *(47, 49, 46), *(41, 36, 21, 49)),
    ),
    Returned(
        measure="first-time-entrants",
        area=COUNTIES,
        supplied_by="Leicestershire Youth Offending Service",
        values=(*(112, 105, 98, 92), *(60, 57, 54, 50), *(52, 48, 48), *(38, 30, 22, 34)),
    ),
    Returned(
        measure="drug-and-alcohol-completions",
        area=FORCE,
        supplied_by="Public Health England",
        values=(*(33, 36, 34, 35), *(36, 38, 39, 39), *(40, 37, 38), *(36, 39, None, 41)),
        internal=True,
    ),
    Returned(
        measure="savings-required",
        area=FORCE,
        supplied_by=_FINANCE,
        values=(*(20.0,) * 11, *(27.8,) * 4),
    ),
    Returned(
        measure="savings-realised",
        area=FORCE,
        supplied_by=_FINANCE,
        values=(
            *(None, None, None, None),  # the plan's savings count from April 2013
            *(1.2, 2.6, 4.1, 5.8),
            *(8.2, 10.6, 13.1),
            *(15.9, 19.3, 22.8, 26.4),
        ),
    ),
    Returned(
        measure="troubled-families",
        area="leicester-city",
        supplied_by="Leicester City Council",
        values=(330, 402, 517, 622),
        ends=_HALF_YEARS,
    ),
    Returned(
        measure="troubled-families",
        area=COUNTIES,
        supplied_by="Leicestershire County Council",
        values=(589, 641, 738, 824),
        ends=_HALF_YEARS,
    ),
    Returned(
        measure="troubled-families",
        area="rutland",
        supplied_by="Rutland County Council",
        values=(10, 12, 15, None),
        ends=_HALF_YEARS,
    ),
)


def table() -> pd.DataFrame:
    """Rows measure, area, period_end, value, supplied_by, supplied_on, publishable_from.

    Dates are ISO text; `publishable_from` is empty while a return is internal.
    """
    rows = [
        _row(returned, end, value)
        for returned in _RETURNS
        for end, value in zip(returned.ends, returned.values, strict=True)
        if value is not None
    ]
    columns = ["measure", "area", "period_end", "value", "supplied_by"]
    return pd.DataFrame(rows, columns=[*columns, "supplied_on", "publishable_from"])


def _row(returned: Returned, end: date, value: float) -> tuple[str, str, str, str, str, str, str]:
    supplied = _LATE.get((returned.measure, end), end + timedelta(days=_USUAL_DELAY_DAYS))
    publishable = supplied.isoformat()
    if returned.internal:
        released = (end + timedelta(days=_RELEASED_AFTER_DAYS)).isoformat()
        publishable = released if end <= _RELEASED_UNTIL else ""
    return (
        returned.measure,
        returned.area,
        end.isoformat(),
        f"{value:g}",
        returned.supplied_by,
        supplied.isoformat(),
        publishable,
    )
