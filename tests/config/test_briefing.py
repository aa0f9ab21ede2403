"""When the weekly briefing is due, as people write it."""

from __future__ import annotations

from datetime import time

import pytest

from config.briefing import Weekly, read_weekly
from metrics.errors import UserError


@pytest.mark.parametrize(
    ("written", "weekday", "at"),
    [
        ("Monday 07:30", 0, time(7, 30)),
        (" friday  7:05 ", 4, time(7, 5)),
        ("Sun 23:59", 6, time(23, 59)),
    ],
)
def test_a_day_and_a_time_are_read(written: str, weekday: int, at: time) -> None:
    assert read_weekly(written) == Weekly(weekday=weekday, at=at)


@pytest.mark.parametrize(
    "written", ["", "Monday", "07:30", "Moonday 07:30", "M 7:30", "Monday 25:00"]
)
def test_anything_else_is_refused_with_how_to_write_it(written: str) -> None:
    with pytest.raises(UserError) as refused:
        read_weekly(written)

    assert "Monday 07:30" in refused.value.hint


def test_it_is_written_as_it_is_read() -> None:
    assert str(read_weekly("mon 7:30")) == "Monday 07:30"
