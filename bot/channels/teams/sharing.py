"""*Share to channel*: figures that everyone there may see, posted under the sharer's name."""

from __future__ import annotations

from bot.answer import Answered
from bot.audit import Outcome
from bot.channels.said import said, under_name
from bot.channels.teams import quiet
from bot.channels.teams.connector import (
    Connector,
    Gone,
    NotAllowed,
    TeamsTrouble,
    Unsure,
)
from bot.channels.teams.heard import Heard
from bot.channels.teams.pictures import Pictures, ready
from bot.people import Person
from bot.render.teams import render, summary
from bot.replies import Reply, Standing

log = quiet.logger(__name__)


async def share(
    reply: Reply, heard: Heard, person: Person, *, connector: Connector, pictures: Pictures
) -> Answered:
    """Post a reply where it was asked; return what the sharer is told.

    It is posted at most once: after a failure that may have posted it, the sharer looks.
    """
    shared = under_name(reply, person)
    drawing = pictures.begin(shared)
    drawn = await ready(drawing)
    words = summary(shared)
    try:
        message = await connector.send(
            heard.conversation, render(shared, pictures=drawn), summary=words, under=heard.thread
        )
    except TeamsTrouble as trouble:
        drawing.cancel()
        log.warning("an answer could not be shared: %s", trouble)
        return Answered(reply=_not_shared(trouble), outcome=Outcome.FAILED)
    if drawn is None and (late := await drawing):
        try:
            await connector.update(
                heard.conversation, message, render(shared, pictures=late), summary=words
            )
        except TeamsTrouble as trouble:
            log.warning("a shared answer did not take its picture: %s", trouble)
    done = said("Shared to this channel.", Standing.PLAIN)
    return Answered(reply=done, outcome=Outcome.ANSWERED)


def _not_shared(trouble: TeamsTrouble) -> Reply:
    match trouble:
        case NotAllowed() | Gone():
            return said(
                "Threat Desk is not in this channel, or may not write here. "
                "Add the app to the team or the chat, then share it again."
            )
        case Unsure():
            return said(
                "Teams did not say whether it was posted. "
                "Look at the channel before you share again."
            )
        case _:
            return said(f"It could not be shared. {trouble} Try again in a minute.")
