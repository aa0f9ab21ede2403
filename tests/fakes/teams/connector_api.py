"""The methods of the connector that the bot calls, with what each refuses.

Bot Framework REST, version 3 (learn.microsoft.com, Bot Connector REST API reference), as Teams
answers it: who is not there, what is too big, what was deleted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.fakes.teams.tenant import (
    CARD,
    UNDER,
    Json,
    Message,
    Place,
    Shown,
    Tenant,
    account,
    card_of,
    weight,
)

BOT_LIMIT: Final = 100 * 1024
"""Bytes of a message (learn.microsoft.com, Format your bot messages)."""

NEWEST_CARD: Final = (1, 5)
"""The newest version that Teams shows."""


class Refusal(Exception):  # noqa: N818 - named after the fact
    """An answer that is no."""

    def __init__(self, status: int, code: str, words: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.body: Json = {"error": {"code": code, "message": words or code}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a method: "send", "update", "delete", "open" or "members"."""

    method: str
    conversation: str  # with its thread, where there is one
    message: str  # the one that is changed, or answered; else empty
    activity: Json
    is_targeted: bool = False


class ConnectorApi:
    """Answers calls, and changes the tenant."""

    def __init__(self, tenant: Tenant, *, limit: int) -> None:
        self._tenant = tenant
        self._limit = limit

    def send(self, call: Call, raw: bytes) -> Json:
        """Post a message, to everybody in a place or to one person in it."""
        self._fit(call.activity, raw)
        conversation, _, under = call.conversation.partition(UNDER)
        self._may_write(conversation)
        root = under or call.message
        if root and self._tenant.message(conversation, root) is None:
            raise Refusal(404, "ActivityNotFoundInConversation")
        id_ = self._tenant.id()
        if call.is_targeted:
            person = self._recipient(conversation, call.activity)
            self._tenant.shown.append(
                Shown(
                    conversation=conversation,
                    id=id_,
                    activity=call.activity,
                    under=root,
                    person=person,
                )
            )
        else:
            self._tenant.messages.append(
                Message(conversation=conversation, id=id_, activity=call.activity, under=root)
            )
        return {"id": id_}

    def update(self, call: Call, raw: bytes) -> Json:
        """Replace a message: everybody sees the new one."""
        self._fit(call.activity, raw)
        message = self._message(call)
        message.activity = call.activity
        message.seen.clear()
        message.edits += 1
        return {"id": message.id}

    def delete(self, call: Call, raw: bytes) -> Json:
        """Delete a message."""
        message = self._message(call)
        if isinstance(message, Shown):
            self._tenant.shown.remove(message)
        else:
            self._tenant.messages.remove(message)
        return {}

    def open(self, call: Call, raw: bytes) -> Json:
        """Open the conversation with one person: the same one every time."""
        [member] = call.activity["members"]
        person = str(member["id"]).removeprefix("29:")
        if person not in self._tenant.names:
            raise Refusal(400, "BadSyntax", "Failed to decrypt conversation id")
        if person not in self._tenant.installed:
            raise Refusal(403, "ForbiddenOperationException", "Bot is not installed for the user")
        if not call.activity.get("tenantId"):
            raise Refusal(400, "BadSyntax", "tenantId is missing")
        return {"id": self._tenant.personal(person)}

    def members(self, call: Call, raw: bytes) -> Json:
        """Say who is in a place: one by their id, or everybody."""
        conversation = call.conversation.partition(UNDER)[0]
        self._may_write(conversation)
        person = self._tenant.person_of(conversation)
        there = {person} if person else self._tenant.places[conversation].members
        found = [self._member(one) for one in sorted(there)]
        if not call.message:
            return {"members": found}
        for one in found:
            if call.message in (one["id"], one["aadObjectId"]):
                return one
        raise Refusal(404, "MemberNotFoundInConversation")

    def _member(self, person: str) -> Json:
        return {"id": account(person), "aadObjectId": person, "name": self._tenant.names[person]}

    def _message(self, call: Call) -> Message:
        self._may_write(call.conversation.partition(UNDER)[0])
        message = self._tenant.message(call.conversation, call.message)
        if message is None:
            raise Refusal(404, "ActivityNotFoundInConversation")
        if isinstance(message, Shown) is not call.is_targeted:
            raise Refusal(400, "BadArgument", "targeted, or not")
        return message

    def _may_write(self, conversation: str) -> None:
        person = self._tenant.person_of(conversation)
        if person is not None:
            if person not in self._tenant.installed:
                raise Refusal(403, "MessageWritesBlocked")
            return
        place: Place | None = self._tenant.places.get(conversation)
        if place is None:
            raise Refusal(404, "ConversationNotFound")
        if not place.has_bot:
            raise Refusal(403, "BotNotInConversationRoster")

    def _recipient(self, conversation: str, activity: Json) -> str:
        """Return who alone is to see a message; they must be there."""
        person = str(activity.get("recipient", {}).get("id", "")).removeprefix("29:")
        place = self._tenant.places.get(conversation)
        if place is None:
            raise Refusal(400, "BadArgument", "targeted messages are for chats and channels")
        if person not in place.members:
            raise Refusal(400, "BadArgument", "the recipient is not in the conversation")
        return person

    def _fit(self, activity: Json, raw: bytes) -> None:
        if weight(raw) > self._limit:
            raise Refusal(413, "MessageSizeTooBig")
        card = card_of(activity)
        if not card and not activity.get("text"):
            raise Refusal(400, "BadSyntax", "Activity resulted into no content")
        if card:
            check_card(card)
        for attachment in activity.get("attachments") or ():
            if attachment["contentType"] != CARD:
                raise Refusal(400, "BadArgument", "an attachment that nobody expects here")


def check_card(card: Json) -> None:
    """Refuse a card that Teams does not show.

    Raises:
        Refusal: What is wrong.
    """
    version = tuple(int(part) for part in str(card.get("version", "0")).split("."))
    if card.get("type") != "AdaptiveCard" or not (1, 0) <= version <= NEWEST_CARD:
        raise Refusal(400, "BadArgument", f"not a card that Teams shows: {card.get('version')}")
    if not card.get("body"):
        raise Refusal(400, "BadArgument", "the card is empty")
