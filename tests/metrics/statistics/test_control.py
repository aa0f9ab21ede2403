from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.statistics.control import Assurance, assurance, natural_limits, rate_limits
from metrics.statistics.control_signals import PointKind, point_kinds, signals

# NHSRplotthedots, vignette "deviations", section 1: both answers are printed there.
WORKED_EXAMPLE = [[1.0, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]]

# Mohammed et al. 2013 (weekly attendances seen within four hours), as in R's qicharts2 0.7.
# fmt: off
SEEN = [[
    266501, 264225, 276532, 281461, 269071, 261215, 270409, 279778, 270483, 270320,
    267923, 271478, 255353, 256820, 261835, 259144, 255910, 260863, 264465, 260989,
]]
ATTENDED = [[
    280443, 276823, 291681, 296155, 282343, 275888, 283867, 295251, 284468, 282529,
    279618, 283932, 266629, 268091, 276803, 271578, 266005, 273520, 278574, 273772,
]]
# fmt: on

STEADY = [9.0, 10, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10]

series = st.lists(st.integers(0, 200).map(float), min_size=12, max_size=30)


@pytest.mark.parametrize(("screen", "lower", "upper"), [(True, -0.72, 4.60), (False, -3.06, 6.95)])
def test_limits_agree_with_the_published_worked_example(
    *, screen: bool, lower: float, upper: float
) -> None:
    made = natural_limits(WORKED_EXAMPLE, screen=screen)

    figures = made.lower[0, 0], made.centre[0, 0], made.upper[0, 0]
    assert figures == pytest.approx((lower, 1.94, upper), abs=0.005)


@pytest.mark.parametrize(("jump", "reach"), [(3.7, 2.66 * 1.135), (3.8, 2.66)])
def test_a_range_is_left_out_above_3_267_times_the_mean(jump: float, reach: float) -> None:
    made = natural_limits([[0.0, 1.0] * 10 + [1.0 + jump]])  # nineteen ranges of 1, one of `jump`

    assert made.upper[0, 0] - made.centre[0, 0] == pytest.approx(reach)


def test_rate_limits_agree_with_qicharts2() -> None:
    made = rate_limits(SEEN, ATTENDED)

    assert made.centre[0, 0] == pytest.approx(0.95289971134419116, rel=1e-12)
    assert made.lower[0, :2] == pytest.approx([0.9401296441775141, 0.94004641862513627], rel=1e-9)
    assert made.upper[0, -1] == pytest.approx(0.96582442616547814, rel=1e-9)


def test_rate_limits_frozen_over_ten_weeks_agree_with_qicharts2() -> None:
    made = rate_limits(SEEN, ATTENDED, baseline=np.arange(20) < 10)

    assert made.centre[0, -1] == pytest.approx(0.95105964383277042, rel=1e-12)
    assert made.lower[0, -1] == pytest.approx(0.93851458643658869, rel=1e-9)


def test_rate_limits_rebased_after_ten_weeks_agree_with_qicharts2() -> None:
    made = rate_limits(SEEN, ATTENDED, breaks=np.arange(20) == 10)

    assert made.centre[0, [0, 10]] == pytest.approx([0.95105964383277042, 0.95481431224580271])
    assert made.lower[0, [9, 10]] == pytest.approx([0.93871053406939875, 0.940610623423212])
    assert not made.firm.any()


