"""Teams as one thing: made from ids and a desk, opened and closed with the process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.channels.once import Once, Remembered
from bot.channels.pencil import Draw
from bot.channels.teams import quiet
from bot.channels.teams.answering import Answering, Settle
from bot.channels.teams.connector import Connector
from bot.channels.teams.door import OPENID_URL, Door
from bot.channels.teams.keeping import Keeping
from bot.channels.teams.listeners import PATIENCE_S, Listeners
from bot.channels.teams.people import TeamsPeople
from bot.channels.teams.pictures import Pictures
from bot.channels.work import DRAIN_S, Work
from bot.conversations import Conversations
from config.people import People

log = quiet.logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsApp:
    """What `routes` receives by; inside `running` it can answer."""

    door: Door
    listeners: Listeners
    connector: Connector
    people: TeamsPeople
    pictures: Pictures
    work: Work
    drain_s: float

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be ready; at the end, finish what was begun and close the connections."""
        self.people.warn_of_groups()
        try:
            yield
        finally:
            if cut_off := await self.work.drain(within_s=self.drain_s):
                log.error("%d answers were cut off at shutdown", cut_off)
            self.pictures.close()
            self.door.close()
            await self.connector.aclose()


def teams_app(
    *,
    settle: Settle,
    draw: Draw,
    people: People,
    clock: Callable[[], datetime],
    connector: Connector,
    conversations: Conversations,
    app_id: str,
    tenant: str,
    once: Once | None = None,
    openid_url: str = OPENID_URL,
    is_targeted: bool = True,
    patience_s: float = PATIENCE_S,
    drain_s: float = DRAIN_S,
) -> TeamsApp:
    """Make everything that hears and answers Teams.

    Args:
        settle: Answers a request (`Desk.settle`); called in a thread.
        draw: Draws a chart as PNG; called in a thread of its own.
        people: Who is who.
        clock: Gives the moment, timezone-aware.
        connector: Hands in messages; closed with the app.
        conversations: Remembers where channels and people are written to.
        app_id: Of the app registration, which is the bot's id too.
        tenant: The Entra tenant, the only one that is served.
        once: Remembers what was heard; in memory, for one process, if None.
        openid_url: Where Microsoft publishes its keys.
        is_targeted: Whether who asks where many read is answered there, seen by them alone, which
            Microsoft calls a preview; if not, in their own chat.
        patience_s: How long a press waits for its answer.
        drain_s: How long what was begun may take at shutdown.

    Raises:
        ValueError: There is no app id or no tenant.
    """
    work = Work("Teams", log)
    faces = TeamsPeople(people)
    pictures = Pictures(draw)
    answering = Answering(
        settle=settle,
        people=faces,
        connector=connector,
        pictures=pictures,
        keeping=Keeping(conversations, clock),
        once=once or Remembered(),
        clock=clock,
        is_targeted=is_targeted,
    )
    return TeamsApp(
        door=Door(app_id=app_id, tenant=tenant, openid_url=openid_url),
        listeners=Listeners(answering=answering, work=work, patience_s=patience_s),
        connector=connector,
        people=faces,
        pictures=pictures,
        work=work,
        drain_s=drain_s,
    )
