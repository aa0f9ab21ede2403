"""The ways in which an answer reaches someone, and what is done when one is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Protocol

from bot.channels.slack import quiet
from bot.channels.slack.clients import TROUBLE, Clients, reason
from bot.channels.slack.pictures import Pictures
from bot.channels.slack.views import answer_view
from bot.render.slack import render
from bot.replies import Chart, Reply
from metrics.errors import ThreatDeskError

log = quiet.logger(__name__)

USES: Final = 5
"""How often a response_url may be used, within 30 minutes (docs.slack.dev, Handling user
interaction, "Message responses")."""

PAUSES_S: Final = (0.3, 1.0)
"""Before the second and the third attempt at a response_url: two uses stay for the pictures."""

LONGEST_WAIT_S: Final = 10.0
"""A longer Retry-After is not waited for: another way is tried."""

QUIET: Final[dict[str, Any]] = {"unfurl_links": False, "unfurl_media": False}

Files = Mapping[int, str]
"""Ids of files, by the index of the chart's block."""


class Closed(ThreatDeskError):  # noqa: N818 - named after the fact
    """A response_url that no longer takes anything."""


class Way(Protocol):
    """One way to one person.  Raises `Closed` or one of `TROUBLE`."""

    async def say(self, reply: Reply) -> None:
        """Show the words."""

    async def add_pictures(self, reply: Reply, files: Files) -> None:
        """Show the pictures with the words that were said, or after them."""


class ByResponseUrl:
    """Privately, where it was asked: by the address that came with the question."""

    def __init__(self, url: str, clients: Clients, *, can_replace: bool) -> None:
        """Prepare to answer.

        Args:
            url: Slack's response_url.
            clients: The connections.
            can_replace: Whether replacing "the original" means our own answer, as after a
                slash command.  After a press it means the message with the button.
        """
        self._url = url
        self._clients = clients
        self._can_replace = can_replace
        self._left = USES

    async def say(self, reply: Reply) -> None:
        """Show the words."""
        await self._post(render(reply), replace_original=False)

    async def add_pictures(self, reply: Reply, files: Files) -> None:
        """Show the pictures in the answer, or as a message of their own."""
        if self._can_replace:
            await self._post(render(reply, charts=files), replace_original=True)
        else:
            await self._post(_only_pictures(reply, files), replace_original=False)

    async def _post(self, message: Mapping[str, Any], *, replace_original: bool) -> None:
        payload = {
            **message,
            "response_type": "ephemeral",
            "replace_original": replace_original,
        }
        for pause in (*PAUSES_S, None):
            if not self._left:
                break
            self._left -= 1
            try:
                async with self._clients.session.post(
                    self._url, json=payload, proxy=self._clients.patient.proxy
                ) as response:
                    said, status = await response.text(), response.status
                    wait = float(response.headers.get("Retry-After", pause or 0))
            except TROUBLE:
                if pause is None:
                    raise
                status, wait = 0, pause
            if status == 200 and '"ok":false' not in said:
                return
            if (0 < status < 500 and status != 429) or pause is None or wait > LONGEST_WAIT_S:
                break
            await asyncio.sleep(wait)
        raise Closed("Slack no longer takes an answer at the address that came with the question.")


class ToOne:
    """Privately in a channel, where there is no response_url: a mention."""

    def __init__(self, channel: str, user: str, clients: Clients, *, thread: str = "") -> None:
        self._to: dict[str, Any] = {"channel": channel, "user": user} | (
            {"thread_ts": thread} if thread else {}
        )
        self._clients = clients

    async def say(self, reply: Reply) -> None:
        """Show the words."""
        await self._clients.patient.chat_postEphemeral(**self._to, **render(reply))

    async def add_pictures(self, reply: Reply, files: Files) -> None:
        """Show the pictures as a message of their own: Slack changes no private message."""
        await self._clients.patient.chat_postEphemeral(**self._to, **_only_pictures(reply, files))


class InMessages:
    """In the conversation between one person and the bot."""

    def __init__(self, channel: str, clients: Clients, *, thread: str = "") -> None:
        """Prepare to answer.

        Args:
            channel: The conversation, or the person, for whom Slack then finds it.
            clients: The connections.
            thread: The message that it is said under; empty: none.
        """
        self._channel = channel
        self._thread: dict[str, Any] = {"thread_ts": thread} if thread else {}
        self._clients = clients
        self._said = ""

    async def say(self, reply: Reply) -> None:
        """Post the words."""
        posted = await self._clients.patient.chat_postMessage(
            channel=self._channel, **self._thread, **QUIET, **render(reply)
        )
        self._channel, self._said = posted["channel"], posted["ts"]

    async def add_pictures(self, reply: Reply, files: Files) -> None:
        """Put the pictures into the message."""
        await self._clients.patient.chat_update(
            channel=self._channel, ts=self._said, **render(reply, charts=files)
        )


class InView:
    """In a dialogue: a new one, or the one that a button was pressed in."""

    def __init__(
        self, clients: Clients, *, trigger: str = "", view: str = "", channel: str = ""
    ) -> None:
        self._clients = clients
        self._trigger = trigger
        self._view = view
        self._channel = channel

    async def say(self, reply: Reply) -> None:
        """Show the words."""
        shown = answer_view(reply, channel=self._channel)
        if self._view:
            await self._clients.patient.views_update(view_id=self._view, view=shown)
        else:
            opened = await self._clients.careful.views_open(trigger_id=self._trigger, view=shown)
            self._view = opened["view"]["id"]

    async def add_pictures(self, reply: Reply, files: Files) -> None:
        """Put the pictures into the dialogue."""
        shown = answer_view(reply, channel=self._channel, files=files)
        await self._clients.patient.views_update(view_id=self._view, view=shown)


class Teller:
    """Tells a reply by the first way that is open: first the words, then the pictures."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures

    async def tell(self, reply: Reply, *ways: Way) -> bool:
        """Tell a reply; whether it could be told."""
        for way in ways:
            if await self._said(reply, way):
                await self._add_pictures(reply, way)
                return True
        log.error("an answer could not be told in any way")
        return False

    async def _said(self, reply: Reply, way: Way) -> bool:
        try:
            await way.say(reply)
        except (Closed, *TROUBLE) as error:
            log.warning("%s did not take an answer: %s", type(way).__name__, reason(error))
            return False
        return True

    async def _add_pictures(self, reply: Reply, way: Way) -> None:
        if not (files := await self._pictures.upload(reply)):
            return
        try:
            await way.add_pictures(reply, files)
        except (Closed, *TROUBLE) as error:
            log.warning("%s did not take a picture: %s", type(way).__name__, reason(error))


def _only_pictures(reply: Reply, files: Files) -> dict[str, Any]:
    """Return a message that holds the pictures alone."""
    charts = [(block, files[i]) for i, block in enumerate(reply.blocks) if i in files]
    alone = Reply(
        summary="; ".join(chart.alt for chart, _ in charts if isinstance(chart, Chart)),
        blocks=tuple(chart for chart, _ in charts),
    )
    return render(alone, charts={index: file for index, (_, file) in enumerate(charts)})
