"""What can go wrong with one call, in the order that it was asked for."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One call that goes wrong."""

    status: int = 0  # of the answer; 0: the call is answered as ever, if late
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""  # the platform's own code for it
    late_s: float = 0.0
    is_done: bool = False  # it is carried out all the same, before the answer is late or wrong
    body: str = ""  # what is answered instead of JSON


class Faults:
    """Queues of faults, by the name of what is called."""

    def __init__(self) -> None:
        self._queues: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def plan(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method go wrong."""
        self._queues[method].extend(faults)

    def next(self, method: str) -> Fault | None:
        """Return what goes wrong with a call, or None."""
        queue = self._queues[method]
        return queue.popleft() if queue else None
