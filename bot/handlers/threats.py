"""`/threats`: what is classified High, Medium and Low, and why."""

from __future__ import annotations

from typing import Final

from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import area_of, only, priority_in, question
from bot.names import Kind
from bot.replies import Reply
from bot.replies.threat import threats_reply


def threats(asked: Asked) -> Reply:
    """Answer what is High in an area, or of a priority.

    Raises:
        UserError: Several areas or priorities were named, or there are no figures.
    """
    found = question(asked, (Kind.AREA, Kind.PRIORITY))
    named = found.reading.priorities
    hint = "Name one, for example /threats 12 charnwood."
    priority = priority_in(found, only(named, "priority", hint)) if named else None
    return threats_reply(
        found.sight, area_of(found), priority=priority, said_first=found.said_first
    )


COMMAND: Final = Command(
    name="threats",
    usage="/threats [AREA|PRIORITY] [as at DATE]",
    does="What is classified High, Medium and Low, each with its reason.",
    examples=(
        Example(text="/threats", gives="The force's classifications, High first"),
        Example(text="/threats charnwood", gives="Those of Charnwood"),
        Example(text="/threats 14", gives="Those of vehicle crime"),
    ),
    handler=threats,
    aliases=("threat",),
)
