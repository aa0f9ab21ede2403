"""What people do in Teams, delivered to the bot with a real token, with its answer timed."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tests.fakes.teams.keys import signed
from tests.fakes.teams.pressing import pressed
from tests.fakes.teams.tenant import (
    CARD,
    CHANNEL,
    CHAT,
    JANE,
    TEAM,
    TENANT,
    UNDER,
    Json,
    Message,
    Tenant,
    account,
)

APP_ID: Final = "11111111-2222-3333-4444-555555555555"
BOT: Final = f"28:{APP_ID}"
BOT_NAME: Final = "Threat Desk"

ACTIVITY_MESSAGE: Final = "application/vnd.microsoft.activity.message"

WAITS_S: Final = 15.0
"""How long Teams waits for an answer before it gives up (learn.microsoft.com, Bot activities)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """How the bot said that it heard."""

    status: int
    body: Any  # of JSON, as objects; else text
    seconds: float


class Deliveries:
    """What people do.  The bot's answer is returned; what it does then is in the tenant."""

    tenant: Tenant
    request_url: str
    base: str

    def direct(self, text: str, *, person: str = JANE) -> Ack:
        """Write to the bot, in the conversation with it."""
        return self.deliver(self.a_message(text, person=person))

    def mention(self, text: str, *, person: str = JANE, place: str = CHANNEL) -> Ack:
        """Mention the bot in a channel, or in a group chat."""
        return self.deliver(self.a_message(text, person=person, place=place))

    def a_message(self, text: str, *, person: str = JANE, place: str = "", under: str = "") -> Json:
        """Return the activity of a message; it stands in the tenant, too.

        Args:
            text: What is written; in a place the bot is mentioned before it.
            person: Who writes.
            place: A channel or chat; empty: the conversation with the bot.
            under: The message whose thread it is written in; empty: it begins one.
        """
        activity = self.an_activity("message", person=person, place=place, under=under)
        activity |= {"text": text, "textFormat": "plain"}
        if place:
            at = f"<at>{BOT_NAME}</at>"
            mention: Json = {"type": "mention", "text": at}
            mention["mentioned"] = {"id": BOT, "name": BOT_NAME}
            client: Json = {"type": "clientInfo", "locale": "en-GB", "country": "GB"}
            activity |= {"text": f"{at} {text}", "entities": [mention, client]}
        self.tenant.messages.append(
            Message(
                conversation=place or self.tenant.personal(person),
                id=activity["id"],
                activity={"text": text, "from": activity["from"]},
                under=under,
            )
        )
        return activity

    def press(
        self,
        label: str,
        on: Message,
        *,
        person: str = JANE,
        fields: Mapping[str, str] | None = None,
    ) -> Ack:
        """Press the button with a label, with what was filled in; show what is answered."""
        ack = self.deliver(self.a_press(label, on, person=person, fields=fields))
        self._show(ack, on, person)
        return ack

    def a_press(
        self,
        label: str,
        on: Message,
        *,
        person: str = JANE,
        fields: Mapping[str, str] | None = None,
    ) -> Json:
        """Return the activity of a press."""
        action = pressed(on.card(person), label, fields or {})
        place = on.conversation if on.conversation in self.tenant.places else ""
        activity = self.an_activity("invoke", person=person, place=place, under=on.under or on.id)
        activity["replyToId"] = on.id
        if action["type"] == "Action.Submit":  # comes as a message without words
            return activity | {"type": "message", "value": action["data"]}
        sent = {name: action[name] for name in ("type", "id", "verb", "data") if name in action}
        invoked: Json = {"action": {**sent, "title": label}, "trigger": "manual"}
        return activity | {"name": "adaptiveCard/action", "value": invoked}

    def install(self, *, person: str = JANE, place: str = "") -> Ack:
        """Add the app for oneself, or to a team or chat: two activities, the second's answer."""
        self.deliver(
            self.an_activity("installationUpdate", person=person, place=place) | {"action": "add"}
        )
        return self.deliver(
            self.an_activity("conversationUpdate", person=person, place=place)
            | {"membersAdded": [{"id": BOT, "name": BOT_NAME}]}
        )

    def remove(self, *, person: str = JANE, place: str = "") -> Ack:
        """Remove the app."""
        if place:
            self.tenant.places[place].has_bot = False
        else:
            self.tenant.installed.discard(person)
        return self.deliver(
            self.an_activity("installationUpdate", person=person, place=place)
            | {"action": "remove"}
        )

    def react(self, on: Message, *, person: str = JANE) -> Ack:
        """Like a message."""
        place = on.conversation if on.conversation in self.tenant.places else ""
        return self.deliver(
            self.an_activity("messageReaction", person=person, place=place)
            | {"reactionsAdded": [{"type": "like"}], "replyToId": on.id}
        )

    def an_activity(self, kind: str, *, person: str, place: str = "", under: str = "") -> Json:
        """Return what every activity holds."""
        id_ = self.tenant.id()
        return {
            "type": kind,
            "id": id_,
            "timestamp": "2026-11-20T09:00:00.000Z",
            "localTimestamp": "2026-11-20T09:00:00.000+00:00",
            "serviceUrl": self.base,
            "channelId": "msteams",
            "locale": "en-GB",
            "from": {
                "id": account(person),
                "name": self.tenant.names.get(person, ""),
                "aadObjectId": person,
            },
            "recipient": {"id": BOT, "name": BOT_NAME},
            **self._where(kind, id_, person=person, place=place, under=under),
        }

    def _where(self, kind: str, id_: str, *, person: str, place: str, under: str) -> Json:
        """Return the conversation of an activity, as each kind of place names it."""
        tenant = {"tenant": {"id": TENANT}}
        if not place:
            conversation = {"id": self.tenant.personal(person), "conversationType": "personal"}
            return {"conversation": {**conversation, "tenantId": TENANT}, "channelData": tenant}
        if not self.tenant.places[place].is_channel:
            conversation = {"id": place, "conversationType": "groupChat"}
            return {
                "conversation": {**conversation, "tenantId": TENANT, "isGroup": True},
                "channelData": tenant,
            }
        is_in_thread = kind in ("message", "invoke")
        conversation = {
            "id": f"{place}{UNDER}{under or id_}" if is_in_thread else place,
            "conversationType": "channel",
        }
        return {
            "conversation": {**conversation, "tenantId": TENANT, "isGroup": True},
            "channelData": {**tenant, "team": {"id": TEAM}, "channel": {"id": place}},
        }

    def deliver(self, activity: Json, *, token: str | None = "") -> Ack:
        """Deliver an activity as Teams does; the same one again is a redelivery.

        Args:
            activity: What is told.
            token: What proves it; empty: a good one; None: nothing does.
        """
        body = json.dumps(activity).encode()
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self.token()}"
        return self.post(body, headers)

    def post(self, body: bytes, headers: Mapping[str, str]) -> Ack:
        """Post bytes to the bot."""
        url = urlsplit(self.request_url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=WAITS_S)
        begun = time.perf_counter()
        try:
            connection.request("POST", url.path, body, dict(headers))
            response = connection.getresponse()
            said = response.read().decode()
        finally:
            connection.close()
        is_json = "json" in (response.getheader("Content-Type") or "")
        return Ack(
            status=response.status,
            body=json.loads(said) if is_json and said else said,
            seconds=time.perf_counter() - begun,
        )

    def token(self, **claims: Any) -> str:
        """Return a good token, but for what is given."""
        return signed(**{"audience": APP_ID, "service_url": self.base, **claims})

    def _show(self, ack: Ack, on: Message, person: str) -> None:
        """Show a person what their press was answered with; everybody else sees what they saw."""
        if ack.status != 200 or not isinstance(ack.body, dict):
            return
        match ack.body.get("type"):
            case str(kind) if kind == CARD:
                on.seen[person] = ack.body["value"]
            case str(kind) if kind == ACTIVITY_MESSAGE:
                self.tenant.toasts.append((person, str(ack.body["value"])))


__all__ = ["APP_ID", "BOT", "BOT_NAME", "CHAT", "Ack", "Deliveries"]
