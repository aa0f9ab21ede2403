"""What a command is, and what its handler is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.access import Sight
from bot.names import Names
from bot.people import Person, Surface
from bot.replies import Reply
from metrics.model import Catalogue
from metrics.snapshot import SnapshotKind

See = Callable[[SnapshotKind | None, date | None], Sight]
"""Give the figures of a kind as at a day, as the asker may see them; the newest if None.

Raises `UserError` when there are none.
"""


def _forget(snapshot: str) -> None:
    """Take note of nothing: `see` has told what was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question or order, with everything that is needed to answer it."""

    command: str  # the command's own name, e.g. "priority"
    words: str  # what followed it, as typed
    person: Person
    surface: Surface
    now: datetime  # timezone-aware
    catalogue: Catalogue  # the plan in force today
    names: Names
    see: See
    fields: Mapping[str, str] = field(default_factory=dict)  # of a form that was sent
    place: str = ""  # the channel that it was asked in, e.g. "slack:C042"; empty: none
    used: Callable[[str], None] = _forget
    """Told of each snapshot whose figures were shown without `see`: the audit log has it."""


Handler = Callable[[Asked], Reply]
"""Answer what was asked.  Raises `UserError` with what to do next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question that works, and what it gives."""

    text: str
    gives: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: how it is asked for, and who answers."""

    name: str  # "priority"
    usage: str  # "/priority NUMBER|NAME [AREA] [as at DATE]"
    does: str  # one sentence
    examples: tuple[Example, ...]
    handler: Handler
    aliases: tuple[str, ...] = ()
    is_slash: bool = True  # offered as a slash command of its own
