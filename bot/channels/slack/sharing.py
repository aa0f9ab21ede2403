"""*Share to channel*: figures that everyone there may see, posted under the sharer's name."""

from __future__ import annotations

from typing import Final

from bot.channels.said import said, under_name
from bot.channels.slack import quiet
from bot.channels.slack.clients import TROUBLE, Clients, reason
from bot.channels.slack.pictures import Pictures
from bot.channels.slack.ways import QUIET
from bot.people import Person
from bot.render.slack import render
from bot.replies import Reply, Standing

log = quiet.logger(__name__)

_NOT_THERE: Final = frozenset({"not_in_channel", "channel_not_found"})
"""Slack's codes for a channel that the bot was not invited to; the second where it is private."""

_PERHAPS: Final = frozenset({"TimeoutError", "ServerDisconnectedError", "ClientOSError"})
"""Errors after which the message may have been posted all the same, as after an HTTP 5xx."""


async def share(
    reply: Reply, channel: str, person: Person, *, clients: Clients, pictures: Pictures
) -> Reply:
    """Post a reply to a channel; return what the sharer is told.

    It is posted at most once: after a failure that may have posted it, the sharer looks.
    """
    shared = under_name(reply, person)
    try:
        posted = await clients.careful.chat_postMessage(channel=channel, **QUIET, **render(shared))
    except TROUBLE as error:
        log.warning("an answer could not be shared: %s", reason(error))
        return _not_shared(reason(error))
    await _add_pictures(shared, posted["channel"], posted["ts"], clients, pictures)
    return said("Shared to this channel.", Standing.PLAIN)


async def _add_pictures(
    reply: Reply, channel: str, ts: str, clients: Clients, pictures: Pictures
) -> None:
    if not (files := await pictures.upload(reply)):
        return
    try:
        await clients.patient.chat_update(channel=channel, ts=ts, **render(reply, charts=files))
    except TROUBLE as error:
        log.warning("a shared answer did not take its picture: %s", reason(error))


def _not_shared(why: str) -> Reply:
    if why in _NOT_THERE:
        return said(
            "Threat Desk is not in this channel. "
            "Type /invite here, choose Threat Desk, then share it again."
        )
    if why == "is_archived":
        return said("This channel is archived: nothing can be shared to it.")
    if why.startswith("HTTP 5") or why in _PERHAPS or why in {"internal_error", "fatal_error"}:
        return said(
            "Slack did not say whether it was posted. Look at the channel before you share again."
        )
    return said(f"It could not be shared: Slack answered {why}. Try again in a minute.")
