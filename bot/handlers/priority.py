"""`/priority 12`: how a strategic priority stands, on one screen."""

from __future__ import annotations

from typing import Final

from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import area_of, only, priority_in, question
from bot.names import Kind
from bot.replies import Reply
from bot.replies.priority import priority_reply

USAGE: Final = "/priority NUMBER|NAME [AREA] [as at DATE]"


def priority(asked: Asked) -> Reply:
    """Answer how a priority stands, under the framework in force on the figures' day.

    Raises:
        UserError: No priority or several were named, or there are no figures.
        Refused: Nothing of it may be shown here.
    """
    found = question(asked, (Kind.PRIORITY, Kind.AREA))
    hint = "Name one by its number or its words, e.g. /priority 12 or /priority burglary charnwood."
    named = only(found.reading.priorities, "priority", hint)
    return priority_reply(
        found.sight, priority_in(found, named), area_of(found), said_first=found.said_first
    )


COMMAND: Final = Command(
    name="priority",
    usage=USAGE,
    does="How a strategic priority stands: how bad, how sure, what drives it, as at when.",
    examples=(
        Example(text="/priority 12", gives="Domestic burglary in the force"),
        Example(text="/priority vehicle crime city", gives="Both parts of priority 14 in the City"),
        Example(
            text="/priority 13 charnwood as at 11 December 2013",
            gives="What was published for violence with injury in Charnwood that day",
        ),
    ),
    handler=priority,
    aliases=("p", "prio"),
)
