"""How long the audit log is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from config.retention import read_retention
from metrics.errors import UserError

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "said", "before"),
    [
        ("6 years", "6 years", datetime(2020, 11, 1, tzinfo=UTC)),
        (" 1  YEAR ", "1 year", datetime(2025, 11, 1, tzinfo=UTC)),
        ("365 days", "365 days", datetime(2025, 11, 1, tzinfo=UTC)),
        ("2000 days", "2000 days", datetime(2021, 5, 10, 23, 0, tzinfo=UTC)),  # summer time
        ("for ever", "for ever", None),
        ("99999 years", "99999 years", datetime(1, 11, 1, tzinfo=UTC)),
    ],
)
def test_a_rule_gives_the_moment_before_which_everything_may_go(
    written: str, said: str, before: datetime | None
) -> None:
    rule = read_retention(written)

    found = rule.before(NOW)
    assert str(rule) == said
    assert found == before or (found and before and abs(found - before) < timedelta(minutes=2))


def test_it_moves_once_a_month() -> None:
    rule = read_retention("6 years")

    moments = {rule.before(datetime(2026, 11, day, 12, tzinfo=UTC)) for day in range(1, 31)}

    assert len(moments) == 1


@pytest.mark.parametrize("written", ["", "6", "six years", "6 months", "-6 years", "1.5 years"])
def test_what_is_no_rule_is_said(written: str) -> None:
    with pytest.raises(UserError, match="is not a length of time"):
        read_retention(written)


@pytest.mark.parametrize("written", ["0 years", "364 days", "6 days"])
def test_a_rule_of_less_than_a_year_is_taken_for_a_slip(written: str) -> None:
    with pytest.raises(UserError, match="is too short"):
        read_retention(written)
