"""`/trend burglary charnwood`: a measure over time, with its control chart."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import Question, area_of, only, question
from bot.names import Kind
from bot.replies import Reply
from bot.replies.trend import trend_reply
from bot.replies.under_way import FindUnderWay, nothing_under_way
from metrics.calendar import london_day
from metrics.errors import UnknownName
from metrics.model import Measure

HINT: Final = "Name one, for example /trend burglary charnwood or /trend all-user satisfaction."


def trend(asked: Asked, under_way: FindUnderWay = nothing_under_way) -> Reply:
    """Answer how a measure has gone over the months; a crime type means what was recorded of it.

    Args:
        asked: The question.
        under_way: Gives what is being done, to be marked on the charts.

    Raises:
        UserError: No measure or several were named, or there are no figures.
        Refused: It may not be shown here.
    """
    found = question(asked, (Kind.MEASURE, Kind.CRIME_TYPE, Kind.AREA))
    measure, area = _measure(found), area_of(found)
    doing = under_way(found.sight, measure.priority, area, london_day(asked.now))
    return trend_reply(
        found.sight, measure, area, said_first=found.said_first, markers=doing.markers
    )


def _measure(found: Question) -> Measure:
    """Return the measure that was named, as the figures' own plan has it."""
    catalogue = found.sight.catalogue
    named = [one.id for one in found.reading.measures]
    named += [catalogue.recorded(one.id).id for one in found.reading.crime_types]
    one = only(tuple(dict.fromkeys(named)), "measure", HINT)
    if one not in catalogue.measures:
        raise UnknownName(f"The plan of these figures has no measure {one}.", hint=HINT)
    return catalogue.measures[one]


def trend_command(under_way: FindUnderWay = nothing_under_way) -> Command:
    """Make the command; what is being done is marked on its charts."""
    return replace(COMMAND, handler=lambda asked: trend(asked, under_way))


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
