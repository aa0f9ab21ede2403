"""The table of commands: what can be asked, in the order of the help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.handlers import compare, csp, dashboard, priority, threats, trend
from bot.handlers.command import Command
from bot.handlers.threatdesk import PARTS, threatdesk_command
from bot.replies.under_way import FindUnderWay, nothing_under_way


def command_table(
    more: Sequence[Command] = (),
    *,
    parts: Sequence[Command] = (),
    under_way: FindUnderWay = nothing_under_way,
) -> tuple[Command, ...]:
    """Return every command, with a help that lists them.

    Args:
        more: Commands that are made with something to work on, e.g. the alerts that are kept.
        parts: What stands behind /threatdesk and is made with something to work on.
        under_way: Gives what is being done about a priority, told and marked with its figures.
    """
    others = (
        priority.priority_command(under_way),
        csp.COMMAND,
        dashboard.COMMAND,
        threats.COMMAND,
        trend.trend_command(under_way),
        compare.COMMAND,
        *more,
    )
    return (*others, threatdesk_command(others, (*PARTS, *parts)))


COMMANDS: Final[tuple[Command, ...]] = command_table()
"""The commands that need nothing but figures."""
