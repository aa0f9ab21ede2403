"""What was asked, by whom, and what became of it: the port of the audit log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, Self

from bot.people import Person, Surface
from metrics.errors import UserError

NOTED: Final = re.compile(r"\s*(\d{1,18})\s*:\s*([0-9a-f]{64})\s*", re.IGNORECASE)
"""The end of the chain as it is noted elsewhere."""


class Outcome(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question, order or press of a button."""

    at: datetime  # timezone-aware
    person: Person
    surface: Surface
    place: str  # the channel or terminal that it was asked in; empty: none
    text: str  # as it was asked
    outcome: Outcome
    detail: str  # the command that answered, the reason of a refusal, or a reference
    snapshot: str  # whose figures were shown; empty: none


class Audit(Protocol):
    """Keeps entries, until a rule says that they are old."""

    def record(self, entry: Entry) -> None:
        """Keep an entry.  Whoever raises here keeps the answer from being given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An entry as it is kept: its number in the chain, and its hash."""

    number: int
    entry: Entry
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain: how many rows were ever written, and the hash of the last."""

    length: int
    hash: str

    def __str__(self) -> str:
        """Write it as it is noted elsewhere."""
        return f"{self.length}:{self.hash}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Read it as it was noted.

        Raises:
            UserError: It was not noted like this.
        """
        found = NOTED.fullmatch(written)
        if found is None:
            raise UserError(
                f"“{written}” is not the end of an audit log.",
                hint="Give it as `threatdesk audit head` printed it: a number, a colon, 64 digits.",
            )
        return cls(length=int(found[1]), hash=found[2].lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What stands for the rows that were removed because a rule says that they are old."""

    through: int  # the last row that was removed
    hash: str  # its hash, which the first row that was left carries on from
    rows: int
    first_at: datetime  # of the first row that was removed
    last_at: datetime
    at: datetime
    by: str  # the id of who removed them
    rule: str  # in words
    digest: str  # sha256 of all this, and of the checkpoint before


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found when the chain was gone through from end to end."""

    rows: int  # that are there
    head: Head
    checkpoints: tuple[Checkpoint, ...]  # the oldest first
    broken: int | None = None  # the first row that is not what was written
    why: str = ""  # in words; empty where nothing is broken
