"""`/threatdesk glossary YTD`: what a word means."""

from __future__ import annotations

from typing import Final

from bot.glossary import alike, find_term
from bot.handlers.command import Asked, Command, Example
from bot.names import Kind, Option, UnknownWords
from bot.replies import Reply
from bot.replies.glossary import glossary_reply, measure_reply, name_reply, term_reply
from metrics.calendar import london_day
from metrics.errors import UnknownName


def glossary(asked: Asked) -> Reply:
    """Say what a word of the glossary, or a name of the plan, means; list them all without one.

    Raises:
        UnknownWords: It is neither.
    """
    said = asked.words.strip()
    if not said:
        return glossary_reply()
    term = find_term(said)
    if term is not None:
        return term_reply(term)
    try:
        return _name(said, asked)
    except UnknownName:
        close = alike(said)
        raise UnknownWords(
            f"“{said}” is not in the glossary.",
            options=tuple(Option(label=one, words=f"/threatdesk glossary {one}") for one in close),
            hint="Did you mean one of these?" if close else "/threatdesk glossary lists its words.",
        ) from None


def _name(said: str, asked: Asked) -> Reply:
    """Say what a name of the plan stands for."""
    wanted = (Kind.CRIME_TYPE, Kind.MEASURE, Kind.PRIORITY, Kind.AREA)
    reading = asked.names.read(said, today=london_day(asked.now), wanted=wanted)
    for crime_type in reading.crime_types:
        return measure_reply(asked.catalogue.recorded(crime_type.id), also=crime_type.name)
    for measure in reading.measures:
        return measure_reply(measure)
    for priority in reading.priorities:
        return name_reply(priority)
    for area in reading.areas:
        above = (asked.catalogue.areas[parent].name for parent in area.parents)
        return name_reply(area, within=" and ".join(above))
    raise UnknownName(f"“{said}” names nothing.")


COMMAND: Final = Command(
    name="glossary",
    usage="/threatdesk glossary [TERM]",
    does="Says what a word means, or lists the words.",
    examples=(
        Example(text="/threatdesk glossary YTD", gives="what YTD means"),
        Example(text="/threatdesk glossary TFMV", gives="what is counted as TFMV"),
        Example(text="/threatdesk glossary", gives="every word that is explained"),
    ),
    handler=glossary,
    aliases=("define",),
    is_slash=False,
)
