"""What Teams says, in our words: who asks what, where, and what they pressed or filled in."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.channels.teams.addresses import TEAMS, THREAD
from bot.conversations import Conversation

Body = Mapping[str, Any]
"""The JSON of an activity, of which only what is looked at here is relied on."""

MESSAGES_PATH: Final = "/api/messages"
"""The messaging endpoint, as Azure's own examples call it."""

HELP: Final = "/threatdesk help"
"""Asked where nothing was said."""

PERSONAL: Final = "personal"
"""The `conversationType` of the chat between one person and the bot."""

CARD_ACTION: Final = "adaptiveCard/action"
"""The name of the invoke that pressing an `Action.Execute` sends."""

_BOT: Final = "28:"
"""How the ids of bots begin; those of people begin with "29:"."""

_MENTION: Final = re.compile(r"<at\b[^>]*>(.*?)</at>", re.IGNORECASE | re.DOTALL)
_MARKUP: Final = re.compile(r"</?(?:p|div|br|span|b|strong|i|em|u|s|a|ul|ol|li|pre|code)\b[^>]*>")
"""What Teams puts around typed words; what was typed itself comes as `&lt;`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One question or order, and where it was said."""

    text: str
    person: str  # Entra object id; empty: Teams knows none (anonymous, from outside)
    user: str  # the id under which Teams writes to them, "29:…"
    name: str  # what Teams calls them
    conversation: Conversation
    thread: str = ""  # of a channel: the message that it was said under
    card: str = ""  # of a press: the message that the card stands in
    with_bot: bool = False  # in the chat between them and the bot
    fields: Mapping[str, str] = field(default_factory=dict)  # of a form that was sent

    @property
    def place(self) -> str:
        """The channel or group chat, as a request names it; empty in the chat with the bot."""
        return "" if self.with_bot else f"{TEAMS}:{self.conversation.id}"

    @property
    def address(self) -> str:
        """What the conversation is kept under: the channel's own id, or the person's."""
        return self.person if self.with_bot else self.conversation.id


def read(body: Body) -> Heard:
    """Read who speaks, and where; of a message also what is said.

    Nothing is taken for granted: what is missing is empty.
    """
    channel, _, thread = words(body, "conversation", "id").partition(THREAD)
    return Heard(
        text=plain_words(body) or HELP,
        person=words(body, "from", "aadObjectId").lower(),
        user=words(body, "from", "id"),
        name=words(body, "from", "name"),
        conversation=Conversation(id=channel, service_url=words(body, "serviceUrl")),
        thread=thread,
        card=words(body, "replyToId"),
        with_bot=words(body, "conversation", "conversationType") == PERSONAL,
    )


def pressed(body: Body) -> tuple[str, Mapping[str, Any]] | None:
    """Return the verb of a button that was pressed, and the data that came with it.

    An `Action.Execute` comes as an invoke; its fallback, `Action.Submit`, as a message whose
    `value` is the data, and which has its verb in it.

    Returns:
        None where the activity is something else.
    """
    if kind(body) == "invoke":
        data = _inside(body, "value", "action", "data")
        if words(body, "name") != CARD_ACTION:
            return None
        return words(body, "value", "action", "verb"), data if isinstance(data, Mapping) else {}
    value = _inside(body, "value")
    return ("", value) if isinstance(value, Mapping) else None


def is_from_person(body: Body) -> bool:
    """Whether a person speaks, and not this or another bot."""
    user = words(body, "from", "id")
    role = words(body, "from", "role")
    itself = words(body, "recipient", "id")
    return bool(user) and not user.startswith(_BOT) and role != "bot" and user != itself


def is_installed(body: Body) -> bool:
    """Whether the activity says that the bot came to where it is told it."""
    if kind(body) == "installationUpdate":
        return words(body, "action") == "add"
    added = _inside(body, "membersAdded")
    itself = words(body, "recipient", "id")
    return isinstance(added, list) and any(words(one, "id") == itself for one in added)


def kind(body: Body) -> str:
    """Return the type of an activity, e.g. "message" or "invoke"."""
    return words(body, "type")


def key_of(body: Body) -> str:
    """Return what identifies an activity, the same each time it is delivered; empty: nothing."""
    id_ = words(body, "id")
    return f"{words(body, 'conversation', 'id')}/{id_}" if id_ else ""


def tenants(body: Body) -> frozenset[str]:
    """Return the tenants that an activity says it is of; more than one is not to be believed."""
    said = (words(body, "conversation", "tenantId"), words(body, "channelData", "tenant", "id"))
    return frozenset(one.lower() for one in said if one)


def plain_words(body: Body) -> str:
    """Return a message as it was typed: without the mention of the bot, others by their names."""
    ours = {
        words(one, "text")
        for one in _listed(body, "entities")
        if words(one, "type") == "mention"
        and words(one, "mentioned", "id") == words(body, "recipient", "id")
    }
    text = words(body, "text")
    for mention in ours - {""}:
        text = text.replace(mention, " ")
    text = _MARKUP.sub(" ", _MENTION.sub(r"\1", text))
    return " ".join(html.unescape(text).split())


def words(body: object, *path: str) -> str:
    """Return a text inside an activity; empty where there is none."""
    found = _inside(body, *path)
    return found if isinstance(found, str) else ""


def _inside(body: object, *path: str) -> object:
    for key in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body


def _listed(body: Body, key: str) -> list[object]:
    found = body.get(key)
    return found if isinstance(found, list) else []
