"""Charts in words, and what they draw."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from bot.replies.charts import ControlChart, CumulativeChart, MarkerKind, SmallMultiples
from bot.replies.drawings import (
    control_chart,
    cumulative_chart,
    long_term_chart,
    small_multiples,
)
from metrics.assessment import YearEnd
from metrics.model import Area, AreaId, Level, Measure, MeasureId, MeasureKind, Note, Polarity
from metrics.statistics.projection import Withheld
from metrics.trends import Trend

NAN = math.nan
STANDING = "Provisional daily figures as at 11 December 2013"
BURGLARY = Measure(
    id=MeasureId("burglary"),
    name="Domestic burglary",
    kind=MeasureKind.RECORDED,
    polarity=Polarity.LOWER_IS_BETTER,
    unit="crimes",
    numerator=(),
)
FORCE = Area(id=AreaId("leicestershire"), name="Leicestershire", level=Level.FORCE)
TREND = Trend(
    measure=BURGLARY.id,
    area=FORCE.id,
    months=tuple(date(2013, month, 1) for month in range(8, 13)),
    values=(300.0, 290.0, 200.0, 1312.0, 87.0),
    n=(NAN,) * 5,
    last_is_part=True,
    mean=(287.0, 287.0, 287.0, 287.0, NAN),
    lower=(210.0, 210.0, 210.0, 210.0, NAN),
    upper=(364.0, 364.0, 364.0, 364.0, NAN),
    signals=(False, False, True, True, False),
    days=(date(2013, 12, 8), date(2013, 12, 11), date(2014, 3, 31)),
    this_year=(2640.0, 2678.0, NAN),
    last_year=(2750.0, 2775.0, 3935.0),
)
YEAR_END = YearEnd(
    expected=3800.0,
    lower_80=3700.0,
    upper_80=3900.0,
    lower_95=3650.0,
    upper_95=3950.0,
    chance_met=0.1,
    pace_needed=200.0,
    withheld=Withheld(0),
)
NOTE = Note(
    day=date(2013, 10, 1),
    measures=(BURGLARY.id,),
    text="Counted anew",
    source="the force",
    is_break=True,
)


def test_a_control_chart_is_said_with_its_figures() -> None:
    chart = control_chart(TREND, BURGLARY, FORCE, standing=STANDING, target=250.0)
    assert chart.alt == (
        "Domestic burglary, Leicestershire, by month from August 2013 to December 2013: "
        "latest whole month November 2013 1,312, December 2013 so far 87, mean 287, "
        "limits 210 to 364, target 250; one month above the upper limit: November 2013; "
        "one month below the lower limit: October 2013."
    )


def test_limits_from_before_a_break_are_not_said() -> None:
    gone = (210.0, 210.0, NAN, NAN, NAN)
    chart = control_chart(
        replace(TREND, mean=gone, lower=gone, upper=gone), BURGLARY, FORCE, standing=STANDING
    )
    assert "too few months for limits" in chart.alt


def test_a_trend_without_a_figure_says_so() -> None:
    chart = control_chart(replace(TREND, values=(NAN,) * 5), BURGLARY, FORCE, standing=STANDING)
    assert chart.alt == "Domestic burglary, Leicestershire: no month is recorded."


def test_a_trend_without_months_says_so() -> None:
    nothing = replace(
        TREND, months=(), values=(), mean=(), lower=(), upper=(), signals=(), last_is_part=False
    )
    chart = control_chart(nothing, BURGLARY, FORCE, standing=STANDING)
    assert "no month is recorded" in chart.alt


def test_a_chart_starts_with_the_first_month_that_is_recorded() -> None:
    late = replace(TREND, values=(NAN, NAN, 200.0, 312.0, 87.0))
    drawing = control_chart(late, BURGLARY, FORCE, standing=STANDING).drawing
    assert isinstance(drawing, ControlChart)
    assert drawing.months[0] == date(2013, 10, 1)


def test_the_subtitle_says_where_and_how_firm() -> None:
    drawing = control_chart(TREND, BURGLARY, FORCE, standing=STANDING).drawing
    assert isinstance(drawing, ControlChart)
    assert drawing.subtitle == f"Leicestershire · {STANDING}"


def test_notes_become_marks_and_a_break_one_of_its_own_kind() -> None:
    drawing = control_chart(TREND, BURGLARY, FORCE, standing=STANDING, notes=(NOTE,)).drawing
    assert isinstance(drawing, ControlChart)
    assert [(one.kind, one.label) for one in drawing.markers] == [
        (MarkerKind.BREAK, "Counted anew")
    ]


def test_a_sparkline_leaves_out_the_month_that_is_not_over() -> None:
    assert control_chart(TREND, BURGLARY, FORCE, standing=STANDING).sparkline == "▂▂▁█"


def test_the_year_to_date_is_said_with_where_it_may_end() -> None:
    chart = cumulative_chart(
        TREND,
        BURGLARY,
        FORCE,
        standing=STANDING,
        as_at=date(2013, 12, 11),
        year_end=YEAR_END,
        target_end=3423.0,
    )
    assert chart.alt == (
        "Domestic burglary, Leicestershire: 2,678 from 1 April to 11 December 2013, "
        "2,775 on the same days of last year, 3,935 in the whole of last year. "
        "The year is expected to end at 3,800, between 3,700 and 3,900 with a chance of 80% "
        "and between 3,650 and 3,950 with a chance of 95%; the target is 3,423."
    )
    assert isinstance(chart.drawing, CumulativeChart)


def test_small_multiples_leave_out_the_month_that_is_not_over() -> None:
    chart = small_multiples(
        [("City", TREND), ("Melton", TREND)],
        BURGLARY,
        title="Domestic burglary",
        where="Leicestershire",
        standing=STANDING,
        remarks={"Melton": "significant rise"},
        marked=("Melton",),
    )
    assert isinstance(chart.drawing, SmallMultiples)
    assert chart.drawing.months[-1] == date(2013, 11, 1)
    assert chart.alt.endswith("In November 2013: Melton 1,312 (significant rise); City 1,312.")


def test_the_long_term_is_said_by_its_ends_and_its_extremes() -> None:
    chart = long_term_chart(
        ("2003/04", "2004/05", "2012/13", "2013/14"),
        (95643.0, 95846.0, 58805.0, 60752.0),
        title="Total recorded crime",
        unit="crimes",
        where="Leicestershire",
        standing=STANDING,
    )
    assert chart.alt == (
        "Total recorded crime, Leicestershire: from 95,643 in 2003/04 to 60,752 in 2013/14 "
        "(36.5% fewer); highest 95,846 in 2004/05, lowest 58,805 in 2012/13."
    )
