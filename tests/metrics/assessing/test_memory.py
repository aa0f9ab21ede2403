"""What was worked out is remembered only for inputs that are the same throughout."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from metrics.assessing.memory import KEPT, Memory


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
