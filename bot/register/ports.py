"""Where the register is kept, as its users see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.register.history import Change, OperationChange
from bot.register.model import Issue, IssueId, Operation

Begin = Callable[[IssueId], Sequence[Change]]
"""Give the first changes of an issue that is to have this number."""

Act = Callable[[Issue], Sequence[Change]]
"""Give what becomes of an issue as it stands; nothing, where it stays as it is."""

SetOperation = Callable[[Operation | None, int], OperationChange]
"""Given how an operation stands here (None: not recorded) and its next revision, set it."""


class Register(Protocol):
    """The performance issue register."""

    def issues(self) -> tuple[Issue, ...]:
        """Return every issue as it stands, the oldest number first."""

    def get(self, id_: str) -> Issue:
        """Return an issue as it stands.  Raises `UnknownName`."""

    def history(self, id_: str) -> tuple[Change, ...]:
        """Return every change of an issue, oldest first."""

    def begin(self, begin: Begin, *, alert: str = "") -> Issue:
        """Raise an issue under the next number; of an alert, the open issue that there is."""

    def act(self, id_: str, act: Act) -> Issue:
        """Do something with an issue; return it as it then stands.  Raises `UnknownName`."""

    def operations(self) -> tuple[Operation, ...]:
        """Return the operations that were recorded here, as they stand, oldest first."""

    def set_operation(self, id_: str, set_: SetOperation) -> Operation:
        """Record how an operation stands."""
