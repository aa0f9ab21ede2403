"""Dense arrays: rolled up the tree and the groups, and a gap is not a zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.model import AreaId, Catalogue, MeasureId
from metrics.series import Counts, dense, numerator
from tests.conftest import a_table, every_day

BOATS, NETS, OTHER = "boat-theft.recorded", "net-damage.recorded", "other.recorded"
ALL = (BOATS, NETS, OTHER)
TO = date(2020, 6, 5)
WHOLE = [(tally, "saltmarsh", "2020-06-01", "2020-06-05") for tally in ALL]


def line(counts: Counts, catalogue: Catalogue, measure: str, area: str) -> tuple[int, int]:
    """Return where a measure's numerator in an area stands."""
    counted = numerator(catalogue.measures[MeasureId(measure)])
    return counts.place[counted], counts.areas.index(AreaId(area))


def total(counts: Counts, catalogue: Catalogue, measure: str, area: str) -> float:
    return float(counts.values[line(counts, catalogue, measure, area)].sum())


def seen(counts: Counts, catalogue: Catalogue, measure: str, area: str) -> list[bool]:
    observed: list[bool] = counts.observed[line(counts, catalogue, measure, area)].tolist()
    return observed


def test_areas_and_groups_are_sums_of_their_parts(saltmarsh: Catalogue) -> None:
    table = a_table(
        [("2020-06-01", "ebb", BOATS, 3), ("2020-06-02", "flow", NETS, 2),
         ("2020-06-02", "saltmarsh", OTHER, 4)],
        WHOLE,
    )  # fmt: skip

    counts = dense(table, saltmarsh, to=TO)

    assert total(counts, saltmarsh, "all-crime.recorded", "saltmarsh") == 9
    assert total(counts, saltmarsh, "harbour-crime.recorded", "saltmarsh") == 5
    assert total(counts, saltmarsh, "all-crime.recorded", "ebb") == 3


def test_a_part_reached_by_two_paths_counts_once(leicestershire: Catalogue) -> None:
    tally = "robbery.recorded"
    table = a_table(
        [("2020-06-01", "blaby-lpu", tally, 1)],
        [(tally, "leicestershire", "2020-06-01", "2020-06-05")],
    )

    counts = dense(table, leicestershire, to=TO)

    for area in ("blaby-lpu", "blaby", "blaby-and-hinckley", "counties", "leicestershire"):
        assert total(counts, leicestershire, "robbery.recorded", area) == 1


def test_a_day_within_the_cover_without_a_row_is_a_true_zero(saltmarsh: Catalogue) -> None:
    table = a_table([("2020-06-01", "ebb", BOATS, 3), ("2020-06-01", "flow", NETS, 1)], WHOLE)

    counts = dense(table, saltmarsh, to=TO)

    assert seen(counts, saltmarsh, "boat-theft.recorded", "flow") == [True] * 5
    assert total(counts, saltmarsh, "boat-theft.recorded", "flow") == 0


def test_an_area_that_no_record_was_ever_located_in_is_not_at_nought(saltmarsh: Catalogue) -> None:
    table = a_table([("2020-06-01", "ebb", BOATS, 3), ("2020-06-01", "saltmarsh", NETS, 1)], WHOLE)

    counts = dense(table, saltmarsh, to=TO)

    assert not any(seen(counts, saltmarsh, "boat-theft.recorded", "flow"))
    assert all(seen(counts, saltmarsh, "boat-theft.recorded", "saltmarsh"))


def test_a_day_outside_the_cover_is_not_observed(saltmarsh: Catalogue) -> None:
    table = a_table(
        [("2020-06-01", "ebb", BOATS, 3), ("2020-06-04", "ebb", BOATS, 1)],
        [(BOATS, "saltmarsh", "2020-06-01", "2020-06-02"),
         (BOATS, "saltmarsh", "2020-06-04", "2020-06-04")],
    )  # fmt: skip

    counts = dense(table, saltmarsh, to=TO)

    expected = [True, True, False, True, False]
    assert seen(counts, saltmarsh, "boat-theft.recorded", "saltmarsh") == expected


def test_a_sum_is_not_observed_while_one_of_its_parts_is_missing(saltmarsh: Catalogue) -> None:
    table = a_table(
        [("2020-06-01", "ebb", BOATS, 3)], [cover for cover in WHOLE if cover[0] != NETS]
    )

    counts = dense(table, saltmarsh, to=TO)

    assert not any(seen(counts, saltmarsh, "all-crime.recorded", "saltmarsh"))
    assert all(seen(counts, saltmarsh, "boat-theft.recorded", "saltmarsh"))


def test_what_counts_later_is_left_out(saltmarsh: Catalogue) -> None:
    table = a_table([("2020-06-01", "ebb", BOATS, 3), ("2020-06-05", "ebb", BOATS, 9)], WHOLE)

    counts = dense(table, saltmarsh, to=date(2020, 6, 4))

    assert total(counts, saltmarsh, "boat-theft.recorded", "ebb") == 3
    assert counts.last == date(2020, 6, 4)


