"""Rows that could not be counted: gathered, said, and refused when they are too many."""

from __future__ import annotations

from collections.abc import Iterable

from metrics.delivery import Rejection
from metrics.errors import SourceError

FIRST = 3
"""How many places of each reason are told."""

LONGEST = 60
"""A value longer than this is cut: it may hold anything."""


class Rejections:
    """Collects what was rejected in one load, one entry for each reason."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._first: dict[str, list[str]] = {}

    def add(self, reason: str, rows: int, where: Iterable[str] = ()) -> None:
        """Note that rows were rejected for a reason, and where the first of them are."""
        if rows < 1:
            return
        self._rows[reason] = self._rows.get(reason, 0) + rows
        places = self._first.setdefault(reason, [])
        places += [place for place in where if place not in places][: FIRST - len(places)]

    def take(self, others: Rejections) -> None:
        """Note what was gathered elsewhere."""
        for reason, rows in others._rows.items():
            self.add(reason, rows, others._first[reason])

    @property
    def rows(self) -> int:
        """How many rows were rejected."""
        return sum(self._rows.values())

    def settled(self, *, name: str, rows: int, limit: float) -> tuple[Rejection, ...]:
        """Return the rejections, the most frequent first.

        Args:
            name: The source.
            rows: How many rows of it were looked at.
            limit: The proportion of them, 0-1, that may be rejected.

        Raises:
            SourceError: More were rejected; nothing of the source should be taken in.
        """
        found = tuple(
            Rejection(reason=reason, rows=self._rows[reason], first=tuple(self._first[reason]))
            for reason in sorted(self._rows, key=lambda one: (-self._rows[one], one))
        )
        if self.rows > limit * rows:
            worst = "\n".join(f"- {_said(one)}" for one in found[:FIRST])
            raise SourceError(
                f"{name}: {self.rows:,} of {rows:,} rows could not be counted, more than the "
                f"{limit:.0%} that is allowed; nothing of it was taken in.\n{worst}",
                hint="Correct the input or its settings in sources.toml; if this many rows are "
                "to be left out, raise `max_rejected`.",
            )
        return found


def _said(one: Rejection) -> str:
    where = f" ({'; '.join(one.first)})" if one.first else ""
    return f"{one.rows:,} rows: {one.reason}{where}"


def quoted(value: object) -> str:
    """Write a raw value so that it can be read in a sentence: on one line and not too long."""
    text = "".join(char if char.isprintable() else "�" for char in str(value))
    return f"“{text}”" if len(text) <= LONGEST else f"“{text[:LONGEST]}…”"
