"""What was asked, by whom, and what became of it: the port of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.people import Person, Surface


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
    place: str  # the channel that it was asked in; empty: none
    text: str  # as it was asked
    outcome: Outcome
    detail: str  # the command that answered, the reason of a refusal, or a reference
    snapshot: str  # whose figures were shown; empty: none


class Audit(Protocol):
    """Keeps entries for ever."""

    def record(self, entry: Entry) -> None:
        """Keep an entry.  Whoever raises here keeps the answer from being given."""
