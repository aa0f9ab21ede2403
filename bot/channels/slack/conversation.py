"""What is done with what was heard: it is answered, shared, filled in or shown at home."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.answer import Answered, Request
from bot.audit import Outcome
from bot.channels.once import Once
from bot.channels.said import said
from bot.channels.slack import quiet
from bot.channels.slack.clients import TROUBLE, Clients, reason
from bot.channels.slack.heard import Body, Heard, Metadata, key_of
from bot.channels.slack.home import HOME_COMMAND, publish_home
from bot.channels.slack.people import SlackPeople
from bot.channels.slack.pictures import Pictures
from bot.channels.slack.sharing import share
from bot.channels.slack.views import answer_view, answers, form_again, form_of, form_view
from bot.channels.slack.ways import ByResponseUrl, InMessages, InView, Teller, ToOne, Way
from bot.people import Person, Surface
from bot.replies import Reply, Standing

log = quiet.logger(__name__)

Settle = Callable[[Request], Answered]
"""Answers a request (`Desk.settle`).  May take its time: it is not called on the event loop."""

TRIGGER_S: Final = 2.5
"""How long opening a dialogue may take; Slack takes a trigger_id for three seconds."""

UPDATE_AFTER_S: Final = 0.5
"""How long after an acknowledgement with a view it is replaced: the first to come must not win."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Carries out what the listeners heard."""

    settle: Settle
    people: SlackPeople
    clients: Clients
    pictures: Pictures
    once: Once
    clock: Callable[[], datetime]

    async def first(self, body: Body) -> bool:
        """Whether Slack tells this for the first time; where that cannot be known, it does."""
        if not (key := key_of(body)):
            return True
        try:
            return await asyncio.to_thread(self.once.first, key, self.clock())
        except Exception:  # an answer given twice is better than none
            log.exception("it could not be looked up whether Slack repeats itself")
            return True

    async def asked(self, heard: Heard, *, can_replace: bool = False) -> None:
        """Answer a command, a mention, a direct message or a shortcut."""
        answered = await self._ask(heard, await self._person(heard))
        await self._respond(heard, answered.reply, *self._ways(heard, can_replace=can_replace))

    async def pressed(self, heard: Heard) -> None:
        """Answer a button or a menu; the Home shows afterwards how things stand."""
        await self.asked(heard)
        if heard.at_home:
            await self.home(heard.user)

    async def shared(self, heard: Heard) -> None:
        """Post an answer to the channel, as everyone there may see it."""
        await Teller(self.pictures).tell(
            await self._shared(heard), *self._ways(replace(heard, view=""), can_replace=False)
        )

    async def home(self, user: str) -> None:
        """Show somebody their Home."""
        heard = Heard(text=HOME_COMMAND, user=user)
        answered = await self._ask(heard, await self._person(heard))
        await publish_home(user, answered.reply, clients=self.clients, pictures=self.pictures)

    async def submitted(self, body: Body) -> Answered:
        """Run a form's command with what was filled in."""
        if not await self.first(body):
            once = said("It was sent already, and done once.", Standing.PLAIN)
            return Answered(reply=once, outcome=Outcome.ANSWERED)
        view = body["view"]
        metadata = Metadata.read(view)
        heard = Heard(
            text=metadata.command,
            user=body["user"]["id"],
            handle=body["user"].get("username", ""),
            channel=metadata.channel,
        )
        return await self._ask(heard, await self._person(heard), fields=answers(view))

    async def show_in(self, view: Body, answered: Answered, *, words: bool) -> None:
        """Show an answer in the dialogue that was sent: its pictures, and its words if late."""
        if words:
            await asyncio.sleep(UPDATE_AFTER_S)
            try:
                await self.clients.patient.views_update(
                    view_id=view["id"], view=after_sending(view, answered)
                )
            except TROUBLE as error:
                log.warning("a dialogue did not take its answer: %s", reason(error))
                return
        reply = answered.reply
        if form_of(reply) is None and (files := await self.pictures.upload(reply)):
            way = InView(self.clients, view=view["id"], channel=Metadata.read(view).channel)
            try:
                await way.add_pictures(reply, files)
            except TROUBLE as error:
                log.warning("a dialogue did not take a picture: %s", reason(error))

    async def _person(self, heard: Heard) -> Person:
        return await self.people.person(heard.user, handle=heard.handle, now=self.clock())

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

    async def _shared(self, heard: Heard) -> Reply:
        if not heard.place:
            return said("There is no channel here. Ask again in the channel to share it there.")
        person = await self._person(heard)
        answered = await self._ask(heard, person, surface=Surface.CHANNEL)
        if answered.outcome is not Outcome.ANSWERED:
            return answered.reply  # a refusal is told to who asked, and to nobody else
        return await share(
            answered.reply, heard.channel, person, clients=self.clients, pictures=self.pictures
        )

    async def _respond(self, heard: Heard, reply: Reply, *ways: Way) -> None:
        if not await self._opened(heard, reply):
            await Teller(self.pictures).tell(reply, *ways)

    async def _opened(self, heard: Heard, reply: Reply) -> bool:
        """Whether the reply asks for a form, and a dialogue was opened for it."""
        form = form_of(reply)
        if form is None or not (heard.trigger or heard.view):
            return False
        view = form_view(reply, form, channel=heard.channel)
        try:
            async with asyncio.timeout(TRIGGER_S):
                if heard.view:
                    await self.clients.careful.views_update(view_id=heard.view, view=view)
                else:
                    await self.clients.careful.views_open(trigger_id=heard.trigger, view=view)
        except TROUBLE as error:
            log.warning("a dialogue could not be opened: %s", reason(error))
            return False
        return True

    def _ways(self, heard: Heard, *, can_replace: bool) -> Iterator[Way]:
        """The ways to who asked, the best first."""
        if heard.view:
            yield InView(self.clients, view=heard.view, channel=heard.channel)
        if heard.at_home:
            yield InView(self.clients, trigger=heard.trigger)
        if heard.with_bot:
            yield InMessages(heard.channel, self.clients, thread=heard.thread)
        if heard.response_url:
            yield ByResponseUrl(heard.response_url, self.clients, can_replace=can_replace)
        if heard.place:
            yield ToOne(heard.channel, heard.user, self.clients, thread=heard.thread)
        yield InMessages(heard.user, self.clients)


def after_sending(view: Body, answered: Answered) -> dict[str, Any]:
    """Return what a dialogue shows after it was sent.

    The next form; the same one with what is wrong above it; or the answer.
    """
    channel = Metadata.read(view).channel
    if form := form_of(answered.reply):
        return form_view(answered.reply, form, channel=channel)
    if answered.outcome is not Outcome.ANSWERED:
        return form_again(view, answered.reply)
    return answer_view(answered.reply, channel=channel)
