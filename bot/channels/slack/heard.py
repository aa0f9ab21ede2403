"""What Slack says, in our words: who asks what, where, and how they can be answered."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Body = Mapping[str, Any]
"""The JSON that Slack sends."""

HELP: Final = "/threatdesk help"
"""Asked where nothing was said."""

_MARKED: Final = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
"""How Slack writes people, channels, groups and links inside a text (docs.slack.dev, mrkdwn)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One question or order, and the ways in which it can be answered."""

    text: str
    user: str  # Slack's id, e.g. "U042"
    handle: str = ""  # what Slack calls them, where it says so
    channel: str = ""  # where it was said; empty: in the app's Home or a dialogue
    thread: str = ""  # the message that it was said under
    trigger: str = ""  # opens a dialogue, for three seconds
    response_url: str = ""  # takes five answers in half an hour
    view: str = ""  # the dialogue that a button was pressed in
    with_bot: bool = False  # in the conversation between them and the bot, where messages stay
    at_home: bool = False  # a button of the app's Home

    @property
    def place(self) -> str:
        """The channel, as a request names it; empty for direct messages."""
        return f"slack:{self.channel}" if self.channel[:1] in {"C", "G"} else ""


def from_command(body: Body) -> Heard:
    """Read a slash command."""
    return Heard(
        text=f"{body['command']} {plain_words(body.get('text') or '')}".strip(),
        user=body["user_id"],
        handle=body.get("user_name", ""),
        channel=body.get("channel_id", ""),
        trigger=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
    )


def from_press(body: Body) -> Heard:
    """Read the press of a button, or the choice from a menu."""
    action = body["actions"][0]
    view = body.get("view") or {}
    is_modal = view.get("type") == "modal"
    message = body.get("message") or {}
    channel = (body.get("channel") or {}).get("id", "")
    return Heard(
        text=action.get("value") or (action.get("selected_option") or {}).get("value", ""),
        user=body["user"]["id"],
        handle=body["user"].get("username", ""),
        channel=channel or (Metadata.read(view).channel if is_modal else ""),
        thread=message.get("thread_ts", ""),
        trigger=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
        view=view.get("id", "") if is_modal else "",
        with_bot=channel.startswith("D") and not body["container"].get("is_ephemeral", False),
        at_home=view.get("type") == "home",
    )


def from_shortcut(body: Body) -> Heard:
    """Read "Ask Threat Desk" on somebody's message."""
    return Heard(
        text=plain_words((body.get("message") or {}).get("text") or "") or HELP,
        user=body["user"]["id"],
        handle=body["user"].get("name", ""),
        channel=(body.get("channel") or {}).get("id", ""),
        trigger=body.get("trigger_id", ""),
        response_url=body.get("response_url", ""),
    )


def from_message(body: Body) -> Heard | None:
    """Read a mention or a direct message.

    Returns:
        What was asked; None where nobody asked: what a bot said, an edit, a notice of Slack's.
    """
    event = body["event"]
    itself = {one.get("user_id") for one in body.get("authorizations") or ()}
    if (
        event.get("bot_id")
        or event.get("edited")
        or event.get("subtype") not in {None, "file_share", "thread_broadcast"}
        or not event.get("user")
        or event["user"] in itself
        or (event["type"] == "message" and event.get("channel_type") != "im")
    ):
        return None
    return Heard(
        text=plain_words(event.get("text") or "") or HELP,
        user=event["user"],
        channel=event["channel"],
        thread=event.get("thread_ts", ""),
        with_bot=event.get("channel_type") == "im",
    )


def plain_words(text: str) -> str:
    """Return a text as it was typed, without the people that are mentioned in it."""
    words = " ".join(_MARKED.sub(_in_words, text).split())
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _in_words(marked: re.Match[str]) -> str:
    sign, what, label = marked.groups()
    if sign in {"@", "!"}:
        return ""
    return f"{sign}{label or what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a dialogue carries along, unseen."""

    command: str = ""  # run again when it is sent
    channel: str = ""  # where it was opened from

    def write(self) -> str:
        """Return it as Slack keeps it."""
        return json.dumps({"command": self.command, "channel": self.channel})

    @classmethod
    def read(cls, view: Body) -> Metadata:
        """Return what a view carries."""
        kept = json.loads(view.get("private_metadata") or "{}")
        return cls(command=kept.get("command", ""), channel=kept.get("channel", ""))


def key_of(body: Mapping[str, Any]) -> str:
    """Return what identifies a delivery, the same each time it is delivered.

    An event has an `event_id`; a command, a press and a dialogue have a `trigger_id` of their own.
    Empty where there is neither.
    """
    return str(body.get("event_id") or body.get("trigger_id") or "")
