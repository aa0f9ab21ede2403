"""The table of commands: what can be asked, in the order of the help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.handlers import compare, csp, dashboard, priority, threats, trend
from bot.handlers.command import Command
from bot.handlers.threatdesk import threatdesk_command

OTHERS: Final[tuple[Command, ...]] = (
    priority.COMMAND,
    csp.COMMAND,
    dashboard.COMMAND,
    threats.COMMAND,
    trend.COMMAND,
    compare.COMMAND,
)


def command_table(more: Sequence[Command] = ()) -> tuple[Command, ...]:
    """Return every command, with a help that lists them.

    Args:
        more: Commands that are made with something to work on, e.g. the alerts that are kept.
    """
    others = (*OTHERS, *more)
    return (*others, threatdesk_command(others))


COMMANDS: Final[tuple[Command, ...]] = command_table()
"""The commands that need nothing but figures."""
