"""Slack as one thing: made from tokens and a desk, opened and closed with the process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.channels.once import Once, Remembered
from bot.channels.pencil import Draw
from bot.channels.slack import quiet
from bot.channels.slack.clients import SLACK_API, TIMEOUT_S, Clients
from bot.channels.slack.conversation import Conversation, Settle
from bot.channels.slack.listeners import Listeners
from bot.channels.slack.people import SlackPeople
from bot.channels.slack.pictures import Pictures
from bot.channels.work import DRAIN_S, Work
from config.people import People

log = quiet.logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackApp:
    """What `routes` and `run_socket` receive by; inside `running` it can send."""

    bolt: AsyncApp
    signing_secret: str
    clients: Clients
    people: SlackPeople
    pictures: Pictures
    work: Work
    clock: Callable[[], datetime]
    drain_s: float

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open the connections; at the end, finish what was begun and close them."""
        await self.clients.open()
        self.work.start("asking who is in which group", self.people.warm_up(self.clock()))
        try:
            yield
        finally:
            if cut_off := await self.work.drain(within_s=self.drain_s):
                log.error("%d answers were cut off at shutdown", cut_off)
            self.pictures.close()
            await self.clients.close()


def slack_app(
    *,
    settle: Settle,
    draw: Draw,
    people: People,
    clock: Callable[[], datetime],
    bot_token: str,
    signing_secret: str = "",
    once: Once | None = None,
    api_url: str = SLACK_API,
    timeout_s: float = TIMEOUT_S,
    drain_s: float = DRAIN_S,
) -> SlackApp:
    """Make everything that hears and answers Slack.

    Args:
        settle: Answers a request (`Desk.settle`); called in a thread.
        draw: Draws a chart as PNG; called in a thread of its own.
        people: Who is who.
        clock: Gives the moment, timezone-aware.
        bot_token: "xoxb-…".
        signing_secret: Of requests over HTTP; not needed in Socket Mode.
        once: Remembers what was heard; in memory, for one process, if None.
        api_url: Slack's Web API.
        timeout_s: How long one call may take.
        drain_s: How long what was begun may take at shutdown.
    """
    clients = Clients(bot_token, api_url=api_url, timeout_s=timeout_s)
    work = Work("Slack", log)
    faces = SlackPeople(people, clients, work)
    pictures = Pictures(clients, draw)
    conversation = Conversation(
        settle=settle,
        people=faces,
        clients=clients,
        pictures=pictures,
        once=once or Remembered(),
        clock=clock,
    )
    bolt = _bolt(clients, signing_secret, bot_token)
    Listeners(conversation=conversation, work=work).listen(bolt)
    return SlackApp(
        bolt=bolt,
        signing_secret=signing_secret,
        clients=clients,
        people=faces,
        pictures=pictures,
        work=work,
        clock=clock,
        drain_s=drain_s,
    )


def _bolt(clients: Clients, signing_secret: str, bot_token: str) -> AsyncApp:
    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # Not auth.test, which bolt calls before the first acknowledgement and which can be slow:
        # what the bot says itself is told apart in `heard`.
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=bot_token)

    return AsyncApp(
        name="threat-desk",
        client=clients.patient,
        signing_secret=signing_secret,
        authorize=authorize,
        logger=quiet.sdk_logger(),
    )
