"""What a workspace holds: people, channels, messages, dialogues and files."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

BOT_USER: Final = "UBOT"
BOT_ID: Final = "BBOT"
TEAM: Final = "T1"

Json = dict[str, Any]


@dataclass(kw_only=True)
class Channel:
    """A place for messages that many read."""

    members: set[str]
    is_private: bool = False
    is_archived: bool = False


@dataclass(kw_only=True)
class Message:
    """A message that stays."""

    channel: str
    ts: str
    content: Json  # text, blocks, thread_ts, metadata
    edits: int = 0


@dataclass(kw_only=True)
class Shown:
    """A message that one person sees, until they reload."""

    user: str
    channel: str
    ts: str
    content: Json
    replaced: int = 0


@dataclass(kw_only=True)
class File:
    """A file that was uploaded."""

    id: str
    name: str
    length: int
    alt: str
    content: bytes | None = None
    is_complete: bool = False
    channel: str | None = None
    looks_until_scanned: int = 0
    is_scanned: bool = False


@dataclass(kw_only=True)
class View:
    """A dialogue, or a Home."""

    id: str
    user: str
    content: Json
    updates: int = 0


@dataclass(kw_only=True)
class ResponseUrl:
    """An address that takes five answers."""

    user: str
    channel: str
    source: Message | Shown | None  # what was pressed; None after a command
    own: Shown | None = None  # the first answer
    uses: int = 0


@dataclass
class Workspace:
    """Everything at once."""

    names: dict[str, str] = field(default_factory=lambda: {"U1": "Jane Smith", "U2": "Amir Khan"})
    groups: dict[str, list[str]] = field(default_factory=dict)
    channels: dict[str, Channel] = field(
        default_factory=lambda: {"C1": Channel(members={"U1", "U2", BOT_USER})}
    )
    messages: list[Message] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    triggers: dict[str, tuple[str, float]] = field(default_factory=dict)
    looks_until_scanned: int = 1
    clock: Callable[[], float] = time.time
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def number(self) -> int:
        """Return a number that was not used yet."""
        return next(self._numbers)

    def ts(self) -> str:
        """Return the time and name of a message."""
        return f"{int(self.clock())}.{self.number():06d}"

    def trigger(self, user: str) -> str:
        """Return what opens one dialogue, for three seconds."""
        trigger = f"{self.number()}.{TEAM}.trigger"
        self.triggers[trigger] = (user, time.monotonic())
        return trigger

    def response_url(self, user: str, channel: str, source: Message | Shown | None) -> str:
        """Return the name of a new address for answers."""
        name = f"R{self.number()}"
        self.response_urls[name] = ResponseUrl(user=user, channel=channel, source=source)
        return name

    def conversation(self, address: str) -> str:
        """Return the channel of an address: a channel, or a person's messages with the bot."""
        return f"D{address}" if address.startswith("U") else address

    def message(self, channel: str, ts: str) -> Message | None:
        """Return a message, or None."""
        return next((m for m in self.messages if (m.channel, m.ts) == (channel, ts)), None)

    def delete(self, message: Message) -> None:
        """Do what somebody does who deletes a message."""
        self.messages.remove(message)

    def thread(self, parent: Message) -> list[Message]:
        """Return the answers under a message, oldest first."""
        return [
            one
            for one in self.messages
            if (one.channel, one.content.get("thread_ts")) == (parent.channel, parent.ts)
        ]

    def told(self, user: str) -> list[Shown]:
        """Return what one person alone was shown, oldest first."""
        return [one for one in self.shown if one.user == user]

    def posted(self, channel: str) -> list[Message]:
        """Return the messages of a channel, oldest first."""
        return [one for one in self.messages if one.channel == channel]
