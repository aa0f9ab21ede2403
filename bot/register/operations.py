"""The operations of a plan and those that were recorded in chat, as one list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.register.history import together
from bot.register.model import Operation
from bot.register.ports import Register


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOperations:
    """Every operation as it stands, whoever recorded it."""

    register: Register
    shipped: Callable[[], Sequence[Operation]]  # those of the plan's operations.toml

    def operations(self) -> tuple[Operation, ...]:
        """Return them, oldest first."""
        return together(self.shipped(), self.register.operations())
