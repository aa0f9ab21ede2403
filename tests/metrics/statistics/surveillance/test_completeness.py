"""Records that arrive late."""

from __future__ import annotations

import numpy as np
import pytest

from metrics.statistics.surveillance.completeness import completeness_curves

TODAY = 1_000


def curves(delays: list[int], age: int = 300) -> np.ndarray:
    number = len(delays)
    return completeness_curves(
        np.zeros(number, dtype=np.intp),
        np.full(number, TODAY - age, dtype=np.intp),
        np.array(delays, dtype=np.intp),
        number=1,
        today=TODAY,
    )


def test_half_at_once_and_half_after_three_days() -> None:
    curve = curves([0] * 50 + [3] * 50)[0]

    assert curve[:5] == pytest.approx([0.5, 0.5, 0.5, 1.0, 1.0])


def test_young_days_teach_nothing_because_their_late_records_are_still_to_come() -> None:
    assert (curves([0] * 50 + [3] * 50, age=30) == 1.0).all()


def test_a_measure_without_records_borrows_the_average() -> None:
    shape = completeness_curves(
        np.zeros(40, dtype=np.intp),
        np.full(40, TODAY - 200, dtype=np.intp),
        np.repeat(np.array([0, 5], dtype=np.intp), 20),
        number=2,
        today=TODAY,
    )

    assert shape[1] == pytest.approx(shape[0])


def test_every_curve_rises_to_one() -> None:
    delays = np.random.default_rng(1).integers(0, 400, 500).tolist()

    curve = curves(delays)[0]

    assert (np.diff(curve) >= 0).all()
    assert curve[-1] == pytest.approx(1.0)
