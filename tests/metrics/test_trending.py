"""Trends agree with the positions and the control charts of the same run, and with each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from math import isnan

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from metrics.assess import assess
from metrics.assessment import Assessments
from metrics.calendar import Window, month_end
from metrics.delivery import CountTable
from metrics.model import AreaId, Catalogue, MeasureId, MeasureKind
from metrics.positions import Positions
from metrics.reckoning import reckon
from metrics.series import Counts, dense
from metrics.statistics.control_state import ControlState
from metrics.trending import MONTHS_KEPT, trends_of
from metrics.trends import Trend, Trends
from tests.conftest import a_table, every_day
from tests.metrics.assessing.test_memory import Folder
from tests.metrics.test_assess import records

BOATS, NETS = "boat-theft.recorded", "net-damage.recorded"
LEVELS = {ControlState.STABILISED, ControlState.LONG_TERM}
NOTHING_TO_SAY = {ControlState.TOO_FEW_POINTS, ControlState.NOT_RECORDED}


def made(catalogue: Catalogue, table: CountTable, as_at: str) -> Trends:
    """Return the trends as at a day."""
    return at(catalogue, dense(table, catalogue, to=date.fromisoformat(as_at)), table)[1]


def at(
    catalogue: Catalogue, counts: Counts, table: CountTable, *, cache: Folder | None = None
) -> tuple[Positions, Trends]:
    """Return positions and trends as at the last day of dense arrays."""
    positions = reckon(counts, table, catalogue, as_at=counts.last)
    return positions, trends_of(counts, positions, catalogue, as_at=counts.last, cache=cache)


def one(trends: Trends, measure: str, area: str = "saltmarsh") -> Trend:
    return trends.get(MeasureId(measure), AreaId(area))


def monthly(totals: Iterable[float], *, tally: str = NETS, first: str = "2017-04-30") -> CountTable:
    """Return one count at the end of each month."""
    counts = list(totals)
    days = [f"{day:%Y-%m-%d}" for day in pd.date_range(first, periods=len(counts), freq="ME")]
    return a_table(
        [(day, "ebb", tally, count) for day, count in zip(days, counts, strict=True)],
        [(tally, "saltmarsh", f"{first[:8]}01", days[-1])],
    )


def a_boat_a_day(*covers: tuple[str, str]) -> CountTable:
    return a_table(
        [(day, "ebb", BOATS, 1.0) for cover in covers for day in every_day(*cover)],
        [(BOATS, "saltmarsh", *cover) for cover in covers],
    )


def same(left: Iterable[float], right: Iterable[float]) -> bool:
    return np.array_equal(list(left), list(right), equal_nan=True)


@pytest.fixture(scope="module")
def six_years(saltmarsh: Catalogue) -> tuple[Counts, CountTable]:
    """Six years of chance, in which a recording changes on 1 June 2020."""
    table = records()
    return dense(table, saltmarsh, to=date(2020, 12, 11)), table


def test_what_a_run_has_kept_changes_no_trend(
    six_years: tuple[Counts, CountTable], saltmarsh: Catalogue
) -> None:
    counts, table = six_years
    folder = Folder()
    at(saltmarsh, counts, table, cache=folder)
    kept = set(folder.held)
    corrected = replace(counts, values=counts.values.copy())
    corrected.values[:, :, counts.column(date(2019, 8, 5))] += 30

    for one_of in (counts, corrected):
        found = at(saltmarsh, one_of, table, cache=folder)[1]
        assert found.to_bytes() == at(saltmarsh, one_of, table)[1].to_bytes()

    assert kept
    assert kept < set(folder.held)


# --- months -------------------------------------------------------------------------------------


def test_each_month_holds_its_days_and_the_last_those_so_far(saltmarsh: Catalogue) -> None:
    found = one(made(saltmarsh, a_boat_a_day(("2020-01-01", "2020-04-11")), "2020-04-11"), BOATS)

    assert found.months == tuple(date(2020, month, 1) for month in (1, 2, 3, 4))
    assert found.values == (31, 29, 31, 11)
    assert found.last_is_part


def test_a_month_that_has_just_ended_is_whole(saltmarsh: Catalogue) -> None:
    found = one(made(saltmarsh, a_boat_a_day(("2020-01-01", "2020-03-31")), "2020-03-31"), BOATS)

    assert found.values == (31, 29, 31)
    assert not found.last_is_part


def test_a_month_with_a_gap_has_no_value(saltmarsh: Catalogue) -> None:
    table = a_boat_a_day(("2020-01-01", "2020-02-10"), ("2020-02-12", "2020-03-31"))

    assert same(one(made(saltmarsh, table, "2020-03-31"), BOATS).values, (31, np.nan, 31))


def test_figures_that_are_late_are_told_to_the_day_they_reach(saltmarsh: Catalogue) -> None:
    table = a_boat_a_day(("2020-01-01", "2020-03-28"))

    found = one(made(saltmarsh, table, "2020-03-31"), BOATS)

    assert found.values == (31, 29, 28)
    assert found.last_is_part


def test_a_part_of_an_earlier_month_is_a_gap(saltmarsh: Catalogue) -> None:
    table = a_boat_a_day(("2020-01-01", "2020-02-10"))

    assert same(one(made(saltmarsh, table, "2020-03-31"), BOATS).values, (31, np.nan, np.nan))


def test_five_years_are_kept(six_years: tuple[Counts, CountTable], saltmarsh: Catalogue) -> None:
    found = one(at(saltmarsh, *six_years)[1], BOATS)

    assert len(found.months) == len(found.values) == MONTHS_KEPT
    assert found.months[0] == date(2016, 1, 1)


def test_a_rate_is_of_the_month_with_its_n(saltmarsh: Catalogue) -> None:
    outcomes = "boat-theft.outcomes"
    table = a_table(
        [("2020-01-05", "ebb", BOATS, 8), ("2020-01-09", "ebb", outcomes, 2),
         ("2020-03-01", "ebb", BOATS, 5), ("2020-03-01", "ebb", outcomes, 1)],
        [(tally, "saltmarsh", "2020-01-01", "2020-03-11") for tally in (BOATS, outcomes)],
    )  # fmt: skip

    found = one(made(saltmarsh, table, "2020-03-11"), "boat-theft.outcome-rate")

    assert same(found.values, (0.25, np.nan, 0.2))  # no boat was taken in February
    assert found.n == (8, 0, 5)


def test_a_return_stands_in_the_last_month_of_its_quarter(saltmarsh: Catalogue) -> None:
    rescues = "return.rescues"
    table = a_table(
        [(day, area, rescues, count) for day in ("2019-12-31", "2020-03-31", "2020-09-30")
         for area, count in (("ebb", 3), ("flow", 4))],
        [(rescues, area, *quarter) for area in ("ebb", "flow") for quarter in
         (("2019-10-01", "2020-03-31"), ("2020-07-01", "2020-09-30"))],
    )  # fmt: skip

    found = one(made(saltmarsh, table, "2020-10-11"), "rescues")

    held = {month: value for month, value in zip(found.months, found.values, strict=True)
            if not isnan(value)}  # fmt: skip
    assert held == {date(2019, 12, 1): 7, date(2020, 3, 1): 7, date(2020, 9, 1): 7}
    assert all(isnan(limit) for limit in found.upper)


def test_what_was_never_recorded_has_no_months(saltmarsh: Catalogue) -> None:
    trends = made(saltmarsh, a_boat_a_day(("2020-01-01", "2020-03-31")), "2020-03-31")

    for measure, area in (("savings", "saltmarsh"), (BOATS, "flow")):
        assert all(isnan(value) for value in one(trends, measure, area).values)


# --- surveys ------------------------------------------------------------------------------------


def survey(satisfied: Iterable[float]) -> CountTable:
    """Return surveys of a hundred anglers a month, from April 2017."""
    answers = list(satisfied)
    words = ("satisfied", "responses")
    parts = [
        monthly(counts, tally=f"survey.anglers.overall.{word}")
        for word, counts in zip(words, (answers, [100.0] * len(answers)), strict=True)
    ]
    rows = pd.concat([part.rows.astype({"tally": "str", "area": "str"}) for part in parts])
    rows["area"] = "saltmarsh"
    return CountTable(
        rows=rows.reset_index(drop=True).astype({"tally": "category", "area": "category"}),
        covers=pd.concat([part.covers for part in parts], ignore_index=True),
    )


def test_a_survey_is_told_over_twelve_months(saltmarsh: Catalogue) -> None:
    found = one(made(saltmarsh, survey([80, 90] * 6 + [70]), "2018-05-11"), "anglers.satisfaction")

    # The last one, May 2018, has not ended and so has not been surveyed.
    assert same(found.values, [*[np.nan] * 11, 0.85, 1010 / 1200, np.nan])
    assert found.n[-2] == 1200


def test_the_limits_of_a_survey_are_those_of_twelve_months(saltmarsh: Catalogue) -> None:
    found = one(made(saltmarsh, survey([80, 90] * 18 + [60] * 6), "2020-09-30"),
                "anglers.satisfaction")  # fmt: skip

    # Mean 0.85; months stray 0.1 from one to the next, which is 0.1 / sqrt(0.85 x 0.15 / 100)
    # sampling errors; over 1.128 that is their spread.  Of 1,200 answers the reach is then
    # 3 x 0.1 / 1.128 x sqrt(100 / 1200).
    reach = 3 * 0.1 / 1.128 * (100 / 1200) ** 0.5
    assert found.mean[-6:] == pytest.approx([0.85] * 6)
    assert found.lower[-6:] == pytest.approx([0.85 - reach] * 6)
    assert found.upper[-6:] == pytest.approx([0.85 + reach] * 6)


def test_a_survey_signals_when_its_twelve_months_lie_beyond_them(saltmarsh: Catalogue) -> None:
    found = one(made(saltmarsh, survey([80, 90] * 18 + [60] * 6), "2020-09-30"),
                "anglers.satisfaction")  # fmt: skip

    # 0.833 0.808 0.792 0.767 0.75 0.725 against a lower limit of 0.773.
    assert found.signals[-6:] == (False, False, False, True, True, True)
    assert not any(found.signals[:-6])


def test_twelve_months_across_a_change_of_recording_have_no_limits(saltmarsh: Catalogue) -> None:
    [canoes] = saltmarsh.notes
    changed = replace(canoes, measures=(MeasureId("anglers.satisfaction"),))  # on 1 June 2020

    found = one(made(replace(saltmarsh, notes=(changed,)), survey([80, 90] * 27), "2021-09-30"),
                "anglers.satisfaction")  # fmt: skip

    with_limits = {month for month, limit in zip(found.months, found.upper, strict=True)
                   if not isnan(limit)}  # fmt: skip
    assert date(2020, 5, 1) in with_limits
    assert date(2021, 4, 1) not in with_limits  # twelve months are enough, but hold May 2020
    assert date(2021, 5, 1) in with_limits


# --- limits -------------------------------------------------------------------------------------


def test_limits_come_from_the_months_before_the_year(saltmarsh: Catalogue) -> None:
    found = one(made(saltmarsh, monthly([10, 12] * 18 + [12, 16, 17]), "2020-06-30"), NETS)

    # Mean 11, moving ranges of 2: 11 +- 2.66 x 2.
    assert found.mean[-3:] == pytest.approx([11.0] * 3)
    assert found.lower[-3:] == pytest.approx([11 - 5.32] * 3)
    assert found.upper[-3:] == pytest.approx([11 + 5.32] * 3)
    assert found.signals[-3:] == (False, True, True)  # two of three near the limit, then beyond


def test_a_year_without_a_year_before_it_has_no_limits(saltmarsh: Catalogue) -> None:
    found = one(made(saltmarsh, monthly([10, 12] * 12), "2019-03-31"), NETS)

    assert all(isnan(limit) for limit in found.mean[:12])
    assert found.mean[12:] == pytest.approx([11.0] * 12)


def test_months_that_never_varied_give_no_limits(saltmarsh: Catalogue) -> None:
    found = one(made(saltmarsh, monthly([*[10] * 36, *range(11, 19)]), "2020-11-30"), NETS)

    assert all(isnan(limit) for limit in (*found.mean, *found.upper))
    assert not any(found.signals)


def test_a_month_in_progress_has_no_limits_and_no_signal(
    six_years: tuple[Counts, CountTable], saltmarsh: Catalogue
) -> None:
    found = one(at(saltmarsh, *six_years)[1], NETS)

    assert isnan(found.upper[-1])
    assert not isnan(found.upper[-2])
    assert not found.signals[-1]


def test_a_change_of_recording_ends_the_limits_until_there_are_enough_months(
    six_years: tuple[Counts, CountTable], saltmarsh: Catalogue
) -> None:
    trends = at(saltmarsh, *six_years)[1]

    changed = one(trends, BOATS)
    june = changed.months.index(date(2020, 6, 1))
    assert not isnan(changed.upper[june - 1])
    assert all(isnan(limit) for limit in changed.upper[june:])
    assert not isnan(one(trends, NETS).upper[june])


@pytest.mark.parametrize(
    "as_at", ["2020-12-11", "2020-05-31", "2020-04-11", "2020-03-31", "2019-09-20", "2018-01-01"]
)
def test_the_latest_month_stands_as_its_assessment_says(
    six_years: tuple[Counts, CountTable], saltmarsh: Catalogue, as_at: str
) -> None:
    day = date.fromisoformat(as_at)
    counts, table = six_years[0].until(day), six_years[1]
    positions, trends = at(saltmarsh, counts, table)
    assessments = assess(counts, positions, table, saltmarsh, as_at=day, watch=False)
    latest = -1 if day == month_end(day) else -2

    compared = [
        _agrees(trends.get(measure, area), assessments, latest)
        for measure in positions.measures
        for area in positions.areas
        if saltmarsh.measures[measure].kind in (MeasureKind.RECORDED, MeasureKind.OUTCOME_RATE)
    ]
    assert any(compared)


def _agrees(trend: Trend, assessments: Assessments, latest: int) -> bool:
    """Compare a month with its assessment; return whether there was something to compare."""
    control = assessments.get(trend.measure, trend.area).control
    value, mean, upper = trend.values[latest], trend.mean[latest], trend.upper[latest]
    if control.state in NOTHING_TO_SAY:
        assert isnan(upper) or isnan(value)
        return False
    assert not isnan(upper)
    if upper < 1 and control.state not in LEVELS:  # the upper limit of a rate may be cut at 1
        assert (value - mean) / (upper - mean) * 3 == pytest.approx(control.deviations)
    if control.state is ControlState.OUTSIDE:
        assert trend.signals[latest]
    return True


def test_the_limits_of_past_years_are_those_that_were_published_then(
    six_years: tuple[Counts, CountTable], saltmarsh: Catalogue
) -> None:
    counts, table = six_years
    then = one(at(saltmarsh, counts.until(date(2019, 9, 30)), table)[1], NETS)
    now = one(at(saltmarsh, counts, table)[1], NETS)

    shared = [now.months.index(month) for month in then.months if month in now.months]
    for lines in ((then.lower, now.lower), (then.mean, now.mean), (then.upper, now.upper)):
        assert same(lines[0][-len(shared) :], [lines[1][place] for place in shared])


# --- laws ---------------------------------------------------------------------------------------


def of_counts(catalogue: Catalogue, positions: Positions) -> list[tuple[MeasureId, AreaId]]:
    return [
        (measure, area)
        for measure in positions.measures
        for area in positions.areas
        if catalogue.measures[measure].kind is MeasureKind.RECORDED
    ]


@settings(max_examples=12, deadline=None)
@given(day=st.dates(date(2016, 4, 1), date(2020, 12, 11)))
@example(day=date(2020, 2, 29))
@example(day=date(2019, 2, 28))
@example(day=date(2020, 4, 1))
def test_the_year_to_date_is_the_positions_to_the_crime(
    six_years: tuple[Counts, CountTable], saltmarsh: Catalogue, day: date
) -> None:
    positions, trends = at(saltmarsh, six_years[0].until(day), six_years[1])
    since_april = (day.month - 4) % 12 + 1

    for pair in of_counts(saltmarsh, positions):
        trend, values = trends.get(*pair), positions.get(*pair).values
        here = trend.days.index(day)
        assert same([trend.this_year[here]], [values[Window.YTD]])
        assert same([trend.last_year[here]], [values[Window.LYTD]])
        assert same([np.sum(trend.values[-since_april:])], [values[Window.YTD]])
        assert all(isnan(count) for count in trend.this_year[here + 1 :])


@settings(max_examples=8, deadline=None)
@given(month=st.dates(date(2015, 4, 1), date(2020, 11, 30)))
def test_twelve_months_add_up_to_the_rolling_year(
    six_years: tuple[Counts, CountTable], saltmarsh: Catalogue, month: date
) -> None:
    positions, trends = at(saltmarsh, six_years[0].until(month_end(month)), six_years[1])

    for pair in of_counts(saltmarsh, positions):
        total = np.sum(trends.get(*pair).values[-12:])
        assert same([total], [positions.get(*pair).values[Window.ROLLING_12]])


# --- weeks --------------------------------------------------------------------------------------


def test_weeks_end_every_seventh_day_on_the_as_at_day_and_on_31_march(
    saltmarsh: Catalogue,
) -> None:
    found = one(made(saltmarsh, a_boat_a_day(("2018-04-01", "2019-04-17")), "2019-04-17"), BOATS)

    assert found.days[:5] == tuple(date(2019, 4, day) for day in (7, 14, 17, 21, 28))
    assert found.days[-2:] == (date(2020, 3, 29), date(2020, 3, 31))
    assert found.this_year[:3] == (7, 14, 17)


def test_last_year_is_told_to_its_end(saltmarsh: Catalogue) -> None:
    found = one(made(saltmarsh, a_boat_a_day(("2018-04-01", "2019-04-17")), "2019-04-17"), BOATS)

    assert found.last_year[:3] == (7, 14, 17)
    assert found.last_year[-1] == 365


def test_a_day_that_is_not_recorded_ends_the_running_total(saltmarsh: Catalogue) -> None:
    table = a_boat_a_day(("2018-04-01", "2018-04-10"), ("2018-04-12", "2019-04-17"))

    found = one(made(saltmarsh, table, "2019-04-17"), BOATS)

    assert found.last_year[0] == 7
    assert all(isnan(count) for count in found.last_year[1:])


def test_only_daily_counts_have_weeks(saltmarsh: Catalogue) -> None:
    trends = made(saltmarsh, a_boat_a_day(("2019-04-01", "2019-04-17")), "2019-04-17")

    for measure in ("boat-theft.outcome-rate", "anglers.satisfaction", "rescues", "savings"):
        assert one(trends, measure).days == ()
