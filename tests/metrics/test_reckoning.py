"""Positions: the published arithmetic, and what is not known stays not known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isnan

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.calendar import Window, period
from metrics.delivery import CountTable
from metrics.errors import UnknownName
from metrics.model import AreaId, Catalogue, Grain, MeasureId
from metrics.positions import Position, Positions
from metrics.reckoning import reckon
from metrics.series import dense
from tests.conftest import a_table, every_day

BOATS, NETS, OTHER = "boat-theft.recorded", "net-damage.recorded", "other.recorded"
OUTCOMES, CLOSED = "boat-theft.outcomes", "boat-theft.closed"
CRIME = [f"{kind}.{what}" for kind in ("boat-theft", "net-damage", "other")
         for what in ("recorded", "outcomes", "closed")]  # fmt: skip
TWO_YEARS = [(tally, "saltmarsh", "2019-04-01", "2021-03-31") for tally in CRIME]


def stand(table: CountTable, catalogue: Catalogue, as_at: str) -> Positions:
    day = date.fromisoformat(as_at)
    return reckon(dense(table, catalogue, to=day), table, catalogue, as_at=day)


def one(positions: Positions, measure: str, area: str = "saltmarsh") -> Position:
    return positions.get(MeasureId(measure), AreaId(area))


def boats(rows: list[tuple[str, float]], covers: object = None) -> CountTable:
    lines = [(day, "ebb", BOATS, count) for day, count in rows]
    return a_table(lines, TWO_YEARS)


def test_a_reduction_target_is_taken_off_last_year(saltmarsh: Catalogue) -> None:
    table = boats([("2019-05-01", 100), ("2020-05-01", 105)])

    position = one(stand(table, saltmarsh, "2020-12-11"), "boat-theft.recorded")

    assert position.values[Window.YTD] == 105
    assert position.values[Window.LYTD] == 100
    assert position.change == 5
    assert position.change_proportion == pytest.approx(0.05)
    assert position.target == pytest.approx(90)
    assert position.gap == pytest.approx(15)


def test_outcomes_required_are_those_short_of_the_target_rate(saltmarsh: Catalogue) -> None:
    table = a_table(
        [("2020-05-01", "ebb", BOATS, 200), ("2020-05-09", "ebb", OUTCOMES, 30)],
        TWO_YEARS,
        cohorts=["2020-05-01", "2020-05-01"],
    )

    position = one(stand(table, saltmarsh, "2020-12-11"), "boat-theft.outcome-rate")

    assert position.values[Window.YTD] == pytest.approx(0.15)
    assert position.outcomes_required == pytest.approx(20)
    assert position.gap == pytest.approx(-0.10)


def test_an_outcome_counts_on_the_day_it_is_given(saltmarsh: Catalogue) -> None:
    table = a_table(
        [("2020-03-30", "ebb", BOATS, 1), ("2020-04-02", "ebb", OUTCOMES, 1)],
        TWO_YEARS,
        cohorts=["2020-03-30", "2020-03-30"],
    )

    figure = one(stand(table, saltmarsh, "2020-04-30"), "boat-theft.outcome-rate").figures

    assert figure[Window.YTD].numerator == 1
    assert figure[Window.YTD].denominator == 0


def test_a_rate_of_no_crimes_is_not_known(saltmarsh: Catalogue) -> None:
    position = one(stand(boats([]), saltmarsh, "2020-04-30"), "boat-theft.outcome-rate")

    assert isnan(position.values[Window.YTD])


def test_under_investigation_are_this_years_crimes_that_are_not_closed(
    saltmarsh: Catalogue,
) -> None:
    table = a_table(
        [("2020-05-01", "ebb", BOATS, 10), ("2020-05-09", "ebb", CLOSED, 4),
         ("2020-12-20", "ebb", CLOSED, 3),  # closed after the as-at day
         ("2020-05-09", "ebb", CLOSED, 2)],  # of last year's crimes
        TWO_YEARS,
        cohorts=["2020-05-01", "2020-05-01", "2020-05-01", "2020-03-01"],
    )  # fmt: skip

    position = one(stand(table, saltmarsh, "2020-12-11"), "boat-theft.outcome-rate")

    assert position.under_investigation == 6


def test_a_gap_in_last_year_leaves_the_change_unknown_and_this_year_known(
    saltmarsh: Catalogue,
) -> None:
    table = a_table(
        [("2020-05-01", "ebb", BOATS, 7)],
        [(BOATS, "saltmarsh", "2019-04-02", "2021-03-31")],
    )

    position = one(stand(table, saltmarsh, "2020-12-11"), "boat-theft.recorded")

    assert position.values[Window.YTD] == 7
    assert isnan(position.values[Window.LYTD])
    assert isnan(position.change)
    assert isnan(position.gap)
    assert position.figures[Window.LYTD].days_missing == 1


def test_a_source_that_ends_early_is_told_to_the_day_it_reaches(saltmarsh: Catalogue) -> None:
    table = a_table(
        [("2019-12-05", "ebb", BOATS, 1), ("2019-12-10", "ebb", BOATS, 1),
         ("2020-12-05", "ebb", BOATS, 1)],
        [(BOATS, "saltmarsh", "2019-04-01", "2020-12-09")],
    )  # fmt: skip

    position = one(stand(table, saltmarsh, "2020-12-11"), "boat-theft.recorded")

    assert position.to == date(2020, 12, 9)
    assert position.values[Window.YTD] == 1
    assert position.values[Window.LYTD] == 1, "last year is cut on the same day"


def test_what_was_never_recorded_stands_nowhere(saltmarsh: Catalogue) -> None:
    position = one(stand(boats([]), saltmarsh, "2020-12-11"), "anglers.satisfaction")

    assert position.to is None
    assert all(isnan(value) for value in position.values.values())
    assert position.figures[Window.YTD].period is None


def survey(months: Mapping[str, tuple[int, int]]) -> CountTable:
    satisfied, responses = (f"survey.anglers.overall.{what}" for what in ("satisfied", "responses"))
    rows = [
        (day, "saltmarsh", tally, count)
        for day, counts in months.items()
        for tally, count in zip((satisfied, responses), counts, strict=True)
    ]
    covers = [
        (tally, "saltmarsh", f"{day[:8]}01", day)
        for day in months
        for tally in (satisfied, responses)
    ]
    return a_table(rows, covers)


def month_ends(first: str, months: int) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in pd.date_range(first, periods=months, freq="ME")]


def test_satisfaction_is_told_over_the_last_twelve_whole_months(saltmarsh: Catalogue) -> None:
    table = survey(dict.fromkeys(month_ends("2019-12-31", 12), (8, 10)))

    position = one(stand(table, saltmarsh, "2020-12-11"), "anglers.satisfaction")

    assert position.to == date(2020, 11, 30)
    assert position.values[Window.ROLLING_12] == pytest.approx(0.8)
    assert position.figures[Window.ROLLING_12].denominator == 120
    assert position.gap == pytest.approx(0)


def test_a_month_without_a_survey_leaves_the_rolling_year_unknown(saltmarsh: Catalogue) -> None:
    months = month_ends("2019-12-31", 12)
    table = survey(dict.fromkeys([*months[:5], *months[6:]], (8, 10)))

    position = one(stand(table, saltmarsh, "2020-12-11"), "anglers.satisfaction")

    assert isnan(position.values[Window.ROLLING_12])
    assert position.figures[Window.ROLLING_12].days_missing == 31


def test_money_is_what_stands_at_the_end_of_a_window(saltmarsh: Catalogue) -> None:
    table = a_table(
        [("2020-06-30", "saltmarsh", "return.savings", 4.5),
         ("2020-09-30", "saltmarsh", "return.savings", 6.25)],
        [("return.savings", "saltmarsh", "2019-04-01", "2020-09-30")],
    )  # fmt: skip

    position = one(stand(table, saltmarsh, "2020-12-11"), "savings")

    assert position.to == date(2020, 9, 30)
    assert position.values[Window.LATEST] == 6.25
    assert position.values[Window.YTD] == 6.25


def test_the_baseline_is_the_year_that_the_framework_names(saltmarsh: Catalogue) -> None:
    table = boats([("2019-05-01", 100), ("2020-05-01", 105)])

    assert one(stand(table, saltmarsh, "2021-03-31"), "boat-theft.recorded").values[
        Window.BASELINE
    ] == 100  # fmt: skip


def test_on_1_april_the_year_to_date_is_one_day(saltmarsh: Catalogue) -> None:
    table = boats([("2019-04-01", 2), ("2020-03-31", 50), ("2020-04-01", 3)])

    position = one(stand(table, saltmarsh, "2020-04-01"), "boat-theft.recorded")

    assert position.values[Window.YTD] == 3
    assert position.values[Window.LYTD] == 2


def test_29_february_compares_with_28_february(saltmarsh: Catalogue) -> None:
    table = a_table(
        [("2019-02-28", "ebb", BOATS, 1), ("2019-03-01", "ebb", BOATS, 7),
         ("2020-02-29", "ebb", BOATS, 1)],
        [(BOATS, "saltmarsh", "2018-04-01", "2020-02-29")],
    )  # fmt: skip

    position = one(stand(table, saltmarsh, "2020-02-29"), "boat-theft.recorded")

    assert position.figures[Window.LYTD].period == period(
        Window.LYTD, date(2020, 2, 29), grain=Grain.DAY, baseline_year=2019
    )
    assert position.values[Window.LYTD] == 1
    assert position.values[Window.YTD] == 1


def test_only_whole_years_are_in_the_long_term(saltmarsh: Catalogue) -> None:
    table = boats([("2019-05-01", 100), ("2020-05-01", 105)])

    yearly = one(stand(table, saltmarsh, "2020-12-11"), "all-crime.recorded").yearly

    assert yearly[2019] == 100
    assert isnan(yearly[2020])


def test_rates_use_the_newest_mid_year_population(saltmarsh: Catalogue) -> None:
    table = a_table(
        [("2019-05-01", "ebb", BOATS, 12), ("2019-06-30", "ebb", "population", 4000),
         ("2019-06-30", "flow", "population", 2000), ("2020-06-30", "ebb", "population", 9999)],
        [*TWO_YEARS, ("population", "ebb", "2019-06-30", "2019-06-30")],
    )  # fmt: skip

    positions = stand(table, saltmarsh, "2020-03-31")

    ebb = one(positions, "boat-theft.recorded", "ebb")
    assert ebb.rate_per_thousand(Window.ROLLING_12) == pytest.approx(3)
    assert one(positions, "boat-theft.recorded").population == 6000, "the force is its parts"


def test_an_area_that_is_not_there_is_told(saltmarsh: Catalogue) -> None:
    with pytest.raises(UnknownName, match="nowhere"):
        one(stand(boats([]), saltmarsh, "2020-12-11"), "boat-theft.recorded", "nowhere")


def test_positions_come_back_from_their_bytes(saltmarsh: Catalogue) -> None:
    positions = stand(boats([("2020-05-01", 105)]), saltmarsh, "2020-12-11")

    again = Positions.from_bytes(positions.to_bytes())

    assert again.to_bytes() == positions.to_bytes()
    assert one(again, "boat-theft.recorded").values[Window.YTD] == 105
    assert len(list(again)) == len(positions)


@pytest.mark.parametrize("spoil", [lambda b: b[:-8], lambda b: b + b"12345678"])
def test_bytes_that_are_cut_short_or_too_long_are_refused(
    saltmarsh: Catalogue, spoil: object
) -> None:
    content = stand(boats([]), saltmarsh, "2020-12-11").to_bytes()

    with pytest.raises(ValueError, match=r"reshape|longer"):
        Positions.from_bytes(spoil(content))  # type: ignore[operator]


@settings(max_examples=20, deadline=None)
@given(
    drawn=st.dictionaries(
        st.sampled_from(every_day("2019-04-01", "2021-03-31")), st.integers(1, 99), max_size=30
    ),
    as_at=st.dates(date(2020, 4, 1), date(2021, 3, 31)),
)
def test_windows_agree_with_a_plain_sum_over_dates(
    saltmarsh: Catalogue, drawn: Mapping[str, int], as_at: date
) -> None:
    position = one(
        stand(boats(list(drawn.items())), saltmarsh, as_at.isoformat()), "boat-theft.recorded"
    )

    for window in (Window.YTD, Window.LYTD, Window.MONTH, Window.LAST_3_MONTHS, Window.BASELINE):
        span = period(window, as_at, grain=Grain.DAY, baseline_year=2019)
        plain = sum(
            count for day, count in drawn.items() if str(span.first) <= day <= str(span.last)
        )
        assert position.values[window] == plain, window
