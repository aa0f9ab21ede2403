"""Which days are unlike others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from tests.metrics.statistics.surveillance.made_up import a_force

BANK_HOLIDAY = "bank holiday"

KINDS = sorted({"New Year's Day", "Christmas Day", "Boxing Day", "first of month", BANK_HOLIDAY})


def kinds_from(first: date, days: int, *listed: date) -> dict[int, str]:
    """Return the kind of each special day, by column."""
    force = a_force()
    history = replace(
        force,
        counts=force.counts[:, :days],
        first_day=first,
        special_days=dict.fromkeys(listed, BANK_HOLIDAY),
    )
    kinds, number = history.special_kinds(0, days - 1)
    assert number == (len(KINDS) if listed else len(KINDS) - 1)
    names = KINDS if listed else [name for name in KINDS if name != BANK_HOLIDAY]
    return {int(column): names[kinds[column] - 1] for column in np.flatnonzero(kinds)}


def test_some_days_are_special_in_any_year() -> None:
    assert kinds_from(date(2019, 11, 30), 34) == {
        1: "first of month",
        25: "Christmas Day",
        26: "Boxing Day",
        32: "New Year's Day",
    }


def test_a_listed_day_is_of_its_own_kind_unless_it_is_special_in_any_year() -> None:
    christmas, first_of_may = date(2023, 12, 25), date(2023, 5, 1)

    assert kinds_from(date(2023, 12, 20), 10, christmas)[5] == "Christmas Day"
    assert kinds_from(date(2023, 4, 20), 20, first_of_may) == {11: BANK_HOLIDAY}


def test_listed_days_that_the_counts_do_not_reach_are_of_no_account() -> None:
    listed = date(2023, 4, 10), date(2023, 5, 8), date(2023, 5, 29)

    assert kinds_from(date(2023, 5, 5), 10, *listed) == {3: BANK_HOLIDAY}
