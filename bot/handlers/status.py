"""`/threatdesk status`: how fresh the figures are."""

from __future__ import annotations

from typing import Final

from bot.handlers.command import Asked, Command, Example
from bot.replies import Reply
from bot.replies.status import status_reply
from metrics.errors import UserError
from metrics.snapshot import SnapshotKind


def status(asked: Asked) -> Reply:
    """Say how fresh the newest daily and month-end figures are.

    Raises:
        UserError: There are no figures of any kind.
    """
    sights = []
    for kind in SnapshotKind:
        try:
            sights.append(asked.see(kind, None))
        except UserError:
            continue  # a force may make only one kind; that there is none at all is said below
    return status_reply(sights or [asked.see(None, None)])


COMMAND: Final = Command(
    name="status",
    usage="/threatdesk status",
    does="Says how fresh the figures are, when their sources were loaded, and what is late.",
    examples=(Example(text="/threatdesk status", gives="the newest figures, and what is late"),),
    handler=status,
    is_slash=False,
)