def test_one_supplier_missing_leaves_the_force_unknown_and_the_other_known(
    saltmarsh: Catalogue,
) -> None:
    tally = "return.rescues"
    quarter = ("2020-04-01", "2020-06-30")
    ebb = a_table([("2020-06-30", "ebb", tally, 5)], [(tally, "ebb", *quarter)])
    both = a_table(
        [("2020-06-30", "ebb", tally, 5), ("2020-06-30", "flow", tally, 2)],
        [(tally, "ebb", *quarter), (tally, "flow", *quarter)],
    )
    to = date(2020, 6, 30)

    half, whole = dense(ebb, saltmarsh, to=to), dense(both, saltmarsh, to=to)

    assert not any(seen(half, saltmarsh, "rescues", "saltmarsh"))
    assert all(seen(half, saltmarsh, "rescues", "ebb"))
    assert all(seen(whole, saltmarsh, "rescues", "saltmarsh"))
    assert total(whole, saltmarsh, "rescues", "saltmarsh") == 7


def test_who_delivers_is_looked_at_measure_by_measure(saltmarsh: Catalogue) -> None:
    rescues = saltmarsh.measures[MeasureId("rescues")]
    of_ebb = replace(rescues, id=MeasureId("rescues-of-ebb"), suppliers=(AreaId("ebb"),))
    catalogue = replace(saltmarsh, measures={**saltmarsh.measures, of_ebb.id: of_ebb})
    ebb = a_table(
        [("2020-06-30", "ebb", "return.rescues", 5)],
        [("return.rescues", "ebb", "2020-04-01", "2020-06-30")],
    )

    counts = dense(ebb, catalogue, to=date(2020, 6, 30))

    assert not any(seen(counts, catalogue, "rescues", "saltmarsh"))
    assert all(seen(counts, catalogue, "rescues-of-ebb", "saltmarsh"))


def test_a_figure_of_the_force_alone_says_nothing_of_its_areas(saltmarsh: Catalogue) -> None:
    tally = "survey.anglers.overall.satisfied"
    table = a_table(
        [("2020-06-30", "saltmarsh", tally, 50)], [(tally, "saltmarsh", "2020-06-01", "2020-06-30")]
    )

    counts = dense(table, saltmarsh, to=date(2020, 6, 30))

    assert all(seen(counts, saltmarsh, "anglers.satisfaction", "saltmarsh"))
    assert not any(seen(counts, saltmarsh, "anglers.satisfaction", "ebb"))


def test_two_that_cover_the_same_days_may_know_different_areas(saltmarsh: Catalogue) -> None:
    tally = "survey.anglers.overall.satisfied"
    june = "saltmarsh", "2020-06-01", "2020-06-30"
    table = a_table(
        [("2020-06-30", "saltmarsh", tally, 50), ("2020-06-02", "ebb", BOATS, 3)],
        [(one, *june) for one in (tally, *ALL)],
    )

    counts = dense(table, saltmarsh, to=date(2020, 6, 30))

    assert all(seen(counts, saltmarsh, "boat-theft.recorded", "ebb"))
    assert not any(seen(counts, saltmarsh, "anglers.satisfaction", "ebb"))


@settings(max_examples=25, deadline=None)
@given(
    drawn=st.dictionaries(
        st.tuples(
            st.sampled_from(every_day("2020-06-01", "2020-06-05")),
            st.sampled_from(["saltmarsh", "ebb", "flow"]),
            st.sampled_from(ALL),
        ),
        st.integers(1, 50),
        max_size=12,
    )
)
def test_every_record_is_in_the_force_once(
    saltmarsh: Catalogue, drawn: Mapping[tuple[str, str, str], int]
) -> None:
    rows = [(day, area, tally, count) for (day, area, tally), count in drawn.items()]

    counts = dense(a_table(rows, WHOLE), saltmarsh, to=TO)

    assert total(counts, saltmarsh, "all-crime.recorded", "saltmarsh") == sum(drawn.values())
    located = sum(count for (_, area, _), count in drawn.items() if area != "saltmarsh")
    parts = (total(counts, saltmarsh, "all-crime.recorded", area) for area in ("ebb", "flow"))
    assert sum(parts) == located


def test_ending_earlier_is_the_same_as_having_ended_earlier(saltmarsh: Catalogue) -> None:
    table = a_table([("2020-06-01", "ebb", BOATS, 3), ("2020-06-04", "ebb", BOATS, 9)], WHOLE)
    earlier = date(2020, 6, 3)

    cut, made = dense(table, saltmarsh, to=TO).until(earlier), dense(table, saltmarsh, to=earlier)

    assert cut.last == made.last == earlier
    assert (cut.values == made.values).all()
    assert (cut.observed == made.observed).all()


def test_no_records_at_all_leave_everything_unobserved(saltmarsh: Catalogue) -> None:
    counts = dense(a_table(), saltmarsh, to=TO)

    assert counts.first == TO
    assert not counts.observed.any()


@pytest.mark.parametrize("day", ["2020-06-01", "2020-06-05"])
def test_the_first_and_the_last_day_belong_to_the_arrays(saltmarsh: Catalogue, day: str) -> None:
    counts = dense(a_table([(day, "ebb", BOATS, 1)], WHOLE), saltmarsh, to=TO)

    assert total(counts, saltmarsh, "boat-theft.recorded", "ebb") == 1
