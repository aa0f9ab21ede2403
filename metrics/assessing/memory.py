"""What was worked out before, for a caller that assesses one day after another.

Most of a day's statistics rest on whole months, and change twelve times a year.  A question that is
asked again with the same inputs is answered from memory; the answer is the same by construction,
because every input is compared and not only a key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import numpy as np

Answer = TypeVar("Answer")

KEPT: Final = 4
"""Answers that are kept of one question: its inputs come from a few sources of different reach."""


class Memory:
    """The last answers to a few questions.  A new one remembers nothing."""

    def __init__(self) -> None:
        self._answers: dict[str, list[tuple[tuple[object, ...], object]]] = {}

    def once(self, question: str, inputs: Sequence[object], make: Callable[[], Answer]) -> Answer:
        """Return the answer that was made of equal inputs, or make it and keep it.

        Args:
            question: Names what is asked; one name, one type of answer.
            inputs: Everything the answer rests on: arrays are compared element by element (NaN
                equals NaN), everything else must be the same object or equal.  Arrays must not
                be changed afterwards.
            make: Works the answer out.
        """
        asked = tuple(inputs)
        kept = self._answers.setdefault(question, [])
        for before, answer in kept:
            if len(before) == len(asked) and all(map(_same, before, asked)):
                return answer  # type: ignore[return-value]
        made = make()
        kept.append((asked, made))
        del kept[:-KEPT]
        return made


def _same(one: object, other: object) -> bool:
    if one is other:
        return True
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return (
            one.shape == other.shape
            and one.dtype == other.dtype
            and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        )
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return False
    return type(one) is type(other) and bool(one == other)
