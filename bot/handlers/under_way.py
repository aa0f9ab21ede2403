"""What is being done, found in the register for the answers that show it with figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from bot.access import Sight
from bot.access.writing import Writing
from bot.handlers.registering import Everyone, issue_refusal, operation_refusal
from bot.register.model import Operation
from bot.register.ports import Register
from bot.replies.under_way import FindUnderWay, UnderWay, doing_blocks, operation_markers
from metrics.model import Area


def find_under_way(
    register: Register, *, operations: Callable[[], Sequence[Operation]], people: Everyone
) -> FindUnderWay:
    """Return what finds what is being done about a priority in an area.

    Args:
        register: Where issues are kept.
        operations: Gives every operation: the plan's, and those recorded in chat.
        people: Gives everyone who can own an issue.
    """

    def find(sight: Sight, priority: str, area: Area, today: date) -> UnderWay:
        gate = Writing(
            sight,
            catalogue=sight.catalogue,
            person=sight.person,
            surface=sight.surface,
            today=today,
        )
        known = tuple(operations())
        return UnderWay(
            blocks=doing_blocks(
                register.issues(),
                known,
                priority=priority,
                area=area,
                catalogue=sight.catalogue,
                people=people(),
                as_at=sight.as_at,
                today=today,
                refusal=lambda issue: issue_refusal(gate, issue),
                silent=lambda operation: operation_refusal(gate, operation),
            ),
            markers=operation_markers(
                known,
                priority=priority,
                area=area,
                catalogue=sight.catalogue,
                as_at=sight.as_at,
            ),
        )

    return find
