"""What a tenant holds: people, channels, chats, messages, and what one person alone sees."""

from __future__ import annotations

import copy
import itertools
import re
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]

TENANT: Final = "99999999-0000-0000-0000-000000000000"
TEAM: Final = "19:team@thread.tacv2"
CHANNEL: Final = "19:ops@thread.tacv2"
CHAT: Final = "19:chat@thread.v2"

JANE: Final = "aaaaaaaa-0000-0000-0000-000000000001"
AMIR: Final = "aaaaaaaa-0000-0000-0000-000000000002"
"""Entra object ids."""

UNDER: Final = ";messageid="
"""What names a thread, after the id of its channel."""

CARD: Final = "application/vnd.microsoft.card.adaptive"

_DATA: Final = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]*")


def account(person: str) -> str:
    """Return what Teams calls a person, to one bot."""
    return f"29:{person}"


@dataclass(kw_only=True)
class Place:
    """A channel or a group chat."""

    members: set[str]  # Entra object ids
    has_bot: bool = True
    is_channel: bool = True


@dataclass(kw_only=True)
class Message:
    """A message that stays."""

    conversation: str  # of the place, without a thread
    id: str
    activity: Json
    under: str = ""  # the message that the thread began with
    edits: int = 0
    seen: dict[str, Json] = field(default_factory=dict)
    """The card that one person sees in its place, by person: what they pressed was answered."""
    first: Json = field(init=False)
    """The activity as it was posted, whatever became of it."""

    def __post_init__(self) -> None:
        """Keep what was posted."""
        self.first = self.activity

    @property
    def words(self) -> str:
        """What a notification says."""
        return str(self.activity.get("summary") or self.activity.get("text") or "")

    def card(self, person: str = "") -> Json:
        """Return the card, as everybody or one person sees it; empty: there is none."""
        return self.seen.get(person) or card_of(self.activity)


@dataclass(kw_only=True)
class Shown(Message):
    """A message that one person alone sees."""

    person: str


@dataclass
class Tenant:
    """Everything at once."""

    names: dict[str, str] = field(default_factory=lambda: {JANE: "Jane Smith", AMIR: "Amir Khan"})
    places: dict[str, Place] = field(
        default_factory=lambda: {
            CHANNEL: Place(members={JANE, AMIR}),
            CHAT: Place(members={JANE, AMIR}, is_channel=False),
        }
    )
    installed: set[str] = field(default_factory=lambda: {JANE, AMIR})
    """People who may be written to: they, or their administrator, installed the app."""
    messages: list[Message] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)
    toasts: list[tuple[str, str]] = field(default_factory=list)
    """What a person was told in passing after a press."""
    opened: dict[str, str] = field(default_factory=dict)
    """Conversations with one person, by person."""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def number(self) -> int:
        """Return a number that was not used yet."""
        return next(self._numbers)

    def id(self) -> str:
        """Return the id of a message: milliseconds, as Teams counts."""
        return str(1_690_000_000_000 + self.number())

    def personal(self, person: str) -> str:
        """Return the conversation of one person with the bot."""
        return self.opened.setdefault(person, f"a:1{person}-{len(self.opened)}")

    def person_of(self, conversation: str) -> str | None:
        """Return whose conversation with the bot it is; None: nobody's."""
        return next((who for who, where in self.opened.items() if where == conversation), None)

    def message(self, conversation: str, id_: str) -> Message | None:
        """Return a message, or what one person alone sees, or None."""
        base = conversation.partition(UNDER)[0]
        everything = (*self.messages, *self.shown)
        return next((m for m in everything if (m.conversation, m.id) == (base, id_)), None)

    def posted(self, conversation: str) -> list[Message]:
        """Return the messages of a place, threads among them, oldest first."""
        return [one for one in self.messages if one.conversation == conversation]

    def thread(self, root: Message) -> list[Message]:
        """Return the answers under a message, oldest first."""
        return [one for one in self.posted(root.conversation) if one.under == root.id]

    def told(self, person: str) -> list[Message]:
        """Return what one person was told by themselves: in their chat, or shown, oldest first."""
        conversation = self.opened.get(person, "")
        alone = [one for one in self.shown if one.person == person]
        return sorted([*self.posted(conversation), *alone], key=lambda one: int(one.id))

    def delete(self, message: Message) -> None:
        """Do what somebody does who deletes a message."""
        self.messages.remove(message)


def card_of(activity: Json) -> Json:
    """Return the card of an activity; empty: there is none."""
    for attachment in activity.get("attachments") or ():
        if attachment.get("contentType") == CARD:
            content: Json = attachment["content"]
            return copy.deepcopy(content)
    return {}


def weight(raw: bytes) -> int:
    """Return the bytes of a message that count: pictures given as data do not.

    Read in Microsoft's newest page on formatting cards; older ones counted everything.
    """
    return len(_DATA.sub("", raw.decode()).encode())
