"""`/csp charnwood`: a Community Safety Partnership, or all of them."""

from __future__ import annotations

from typing import Final

from bot.handlers.command import Asked, Command, Example
from bot.handlers.reading import area_of, crime_type_of, question
from bot.names import Kind
from bot.replies import Reply
from bot.replies.csp import csp_reply
from metrics.snapshot import SnapshotKind


def csp(asked: Asked) -> Reply:
    """Answer how a partnership stands; without a name, how the partnerships compare.

    Raises:
        UserError: Several areas or crime types were named, or there are no figures.
        Refused: What the answer is about may not be shown here.
    """
    found = question(asked, (Kind.AREA, Kind.CRIME_TYPE), usual=SnapshotKind.MONTH_END)
    return csp_reply(
        found.sight, area_of(found), crime_type=crime_type_of(found), said_first=found.said_first
    )


COMMAND: Final = Command(
    name="csp",
    usage="/csp [NAME] [CRIME TYPE] [as at DATE]",
    does="A Community Safety Partnership's crime types, with tests, rank and rate per 1,000.",
    examples=(
        Example(text="/csp charnwood", gives="Charnwood's crime types, and what is High there"),
        Example(text="/csp charnwood burglary", gives="Burglary in Charnwood among the others"),
        Example(text="/csp burglary", gives="Burglary in every partnership"),
    ),
    handler=csp,
    aliases=("partnership",),
)
