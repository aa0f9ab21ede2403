"""The methods of the Web API that the bot calls, with what each needs and refuses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from bot.render.slack_limits import check, check_view
from tests.fakes.slack.limits import unfit_files, unfit_view
from tests.fakes.slack.workspace import (
    BOT_ID,
    BOT_USER,
    TEAM,
    Channel,
    File,
    Json,
    Message,
    Shown,
    View,
    Workspace,
)

NEEDS: Final = {
    "auth.test": "",
    "apps.connections.open": "",  # of an app's token
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history",
    "conversations.info": "channels:read",
    "conversations.open": "im:write",
    "conversations.replies": "channels:history",
    "files.getUploadURLExternal": "files:write",
    "files.completeUploadExternal": "files:write",
    "files.info": "files:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "views.open": "",
    "views.update": "",
    "views.publish": "",
}
"""Scope by method (docs.slack.dev, Web API methods); empty: any token of the right kind."""

TRIGGER_S: Final = 3.0

PAGE: Final = 100
"""Messages on a page, unless fewer or more are asked for."""

KEPT: Final = ("text", "blocks", "thread_ts", "metadata")
"""What is kept of a message that is posted."""


class Refusal(Exception):  # noqa: N818 - named after the fact
    """`{"ok": false}`, with a code."""

    def __init__(self, error: str, *messages: str) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error}
        if messages:
            self.answer |= {"response_metadata": {"messages": list(messages)}}


class WebApi:
    """Answers calls, and changes the workspace."""

    def __init__(self, workspace: Workspace, base: Callable[[], str]) -> None:
        self._workspace = workspace
        self._base = base

    def call(self, method: str, arguments: Json) -> Json:
        """Answer one call."""
        do: Callable[[Json], Json] | None = getattr(self, f"_{method.replace('.', '_')}", None)
        if do is None:
            return {"ok": False, "error": "unknown_method"}
        try:
            return {"ok": True, **do(arguments)}
        except Refusal as refusal:
            return refusal.answer

    def _auth_test(self, _: Json) -> Json:
        return {
            "url": "https://force.slack.com/",
            "team": "Force",
            "team_id": TEAM,
            "user": "threat_desk",
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
        }

    def _users_info(self, arguments: Json) -> Json:
        name = self._workspace.names.get(arguments["user"])
        if name is None:
            raise Refusal("user_not_found")
        return {"user": {"id": arguments["user"], "profile": {"real_name": name}}}

    def _usergroups_users_list(self, arguments: Json) -> Json:
        members = self._workspace.groups.get(arguments["usergroup"])
        if members is None:
            raise Refusal("no_such_subteam")
        return {"users": members}

    def _conversations_info(self, arguments: Json) -> Json:
        channel = self._workspace.channels.get(arguments["channel"])
        is_member = channel is not None and BOT_USER in channel.members
        if channel is None or (channel.is_private and not is_member):
            raise Refusal("channel_not_found")
        return {
            "channel": {
                "id": arguments["channel"],
                "is_member": is_member,
                "is_archived": channel.is_archived,
            }
        }

    def _conversations_open(self, arguments: Json) -> Json:
        user = arguments["users"]
        if user not in self._workspace.names:
            raise Refusal("user_not_found")
        return {"channel": {"id": self._workspace.conversation(user)}}

    def _conversations_history(self, arguments: Json) -> Json:
        self._open_channel(arguments["channel"], to_read=True)
        there = self._workspace.posted(arguments["channel"])
        return _page([one for one in reversed(there) if "thread_ts" not in one.content], arguments)

    def _conversations_replies(self, arguments: Json) -> Json:
        self._open_channel(arguments["channel"], to_read=True)
        parent = self._workspace.message(arguments["channel"], arguments["ts"])
        if parent is None:
            raise Refusal("thread_not_found")
        return _page([parent, *self._workspace.thread(parent)], arguments)

    def _chat_postMessage(self, arguments: Json) -> Json:  # noqa: N802 - Slack's name
        channel = self._workspace.conversation(arguments["channel"])
        self._open_channel(channel)
        content = self._content(arguments)
        under = arguments.get("thread_ts")
        if under and self._workspace.message(channel, under) is None:
            raise Refusal("thread_not_found")
        message = Message(channel=channel, ts=self._workspace.ts(), content=content)
        self._workspace.messages.append(message)
        return {"channel": channel, "ts": message.ts, "message": content}

    def _chat_update(self, arguments: Json) -> Json:
        message = self._workspace.message(arguments["channel"], arguments["ts"])
        if message is None:
            raise Refusal("message_not_found")
        message.content |= self._content(arguments)
        message.edits += 1
        return {"channel": message.channel, "ts": message.ts}

    def _chat_postEphemeral(self, arguments: Json) -> Json:  # noqa: N802
        channel, user = arguments["channel"], arguments["user"]
        if user not in self._open_channel(channel).members:
            raise Refusal("user_not_in_channel")
        shown = Shown(
            user=user,
            channel=channel,
            ts=self._workspace.ts(),
            content=self._content(arguments),
        )
        self._workspace.shown.append(shown)
        return {"message_ts": shown.ts}

    def _open_channel(self, name: str, *, to_read: bool = False) -> Channel:
        """Return a channel that the bot may post to, or read; a conversation with it is one."""
        if name.startswith("DU"):
            return Channel(members={name[1:], BOT_USER})
        channel = self._workspace.channels.get(name)
        is_member = channel is not None and BOT_USER in channel.members
        if channel is None or (channel.is_private and not is_member):
            raise Refusal("channel_not_found")
        if not is_member:
            raise Refusal("not_in_channel")
        if channel.is_archived and not to_read:
            raise Refusal("is_archived")
        return channel

    def _content(self, arguments: Json) -> Json:
        return self.checked({k: arguments[k] for k in KEPT if k in arguments})

    def checked(self, message: Json) -> Json:
        """Return a message that Slack takes.

        Raises:
            Refusal: It does not.
        """
        blocks = message.get("blocks") or []
        found = [*check(message), *unfit_files(blocks, self._workspace.files)]
        if found:
            raise Refusal("invalid_blocks", *found)
        if not message.get("text") and not blocks:
            raise Refusal("no_text")
        return message

    def _views_open(self, arguments: Json) -> Json:
        user, since = self._workspace.triggers.pop(arguments["trigger_id"], ("", 0.0))
        if not user:
            raise Refusal("exchanged_trigger_id")
        if time.monotonic() - since > TRIGGER_S:
            raise Refusal("expired_trigger_id")
        view = View(
            id=f"V{self._workspace.number()}", user=user, content=self.fit_view(arguments["view"])
        )
        self._workspace.views[view.id] = view
        return {"view": {**view.content, "id": view.id}}

    def _views_update(self, arguments: Json) -> Json:
        view = self._workspace.views.get(arguments["view_id"])
        if view is None:
            raise Refusal("not_found")
        self.update_view(view, arguments["view"])
        return {"view": {**view.content, "id": view.id}}

    def _views_publish(self, arguments: Json) -> Json:
        user, content = arguments["user_id"], self.fit_view(arguments["view"])
        home = self._workspace.homes.get(user)
        if home is None:
            home = View(id=f"V{self._workspace.number()}", user=user, content=content)
            self._workspace.homes[user] = home
        else:
            self.update_view(home, content)
        return {"view": {**content, "id": home.id}}

    def update_view(self, view: View, content: Json) -> None:
        """Show something else in a view."""
        view.content = self.fit_view(content)
        view.updates += 1

    def fit_view(self, view: Json) -> Json:
        """Return a view that Slack takes.

        Raises:
            Refusal: It does not.
        """
        files = self._workspace.files
        found = [*unfit_view(view), *check_view(view), *unfit_files(view["blocks"], files)]
        if found:
            raise Refusal("invalid_arguments", *found)
        return view

    def _files_getUploadURLExternal(self, arguments: Json) -> Json:  # noqa: N802
        file = File(
            id=f"F{self._workspace.number()}",
            name=arguments["filename"],
            length=int(arguments["length"]),
            alt=arguments.get("alt_txt", ""),
            looks_until_scanned=self._workspace.looks_until_scanned,
        )
        self._workspace.files[file.id] = file
        return {"upload_url": f"{self._base()}/upload/{file.id}", "file_id": file.id}

    def _files_completeUploadExternal(self, arguments: Json) -> Json:  # noqa: N802
        for one in arguments["files"]:
            file = self._workspace.files[one["id"]]
            if file.content is None or len(file.content) != file.length:
                raise Refusal("file_update_failed")
            file.is_complete, file.channel = True, arguments.get("channel_id")
        return {"files": arguments["files"]}

    def _files_info(self, arguments: Json) -> Json:
        file = self._workspace.files[arguments["file"]]
        file.is_scanned = file.looks_until_scanned <= 0
        file.looks_until_scanned -= 1
        return {"file": {"id": file.id, "mimetype": "image/png" if file.is_scanned else ""}}


def _page(messages: list[Message], arguments: Json) -> Json:
    """Return a page of messages later than `oldest`, with their metadata where it is asked for."""
    later = [one for one in messages if float(one.ts) > float(arguments.get("oldest") or 0)]
    first = int(arguments.get("cursor") or 0)
    end = first + int(arguments.get("limit") or PAGE)
    hidden = () if arguments.get("include_all_metadata") in ("1", "true", True) else ("metadata",)
    return {
        "messages": [
            {"ts": one.ts, **{k: v for k, v in one.content.items() if k not in hidden}}
            for one in later[first:end]
        ],
        "response_metadata": {"next_cursor": str(end) if end < len(later) else ""},
    }
