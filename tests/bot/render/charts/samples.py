"""Drawings to test with: as they come, and as badly as they may come."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from bot.replies.charts import (
    ControlChart,
    CumulativeChart,
    Drawing,
    ImpactChart,
    LongTermChart,
    Marker,
    MarkerKind,
    Panel,
    SmallMultiples,
)

NAN: Final = math.nan
SUBTITLE: Final = "Leicestershire · provisional figures as at 11 December 2013. SYNTHETIC data"
LONG_NAME: Final = (
    "Victims of anti-social behaviour in the North West Leicestershire partnership: ease of contact"
)
AS_AT: Final = date(2013, 12, 11)
TIGER: Final = Marker(
    day=date(2013, 10, 28), label="Operation Tiger launched", kind=MarkerKind.ACTION
)


def months(many: int, last: date = date(2013, 12, 1)) -> tuple[date, ...]:
    """Return so many first days of months, up to one."""
    end = last.year * 12 + last.month - 1
    return tuple(date(at // 12, at % 12 + 1, 1) for at in range(end - many + 1, end + 1))


def control(values: tuple[float, ...], **changes: object) -> ControlChart:
    """Return a control chart of values whose limits lie a tenth around their mean."""
    known = [one for one in values if math.isfinite(one)]
    mean = sum(known) / len(known) if known else NAN
    many = len(values)
    chart = ControlChart(
        title="Domestic burglary, by month",
        subtitle=SUBTITLE,
        unit="crimes a month",
        is_rate=False,
        months=months(many),
        values=values,
        mean=(mean,) * many,
        lower=(mean * 0.9,) * many,
        upper=(mean * 1.1,) * many,
        signals=tuple(abs(one - mean) > abs(mean) * 0.1 for one in values),
    )
    return replace(chart, **changes)  # type: ignore[arg-type]


def cumulative(**changes: object) -> CumulativeChart:
    """Return the year to 11 December 2013, at 10 crimes a day and 11 last year."""
    weeks = [date(2013, 3, 31) + timedelta(days=7 * week) for week in range(1, 53)]
    days = tuple(sorted({*weeks, AS_AT, date(2014, 3, 31)}))
    since = [(day - date(2013, 3, 31)).days for day in days]
    chart = CumulativeChart(
        title="Domestic burglary, this year and last",
        subtitle=SUBTITLE,
        unit="crimes since 1 April",
        days=days,
        this_year=tuple(
            10.0 * at if day <= AS_AT else NAN for at, day in zip(since, days, strict=True)
        ),
        last_year=tuple(11.0 * at for at in since),
        as_at=AS_AT,
        target_end=3493.0,
        expected=3650.0,
        range_80=(3550.0, 3760.0),
        range_95=(3480.0, 3830.0),
        markers=(TIGER,),
    )
    return replace(chart, **changes)  # type: ignore[arg-type]


def multiples(panels: int, name: str = "Area", **changes: object) -> SmallMultiples:
    """Return so many panels of a year and a half, the second of them marked."""
    chart = SmallMultiples(
        title="Domestic burglary in the partnerships",
        subtitle=SUBTITLE,
        unit="crimes a month",
        is_rate=False,
        months=months(18),
        panels=tuple(
            Panel(
                label=f"{name} {at}",
                values=tuple(float((at + 1) * (month % 5)) for month in range(18)),
                note="significant rise" if at == 1 else "",
                is_marked=at == 1,
            )
            for at in range(panels)
        ),
    )
    return replace(chart, **changes)  # type: ignore[arg-type]


def long_term(values: tuple[float, ...], **changes: object) -> LongTermChart:
    """Return the years up to 2013/14."""
    first = 2014 - len(values)
    chart = LongTermChart(
        title="Total recorded crime",
        subtitle=SUBTITLE,
        unit="crimes a year, April to March",
        years=tuple(f"{first + at}/{(first + at + 1) % 100:02d}" for at in range(len(values))),
        values=values,
    )
    return replace(chart, **changes)  # type: ignore[arg-type]


def impact(values: tuple[float, ...], **changes: object) -> ImpactChart:
    """Return the effect of Operation Tiger on values of which 100 a month were to be expected."""
    shown = months(len(values))
    since = [month >= TIGER.day for month in shown]
    chart = ImpactChart(
        title="Domestic burglary, with and without Operation Tiger",
        subtitle=SUBTITLE,
        unit="crimes a month",
        launch=TIGER.day,
        months=shown,
        values=values,
        expected=(100.0,) * len(values),
        lower=tuple(80.0 if one else NAN for one in since),
        upper=tuple(125.0 if one else NAN for one in since),
        markers=(TIGER,),
    )
    return replace(chart, **changes)  # type: ignore[arg-type]


WAVE: Final = tuple(300.0 + 60.0 * math.sin(at / 3) for at in range(60))
MARKERS: Final = tuple(
    Marker(day=date(2013, 5, day), label=f"{LONG_NAME} {LONG_NAME}", kind=kind)
    for day, kind in zip((1, 3, 9, 20, 21, 22), [*MarkerKind, *MarkerKind], strict=True)
)

SAMPLES: Final[dict[str, Drawing]] = {
    "sixty months": control(WAVE, target=250.0, last_is_part=True, markers=(TIGER,)),
    "many marks on a few days": control(WAVE, markers=MARKERS, title=LONG_NAME),
    "one month": control((12.0,)),
    "no month": control(()),
    "nothing recorded": control((NAN,) * 12),
    "gaps": control((5.0, NAN, NAN, 7.0, NAN, 3.0)),
    "nought": control((0.0,) * 12, target=0.0),
    "huge": control((1e15, 3e15, 2e15)),
    "infinite": control((1.0, math.inf, 2.0)),
    "a survey": control(
        tuple(0.85 + 0.01 * (at % 3) for at in range(24)), is_rate=True, target=0.88
    ),
    "a rate above all its crimes": control((0.4, 1.3, 0.2), is_rate=True),
    "the year": cumulative(),
    "the year without last year or target": cumulative(
        last_year=(NAN,) * len(cumulative().days), target_end=NAN
    ),
    "the year withheld": cumulative(expected=NAN, range_80=(NAN, NAN), range_95=(NAN, NAN)),
    "no weeks": cumulative(days=(), this_year=(), last_year=()),
    "nothing this year": cumulative(this_year=(NAN,) * len(cumulative().days)),
    "nine panels": multiples(9),
    "too many panels with long names": multiples(20, LONG_NAME, title=LONG_NAME),
    "no panel": multiples(0),
    "panels without months": replace(
        multiples(2), months=(), panels=(Panel(label="A", values=()), Panel(label="B", values=()))
    ),
    "one month in panels": replace(
        multiples(1), months=months(1), panels=(Panel(label="A", values=(3.0,)),)
    ),
    "panels far below nought": replace(
        multiples(2), months=months(1), panels=(Panel(label="A", values=(-9007199254740996.0,)),)
    ),
    "eleven years": long_term((95643.0, 95846.0, NAN, 92828.0, 88117.0, 58805.0, 60752.0)),
    "forty years": long_term(tuple(float(at) for at in range(40))),
    "no year": long_term(()),
    "years of nought": long_term((0.0, 0.0)),
    "years below nought": long_term((-5.0, 3.0)),
    "only years below nought": long_term((-1.0,)),
    "an operation that shows": impact((*(100.0 + at % 5 for at in range(30)), 70.0, 66.0)),
    "an operation of a month that is not over": impact((*(100.0,) * 31, NAN)),
    "an operation of which nothing is expected": impact(
        (100.0,) * 32, expected=(NAN,) * 32, lower=(NAN,) * 32, upper=(NAN,) * 32
    ),
    "an operation after every month": impact((100.0,) * 6, launch=date(2014, 3, 1)),
    "an operation with a long name": impact((100.0,) * 32, title=LONG_NAME, markers=MARKERS),
    "an operation of nothing recorded": impact((NAN,) * 12),
    "an operation of no month": impact(()),
    "an operation of one month": impact((1e15,)),
}
