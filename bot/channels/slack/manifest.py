"""The app manifest: everything that Slack must know of the app, made from the command table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from bot.channels.slack.listeners import ASK
from bot.channels.slack.web import EVENTS_PATH
from bot.handlers.command import Command

NAME: Final = "Threat Desk"

DESCRIPTION_ROOM: Final = 2_000
USAGE_ROOM: Final = 1_000
"""Characters of a command's description and usage hint (manifest schema 2.0.0)."""

SCOPE_OF_METHOD: Final = {
    "auth.test": None,
    "apps.connections.open": None,  # of the app-level token: connections:write
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history",  # to look whether something was told
    "conversations.info": "channels:read",  # and groups:read for private ones
    "conversations.open": "im:write",
    "conversations.replies": "channels:history",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "views.open": None,
    "views.publish": None,
    "views.update": None,
}
"""What each method that is called needs (docs.slack.dev, Web API methods)."""

SCOPE_OF_EVENT: Final = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
}
"""What each event that is listened for needs (docs.slack.dev, Events)."""

OTHER_SCOPES: Final = frozenset({"commands", "groups:history", "groups:read"})
"""Of slash commands and shortcuts; and of private channels, where alerts may go."""

BOT_SCOPES: Final = tuple(
    sorted(
        OTHER_SCOPES
        | {
            scope
            for scope in (*SCOPE_OF_METHOD.values(), *SCOPE_OF_EVENT.values())
            if scope is not None
        }
    )
)
"""Everything that the bot's token may do."""


def manifest(commands: Iterable[Command], *, url: str | None) -> dict[str, Any]:
    """Return the manifest to create or to update the app with.

    Args:
        commands: All commands; those that are slash commands are offered.
        url: Where Slack reaches us, e.g. "https://threatdesk.force.example"; None for Socket
            Mode, which needs no address.
    """
    request_url = {} if url is None else {"request_url": f"{url.rstrip('/')}{EVENTS_PATH}"}
    return {
        "_metadata": {"major_version": 2, "minor_version": 0},
        "display_information": {
            "name": NAME,
            "description": "Police performance threats: how bad, how sure, what drives them.",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {
                    "name": "Ask Threat Desk",
                    "type": "message",
                    "callback_id": ASK,
                    "description": "Answers the question in this message, to you alone",
                }
            ],
            "slash_commands": [_slash(one, url) for one in commands if one.is_slash],
        },
        "oauth_config": {"scopes": {"bot": list(BOT_SCOPES)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": sorted(SCOPE_OF_EVENT)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def _slash(command: Command, url: str | None) -> dict[str, Any]:
    offered: dict[str, Any] = {
        "command": f"/{command.name}",
        "description": command.does[:DESCRIPTION_ROOM],
        "should_escape": False,
    }
    hint = command.usage.removeprefix(f"/{command.name}").strip()
    if hint:
        offered["usage_hint"] = hint[:USAGE_ROOM]
    if url is not None:
        offered["url"] = f"{url.rstrip('/')}{EVENTS_PATH}"
    return offered
