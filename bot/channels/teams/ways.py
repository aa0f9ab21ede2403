"""The ways in which an answer reaches one person, and what is done when one is closed."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

from bot.channels.said import said
from bot.channels.teams import quiet
from bot.channels.teams.cards import answer_card
from bot.channels.teams.connector import (
    Connector,
    Gone,
    NotAllowed,
    Refused,
    TeamsTrouble,
    TooBig,
)
from bot.channels.teams.heard import Heard
from bot.channels.teams.keeping import Keeping
from bot.channels.teams.pictures import Drawn, Pictures, ready
from bot.conversations import Conversation
from bot.render.teams import summary
from bot.replies import Reply

log = quiet.logger(__name__)

HOW_TO_ASK: Final = (
    "Your answer could not be shown to you alone, and others read here. Add the app Threat Desk "
    "under Apps, open its chat and ask there."
)
"""Said where many read: it holds nothing of the question and nothing of the answer."""


class Way(Protocol):
    """One way to one person.  Raises `TeamsTrouble`."""

    async def say(self, reply: Reply, pictures: Drawn | None) -> None:
        """Show the words, with the pictures that are drawn already."""

    async def add_pictures(self, reply: Reply, pictures: Drawn) -> None:
        """Show the pictures with the words that were said."""


class OneMessage:
    """A message that one person alone sees: a new one, or in the place of another.

    It may come twice where Teams does not say whether it came: that is better than not at all.
    """

    def __init__(
        self,
        connector: Connector,
        conversation: Conversation,
        *,
        to: str | None = None,
        under: str = "",
        message: str = "",
    ) -> None:
        """Prepare to answer.

        Args:
            connector: Where messages are handed in.
            conversation: The chat of one person with the bot, or a place where many read.
            to: Where many read: who alone is to see it, by Teams' own id.
            under: The message that it is said under; empty: none.
            message: The message in whose place it is said; empty: a new one.
        """
        self._connector = connector
        self._conversation = conversation
        self._to = to
        self._under = under
        self._message = message

    async def say(self, reply: Reply, pictures: Drawn | None) -> None:
        """Show the words."""
        if self._message:
            await self._update(reply, pictures)
            return
        self._message = await self._connector.send(
            self._conversation,
            answer_card(reply, pictures),
            summary=summary(reply),
            to=self._to,
            under=self._under,
            is_careful=False,
        )

    async def add_pictures(self, reply: Reply, pictures: Drawn) -> None:
        """Put the pictures into the message."""
        await self._update(reply, pictures)

    async def _update(self, reply: Reply, pictures: Drawn | None) -> None:
        await self._connector.update(
            self._conversation,
            self._message,
            answer_card(reply, pictures),
            summary=summary(reply),
            to=self._to,
        )


def where_asked(connector: Connector, heard: Heard, *, in_place: bool = False) -> OneMessage | None:
    """Return the way to somebody where they asked: in their chat, or shown to them alone.

    Args:
        connector: Where messages are handed in.
        heard: What they asked.
        in_place: Whether it stands where the card was that they pressed.

    Returns:
        None where many read and Teams does not say who is to see it: it would be everybody.
    """
    if not heard.with_bot and not heard.user:
        return None
    return OneMessage(
        connector,
        heard.conversation,
        to=None if heard.with_bot else heard.user,
        under=heard.thread,
        message=heard.card if in_place else "",
    )


class InOwnChat:
    """In the chat with the bot of somebody who asked elsewhere."""

    def __init__(self, connector: Connector, keeping: Keeping, heard: Heard) -> None:
        self._connector = connector
        self._keeping = keeping
        self._heard = heard
        self._chat: OneMessage | None = None

    async def say(self, reply: Reply, pictures: Drawn | None) -> None:
        """Post the words in the chat that is known, or in one that is opened."""
        if known := await self._keeping.find(self._heard.person):
            try:
                await self._say_in(known, reply, pictures)
            except (Gone, NotAllowed):  # they had removed the app, and perhaps added it again
                log.info("a chat is not there any more")
            else:
                return
        opened = await self._connector.open(self._heard.person)
        await self._keeping.keep(self._heard.person, opened)
        await self._say_in(opened, reply, pictures)

    async def add_pictures(self, reply: Reply, pictures: Drawn) -> None:
        """Put the pictures into the message."""
        if self._chat is not None:
            await self._chat.add_pictures(reply, pictures)

    async def _say_in(self, chat: Conversation, reply: Reply, pictures: Drawn | None) -> None:
        self._chat = OneMessage(self._connector, chat)
        await self._chat.say(reply, pictures)


class HowToAsk:
    """Where it was asked, for all to see: not the answer, but where it can be had."""

    def __init__(self, connector: Connector, heard: Heard) -> None:
        self._connector = connector
        self._heard = heard

    async def say(self, reply: Reply, pictures: Drawn | None) -> None:  # noqa: ARG002 - not told
        """Say how to ask."""
        instead = said(HOW_TO_ASK)
        await self._connector.send(
            self._heard.conversation,
            answer_card(instead),
            summary=summary(instead),
            under=self._heard.thread,
        )

    async def add_pictures(self, reply: Reply, pictures: Drawn) -> None:
        """Show nothing."""


class Teller:
    """Tells a reply by the first way that is open: first the words, then the pictures."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures

    async def tell(self, reply: Reply, *ways: Way) -> bool:
        """Tell a reply; whether it could be told."""
        drawing = self._pictures.begin(reply)
        pictures = await ready(drawing)
        for way in ways:
            if await self._said(reply, way, pictures):
                if pictures is None:
                    await self._add_pictures(reply, way, drawing)
                return True
        drawing.cancel()
        log.error("an answer could not be told in any way")
        return False

    async def _said(self, reply: Reply, way: Way, pictures: Drawn | None) -> bool:
        """Whether a way took the words; with pictures that it refuses, the words alone."""
        try:
            await way.say(reply, pictures)
        except (TooBig, Refused) as trouble:
            log.warning("%s did not take an answer: %s", type(way).__name__, trouble)
            return bool(pictures) and await self._said(reply, way, None)
        except TeamsTrouble as trouble:
            log.warning("%s did not take an answer: %s", type(way).__name__, trouble)
            return False
        return True

    async def _add_pictures(self, reply: Reply, way: Way, drawing: asyncio.Task[Drawn]) -> None:
        if not (pictures := await drawing):
            return
        try:
            await way.add_pictures(reply, pictures)
        except TeamsTrouble as trouble:
            log.warning("%s did not take a picture: %s", type(way).__name__, trouble)
