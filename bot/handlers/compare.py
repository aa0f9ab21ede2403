"""`/compare charnwood blaby`: two areas side by side."""

from __future__ import annotations

from typing import Final

from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import areas_of, crime_type_of, question
from bot.names import Kind
from bot.replies import Reply
from bot.replies.compare import compare_reply
from metrics.errors import UserError

TWO: Final = 2


def compare(asked: Asked) -> Reply:
    """Answer how two areas stand beside each other.

    Raises:
        UserError: Not two areas were named, or there are no figures.
        Refused: What the answer is about may not be shown here.
    """
    found = question(asked, (Kind.AREA, Kind.CRIME_TYPE))
    areas = areas_of(found)
    if len(areas) != TWO:
        named = ", ".join(one.name for one in areas)
        raise UserError(
            f"Two areas are compared; {f'only {named} was' if areas else 'none were'} named."
            if len(areas) < TWO
            else f"Two areas are compared; {len(areas)} were named: {named}.",
            hint="For example: /compare charnwood blaby burglary.",
        )
    return compare_reply(
        found.sight,
        areas[0],
        areas[1],
        crime_type=crime_type_of(found),
        said_first=found.said_first,
    )


COMMAND: Final = Command(
    name="compare",
    usage="/compare AREA AREA [CRIME TYPE] [as at DATE]",
    does="Two areas side by side: rates per 1,000 population and changes.",
    examples=(
        Example(text="/compare charnwood blaby", gives="Every crime type in both"),
        Example(text="/compare city counties burglary", gives="Burglary in both commands"),
    ),
    handler=compare,
    aliases=("vs",),
)
