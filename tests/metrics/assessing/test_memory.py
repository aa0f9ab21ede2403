"""What was worked out is remembered only for inputs that are the same throughout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pytest
from numpy.typing import NDArray

from metrics.assessing.memory import KEPT, Memory
from metrics.model import Catalogue
from metrics.reckoning import reckon
from metrics.series import dense
from metrics.statistics.rate_reference import predict
from metrics.statistics.rates import survey
from metrics.statistics.remainder import errors_so_far
from metrics.statistics.surveillance.monthly import assess_month
from metrics.statistics.year_end_rate import rates_ahead
from metrics.trending import trends_of
from tests.metrics.statistics.surveillance.test_monthly import a_history
from tests.metrics.statistics.test_rates import below, rates
from tests.metrics.test_assess import AS_AT, records


@pytest.fixture
def asked() -> list[str]:
    """What was really worked out."""
    return []


def answer(asked: list[str], name: str = "worked out") -> Callable[[], str]:
    def make() -> str:
        asked.append(name)
        return name

    return make


def test_the_same_inputs_are_answered_once(asked: list[str]) -> None:
    memory = Memory()

    for _ in range(3):
        memory.once("sum", (np.array([1.0, np.nan]), "plan"), answer(asked))

    assert asked == ["worked out"]


@pytest.mark.parametrize(
    "other",
    [
        (np.array([1.0, 2.0]), "plan"),  # an element differs
        (np.array([1.0, np.nan, np.nan]), "plan"),  # one more
        (np.array([1.0, np.nan]), "another plan"),
        (np.array([1.0, np.nan]),),
        ("plan", np.array([1.0, np.nan])),
    ],
)
def test_any_other_input_is_worked_out_again(asked: list[str], other: tuple[object, ...]) -> None:
    memory = Memory()
    memory.once("sum", (np.array([1.0, np.nan]), "plan"), answer(asked))

    memory.once("sum", other, answer(asked))

    assert len(asked) == 2


def test_numbers_of_another_kind_are_other_inputs(asked: list[str]) -> None:
    memory = Memory()
    memory.once("sum", (np.array([1, 2]),), answer(asked))

    memory.once("sum", (np.array([1.0, 2.0]),), answer(asked))

    assert len(asked) == 2


def test_questions_do_not_share_answers(asked: list[str]) -> None:
    memory = Memory()
    memory.once("sum", (1,), answer(asked))

    assert memory.once("product", (1,), answer(asked, "product")) == "product"


def test_only_the_last_few_answers_are_kept(asked: list[str]) -> None:
    memory = Memory()
    for number in range(KEPT + 1):
        memory.once("sum", (number,), answer(asked))

    memory.once("sum", (0,), answer(asked))

    assert len(asked) == KEPT + 2


@dataclass
class Folder:
    """What runs keep for each other."""

    held: dict[str, bytes] = field(default_factory=dict)

    def get(self, key: str) -> bytes | None:
        return self.held.get(key)

    def put(self, key: str, content: bytes) -> None:
        self.held[key] = content


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer with numbers of every kind."""

    windows: tuple[int, ...] = (1, 3)
    share: NDArray[np.float64] = field(default_factory=lambda: np.array([[0.1, np.nan]]))
    reason: NDArray[np.int8] = field(default_factory=lambda: np.array([3], dtype=np.int8))
    told: NDArray[np.bool_] = field(default_factory=lambda: np.array([True, False]))


def found(asked: list[str]) -> Found:
    asked.append("worked out")
    return Found()


def test_what_a_run_has_kept_is_the_answer_of_the_next(asked: list[str]) -> None:
    folder, inputs = Folder(), (np.array([1.0, np.nan]), "plan")

    first, second = (
        Memory(folder).once("sum", inputs, partial(found, asked), keep_as=Found) for _ in range(2)
    )

    assert asked == ["worked out"]
    assert second.windows == first.windows
    for name in ("share", "reason", "told"):
        one, other = getattr(first, name), getattr(second, name)
        assert other.dtype == one.dtype
        np.testing.assert_array_equal(other, one)


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("product", (np.array([1.0, 2.0]), np.array([3.0]), "plan")),
        ("sum", (np.array([1.0]), np.array([2.0, 3.0]), "plan")),  # the same bytes, cut elsewhere
        ("sum", (np.array([1.0, 2.0]), np.array([3.0]), "another plan")),
        ("sum", (np.array([1.0, 2.5]), np.array([3.0]), "plan")),
    ],
)
def test_a_run_makes_again_what_was_kept_of_anything_else(
    asked: list[str], question: str, other: tuple[object, ...]
) -> None:
    folder, inputs = Folder(), (np.array([1.0, 2.0]), np.array([3.0]), "plan")
    Memory(folder).once("sum", inputs, partial(found, asked), keep_as=Found)

    Memory(folder).once(question, other, partial(found, asked), keep_as=Found)

    assert len(asked) == 2


def test_answers_come_out_as_their_mark_says(saltmarsh: Catalogue) -> None:
    series = rates(n_series=5)
    counts = dense(records(), saltmarsh, to=AS_AT)
    positions = reckon(counts, records(), saltmarsh, as_at=AS_AT)

    usual = predict(series, end=72, length=12, gap=0)
    ahead = rates_ahead(series, months_elapsed=4.5)
    errors = errors_so_far(
        series.trials, measure=series.measure, level=series.level, months_elapsed=0.5
    )
    rate = survey(series, worse_below=below(series))
    month = assess_month(a_history(), 58)
    trends = trends_of(counts, positions, saltmarsh, as_at=AS_AT)

    # Whoever changes these figures changes `ANSWERS` too, or kept ones would be taken for new.
    assert usual.drift.sum() == pytest.approx(0.001780975, rel=1e-6)
    assert (ahead.rate / ahead.information).sum() == pytest.approx(0.0010831147, rel=1e-6)
    assert errors.at_next.sum() == pytest.approx(0.0189171225, rel=1e-6)
    assert rate.score.sum() == pytest.approx(5.87208461, rel=1e-6)
    assert month.score.sum() == pytest.approx(3.90434876, rel=1e-6)
    charted = [np.nansum(one) for one in (trends.mean, trends.spread, trends.signals)]
    assert charted == pytest.approx([226378.111, 14463.5111, 51], rel=1e-6)
