"""Days as people write them: British, and never made up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.names.dates import read_dates
from metrics.calendar import say_date
from metrics.errors import UserError
from metrics.snapshot import SnapshotKind

TODAY = date(2014, 4, 10)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("as at 11 December 2013", date(2013, 12, 11)),
        ("as at 11th of December 2013", date(2013, 12, 11)),
        ("As At 11 DEC 2013", date(2013, 12, 11)),
        ("on 31/3/2014", date(2014, 3, 31)),
        ("31/03/14", date(2014, 3, 31)),
        ("31.3.2014", date(2014, 3, 31)),
        ("31-3-2014", date(2014, 3, 31)),
        ("2014-03-31", date(2014, 3, 31)),
        ("March 31, 2014", date(2014, 3, 31)),
        ("1 sept 2013", date(2013, 9, 1)),
        ("3/4/2014", date(2014, 4, 3)),
        ("11 dec", date(2013, 12, 11)),
        ("1 apr", date(2014, 4, 1)),
        ("11/12", date(2013, 12, 11)),
        ("29 feb", date(2012, 2, 29)),
        ("yesterday", date(2014, 4, 9)),
        ("last month end", date(2014, 3, 31)),
        ("end of last month", date(2014, 3, 31)),
        ("as at december 2013", date(2013, 12, 31)),
        ("end of march 2014", date(2014, 3, 31)),
        ("end of december", date(2013, 12, 31)),
    ],
)
def test_a_day_is_read(typed: str, day: date) -> None:
    assert read_dates(f"burglary {typed}", today=TODAY).as_at == day


@pytest.mark.parametrize("typed", ["12", "14a charnwood", "burglary in may cottage", "march"])
def test_what_is_no_day_is_left_alone(typed: str) -> None:
    dated = read_dates(typed, today=TODAY)

    assert (dated.as_at, dated.rest) == (None, typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("as at 30 February 2014", "There is no 30 February 2014: February 2014 has 28 days."),
        ("31 june 2013", "There is no 31 June 2013: June 2013 has 30 days."),
        ("03/31/2014", "There is no month 31."),
        ("2014-13-01", "There is no month 13."),
        ("0/1/2014", "There is no 0 January 2014: January 2014 has 31 days."),
        ("31 feb", "There is no 31 February 2014: February 2014 has 28 days."),
        ("as at 11 May 2014", "11 May 2014 is still to come."),
        ("as at friday", "“friday” is not a date."),
        ("as at", "No date follows “as at”."),
        ("1/1/2014 or 2/1/2014", "More than one day is named: 1 January 2014 and 2 January 2014."),
        ("daily month end", "Both daily and month-end figures are asked for."),
    ],
)
def test_an_impossible_day_is_explained(typed: str, said: str) -> None:
    with pytest.raises(UserError) as refused:
        read_dates(typed, today=TODAY)

    assert str(refused.value) == said
    assert refused.value.hint


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("month end", SnapshotKind.MONTH_END),
        ("month-end figures", SnapshotKind.MONTH_END),
        ("daily", SnapshotKind.DAILY),
        ("latest", None),
    ],
)
def test_a_kind_of_figures_is_read(typed: str, kind: SnapshotKind | None) -> None:
    dated = read_dates(typed, today=TODAY)

    assert (dated.kind, dated.rest.strip()) == (kind, "")


def test_a_day_without_its_year_is_said_in_full() -> None:
    assert read_dates("11 dec", today=TODAY).remarks == ("Read “11 dec” as 11 December 2013.",)


@given(st.dates(date(2003, 4, 1), TODAY))
def test_every_day_written_out_is_read_as_itself(day: date) -> None:
    for typed in (
        f"as at {say_date(day)}",
        day.isoformat(),
        f"{day.day}/{day.month}/{day.year}",
        f"{day:%d.%m.%y}",
    ):
        assert read_dates(typed, today=TODAY).as_at == day
