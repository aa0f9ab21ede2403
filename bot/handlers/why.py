"""`/threatdesk why burglary`: everything that a figure and its judgement rest on."""

from __future__ import annotations

from typing import Final

from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import ANOTHER_DAY, area_of, only, question
from bot.names import Kind
from bot.render.words import say_line
from bot.replies import Button, Buttons, Paragraph, Reply, commands
from bot.replies.footing import remarks, summary
from bot.replies.why import FIRST, why_blocks
from metrics.dashboards import Explanation
from metrics.errors import UnknownName

USAGE: Final = "/threatdesk why MEASURE [AREA] [as at DATE]"


def why(asked: Asked) -> Reply:
    """Explain one measure's figures in one area.

    Raises:
        UserError: No measure was named, or there are no figures.
        Refused: The asker may not be shown it here.
    """
    found = question(asked, (Kind.MEASURE, Kind.AREA))
    named = only(found.reading.measures, "measure", f"Write {USAGE}, for example {EXAMPLE}.")
    sight = found.sight
    measure = sight.catalogue.measures.get(named.id)
    if measure is None:
        raise UnknownName(
            f"The plan in force then had no measure called {named.name}.", hint=ANOTHER_DAY
        )
    area = area_of(found)
    explanation = sight.explanation(measure, area)
    verdict = _verdict(explanation)
    return Reply(
        summary=summary(sight, f"{explanation.heading}: {verdict}"),
        blocks=(
            Paragraph(text=f"{explanation.heading}. {verdict}", strong=True),
            *remarks(found.said_first),
            *why_blocks(explanation),
            Buttons(
                items=(
                    Button(label="Trend", command=commands.trend(measure, area, sight)),
                    *(
                        (
                            Button(
                                label=f"Priority {measure.priority}",
                                command=commands.priority(measure.priority, area, sight),
                            ),
                        )
                        if measure.priority
                        else ()
                    ),
                )
            ),
        ),
        share=commands.why(measure, area, sight),
    )


def _verdict(explanation: Explanation) -> str:
    """Return the classification as one sentence; it is the first line of its section."""
    for section in explanation.sections:
        if section.heading == FIRST and section.lines:
            return say_line(section.lines[0])
    return "It is not classified."


EXAMPLE: Final = "/threatdesk why burglary charnwood"

COMMAND: Final = Command(
    name="why",
    usage=USAGE,
    does="Shows what a figure and its classification rest on: tests, limits, sources.",
    examples=(
        Example(text="/threatdesk why burglary", gives="why domestic burglary is High or not"),
        Example(text=EXAMPLE, gives="the same of one partnership"),
        Example(
            text="/threatdesk why burglary satisfaction", gives="why satisfaction stands as it does"
        ),
    ),
    handler=why,
    aliases=("explain",),
    is_slash=False,
)
