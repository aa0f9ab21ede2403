"""What different raw values mean, and which records cannot be counted because of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from metrics.sources.places import Looked, first_places
from metrics.sources.reading import RecordFiles
from metrics.sources.records import Groups
from metrics.sources.rejections import Rejections
from metrics.sources.table import Codes

OWN_REASON: Final = 20
"""How many unknown values are told one by one before the others are told together."""

ROWS_KNOWN: Final = 10_000
"""Of so many different rows it is known whether they are faulty: values come again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the different values of one column mean."""

    codes: Codes  # of each value; -1 where it means nothing
    faults: Mapping[str, str]  # value: why it cannot be counted


def judge(
    groups: Groups,
    key: str,
    mean: Callable[[str], int | None],
    *,
    say: Callable[[str], str],
    together: bool = False,
) -> Judgement:
    """Decide what each different value of a column means.

    Args:
        groups: The records.
        key: The column.
        mean: Gives the code of a value, or None where it means nothing.
        say: Says why a value means nothing.
        together: Whether faulty values have one reason, that of the most frequent.
    """
    values = groups.values[key]
    meanings = [mean(value) for value in values]
    codes = np.array([-1 if one is None else one for one in meanings], dtype=np.int64)
    rows = np.bincount(groups.codes[key], weights=groups.rows, minlength=len(values))
    # In an order that does not depend on the engine's.
    faulty = sorted(np.flatnonzero(codes < 0).tolist(), key=lambda n: (-rows[n], values[n]))
    return Judgement(codes=codes, faults=_faults([values[n] for n in faulty], say, together))


def _faults(
    values: Sequence[str],
    say: Callable[[str], str],
    together: bool,  # noqa: FBT001
) -> dict[str, str]:
    """Give each faulty value, the most frequent first, its reason."""
    faults = {value: say(value) for value in values if not value.strip()}
    written = [value for value in values if value.strip()]
    own = 1 if together else OWN_REASON
    faults |= {value: say(value) for value in written[:own]}
    others = written[own:]
    if together:
        return faults | dict.fromkeys(others, faults[written[0]] if written else "")
    reason = f"{say(others[0])}, and {len(others) - 1} others like it" if others else ""
    return faults | dict.fromkeys(others, reason)


class Faults:
    """The first fault of each group, in the order in which they are looked for."""

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._reasons: list[str] = [""]
        self._first = np.zeros(len(groups.rows), dtype=np.int64)
        self._checks: list[tuple[tuple[str, ...], Callable[..., str | None]]] = []

    def column(self, key: str, faults: Mapping[str, str]) -> None:
        """Look for faulty values of one column."""
        codes = np.array([self._code(faults.get(value)) for value in self._groups.values[key]])
        if faults:
            self._note(codes[self._groups.codes[key]])
            self._checks.append(((key,), faults.get))

    def where(
        self,
        faulty: npt.NDArray[np.bool_],
        reason: str,
        keys: tuple[str, ...],
        check: Callable[..., bool],
    ) -> None:
        """Look for groups that are faulty by more than one column; `check` finds their lines."""
        if faulty.any():
            self._note(np.where(faulty, self._code(reason), 0))
            known = lru_cache(ROWS_KNOWN)(check)
            self._checks.append((keys, lambda *row: reason if known(*row) else None))

    @property
    def any(self) -> npt.NDArray[np.bool_]:
        """Which groups have a fault so far."""
        return self._first > 0

    def reject(
        self,
        files: RecordFiles,
        rejections: Rejections,
        looked: MutableMapping[int, Looked] | None = None,
    ) -> None:
        """Hand all faults over, with the first places of each.

        Args:
            files: What the records are from.
            rejections: Takes the faults.
            looked: What is known of the faulty lines of files; takes what is found.
        """
        rows = self.sizes()
        if not rows:
            return
        faulty = self._first > 0
        held = np.unique(np.stack([self._first[faulty], self._groups.file[faulty]]), axis=1)
        parts: dict[str, list[int]] = {reason: [] for reason in rows}
        for code, number in held.T.tolist():
            parts[self._reasons[code]].append(number)
        names = tuple(self._groups.values)
        places = first_places(
            files,
            names,
            self._reason_of(names),
            sizes=rows,
            parts=parts,
            looked={} if looked is None else looked,
        )
        for reason, count in rows.items():
            rejections.add(reason, count, places.get(reason, ()))

    def sizes(self) -> dict[str, int]:
        """Return how many rows there are of each fault."""
        sizes = np.bincount(self._first, weights=self._groups.rows, minlength=len(self._reasons))
        return {
            reason: int(size)
            for reason, size in zip(self._reasons, sizes, strict=True)
            if size and reason
        }

    def _reason_of(self, keys: Sequence[str]) -> Callable[[Sequence[str]], str | None]:
        """Return what gives the first fault of a row's values."""
        checks = [(tuple(keys.index(key) for key in of), check) for of, check in self._checks]

        def reason(row: Sequence[str]) -> str | None:
            found = (check(*(row[place] for place in places)) for places, check in checks)
            return next((one for one in found if one), None)

        return reason

    def _code(self, reason: str | None) -> int:
        if not reason:
            return 0
        if reason not in self._reasons:
            self._reasons.append(reason)
        return self._reasons.index(reason)

    def _note(self, codes: npt.NDArray[np.int64]) -> None:
        self._first = np.where(self._first > 0, self._first, codes)
