from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from metrics.statistics.peers import PeerVerdict, between_variance, peer_positions

RESIDENTS = np.array([1_000, 660, 1_770, 1_890, 1_130, 1_750, 1_100, 1_640]) * 1_000.0

forces = st.lists(st.integers(50, 50_000), min_size=8, max_size=8)


@settings(max_examples=40, deadline=None)
@given(forces, st.sampled_from([1.0, 1.7]))
def test_between_variance_agrees_with_dersimonian_and_laird_in_statsmodels(
    counts: list[int], phi: float
) -> None:
    rate, variance = np.log(counts / RESIDENTS), phi / np.array(counts, dtype=float)

    made = between_variance(rate[None], variance[None], winsorised=0.0)

    theirs = combine_effects(rate, variance, method_re="dl").tau2
    assert made[0] == pytest.approx(max(0.0, theirs), rel=1e-8, abs=1e-12)


def test_drawing_in_the_ends_keeps_one_force_from_widening_the_funnel() -> None:
    counts = 10 * RESIDENTS / 1000 * np.array([1, 1.02, 0.97, 1.01, 0.99, 1.03, 0.98, 2.0])

    made = peer_positions(counts[None], RESIDENTS)
    plain = peer_positions(counts[None], RESIDENTS, winsorised=0.0)

    assert made.between_variance[0] < plain.between_variance[0]


def test_drawing_in_the_ends_does_not_shrink_the_variance_of_ordinary_forces() -> None:
    rng = np.random.default_rng(11)
    counts = rng.poisson(8 * RESIDENTS / 1000 * rng.lognormal(0, 0.25, (3000, 8))).astype(float)

    made = peer_positions(counts, RESIDENTS)

    assert np.mean(made.between_variance) == pytest.approx(0.25**2, rel=0.05)
    assert np.mean(made.verdict != PeerVerdict.IN_LINE) < 0.035


def test_z_is_the_distance_over_chance_and_differences_between_forces() -> None:
    counts = np.array([[9_000, 7_000, 16_000, 20_000, 9_500, 18_000, 13_000, 15_000.0]])

    made = peer_positions(counts, RESIDENTS, dispersion=1.5)

    distance = np.log(made.rate / made.group_rate[:, None])
    assert made.z == pytest.approx(
        distance / np.sqrt(1.5 / counts + made.between_variance[:, None])
    )


def test_first_is_the_lowest_rate_and_ties_share_the_better_rank() -> None:
    made = peer_positions([[30.0, 10, 20, 20, np.nan]], np.full(5, 1000.0))

    assert list(made.rank[0]) == [4, 1, 2, 2, 0]
    assert list(made.tied[0]) == [False, False, True, True, False]
    assert list(made.quartile[0]) == [4, 1, 2, 2, 0]
    assert made.forces[0] == 4


def test_first_is_the_highest_where_higher_is_better() -> None:
    made = peer_positions([[30.0, 10, 20, 25]], np.full(4, 1000.0), lowest_is_best=False)

    assert list(made.rank[0]) == [1, 4, 3, 2]


def test_a_rate_is_per_thousand_residents() -> None:
    # Leicestershire 2013/14: 60,752 crimes; 1,032,500 residents give 58.8 per 1,000
    made = peer_positions([[60_752.0, 50_000]], [1_032_500.0, 1e6])

    assert made.rate[0, 0] == pytest.approx(58.84, abs=0.005)


def test_forces_that_differ_only_by_chance_are_in_line() -> None:
    rng = np.random.default_rng(7)
    counts = rng.poisson(8 * RESIDENTS / 1000, (500, 8)).astype(float)

    made = peer_positions(counts, RESIDENTS)

    assert np.mean(made.verdict == PeerVerdict.IN_LINE) > 0.99


def test_a_force_far_from_a_close_group_is_significantly_above_or_below() -> None:
    alike = 10 * RESIDENTS / 1000
    counts = np.array([alike, alike])
    counts[0, 0] *= 1.5
    counts[1, 0] /= 1.5

    made = peer_positions(counts, RESIDENTS)

    assert list(made.verdict[:, 0]) == [
        PeerVerdict.SIGNIFICANTLY_ABOVE,
        PeerVerdict.SIGNIFICANTLY_BELOW,
    ]
    assert (made.verdict[:, 1:] == PeerVerdict.IN_LINE).all()


def test_in_line_means_that_the_intervals_overlap() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(RESIDENTS / 1000 * rng.lognormal(1, 0.4, (200, 8))).astype(float)

    made = peer_positions(counts, RESIDENTS)

    overlap = (made.rate_low <= made.group_high[:, None]) & (
        made.rate_high >= made.group_low[:, None]
    )
    assert ((made.verdict == PeerVerdict.IN_LINE) == overlap).all()


def test_a_force_not_held_has_no_place_and_does_not_move_the_others() -> None:
    counts = np.array([[9_000, 7_000, 16_000, 20_000, 9_500, 18_000, 13_000, np.nan]])

    made, without = peer_positions(counts, RESIDENTS), peer_positions(counts[:, :7], RESIDENTS[:7])

    assert made.verdict[0, 7] == PeerVerdict.NOT_TESTABLE
    assert np.isnan(made.rate[0, 7])
    assert made.z[0, :7] == pytest.approx(without.z[0])
    assert list(made.rank[0, :7]) == list(without.rank[0])


def test_three_forces_are_too_few_for_a_verdict_but_not_for_a_rank() -> None:
    made = peer_positions([[100.0, 300, 200]], np.full(3, 10_000.0))

    assert (made.verdict == PeerVerdict.NOT_TESTABLE).all()
    assert list(made.rank[0]) == [1, 3, 2]


def test_a_force_without_a_single_crime_has_a_finite_place() -> None:
    made = peer_positions([[0.0, 4, 6, 5, 7]], np.full(5, 100_000.0))

    assert made.rate[0, 0] == 0.0
    assert np.isfinite(made.z[0]).all()


@settings(max_examples=30, deadline=None)
@given(forces, st.floats(0.5, 20))
def test_counting_per_household_changes_rates_and_not_places(
    counts: list[int], factor: float
) -> None:
    one = peer_positions([counts], RESIDENTS)
    other = peer_positions([counts], RESIDENTS * factor)

    assert other.z == pytest.approx(one.z, abs=1e-6)
    assert (other.rank == one.rank).all()
