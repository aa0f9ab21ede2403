"""What is done with what was heard: it is answered, shared, filled in or greeted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.answer import Answered, Request
from bot.audit import Outcome
from bot.channels.once import Once
from bot.channels.said import said
from bot.channels.teams import quiet
from bot.channels.teams.cards import form_again, is_alone
from bot.channels.teams.connector import Connector
from bot.channels.teams.heard import HELP, Heard
from bot.channels.teams.keeping import Keeping
from bot.channels.teams.people import TeamsPeople
from bot.channels.teams.pictures import Pictures
from bot.channels.teams.sharing import share
from bot.channels.teams.ways import HowToAsk, InOwnChat, Teller, Way, where_asked
from bot.people import Person, Surface
from bot.render.teams import Pressed
from bot.replies import Form, Reply

log = quiet.logger(__name__)

Settle = Callable[[Request], Answered]
"""Answers a request (`Desk.settle`).  May take its time: it is not called on the event loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Carries out what the listeners heard."""

    settle: Settle
    people: TeamsPeople
    connector: Connector
    pictures: Pictures
    keeping: Keeping
    once: Once
    clock: Callable[[], datetime]
    is_targeted: bool

    async def first(self, key: str) -> bool:
        """Whether something is told for the first time; where that cannot be known, it is."""
        if not key:
            return True
        try:
            return await asyncio.to_thread(self.once.first, key, self.clock())
        except Exception:  # an answer given twice is better than none
            log.exception("it could not be looked up whether Teams repeats itself")
            return True

    async def asked(self, heard: Heard) -> None:
        """Answer a message or a press."""
        answered = await self._ask(heard, self.people.person(heard))
        await self.tell(heard, answered.reply)

    async def greeted(self, heard: Heard) -> None:
        """Say what can be asked, once, to who just added the app."""
        if await self.first(f"greeting/{heard.conversation.id}"):
            await self.asked(replace(heard, text=HELP))

    async def shared(self, heard: Heard) -> Answered:
        """Post an answer to the channel, as everyone there may see it."""
        if not heard.place:
            nowhere = said("There is no channel here. Ask again in the channel to share it there.")
            return Answered(reply=nowhere, outcome=Outcome.FAILED)
        person = self.people.person(heard)
        answered = await self._ask(heard, person, surface=Surface.CHANNEL)
        if answered.outcome is not Outcome.ANSWERED:
            return answered  # a refusal is told to who asked, and to nobody else
        return await share(
            answered.reply, heard, person, connector=self.connector, pictures=self.pictures
        )

    async def submitted(self, heard: Heard, press: Pressed, data: Mapping[str, Any]) -> Answered:
        """Run a form's command with what was filled in.

        Returns:
            The answer, or the next form; where something is wrong, that and the form again.
        """
        answered = await self._ask(heard, self.people.person(heard), fields=press.fields)
        if answered.outcome is Outcome.ANSWERED or _asks(answered.reply):
            return answered
        return replace(answered, reply=form_again(data, press.fields, answered.reply))

    async def tell(self, heard: Heard, reply: Reply, *, in_place: bool = False) -> None:
        """Tell somebody what they alone may see, by the best way that is open."""
        await Teller(self.pictures).tell(reply, *self._ways(heard, in_place=in_place))

    async def replace_card(self, heard: Heard, reply: Reply) -> None:
        """Put a reply, which was shown already, in the place of the card that was pressed."""
        if way := where_asked(self.connector, heard, in_place=True):
            await Teller(self.pictures).tell(reply, way)

    @staticmethod
    def may_replace(heard: Heard, data: Mapping[str, Any]) -> bool:
        """Whether an answer may stand in the place of the card that was pressed."""
        return bool(heard.card) and (heard.with_bot or is_alone(data))

    async def _ask(
        self,
        heard: Heard,
        person: Person,
        *,
        surface: Surface = Surface.PRIVATE,
        fields: Mapping[str, str] | None = None,
    ) -> Answered:
        request = Request(
            text=heard.text,
            person=person,
            surface=surface,
            at=self.clock(),
            fields=fields or {},
            place=heard.place,
        )
        return await asyncio.to_thread(self.settle, request)

    def _ways(self, heard: Heard, *, in_place: bool) -> Iterator[Way]:
        """The ways to who asked, the best first."""
        if in_place and (way := where_asked(self.connector, heard, in_place=True)):
            yield way
        may_show = heard.with_bot or self.is_targeted
        if may_show and (way := where_asked(self.connector, heard)):
            yield way
        if not heard.with_bot and heard.person:
            yield InOwnChat(self.connector, self.keeping, heard)
        if not heard.with_bot:
            yield HowToAsk(self.connector, heard)


def _asks(reply: Reply) -> bool:
    return any(isinstance(block, Form) for block in reply.blocks)
