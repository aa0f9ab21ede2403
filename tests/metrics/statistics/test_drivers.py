from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.statistics.comparison import Verdict, compare_counts
from metrics.statistics.drivers import find_drivers

children = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=12)


def test_theft_of_motor_vehicles_of_december_2013_was_driven_by_the_city() -> None:
    # Strategic Assurance Board, December 2013: force +34, City +36 (11.6%), Counties similar
    made = find_drivers(
        [[346.0, 434]], [[310.0, 436]], parent_current=[780], parent_base=[746], dispersion=1.3
    )

    assert made.change.tolist() == [[36, -2]]
    assert made.share == pytest.approx(np.array([[36 / 34, -2 / 34]]))
    assert made.main.tolist() == [[True, False]]
    assert made.against.tolist() == [[False, True]]
    assert set(made.verdict[0]) == {Verdict.NO_SIGNIFICANT_CHANGE}


@settings(max_examples=60, deadline=None)
@given(children, st.integers(-300, 300))
def test_shares_and_what_no_child_accounts_for_add_up_to_the_parent(
    counts: list[tuple[int, int]], elsewhere: int
) -> None:
    current, base = np.array([counts], dtype=float).transpose(2, 0, 1)
    parent_base = base.sum(axis=1) + 500
    parent_current = current.sum(axis=1) + 500 + elsewhere

    made = find_drivers(
        current, base, parent_current=parent_current, parent_base=parent_base, dispersion=1.0
    )

    assert made.unallocated_change[0] == pytest.approx(elsewhere)
    if parent_current[0] == parent_base[0]:
        assert np.isnan(made.share).all()
    else:
        assert made.share.sum() + made.unallocated_share[0] == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(children)
def test_the_main_children_are_the_fewest_that_make_up_four_fifths(
    counts: list[tuple[int, int]],
) -> None:
    current, base = np.array([counts], dtype=float).transpose(2, 0, 1)

    made = find_drivers(
        current,
        base,
        parent_current=current.sum(axis=1),
        parent_base=base.sum(axis=1),
        dispersion=1.0,
    )

    sign = np.sign(made.change.sum())
    helping = np.maximum(made.change[0] * sign, 0.0)
    named = helping[made.main[0]]
    assert named.sum() >= 0.8 * helping.sum() - 1e-9
    if len(named):
        assert named.sum() - named.min() < 0.8 * helping.sum()
        assert named.min() >= helping[~made.main[0]].max(initial=0.0)


def test_children_are_told_from_the_largest_with_the_parent_to_the_largest_against() -> None:
    made = find_drivers(
        [[90.0, 150, np.nan, 60]],
        [[100.0, 100, 100, 50]],
        parent_current=[400],
        parent_base=[350],
        dispersion=1.0,
    )

    assert made.order.tolist() == [[1, 3, 0, 2]]


def test_in_a_fall_the_drivers_are_the_children_that_fell() -> None:
    made = find_drivers(
        [[50.0, 130]], [[200.0, 100]], parent_current=[180], parent_base=[300], dispersion=1.0
    )

    assert made.main.tolist() == [[True, False]]
    assert made.against.tolist() == [[False, True]]


def test_a_child_not_recorded_goes_to_what_no_child_accounts_for() -> None:
    made = find_drivers(
        [[120.0, np.nan]], [[100.0, 80]], parent_current=[230], parent_base=[180], dispersion=1.0
    )

    assert made.unallocated_change.tolist() == [30]
    assert np.isnan(made.share[0, 1])
    assert made.verdict[0, 1] == Verdict.NOT_TESTABLE
    assert not made.main[0, 1]


def test_each_child_is_tested_as_it_would_be_alone_among_its_siblings() -> None:
    current, base = np.array([[150.0, 90, 40], [30, 60, 70]]), np.array([[100.0] * 3, [60.0] * 3])

    made = find_drivers(
        current, base, parent_current=[280, 160], parent_base=[300, 180], dispersion=1.2
    )

    for row in range(2):
        alone = compare_counts(current[row], base[row], dispersion=1.2)
        assert made.p_adjusted[row] == pytest.approx(alone.p_adjusted)
        assert list(made.verdict[row]) == list(alone.verdict)
