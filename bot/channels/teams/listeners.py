"""What Teams may say, and who hears it.  Teams is told at once; the work is done afterwards.

A press is different: Teams waits for its answer, which is a card to stand in the place of the one
that was pressed, or a sentence that is shown in passing to who pressed it.  No figure is in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.answer import Answered
from bot.audit import Outcome
from bot.channels.said import said
from bot.channels.teams import quiet
from bot.channels.teams.answering import Answering
from bot.channels.teams.cards import answer_card
from bot.channels.teams.heard import (
    Body,
    Heard,
    is_from_person,
    is_installed,
    key_of,
    kind,
    pressed,
    read,
)
from bot.channels.teams.pictures import ready
from bot.channels.work import Work
from bot.render.teams import FORM, RUN, SHARE, Pressed, read_pressed

log = quiet.logger(__name__)

PATIENCE_S: Final = 3.0
"""How long a press waits for its answer before it says that it is being worked on.  Teams gives
up after some ten seconds."""

CARD_ANSWER: Final = "application/vnd.microsoft.card.adaptive"
WORDS_ANSWER: Final = "application/vnd.microsoft.activity.message"
WRONG_ANSWER: Final = "application/vnd.microsoft.error"
"""What a press may be answered with (learn.microsoft.com, Universal Actions for Adaptive Cards,
"Response format")."""

FOLLOWS: Final = "The answer follows below."
ALONE: Final = "The answer is shown to you alone."
IN_CHAT: Final = "The answer is in your chat with Threat Desk."
WORKED_ON: Final = "It is being worked on; this takes a moment longer."
NOT_SHARED: Final = "It was not shared; you alone are told why."
DONE_ALREADY: Final = "It was sent already, and done once."
NOT_CHOSEN: Final = "Choose something from the list first."
OF_ANOTHER_VERSION: Final = "This button is of another version. Ask again, and press it there."

Answer = Mapping[str, Any]
"""What a press is answered with, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Press:
    """A press, with everything that came with it."""

    heard: Heard
    what: Pressed
    data: Mapping[str, Any]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Hears, and begins the work."""

    answering: Answering
    work: Work
    patience_s: float = PATIENCE_S

    async def hear(self, body: Body) -> Answer | None:
        """Hear an activity that is Teams' own.

        Returns:
            What a press is answered with; None for everything else, which is only acknowledged.
        """
        heard = read(body)
        self.work.start(
            "keeping a conversation",
            self.answering.keeping.keep(heard.address, heard.conversation),
        )
        match kind(body):
            case "message" if is_from_person(body):
                self._on_message(heard, body)
            case "invoke" if is_from_person(body):
                return await self._on_invoke(heard, body)
            case "installationUpdate" | "conversationUpdate" if is_installed(body):
                if heard.with_bot:
                    self.work.start("a greeting", self.answering.greeted(heard))
        return None

    def _on_message(self, heard: Heard, body: Body) -> None:
        press = _press(heard, body)
        if press is None:
            self._begin("a message", key_of(body), self.answering.asked(heard))
        elif not press.what.command:
            log.info("a button was pressed that is not known here")
        elif press.what.verb == RUN:
            self._begin("a press", press.key, self.answering.asked(press.heard))
        elif press.what.verb:
            self.work.start("a press", self._tell(press, self._carry_out(press)))

    async def _on_invoke(self, heard: Heard, body: Body) -> Answer:
        press = _press(heard, body)
        if press is None or not press.what.verb:
            return _wrong(OF_ANOTHER_VERSION)
        if not press.what.command:
            return _words(NOT_CHOSEN)
        if press.what.verb == RUN:
            self._begin("a press", press.key, self.answering.asked(press.heard))
            return _words(self._where(heard))
        doing = asyncio.ensure_future(self._carry_out(press))
        done, _ = await asyncio.wait({doing}, timeout=self.patience_s)
        if not done:
            self.work.start("a late answer", self._tell(press, doing))
            return _words(WORKED_ON)
        if (answered := doing.result()) is None:
            return _words(DONE_ALREADY)
        if press.what.verb == SHARE:
            return self._on_shared(press, answered)
        return await self._on_form(press, answered)

    def _on_shared(self, press: _Press, answered: Answered) -> Answer:
        if answered.outcome is Outcome.ANSWERED:
            return _words(answered.reply.summary)
        self.work.start("a refusal", self.answering.tell(press.heard, answered.reply))
        return _words(NOT_SHARED)

    async def _on_form(self, press: _Press, answered: Answered) -> Answer:
        """Put the answer in the form's place, if one person alone sees it.

        Teams shows the card that it is answered with until the conversation is opened anew; the
        message is changed as well, so that it stays.
        """
        reply = answered.reply
        if not self.answering.may_replace(press.heard, press.data):
            self.work.start("a form", self.answering.tell(press.heard, reply))
            return _words(self._where(press.heard))
        self.work.start("a form", self.answering.replace_card(press.heard, reply))
        pictures = await ready(self.answering.pictures.begin(reply))
        return _answer(CARD_ANSWER, answer_card(reply, pictures))

    async def _carry_out(self, press: _Press) -> Answered | None:
        """Share, or send a form; None where that was done before.  A failure is an answer too."""
        try:
            if not await self.answering.first(press.key):
                return None
            if press.what.verb == FORM:
                return await self.answering.submitted(press.heard, press.what, press.data)
            return await self.answering.shared(press.heard)
        except Exception:
            log.exception("a press failed")
            sorry = said("Something went wrong on our side. Try again in a minute.")
            return Answered(reply=sorry, outcome=Outcome.FAILED)

    async def _tell(self, press: _Press, doing: Awaitable[Answered | None]) -> None:
        """Tell what came of a press for whose answer Teams waits no longer."""
        if (answered := await doing) is None:
            return
        in_place = press.what.verb == FORM and self.answering.may_replace(press.heard, press.data)
        await self.answering.tell(press.heard, answered.reply, in_place=in_place)

    def _where(self, heard: Heard) -> str:
        """Return where an answer will be found."""
        if heard.with_bot:
            return FOLLOWS
        return ALONE if self.answering.is_targeted else IN_CHAT

    def _begin(self, what: str, key: str, doing: Coroutine[None, None, None]) -> None:
        self.work.start(what, self._once(key, doing))

    async def _once(self, key: str, doing: Coroutine[None, None, None]) -> None:
        if await self.answering.first(key):
            await doing
        else:
            doing.close()


def _press(heard: Heard, body: Body) -> _Press | None:
    """Read a press; None where nothing was pressed."""
    if (came := pressed(body)) is None:
        return None
    verb, data = came
    what = read_pressed(data, verb=verb)
    return _Press(heard=replace(heard, text=what.command), what=what, data=data, key=key_of(body))


def _words(words: str) -> Answer:
    return _answer(WORDS_ANSWER, words)


def _wrong(words: str) -> Answer:
    return _answer(WRONG_ANSWER, {"code": "BadRequest", "message": words}, status=400)


def _answer(type_: str, value: object, *, status: int = 200) -> Answer:
    return {"statusCode": status, "type": type_, "value": value}
