"""Counts add up, and covers join, whatever order they come in."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.sources.table import Cover, Tallies, added_up, joined, stretches

DAY = st.dates(date(1969, 12, 1), date(2030, 1, 1))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            DAY, DAY, st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from([1, 2, 0.5])
        )
    )
)
def test_counts_of_one_day_area_and_tally_are_added(
    entries: list[tuple[date, date, str, str, float]],
) -> None:
    tallies, expected = Tallies(), Counter[tuple[str, str, str, str]]()
    for cohort, day, area, tally, count in entries:
        tallies.add_one(cohort=cohort, day=day, area=area, tally=tally, count=count)
        expected[f"{cohort}", f"{day}", area, tally] += count  # type: ignore[assignment]

    rows = tallies.table([]).rows

    found = zip(
        rows["cohort"].dt.strftime("%Y-%m-%d"),
        rows["day"].dt.strftime("%Y-%m-%d"),
        rows["area"],
        rows["tally"],
        rows["count"],
        strict=True,
    )
    assert {one[:4]: one[4] for one in found} == dict(expected)
    assert rows.equals(rows.sort_values(["cohort", "day", "area", "tally"]))


@pytest.mark.parametrize("count", [1.0, 2.5, 1e15])
def test_adding_up_is_the_same_for_small_whole_and_other_counts(count: float) -> None:
    place = np.array([2**50, 3, 2**50, 0], dtype=np.int64)

    places, sums = added_up(place, np.full(4, count))

    assert places.tolist() == [0, 3, 2**50]
    assert sums.tolist() == [count, count, 2 * count]


def test_the_table_has_the_types_it_promises() -> None:
    table = Tallies().table([])

    assert [str(one) for one in table.rows.dtypes] == [
        "datetime64[s]", "datetime64[s]", "category", "category", "float64",
    ]  # fmt: skip
    assert [str(one) for one in table.covers.dtypes][2:] == ["datetime64[s]", "datetime64[s]"]


@settings(max_examples=50, deadline=None)
@given(st.sets(st.integers(0, 40)))
def test_stretches_hold_exactly_their_days(numbers: set[int]) -> None:
    epoch = date(1970, 1, 1)

    found = [
        (first - epoch).days + step
        for first, last in stretches(np.array(sorted(numbers), dtype=np.int64))
        for step in range((last - first).days + 1)
    ]

    assert found == sorted(numbers)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10), st.sampled_from("xy"))))
def test_joined_covers_hold_the_same_days_and_do_not_touch(
    spans: list[tuple[int, int, str]],
) -> None:
    start = date(2024, 1, 1)
    covers = [
        Cover(
            tally=tally,
            area="a",
            first=start + timedelta(days=first),
            last=start + timedelta(days=first + length),
        )
        for first, length, tally in spans
    ]

    def days(of: list[Cover]) -> list[tuple[str, date]]:
        return [
            (one.tally, one.first + timedelta(days=step))
            for one in of
            for step in range((one.last - one.first).days + 1)
        ]

    assert days(joined(covers)) == sorted(set(days(covers)))
    assert all(
        before.tally != after.tally or before.last + timedelta(days=1) < after.first
        for before, after in zip(joined(covers), joined(covers)[1:], strict=False)
    )
