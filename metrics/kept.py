"""Arrays as bytes that are the same for the same figures, on every machine and for ever."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64] | NDArray[np.int64]

HEAD_SIZE: Final = 8
"""Bytes that tell how long the head is."""

REAL: Final = "<f8"
WHOLE: Final = "<i8"

Head = Mapping[str, Sequence[str] | Sequence[int]]


def to_bytes(names: Head, arrays: Mapping[str, Array]) -> bytes:
    """Return names and arrays as bytes.

    Args:
        names: Lists of words or whole numbers.
        arrays: float64 or int64, any shape; of NaN there is only one kind.
    """
    shapes = [
        [name, WHOLE if a.dtype.kind == "i" else REAL, *a.shape] for name, a in arrays.items()
    ]
    line = json.dumps({"names": dict(names), "arrays": shapes}, separators=(",", ":")).encode()
    out = io.BytesIO()
    out.write(len(line).to_bytes(HEAD_SIZE, "little") + line)
    for array in arrays.values():
        if array.dtype.kind == "i":
            out.write(np.ascontiguousarray(array, dtype=WHOLE).tobytes())
        else:
            # One NaN among the many bit patterns, so that equal figures are equal bytes.
            plain = np.where(np.isnan(array), np.nan, array)
            out.write(np.ascontiguousarray(plain, dtype=REAL).tobytes())
    return out.getvalue()


def from_bytes(content: bytes) -> tuple[dict[str, tuple[str, ...]], dict[str, Array]]:
    """Return the names and arrays that were kept.

    Raises:
        ValueError: The content is cut short, too long, or is something else.
    """
    start = HEAD_SIZE + int.from_bytes(content[:HEAD_SIZE], "little")
    head = json.loads(content[HEAD_SIZE:start])
    arrays: dict[str, Array] = {}
    for name, kind, *shape in head["arrays"]:
        size = 8 * int(np.prod(shape))
        part = content[start : start + size]
        arrays[name] = np.frombuffer(part, dtype=WHOLE if kind == WHOLE else REAL).reshape(shape)
        start += size
    if start != len(content):
        raise ValueError("the content is longer than its arrays")
    return {name: tuple(words) for name, words in head["names"].items()}, arrays
