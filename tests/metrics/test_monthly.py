"""Months: whole ones whole, the one in progress apart, a gap not a zero."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from metrics.model import AreaId, Catalogue
from metrics.monthly import Months, MonthTotals, by_month
from metrics.series import dense, numerator
from tests.conftest import a_table, every_day

BOATS = "boat-theft.recorded"


def months(catalogue: Catalogue, *covers: tuple[str, str], to: str) -> tuple[Months, int, int]:
    """Return one boat a day over the covers, by month, and where it stands."""
    rows = [(day, "ebb", BOATS, 1.0) for first, last in covers for day in every_day(first, last)]
    table = a_table(rows, [(BOATS, "saltmarsh", first, last) for first, last in covers])
    counts = dense(table, catalogue, to=date.fromisoformat(to))
    place = counts.place[numerator(catalogue.recorded("boat-theft"))]
    return by_month(counts), place, counts.areas.index(AreaId("ebb"))


def test_months_begin_with_an_april_and_hold_their_days(saltmarsh: Catalogue) -> None:
    found, place, area = months(saltmarsh, ("2019-04-01", "2020-04-30"), to="2020-04-30")

    assert found.starts[0] == date(2019, 4, 1)
    assert found.whole[place, area].tolist() == [
        30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29, 31, 30,
    ]  # fmt: skip


def test_months_before_the_records_are_not_recorded(saltmarsh: Catalogue) -> None:
    found, place, area = months(saltmarsh, ("2019-06-10", "2019-08-31"), to="2019-08-31")

    assert np.isnan(found.whole[place, area, :3]).all()
    assert found.whole[place, area, 3:].tolist() == [31, 31]


def test_the_month_in_progress_stands_apart_with_its_share(saltmarsh: Catalogue) -> None:
    found, place, area = months(saltmarsh, ("2019-04-01", "2019-12-11"), to="2019-12-11")

    assert len(found.starts) == 8
    assert found.part[place, area] == 11
    assert found.elapsed == pytest.approx(8 + 11 / 31)


def test_at_the_end_of_march_the_whole_year_has_passed(saltmarsh: Catalogue) -> None:
    found, _, _ = months(saltmarsh, ("2019-04-01", "2020-03-31"), to="2020-03-31")

    assert found.elapsed == 12


def test_on_the_first_of_april_a_thirtieth_of_a_month_has_passed(saltmarsh: Catalogue) -> None:
    found, place, area = months(saltmarsh, ("2019-04-01", "2020-04-01"), to="2020-04-01")

    assert found.elapsed == pytest.approx(1 / 30)
    assert found.part[place, area] == 1


def test_a_month_with_a_missing_day_is_not_recorded(saltmarsh: Catalogue) -> None:
    found, place, area = months(
        saltmarsh, ("2019-04-01", "2019-05-10"), ("2019-05-12", "2019-06-30"), to="2019-06-30"
    )

    assert found.whole[place, area, 0] == 30
    assert np.isnan(found.whole[place, area, 1])
    assert found.whole[place, area, 2] == 30


def test_months_added_up_once_are_those_of_any_of_their_days(saltmarsh: Catalogue) -> None:
    rows = [(day, "ebb", BOATS, 1.0) for day in every_day("2019-06-10", "2020-02-29")]
    table = a_table(rows, [(BOATS, "saltmarsh", "2019-06-10", "2020-02-20")])
    counts = dense(table, saltmarsh, to=date(2020, 2, 29))
    totals = MonthTotals(counts)

    for day in (date(2019, 6, 10), date(2019, 6, 30), date(2019, 12, 11), date(2020, 2, 29)):
        one, other = totals.until(day), by_month(counts.until(day))
        assert (one.starts, one.share) == (other.starts, other.share)
        assert np.array_equal(one.whole, other.whole, equal_nan=True)
        assert np.array_equal(one.part, other.part, equal_nan=True)
