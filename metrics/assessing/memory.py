"""What was worked out before, by a caller that assesses many days or by the runs before this one.

Most of a day's statistics rest on whole months, and change twelve times a year, or when something
earlier is corrected.  A question that is asked again with the same inputs is answered from memory;
the answer is the same by construction, because every input is compared and not only a key.  What
earlier runs have kept is found by a hash of every input.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Final, TypeVar

import numpy as np
import scipy

from metrics.kept import Array, from_bytes, to_bytes
from metrics.statistics.surveillance import ForecastCache

Answer = TypeVar("Answer")

KEPT: Final = 4
"""Answers that are kept of one question: its inputs come from a few sources of different reach."""

ANSWERS: Final = "1"
"""Changes whenever an answer that runs keep comes out otherwise, so that none is taken that was
made before.  A test holds it to the figures."""

KINDS: Final = "kinds"
"""The name under which the kinds of number of kept arrays are listed."""


class Memory:
    """The last answers to a few questions.  A new one remembers nothing but what runs have kept."""

    def __init__(self, cache: ForecastCache | None = None) -> None:
        """Remember nothing yet.

        Args:
            cache: What earlier runs have kept; the answers are the same without it.
        """
        self._answers: dict[str, list[tuple[tuple[object, ...], object]]] = {}
        self._cache = cache

    def once(
        self,
        question: str,
        inputs: Sequence[object],
        make: Callable[[], Answer],
        *,
        keep_as: type[Answer] | None = None,
    ) -> Answer:
        """Return the answer that was made of equal inputs, or make it and keep it.

        Args:
            question: Names what is asked; one name, one type of answer.
            inputs: Everything the answer rests on: arrays are compared element by element (NaN
                equals NaN), everything else must be the same object or equal.  Arrays must not
                be changed afterwards.
            make: Works the answer out.
            keep_as: The type of an answer that runs keep for each other: a dataclass of arrays
                and lists of whole numbers.  Its inputs are arrays, words, numbers and days.
        """
        asked = tuple(inputs)
        kept = self._answers.setdefault(question, [])
        for before, answer in kept:
            if len(before) == len(asked) and all(map(_same, before, asked)):
                return answer  # type: ignore[return-value]
        made = make() if keep_as is None else self._kept(question, asked, make, keep_as)
        kept.append((asked, made))
        del kept[:-KEPT]
        return made

    def _kept(
        self,
        question: str,
        inputs: tuple[object, ...],
        make: Callable[[], Answer],
        answer: type[Answer],
    ) -> Answer:
        """Return what an earlier run has kept, or make it and keep it."""
        if self._cache is None:
            return make()
        key = _key(question, inputs)
        content = self._cache.get(key)
        if content is not None:
            return _read(answer, content)
        made = make()
        self._cache.put(key, _written(made))
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


def _key(question: str, inputs: tuple[object, ...]) -> str:
    """Return the hash of a question and of everything its answer is made of."""
    about: list[object] = [ANSWERS, question, np.__version__, scipy.__version__]
    digest = hashlib.sha256()
    for one in inputs:
        if isinstance(one, np.ndarray):
            about.append([one.dtype.str, *one.shape])
            digest.update(np.ascontiguousarray(one).data)
        else:
            about.append(repr(one))
    digest.update(json.dumps(about).encode())
    return digest.hexdigest()


def _written(answer: object) -> bytes:
    parts = {one.name: getattr(answer, one.name) for one in fields(answer)}  # type: ignore[arg-type]
    arrays = {name: part for name, part in parts.items() if isinstance(part, np.ndarray)}
    lists = {name: part for name, part in parts.items() if name not in arrays}
    kinds = [one.dtype.str for one in arrays.values()]
    plain: dict[str, Array] = {
        name: one if one.dtype.kind == "f" else one.astype(np.int64) for name, one in arrays.items()
    }
    return to_bytes({**lists, KINDS: kinds}, plain)


def _read(answer: type[Answer], content: bytes) -> Answer:
    lists, arrays = from_bytes(content)
    kinds = lists.pop(KINDS)
    parts: dict[str, Any] = {
        name: one.astype(kind) for (name, one), kind in zip(arrays.items(), kinds, strict=True)
    }
    return answer(**parts, **lists)
