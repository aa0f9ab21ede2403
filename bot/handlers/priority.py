"""`/priority 12`: how a strategic priority stands, on one screen."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import area_of, only, priority_in, question
from bot.names import Kind
from bot.replies import Reply
from bot.replies.priority import priority_reply
from bot.replies.under_way import FindUnderWay, nothing_under_way
from metrics.calendar import london_day

USAGE: Final = "/priority NUMBER|NAME [AREA] [as at DATE]"


def priority(asked: Asked, under_way: FindUnderWay = nothing_under_way) -> Reply:
    """Answer how a priority stands, under the framework in force on the figures' day.

    Args:
        asked: The question.
        under_way: Gives what is being done about it.

    Raises:
        UserError: No priority or several were named, or there are no figures.
        Refused: Nothing of it may be shown here.
    """
    found = question(asked, (Kind.PRIORITY, Kind.AREA))
    hint = "Name one by its number or its words: /priority 12, or /priority burglary charnwood."
    named = only(found.reading.priorities, "priority", hint)
    known, area = priority_in(found, named), area_of(found)
    doing = under_way(found.sight, known.number, area, london_day(asked.now))
    return priority_reply(
        found.sight,
        known,
        area,
        said_first=found.said_first,
        doing=doing.blocks,
        markers=doing.markers,
    )


def priority_command(under_way: FindUnderWay = nothing_under_way) -> Command:
    """Make the command; what is being done is told with the figures."""
    return replace(COMMAND, handler=lambda asked: priority(asked, under_way))


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
