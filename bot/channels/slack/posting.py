"""Posting to Slack on the desk's own account: alerts, digests, notices.

What is posted carries its key in the message's metadata, which people do not see: whether it was
posted can be looked up after a crash.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPException
from typing import Any, Final, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.channels.pencil import Draw
from bot.channels.slack.pictures import ALT_ROOM, LOOKS_S
from bot.delivery import CannotTell, MessageGone, TryLater
from bot.render import slack
from bot.replies import Chart, Reply

log = logging.getLogger(__name__)

Result = TypeVar("Result")

EVENT: Final = "threatdesk_told"
"""The name of our metadata."""

TIMEOUT_S: Final = 20
"""How long one call may take; far below the lease of a notification."""

SETTLED: Final = timedelta(seconds=30)
"""Slack may carry out what it was asked after we have hung up: it is looked for after this."""

LOOK_BACK: Final = timedelta(minutes=10)
"""Clocks differ: a message is looked for from a little before it was decided."""

PAGE: Final = 200

GONE: Final = frozenset({"message_not_found", "thread_not_found", "cant_update_message"})
"""What Slack says of a message that was deleted, or is no longer ours to edit."""

NEVER: Final = {
    "channel_not_found": "Invite the app to the channel, or correct the address in alerts.toml.",
    "not_in_channel": "Invite the app to the channel: /invite @Threat Desk.",
    "is_archived": "Name another channel in alerts.toml.",
    "user_not_found": "Correct the person in people.toml.",
    "user_disabled": "The account is closed: remove the person from people.toml.",
    "cannot_dm_bot": "A bot cannot be told anything: correct people.toml.",
    "restricted_action": "A workspace rule keeps the app from posting there.",
    "restricted_action_read_only_channel": "The channel is read-only for the app.",
    "msg_too_long": "",
    "msg_blocks_too_long": "",
    "invalid_blocks": "",
    "invalid_blocks_format": "",
    "no_text": "",
    "missing_scope": "Install the app again with the scopes of `threatdesk manifest slack`.",
}
"""What Slack will never take, and what to do about it; all else may pass and is tried again."""


class SlackPoster:
    """Slack as a platform to post to."""

    def __init__(
        self, client: WebClient, *, draw: Draw, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Post with a client.

        Args:
            client: With the bot's token.  It must not retry by itself: what fails is tried again
                later, and looked for first.
            draw: Draws a chart as PNG; where it fails, the words stand alone.
            sleep: Waits between two looks whether a picture has been scanned.
        """
        self._client = client
        self._draw = draw
        self._sleep = sleep

    def post(self, address: str, reply: Reply, *, key: str, under: str = "") -> str:
        """Post a message, under another one where that is given; return its id."""
        channel, thread = _place(address, under)
        sent = self._call(
            lambda: self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                metadata={"event_type": EVENT, "event_payload": {"key": key}},
                unfurl_links=False,
                unfurl_media=False,
                **slack.render(reply),
            )
        )
        message = f"{sent['channel']}/{sent['ts']}"
        self._add_pictures(message, reply)
        return message

    def edit(self, message: str, reply: Reply) -> None:
        """Replace a message; it keeps the key that it was posted with."""
        channel, ts = message.split("/")
        self._call(lambda: self._client.chat_update(channel=channel, ts=ts, **slack.render(reply)))
        self._add_pictures(message, reply)

    def find(self, address: str, *, key: str, since: datetime, under: str = "") -> str | None:
        """Return the message that was posted with a key, or None."""
        channel, thread = _place(address, under)
        if channel.startswith("U"):  # a person: their conversation with the app
            opened = self._call(lambda: self._client.conversations_open(users=channel))
            channel = str(opened["channel"]["id"])
        oldest = f"{(since - LOOK_BACK).timestamp():.6f}"
        for message in self._messages(channel, thread, oldest):
            told = message.get("metadata") or {}
            if told.get("event_type") == EVENT and told.get("event_payload", {}).get("key") == key:
                return f"{channel}/{message['ts']}"
        return None

    def is_channel(self, address: str) -> bool:
        """Whether many people read there."""
        return not address.startswith(("U", "D"))

    def close(self) -> None:
        """Nothing is open."""

    def _messages(
        self, channel: str, thread: str | None, oldest: str
    ) -> Iterator[Mapping[str, Any]]:
        cursor = ""
        while True:
            about: dict[str, Any] = {
                "channel": channel,
                "oldest": oldest,
                "limit": PAGE,
                "include_all_metadata": True,
                "cursor": cursor,
            }
            page = self._call(
                partial(self._client.conversations_replies, ts=thread, **about)
                if thread
                else partial(self._client.conversations_history, **about)
            )
            yield from page["messages"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    def _add_pictures(self, message: str, reply: Reply) -> None:
        """Put the pictures into a message that has been posted: the words did not wait."""
        charts = {n: one for n, one in enumerate(reply.blocks) if isinstance(one, Chart)}
        if not charts:
            return
        try:
            files = {n: self._upload(one) for n, one in charts.items()}
            channel, ts = message.split("/")
            self._client.chat_update(channel=channel, ts=ts, **slack.render(reply, charts=files))
        except Exception:  # the words are told; whatever happened, that stands
            log.exception("the pictures of %s are missing", message)

    def _upload(self, chart: Chart) -> str:
        """Return the id of a chart's file, once Slack has scanned it."""
        done = self._client.files_upload_v2(
            filename="chart.png",
            content=self._draw(chart.drawing),
            title=chart.drawing.title,
            alt_txt=chart.alt[:ALT_ROOM],
        )
        file = str(done["files"][0]["id"])
        for pause in LOOKS_S:
            if self._client.files_info(file=file)["file"].get("mimetype"):
                return file
            self._sleep(pause)
        raise TryLater("Slack did not scan a chart in time.")

    def _call(self, call: Callable[[], Result]) -> Result:
        """Call Slack, and say what a failure means."""
        try:
            return call()
        except SlackApiError as error:
            raise _meaning(error) from error
        except (SlackClientError, HTTPException, OSError) as error:
            said = f"Slack cannot be reached: {type(error).__name__}."
            raise TryLater(said, after=SETTLED) from error


def _place(address: str, under: str) -> tuple[str, str | None]:
    """Return the channel and the thread to post to."""
    if not under:
        return address, None
    channel, ts = under.split("/")
    return channel, ts


def _meaning(error: SlackApiError) -> Exception:
    response = error.response
    name = str(response.get("error", ""))
    if name in GONE:
        return MessageGone(name)
    if name in NEVER:
        return CannotTell(f"Slack says {name}.", hint=NEVER[name])
    wait = response.headers.get("Retry-After") or response.headers.get("retry-after")
    after = timedelta(seconds=float(wait)) if wait else None
    # Between Slack and here something may answer with a page of its own: that is not repeated.
    said = name if name.isidentifier() else f"HTTP {response.status_code}"
    return TryLater(f"Slack says {said}.", after=after)