@settings(max_examples=40, deadline=None)
@given(series, st.integers(1, 60), st.integers(-100, 100))
def test_changing_the_unit_changes_only_the_unit(
    values: list[float], factor: int, shift: int
) -> None:
    one = natural_limits([values])
    other = natural_limits(factor * np.array([values]) + shift)

    assert other.upper == pytest.approx(factor * one.upper + shift, abs=1e-6)
    assert other.position == pytest.approx(one.position, abs=1e-6, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(series, series)
def test_a_series_has_the_same_chart_alone_and_among_others(
    one: list[float], other: list[float]
) -> None:
    both = np.full((2, 30), np.nan)
    both[0, : len(one)], both[1, : len(other)] = one, other

    together, alone = natural_limits(both), natural_limits([one])

    assert together.upper[0, : len(one)] == pytest.approx(alone.upper[0])
    found = signals(both, together).direction[0, : len(one)]
    assert list(found) == list(signals([one], alone).direction[0])


@settings(max_examples=40, deadline=None)
@given(series)
def test_turning_a_chart_over_turns_its_signals_over(values: list[float]) -> None:
    up, down = np.array([values]), -np.array([values])

    found = signals(up, natural_limits(up))
    over = signals(down, natural_limits(down))

    for name in ("beyond", "shift", "trend", "near"):
        assert (getattr(found, name) == -getattr(over, name)).all()


def test_a_month_not_recorded_is_not_a_month_of_zero() -> None:
    steady = np.full((1, 20), 5.0)
    steady[0, 7] = np.nan

    made = natural_limits(steady)

    assert made.lower[0, 0] == 5.0
    assert not made.recorded[0, 7]


def test_limits_are_frozen_over_their_baseline() -> None:
    values = np.array([STEADY + [30.0] * 6])

    frozen = natural_limits(values, baseline=np.arange(18) < 12)

    assert frozen.upper[0, -1] == natural_limits([STEADY]).upper[0, 0]
    assert signals(values, frozen).beyond[0, 12:].all()


def test_limits_are_rebased_at_a_dated_break_and_nowhere_else() -> None:
    values = np.array([STEADY + [v + 20 for v in STEADY]] * 2)
    breaks = np.zeros((2, 24), dtype=bool)
    breaks[0, 12] = True

    made = natural_limits(values, breaks=breaks)

    assert list(made.centre[0, [0, 11, 12, 23]]) == [10.0, 10.0, 30.0, 30.0]
    assert list(made.centre[1, [0, 23]]) == [20.0, 20.0]


@pytest.mark.parametrize(("points", "firm"), [(11, False), (12, True)])
def test_limits_are_firm_from_twelve_points(*, points: int, firm: bool) -> None:
    values = [([9.0, 11.0] * 6)[:points]]

    assert natural_limits(values).firm[0, 0] == firm


def test_whether_a_point_is_annotated_is_true_or_false_on_either_side() -> None:
    values = [[10.0, 12.0] * 6 + [6.2, 6.2, 6.2]]
    baseline = np.arange(15) < 12

    found = signals(values, natural_limits(values, baseline=baseline))

    assert found.near[0, -1] == -1
    assert found.any.dtype == bool
    assert found.any[0, -3:].all()


def test_provisional_limits_carry_no_signals() -> None:
    values = [[1.0, 2, 1, 2, 1, 2, 1, 2, 1, 2, 90]]

    assert not signals(values, natural_limits(values)).any.any()


def against(frozen: list[float], later: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """Values after a steady baseline of mean 10, and which periods are the baseline."""
    return np.array([frozen + later]), np.arange(len(frozen) + len(later)) < len(frozen)


# The steady baseline: mean 10, moving ranges of 1, so that one deviation is 0.887.
@pytest.mark.parametrize(
    ("later", "name", "expected"),
    [
        ([13.0], "beyond", [1]),
        ([7.0], "beyond", [-1]),
        ([12.3], "beyond", [0]),
        ([10.5] * 7, "shift", [1] * 7),
        ([9.5] * 8, "shift", [-1] * 8),
        ([10.5] * 6, "shift", [0] * 6),
        ([10.5] * 3 + [10.0] + [10.5] * 3, "shift", [0] * 7),
        ([10.5] * 3 + [9.9] + [10.5] * 3, "shift", [0] * 7),
        ([9.0, 9.3, 9.6, 9.9, 10.2, 10.5, 10.8], "trend", [1] * 7),
        ([10.8, 10.5, 10.2, 9.9, 9.6, 9.3, 9.0], "trend", [-1] * 7),
        ([9.0, 9.3, 9.6, 9.9, 10.2, 10.5], "trend", [0] * 6),
        ([9.0, 9.3, 9.6, 9.6, 9.9, 10.2, 10.5], "trend", [0] * 7),
        ([11.9, 10.1, 11.9], "near", [1, 0, 1]),
        ([11.9, 11.9, 10.1], "near", [1, 1, 0]),
        ([11.9, 9.9, 11.9], "near", [0, 0, 0]),
        ([11.9, 10.1, 10.1, 11.9], "near", [0, 0, 0, 0]),
        ([8.1, 9.9, 8.1], "near", [-1, 0, -1]),
    ],
)
def test_making_data_count_annotates(later: list[float], name: str, expected: list[int]) -> None:
    values, baseline = against(STEADY, later)

    found = signals(values, natural_limits(values, baseline=baseline))

    assert list(getattr(found, name)[0, 12:]) == expected


def test_a_run_does_not_cross_a_missing_period() -> None:
    values, baseline = against(STEADY, [10.5] * 4 + [np.nan] + [10.5] * 4)

    assert not signals(values, natural_limits(values, baseline=baseline)).shift.any()


@pytest.mark.parametrize(
    ("before", "after"), [([10.5] * 4, [10.5] * 4), ([9.0, 9.3, 9.6, 9.9], [10.2, 10.5, 10.8])]
)
def test_runs_and_trends_do_not_cross_a_break(before: list[float], after: list[float]) -> None:
    values = np.array([STEADY + before + after + STEADY])
    baseline = np.ones(values.shape[1], dtype=bool)
    baseline[12 : 12 + len(before + after)] = False
    breaks = np.arange(values.shape[1]) == 16

    whole = signals(values, natural_limits(values, baseline=baseline))
    broken = signals(values, natural_limits(values, baseline=baseline, breaks=breaks))

    assert (whole.shift | whole.trend).any()
    assert not (broken.shift | broken.trend).any()


def test_a_baseline_that_never_varied_can_say_nothing() -> None:
    values = np.array([[0.0] * 12 + [1.0]])

    made = natural_limits(values, baseline=np.arange(13) < 12)

    assert np.isnan(made.position).all()
    assert not signals(values, made).any.any()


@pytest.mark.parametrize(
    ("better", "kind"),
    [(1, PointKind.IMPROVEMENT), (-1, PointKind.CONCERN), (0, PointKind.NEITHER_HIGH)],
)
def test_what_a_high_point_says_depends_on_which_way_is_better(
    better: int, kind: PointKind
) -> None:
    values, baseline = against(STEADY, [13.0])
    made = natural_limits(values, baseline=baseline)

    found = point_kinds(made, signals(values, made), [better])

    assert found[0, -1] == kind
    assert found[0, 0] == PointKind.COMMON_CAUSE


# Limits of the steady baseline: 10 -/+ 2.66
@pytest.mark.parametrize(
    ("target", "better", "said"),
    [
        (7.0, 1, Assurance.WILL_MEET),
        (7.0, -1, Assurance.WILL_NOT_MEET),
        (10.0, 1, Assurance.HIT_OR_MISS),
        (13.0, 1, Assurance.WILL_NOT_MEET),
        (13.0, -1, Assurance.WILL_MEET),
        (13.0, 0, Assurance.NOT_ASSESSED),
        (np.nan, 1, Assurance.NOT_ASSESSED),
    ],
)
def test_assurance_follows_limits_target_and_polarity(
    target: float, better: int, said: Assurance
) -> None:
    assert assurance(natural_limits([STEADY]), [target], [better])[0] == said


def test_after_a_rebase_assurance_uses_the_latest_limits() -> None:
    values = [STEADY + [v + 20 for v in STEADY]]

    made = natural_limits(values, breaks=np.arange(24) == 12)

    assert assurance(made, [20.0], [1])[0] == Assurance.WILL_MEET


def test_limits_of_real_attendances_hold_nearly_all_points() -> None:
    folder = os.environ.get("THREATDESK_REFERENCE")
    if not folder:
        pytest.skip("left out: THREATDESK_REFERENCE names no folder of reference data")
    seen, attended = attendances(Path(folder) / "data" / "nhs" / "ae_attendances.csv")

    made = rate_limits(seen, attended)

    # With p limits that ignore overdispersion over half of the points lie outside.
    rate = seen / attended
    naive = 3 * np.sqrt(made.centre * (1 - made.centre) / attended)
    recorded = made.recorded & made.firm
    outside = np.abs(signals(rate, made).beyond[recorded]).mean()
    assert np.mean(np.abs(rate - made.centre)[recorded] > naive[recorded]) > 0.5
    assert outside < 0.25


def attendances(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Attendances within four hours, and all, of every trust's main departments by month."""
    with path.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["type"] == "1"]
    periods = sorted({row["period"] for row in rows})
    trusts = sorted({row["org_code"] for row in rows})
    seen, attended = (np.full((len(trusts), len(periods)), np.nan) for _ in "ab")
    for row in rows:
        at = trusts.index(row["org_code"]), periods.index(row["period"])
        attended[at] = float(row["attendances"])
        seen[at] = attended[at] - float(row["breaches"])
    return seen, attended
