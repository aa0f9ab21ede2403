"""Deliveries put together: corrections replace, nothing doubles, news is told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.counts import Blocks, beside, changed, empty_table, merge
from metrics.delivery import CountTable
from metrics.model import Catalogue
from tests.conftest import a_table

BOATS = "boat-theft.recorded"
NETS = "net-damage.recorded"

Cells = dict[tuple[str, str, str, str], float]


def cells(table: CountTable) -> Cells:
    """Return counts by (cohort, day, area, tally)."""
    found: Cells = defaultdict(float)
    for cohort, day, area, tally, count in table.rows.itertuples(index=False):
        found[f"{cohort:%Y-%m-%d}", f"{day:%Y-%m-%d}", area, tally] += count
    return dict(found)


def days_covered(table: CountTable) -> set[tuple[str, str, int]]:
    """Return each (tally, area, day) that is accounted for."""
    return {
        (tally, area, day.toordinal())
        for tally, area, first, last in table.covers.itertuples(index=False)
        for day in pd.date_range(first, last)
    }


MONDAY = a_table(
    [("2020-06-01", "ebb", BOATS, 3), ("2020-06-02", "flow", BOATS, 2)],
    [(BOATS, "saltmarsh", "2020-06-01", "2020-06-03")],
)


def test_nothing_put_together_is_nothing(saltmarsh: Catalogue) -> None:
    assert cells(merge([], saltmarsh.within)) == {}
    assert cells(merge([empty_table(), MONDAY], saltmarsh.within)) == cells(MONDAY)


def test_the_same_delivery_twice_counts_once(saltmarsh: Catalogue) -> None:
    assert cells(merge([MONDAY, MONDAY], saltmarsh.within)) == cells(MONDAY)


def test_a_correction_replaces_the_days_it_covers_and_no_other(saltmarsh: Catalogue) -> None:
    correction = a_table(
        [("2020-06-02", "flow", BOATS, 5)], [(BOATS, "saltmarsh", "2020-06-02", "2020-06-02")]
    )

    assert cells(merge([MONDAY, correction], saltmarsh.within)) == {
        ("2020-06-01", "2020-06-01", "ebb", BOATS): 3,
        ("2020-06-02", "2020-06-02", "flow", BOATS): 5,
    }


def test_a_crime_that_was_reclassified_leaves_its_old_type(saltmarsh: Catalogue) -> None:
    correction = a_table(
        [("2020-06-01", "ebb", NETS, 1), ("2020-06-01", "ebb", BOATS, 2)],
        [(tally, "saltmarsh", "2020-06-01", "2020-06-01") for tally in (BOATS, NETS)],
    )

    merged = cells(merge([MONDAY, correction], saltmarsh.within))

    assert merged["2020-06-01", "2020-06-01", "ebb", BOATS] == 2
    assert merged["2020-06-01", "2020-06-01", "ebb", NETS] == 1


def test_a_day_withdrawn_to_nought_is_nought(saltmarsh: Catalogue) -> None:
    correction = a_table([], [(BOATS, "saltmarsh", "2020-06-01", "2020-06-01")])

    assert cells(merge([MONDAY, correction], saltmarsh.within)) == {
        ("2020-06-02", "2020-06-02", "flow", BOATS): 2
    }


def test_a_delivery_for_one_area_leaves_the_others_alone(saltmarsh: Catalogue) -> None:
    ebb_only = a_table(
        [("2020-06-02", "ebb", BOATS, 7)], [(BOATS, "ebb", "2020-06-01", "2020-06-03")]
    )

    assert cells(merge([MONDAY, ebb_only], saltmarsh.within)) == {
        ("2020-06-02", "2020-06-02", "flow", BOATS): 2,
        ("2020-06-02", "2020-06-02", "ebb", BOATS): 7,
    }


def test_outcomes_are_replaced_with_the_crimes_they_belong_to(saltmarsh: Catalogue) -> None:
    outcomes = "boat-theft.outcomes"
    first = a_table(
        [("2020-06-20", "ebb", outcomes, 1)],
        [(outcomes, "saltmarsh", "2020-06-01", "2020-06-01")],
        cohorts=["2020-06-01"],
    )
    second = a_table(
        [("2020-06-25", "ebb", outcomes, 1)],
        [(outcomes, "saltmarsh", "2020-06-01", "2020-06-01")],
        cohorts=["2020-06-01"],
    )

    assert cells(merge([first, second], saltmarsh.within)) == {
        ("2020-06-01", "2020-06-25", "ebb", outcomes): 1
    }


def test_an_unchanged_delivery_brings_no_news(saltmarsh: Catalogue) -> None:
    news = changed(MONDAY, MONDAY, saltmarsh.within)

    assert cells(news) == {}
    assert days_covered(news) == set()


def test_news_is_the_whole_of_each_day_that_differs(saltmarsh: Catalogue) -> None:
    later = a_table(
        [("2020-06-01", "ebb", BOATS, 3), ("2020-06-02", "flow", BOATS, 2),
         ("2020-06-02", "ebb", BOATS, 1), ("2020-06-04", "ebb", BOATS, 4)],
        [(BOATS, "saltmarsh", "2020-06-01", "2020-06-04")],
    )  # fmt: skip

    news = changed(MONDAY, later, saltmarsh.within)

    assert cells(news) == {
        ("2020-06-02", "2020-06-02", "flow", BOATS): 2,
        ("2020-06-02", "2020-06-02", "ebb", BOATS): 1,
        ("2020-06-04", "2020-06-04", "ebb", BOATS): 4,
    }
    second = a_table([], [(BOATS, "saltmarsh", "2020-06-02", "2020-06-02")])
    fourth = a_table([], [(BOATS, "saltmarsh", "2020-06-04", "2020-06-04")])
    assert days_covered(news) == days_covered(second) | days_covered(fourth)


deliveries = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.integers(0, 4),
        st.sampled_from(["saltmarsh", "ebb", "flow"]),
        st.dictionaries(
            st.tuples(st.integers(1, 13), st.sampled_from(["ebb", "flow"])), st.integers(1, 5)
        ),
    ),
    max_size=5,
)


def _tables(drawn: Sequence[tuple[int, int, str, dict[tuple[int, str], int]]]) -> list[CountTable]:
    """Make deliveries whose rows lie within what they cover."""
    tables = []
    for first, more, area, counts in drawn:
        inside = [
            (f"2020-06-{day:02d}", place, BOATS, count)
            for (day, place), count in counts.items()
            if first <= day <= first + more and area in ("saltmarsh", place)
        ]
        cover = (BOATS, area, f"2020-06-{first:02d}", f"2020-06-{first + more:02d}")
        tables.append(a_table(inside, [cover]))
    return tables


@settings(max_examples=25, deadline=None)
@given(drawn=deliveries)
def test_of_each_day_and_area_the_newest_delivery_alone_counts(
    saltmarsh: Catalogue, drawn: list[tuple[int, int, str, dict[tuple[int, str], int]]]
) -> None:
    tables = _tables(drawn)
    expected: Cells = {}
    for (first, more, area, _), table in zip(drawn, tables, strict=True):
        replaced = {f"2020-06-{day:02d}" for day in range(first, first + more + 1)}
        expected = {
            key: count
            for key, count in expected.items()
            if key[0] not in replaced or area not in ("saltmarsh", key[2])
        } | cells(table)

    assert cells(merge(tables, saltmarsh.within)) == expected


@settings(max_examples=25, deadline=None)
@given(drawn=deliveries)
def test_keeping_only_the_news_loses_nothing(
    saltmarsh: Catalogue, drawn: list[tuple[int, int, str, dict[tuple[int, str], int]]]
) -> None:
    within = saltmarsh.within
    tables = _tables(drawn)
    kept: list[CountTable] = []
    for table in tables:
        kept = [*kept, changed(merge(kept, within), table, within)]

    assert cells(merge(kept, within)) == cells(merge(tables, within))
    assert days_covered(merge(kept, within)) <= days_covered(merge(tables, within))


@settings(max_examples=25, deadline=None)
@given(drawn=deliveries, data=st.data())
def test_what_was_put_together_before_is_put_together_with_what_came_since(
    saltmarsh: Catalogue,
    drawn: list[tuple[int, int, str, dict[tuple[int, str], int]]],
    data: st.DataObject,
) -> None:
    tables, within = _tables(drawn), saltmarsh.within
    first = data.draw(st.integers(0, len(tables)))

    both = merge([merge(tables[:first], within), *tables[first:]], within)
    at_once = merge(tables, within)

    assert cells(both) == cells(at_once)
    assert days_covered(both) == days_covered(at_once)


@settings(max_examples=25, deadline=None)
@given(drawn=deliveries)
def test_of_each_tally_and_area_the_stretches_put_together_do_not_touch(
    saltmarsh: Catalogue, drawn: list[tuple[int, int, str, dict[tuple[int, str], int]]]
) -> None:
    tables = [*_tables(drawn), MONDAY, MONDAY]

    merged = merge(tables, saltmarsh.within)

    assert days_covered(merged) == set().union(*map(days_covered, tables))
    for _, own in merged.covers.groupby(["tally", "area"]):
        gaps = own["first"].to_numpy()[1:] - own["last"].to_numpy()[:-1]
        assert (gaps > pd.Timedelta(days=1)).all()


def test_sources_that_count_different_things_are_put_side_by_side(saltmarsh: Catalogue) -> None:
    nets = a_table([("2020-06-01", "ebb", NETS, 1)], [(NETS, "ebb", "2020-06-01", "2020-06-01")])

    both = beside([Blocks.of(MONDAY), Blocks.of(nets)])

    assert both is not None
    found = both.table()
    assert cells(found) == cells(merge([MONDAY, nets], saltmarsh.within))
    assert days_covered(found) == days_covered(MONDAY) | days_covered(nets)


def test_sources_that_count_the_same_are_not() -> None:
    assert beside([Blocks.of(MONDAY), Blocks.of(MONDAY)]) is None
