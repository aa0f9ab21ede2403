"""`/trend burglary charnwood`: a measure over time, with its control chart."""

from __future__ import annotations

from typing import Final

from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import Question, area_of, only, question
from bot.names import Kind
from bot.replies import Reply
from bot.replies.trend import trend_reply
from metrics.errors import UnknownName
from metrics.model import Measure

HINT: Final = "Name one, e.g. /trend burglary charnwood or /trend all-user satisfaction."


def trend(asked: Asked) -> Reply:
    """Answer how a measure has gone over the months; a crime type means what was recorded of it.

    Raises:
        UserError: No measure or several were named, or there are no figures.
        Refused: It may not be shown here.
    """
    found = question(asked, (Kind.MEASURE, Kind.CRIME_TYPE, Kind.AREA))
    return trend_reply(found.sight, _measure(found), area_of(found), said_first=found.said_first)


def _measure(found: Question) -> Measure:
    """Return the measure that was named, as the figures' own plan has it."""
    catalogue = found.sight.catalogue
    named = [one.id for one in found.reading.measures]
    named += [catalogue.recorded(one.id).id for one in found.reading.crime_types]
    one = only(tuple(dict.fromkeys(named)), "measure", HINT)
    if one not in catalogue.measures:
        raise UnknownName(f"The plan of these figures has no measure {one}.", hint=HINT)
    return catalogue.measures[one]


COMMAND: Final = Command(
    name="trend",
    usage="/trend MEASURE [AREA] [as at DATE]",
    does="A measure over time, on its control chart, in the papers' words.",
    examples=(
        Example(text="/trend burglary", gives="Burglary in the force, month by month"),
        Example(text="/trend shoplifting city", gives="Shoplifting in the City"),
        Example(text="/trend all crime", gives="All crime, and its long-term trend since 2003/04"),
    ),
    handler=trend,
    aliases=("chart",),
)
