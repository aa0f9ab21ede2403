"""What Slack may say, and who hears it.  Everything is acknowledged before it is worked on.

A listener translates, and nothing else.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Protocol

from slack_bolt.async_app import AsyncApp

from bot.answer import Answered
from bot.audit import Outcome
from bot.channels.said import said
from bot.channels.slack import quiet
from bot.channels.slack.conversation import Conversation, after_sending
from bot.channels.slack.heard import (
    Body,
    Heard,
    from_command,
    from_message,
    from_press,
    from_shortcut,
)
from bot.channels.slack.views import ANSWER, waiting_view
from bot.channels.work import Work
from bot.render.slack import FORM

log = quiet.logger(__name__)

ASK: Final = "ask_threat_desk"
"""The callback_id of the message shortcut *Ask Threat Desk*."""

EVENTS: Final = ("app_mention", "message", "app_home_opened")
"""The events that are listened for; of messages, the direct ones."""

FORM_PATIENCE_S: Final = 0.15
"""How long a form waits for its answer before it says that it is being worked on."""

_ANY: Final = re.compile("")


class Ack(Protocol):
    """Tells Slack that something was heard; with a view, what a form shows next."""

    def __call__(self, *, response_action: str = ..., view: dict[str, Any] = ...) -> Awaitable[Any]:
        """Acknowledge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Hears, acknowledges, and begins the work."""

    conversation: Conversation
    work: Work

    def listen(self, app: AsyncApp) -> None:
        """Listen to everything that the manifest asks Slack for."""
        app.command(re.compile("^/"))(self.on_command)
        app.action(re.compile("^run"))(self.on_press)
        app.action(re.compile("^share"))(self.on_share)
        app.action(_ANY)(self.on_other)  # what is typed or chosen inside a form
        app.view(FORM)(self.on_form)
        app.view(ANSWER)(self.on_other)
        app.message_shortcut(ASK)(self.on_shortcut)
        app.event("app_mention")(self.on_message)
        app.event("message")(self.on_message)
        app.event("app_home_opened")(self.on_home)
        app.event(_ANY)(self.on_other)

    async def on_command(self, ack: Ack, body: Body) -> None:
        """A slash command."""
        await ack()
        heard = from_command(body)
        self._begin("a command", body, self.conversation.asked(heard, can_replace=True))

    async def on_press(self, ack: Ack, body: Body) -> None:
        """A button or a menu."""
        await ack()
        self._begin("a press", body, self.conversation.pressed(from_press(body)))

    async def on_share(self, ack: Ack, body: Body) -> None:
        """*Share to channel*."""
        await ack()
        self._begin("a share", body, self.conversation.shared(from_press(body)))

    async def on_shortcut(self, ack: Ack, body: Body) -> None:
        """*Ask Threat Desk* on a message."""
        await ack()
        self._begin("a shortcut", body, self.conversation.asked(from_shortcut(body)))

    async def on_message(self, ack: Ack, body: Body) -> None:
        """A mention or a direct message."""
        await ack()
        heard: Heard | None = from_message(body)
        if heard is not None:
            self._begin("a message", body, self.conversation.asked(heard))

    async def on_home(self, ack: Ack, body: Body) -> None:
        """Somebody opened the app's Home."""
        await ack()
        event = body["event"]
        if event.get("tab", "home") == "home":
            self._begin("a Home", body, self.conversation.home(event["user"]))

    async def on_form(self, ack: Ack, body: Body) -> None:
        """A form was sent: the answer is shown in its place."""
        view = body["view"]
        answering = asyncio.ensure_future(self.conversation.submitted(body))
        done, _ = await asyncio.wait({answering}, timeout=FORM_PATIENCE_S)
        if done:
            await ack(response_action="update", view=after_sending(view, _result(answering)))
        else:
            await ack(response_action="update", view=waiting_view(view))
        self.work.start("a form", self._show(view, answering, late=not done))

    async def on_other(self, ack: Ack) -> None:
        """Anything else: heard, and nothing to be done."""
        await ack()

    async def _show(self, view: Body, answering: asyncio.Future[Answered], *, late: bool) -> None:
        await asyncio.wait({answering})
        await self.conversation.show_in(view, _result(answering), words=late)

    def _begin(self, what: str, body: Body, doing: Coroutine[None, None, None]) -> None:
        self.work.start(what, self._once(body, doing))

    async def _once(self, body: Body, doing: Coroutine[None, None, None]) -> None:
        if await self.conversation.first(body):
            await doing
        else:
            doing.close()


def _result(answering: asyncio.Future[Answered]) -> Answered:
    try:
        return answering.result()
    except Exception:
        log.exception("a form failed")
        sorry = said("Something went wrong on our side. Try again in a minute.")
        return Answered(reply=sorry, outcome=Outcome.FAILED)
