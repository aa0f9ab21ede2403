"""Any text survives a cell, and no spreadsheet runs it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.register.cells import (
    NotReadable,
    day_of,
    from_xml,
    moment_of,
    moment_text,
    neutral,
    original,
    text_of,
    to_xml,
)

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝")

nasty = st.text(st.sampled_from("'=+-@\t\r\n_x00D7ab＝"), max_size=12) | st.text(max_size=20)


@given(nasty)
@settings(max_examples=200, deadline=None)
def test_no_written_text_starts_like_a_formula_and_every_one_comes_back(text: str) -> None:
    written = neutral(text)

    assert not written.startswith(DANGEROUS)
    assert original(written) == text


@given(nasty)
@settings(max_examples=200, deadline=None)
def test_every_text_survives_xml(text: str) -> None:
    held = to_xml(text)

    assert "\r" not in held
    assert "\x00" not in held
    assert from_xml(held) == text


def test_a_quote_that_somebody_typed_stays() -> None:
    assert original("'tis the season") == "'tis the season"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2013-12-11", date(2013, 12, 11)),
        ("11/12/2013", date(2013, 12, 11)),
        ("1.2.2014", date(2014, 2, 1)),
        ("2013-12-11T00:00:00", date(2013, 12, 11)),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_here_write_it(written: str, day: date | None) -> None:
    assert day_of(written) == day


@pytest.mark.parametrize("written", ["12/31/2013", "soon", "2013-02-30"])
def test_what_is_no_day_says_what_it_says(written: str) -> None:
    with pytest.raises(NotReadable, match="is not a day"):
        day_of(written)


@given(st.datetimes(timezones=st.just(UTC)))
@settings(max_examples=40, deadline=None)
def test_a_moment_comes_back_to_the_microsecond(moment: datetime) -> None:
    assert moment_of(moment_text(moment)) == moment


@pytest.mark.parametrize(
    ("value", "text"),
    [(12.0, "12"), (None, ""), (True, "yes"), (date(2013, 12, 11), "2013-12-11"), (1.5, "1.5")],
)
def test_what_a_spreadsheet_made_of_a_cell_is_a_text_again(value: object, text: str) -> None:
    assert text_of(value) == text  # type: ignore[arg-type]
