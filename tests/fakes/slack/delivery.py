"""What people do in Slack, delivered to the app, signed or by socket, with its answer timed."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.web_api import WebApi
from tests.fakes.slack.workspace import BOT_USER, TEAM, Json, Message, Shown, View, Workspace

ACK_S = 3.0
"""How long Slack waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ack:
    """How the app said that it heard."""

    status: int
    body: Any  # of JSON, as objects; else text
    seconds: float


class Deliveries:
    """What people do.  The app's answer is returned; what it does then is in the workspace."""

    workspace: Workspace
    sockets: Sockets
    signing_secret: str
    request_url: str
    base: str
    _api: WebApi

    def slash(self, typed: str, *, user: str = "U1", channel: str = "C1") -> Ack:
        """Type a slash command."""
        return self.deliver("slash_commands", self.a_command(typed, user=user, channel=channel))

    def a_command(self, typed: str, *, user: str = "U1", channel: str = "C1") -> Json:
        """Return the payload of a slash command."""
        command, _, text = typed.partition(" ")
        return {
            "command": command,
            "text": text,
            "team_id": TEAM,
            "api_app_id": "A1",
            "channel_id": channel,
            "user_id": user,
            "user_name": user.lower(),
            "token": "legacy-token",
            "trigger_id": self.workspace.trigger(user),
            "response_url": self._answers_to(user, channel, None),
        }

    def press(self, label: str, on: Message | Shown | View, *, user: str = "U1") -> Ack:
        """Press the button with a label."""
        return self.deliver("interactive", self.a_press(label, on, user=user))

    def a_press(self, label: str, on: Message | Shown | View, *, user: str = "U1") -> Json:
        """Return the payload of a press."""
        element = _element(on.content["blocks"], label)
        body: Json = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "api_app_id": "A1",
            "user": {"id": user, "username": user.lower()},
            "trigger_id": self.workspace.trigger(user),
            "actions": [element],
        }
        if isinstance(on, View):
            return body | {
                "container": {"type": "view", "view_id": on.id},
                "view": {**on.content, "id": on.id},
            }
        return body | {
            "container": {
                "type": "message",
                "message_ts": on.ts,
                "channel_id": on.channel,
                "is_ephemeral": isinstance(on, Shown),
            },
            "channel": {"id": on.channel},
            "message": {"ts": on.ts, **on.content},
            "response_url": self._answers_to(user, on.channel, on),
        }

    def submit(self, view: View, fields: Mapping[str, str], *, user: str = "U1") -> Ack:
        """Fill in a form and send it."""
        ack = self.deliver("interactive", self.a_submission(view, fields, user=user))
        if isinstance(ack.body, dict) and ack.body.get("response_action") == "update":
            self._api.update_view(view, ack.body["view"])
        return ack

    def a_submission(self, view: View, fields: Mapping[str, str], *, user: str = "U1") -> Json:
        """Return the payload of a form that was sent."""
        return {
            "type": "view_submission",
            "team": {"id": TEAM},
            "api_app_id": "A1",
            "user": {"id": user, "username": user.lower()},
            "trigger_id": self.workspace.trigger(user),
            "view": {**view.content, "id": view.id, "state": {"values": _state(view, fields)}},
        }

    def shortcut(self, callback: str, text: str, *, user: str = "U1", channel: str = "C1") -> Ack:
        """Choose a shortcut of somebody's message."""
        message = Message(channel=channel, ts=self.workspace.ts(), content={"text": text})
        return self.deliver(
            "interactive",
            {
                "type": "message_action",
                "callback_id": callback,
                "team": {"id": TEAM},
                "user": {"id": user, "name": user.lower()},
                "channel": {"id": channel},
                "message": {"ts": message.ts, "text": text, "user": "U2"},
                "trigger_id": self.workspace.trigger(user),
                "response_url": self._answers_to(user, channel, message),
            },
        )

    def mention(self, text: str, *, user: str = "U1", channel: str = "C1", **more: Any) -> Ack:
        """Mention the bot in a channel."""
        said = f"<@{BOT_USER}> {text}"
        return self.event({"type": "app_mention", "text": said, "channel": channel, **more}, user)

    def direct(self, text: str, *, user: str = "U1", **more: Any) -> Ack:
        """Write to the bot."""
        where = {"channel": f"D{user}", "channel_type": "im"}
        return self.event({"type": "message", "text": text, **where, **more}, user)

    def open_home(self, *, user: str = "U1") -> Ack:
        """Open the app's Home."""
        return self.event({"type": "app_home_opened", "tab": "home", "channel": f"D{user}"}, user)

    def event(self, event: Json, user: str = "U1") -> Ack:
        """Deliver an event."""
        return self.deliver("events_api", self.an_event(event, user))

    def an_event(self, event: Json, user: str = "U1") -> Json:
        """Return the payload of an event."""
        ts = self.workspace.ts()
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A1",
            "token": "legacy-token",
            "event_id": f"Ev{self.workspace.number()}",
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            "event": {"user": user, "ts": ts, "event_ts": ts, **event},
        }

    def deliver(self, kind: str, payload: Json, *, retry: int = 0) -> Ack:
        """Deliver a payload as Slack does: "slash_commands", "interactive" or "events_api"."""
        if not self.request_url:
            begun = time.perf_counter()
            body = self.sockets.send(kind, payload, within_s=ACK_S)
            return Ack(status=200, body=body or "", seconds=time.perf_counter() - begun)
        if kind == "events_api":
            return self.post(json.dumps(payload).encode(), "application/json", retry=retry)
        form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
        return self.post(urlencode(form).encode(), "application/x-www-form-urlencoded")

    def post(
        self,
        body: bytes,
        content_type: str = "application/json",
        *,
        headers: Mapping[str, str] | None = None,
        retry: int = 0,
    ) -> Ack:
        """Post bytes to the app, signed unless headers are given."""
        sent = {"Content-Type": content_type}
        sent |= dict(self.signature(body) if headers is None else headers)
        if retry:
            sent |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        url = urlsplit(self.request_url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=10)
        begun = time.perf_counter()
        try:
            connection.request("POST", url.path, body, sent)
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

    def signature(self, body: bytes, *, at: float | None = None, secret: str = "") -> Json:
        """Return the headers that prove who sends a body (docs.slack.dev, Verifying requests)."""
        timestamp = str(int(time.time() if at is None else at))
        key = (secret or self.signing_secret).encode()
        digest = hmac.new(key, f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}

    def _answers_to(self, user: str, channel: str, source: Message | Shown | None) -> str:
        return f"{self.base}/response/{self.workspace.response_url(user, channel, source)}"


def _element(blocks: list[Json], label: str) -> Json:
    """Return what is sent for the button, or the choice of a menu, with a label."""
    for block in blocks:
        for element in (*block.get("elements", ()), block.get("accessory") or {}):
            kind = element.get("type")
            if kind == "button" and element["text"]["text"] == label:
                return {"block_id": block.get("block_id", ""), **element}
            for option in element.get("options", ()):
                if option["text"]["text"] == label:
                    chosen = {**element, "selected_option": option}
                    return {"block_id": block.get("block_id", ""), **chosen}
    raise AssertionError(f"there is no button {label!r}")


def _state(view: View, fields: Mapping[str, str]) -> Json:
    """Return a form's state: what was filled in, and where nothing was, what it began with."""
    values: Json = {}
    for block in view.content["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        said = fields.get(block["block_id"], element.get("initial_value"))
        kind = element["type"]
        state: Json = {"type": kind}
        if kind == "plain_text_input":
            state["value"] = said
        elif kind == "datepicker":
            state["selected_date"] = said or element.get("initial_date")
        else:
            options = {one["value"]: one for one in element["options"]}
            state["selected_option"] = options.get(said or "", element.get("initial_option"))
        values[block["block_id"]] = {element["action_id"]: state}
    return values
