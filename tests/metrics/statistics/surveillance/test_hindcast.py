"""A forecast that was kept is the one that would be made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

import numpy as np
import pytest

from metrics.statistics.surveillance import History, RecordingChange, fit
from metrics.statistics.surveillance.constants import HINDCAST_STEP
from metrics.statistics.surveillance.hindcast import LOOKS_BACK, hindcast, hindcast_days
from tests.metrics.statistics.surveillance.made_up import DAYS, a_force, two_to_one_season

TODAY: Final = DAYS - 1
WINDOWS: Final = (7, 28, 56)


@dataclass
class Remembered:
    """Keeps everything, and notes what was made."""

    held: dict[str, bytes] = field(default_factory=dict)
    made: int = 0

    def get(self, key: str) -> bytes | None:
        return self.held.get(key)

    def put(self, key: str, content: bytes) -> None:
        self.held[key] = content
        self.made += 1


@pytest.fixture(scope="module")
def history() -> History:
    """Five years of a force with a season."""
    return a_force(lift=two_to_one_season())


@pytest.fixture(scope="module")
def yesterday(history: History) -> Remembered:
    """What the run of the day before has kept."""
    cache = Remembered()
    hindcast(_until(history, TODAY - 1), TODAY - 1, WINDOWS, cache=cache)
    return cache


def _until(history: History, day: int) -> History:
    return replace(history, counts=history.counts[:, : day + 1].copy())


def _afresh(cache: Remembered) -> Remembered:
    return Remembered(held=dict(cache.held))


def _with(history: History, column: int) -> History:
    """The same history with one crime more on a day, in an area and the force."""
    counts = history.counts.copy()
    counts[[0, -1], column] += 1
    return replace(history, counts=counts)


def test_a_run_that_has_copies_gives_the_same_to_the_bit(
    history: History, yesterday: Remembered
) -> None:
    cache = _afresh(yesterday)

    kept = fit(history, TODAY, windows=WINDOWS, cache=cache)
    fresh = fit(history, TODAY, windows=WINDOWS)

    assert cache.made == 0
    assert np.array_equal(kept.hindcasts.expected, fresh.hindcasts.expected, equal_nan=True)
    assert np.array_equal(kept.hindcasts.observed, fresh.hindcasts.observed, equal_nan=True)
    assert np.array_equal(kept.drift, fresh.drift)


def test_a_correction_has_only_the_forecasts_after_it_made_again(
    history: History, yesterday: Remembered
) -> None:
    cache, days = _afresh(yesterday), hindcast_days(TODAY)
    corrected = _with(history, int(days[-3]) - 1)

    found = hindcast(corrected, TODAY, WINDOWS, cache=cache)

    assert cache.made == 3
    fresh = hindcast(corrected, TODAY, WINDOWS)
    assert np.array_equal(found.expected, fresh.expected, equal_nan=True)
    assert np.array_equal(found.observed, fresh.observed, equal_nan=True)


def test_what_no_model_looks_at_any_more_makes_no_forecast_again(history: History) -> None:
    long = replace(history, counts=np.tile(history.counts, 2))
    today = long.counts.shape[1] - 1
    cache = Remembered()
    before = hindcast(long, today, WINDOWS, cache=cache)
    made = cache.made

    oldest = int(hindcast_days(today)[0]) - LOOKS_BACK - HINDCAST_STEP
    found = hindcast(_with(long, oldest), today, WINDOWS, cache=cache)

    assert cache.made == made
    fresh = hindcast(_with(long, oldest), today, WINDOWS)
    assert np.array_equal(found.expected, fresh.expected, equal_nan=True)
    assert np.array_equal(found.expected, before.expected, equal_nan=True)


def test_the_oldest_day_that_a_model_looks_at_makes_its_forecast_again(history: History) -> None:
    long = replace(history, counts=np.tile(history.counts, 2))
    today = long.counts.shape[1] - 1
    cache = Remembered()
    before = hindcast(long, today, WINDOWS, cache=cache)
    made = cache.made

    oldest = int(hindcast_days(today)[0]) - LOOKS_BACK + 1
    found = hindcast(_with(long, oldest), today, WINDOWS, cache=cache)

    assert cache.made > made
    assert not np.array_equal(found.expected[0], before.expected[0], equal_nan=True)


@pytest.mark.parametrize("what", ["a change of recording", "a bank holiday", "another first day"])
def test_what_else_a_forecast_rests_on_makes_it_again(
    what: str, history: History, yesterday: Remembered
) -> None:
    cache, days = _afresh(yesterday), hindcast_days(TODAY)
    day = history.first_day + timedelta(days=int(days[-2]) - 100)
    changed = {
        "a change of recording": replace(history, changes=(RecordingChange(measure=0, day=day),)),
        "a bank holiday": replace(history, special_days={day: "bank holiday"}),
        "another first day": replace(history, first_day=history.first_day - timedelta(days=1)),
    }[what]

    found = hindcast(changed, TODAY, WINDOWS, cache=cache)

    assert cache.made >= 2
    fresh = hindcast(changed, TODAY, WINDOWS)
    assert np.array_equal(found.expected, fresh.expected, equal_nan=True)


def test_forecasts_come_out_as_their_mark_says(history: History) -> None:
    found = hindcast(history, TODAY, WINDOWS)

    # Whoever changes these figures changes `FORECASTS` too, or kept ones would be taken for new.
    sums = np.nansum(found.expected, axis=(0, 1))
    assert sums == pytest.approx([10002.20395, 39778.52359, 79129.96631], rel=1e-6)
