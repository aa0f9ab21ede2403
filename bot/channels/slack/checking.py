"""Looks whether Slack would let us hear and answer, and says what to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
)
from slack_sdk.web.client import WebClient

from bot.channels.slack.clients import SLACK_API
from bot.channels.slack.manifest import BOT_SCOPES
from bot.channels.slack.quiet import sdk_logger

TIMEOUT_S: Final = 5

REINSTALL: Final = (
    "Update the app with what `threatdesk manifest slack` prints, then reinstall it to the "
    "workspace."
)
_TOKEN: Final = "Copy the Bot User OAuth Token from OAuth & Permissions once more."  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at Slack found."""

    said: str
    problem: bool = False
    hint: str = ""


def check_slack(
    *,
    bot_token: str,
    app_token: str = "",
    signing_secret: str = "",
    channels: Sequence[str] = (),
    groups: Iterable[str] = (),
    api_url: str = SLACK_API,
) -> list[Look]:
    """Look at the tokens, the scopes, the way in, the channels and the user groups.

    Args:
        bot_token: "xoxb-…".
        app_token: "xapp-…" of Socket Mode; empty: not used.
        signing_secret: Of requests over HTTP; empty: not used.
        channels: Ids of the channels that are posted to.
        groups: Ids of the user groups that carry a role.
        api_url: Slack's Web API.
    """
    if not bot_token.startswith("xoxb-"):
        said = "THREATDESK_SLACK_BOT_TOKEN is not a bot token: it begins with xoxb-."
        return [Look(said=said, problem=True, hint=_TOKEN)]
    client = _client(bot_token, api_url)
    signed_in, scopes = _signed_in(client)
    if signed_in.problem:
        return [signed_in]
    return [
        signed_in,
        _scopes(scopes),
        *_ways_in(app_token, signing_secret, api_url),
        *(_channel(client, one) for one in channels),
        *(_group(client, one) for one in groups),
    ]


def _client(token: str, api_url: str) -> WebClient:
    return WebClient(
        token=token,
        base_url=api_url,
        timeout=TIMEOUT_S,
        logger=sdk_logger(),
        retry_handlers=[
            ConnectionErrorRetryHandler(max_retry_count=1),
            RateLimitErrorRetryHandler(max_retry_count=1),
        ],
    )


def _asked(ask: Callable[[], Any]) -> tuple[Any, str]:
    """Return what Slack says, and its code where it refuses; both empty if out of reach."""
    try:
        return ask(), ""
    except SlackApiError as error:
        return None, str(error.response.get("error") or f"HTTP {error.response.status_code}")
    except (SlackClientError, OSError) as error:
        return None, f"no connection ({type(error).__name__})"


def _signed_in(client: WebClient) -> tuple[Look, frozenset[str]]:
    said, why = _asked(client.auth_test)
    if why:
        hint = _TOKEN if "connection" not in why else "Look whether this machine reaches Slack."
        refused = Look(said=f"Slack refuses the bot token: {why}", problem=True, hint=hint)
        return refused, frozenset()
    granted = said.headers.get("x-oauth-scopes", "")
    look = Look(said=f"signed in to {said['team']} as @{said['user']}")
    return look, frozenset(one.strip() for one in granted.split(",") if one.strip())


def _scopes(granted: frozenset[str]) -> Look:
    missing = [one for one in BOT_SCOPES if one not in granted]
    if missing:
        return Look(said=f"scopes are missing: {', '.join(missing)}", problem=True, hint=REINSTALL)
    return Look(said=f"all {len(BOT_SCOPES)} scopes are granted")


def _ways_in(app_token: str, signing_secret: str, api_url: str) -> Iterator[Look]:
    if app_token:
        _, why = _asked(
            lambda: _client(app_token, api_url).apps_connections_open(app_token=app_token)
        )
        if why:
            yield Look(
                said=f"Socket Mode cannot be used: {why}",
                problem=True,
                hint="Make an app-level token with the scope connections:write, "
                "and turn Socket Mode on.",
            )
        else:
            yield Look(said="Socket Mode can be used")
    if signing_secret:
        yield Look(said="requests over HTTP are checked by the signing secret")
    if not app_token and not signing_secret:
        yield Look(
            said="there is no way in: neither an app-level token nor a signing secret is set",
            problem=True,
            hint="Set THREATDESK_SLACK_APP_TOKEN for Socket Mode, or "
            "THREATDESK_SLACK_SIGNING_SECRET for HTTP.",
        )


def _channel(client: WebClient, channel: str) -> Look:
    said, why = _asked(lambda: client.conversations_info(channel=channel))
    if why == "channel_not_found" or (said and not said["channel"].get("is_member")):
        return Look(
            said=f"the bot is not in channel {channel}",
            problem=True,
            hint="Type /invite @Threat Desk in that channel.",
        )
    if why:
        return Look(said=f"channel {channel} cannot be looked at: {why}", problem=True)
    if said["channel"].get("is_archived"):
        return Look(
            said=f"channel {channel} is archived", problem=True, hint="Name another channel."
        )
    return Look(said=f"the bot is in channel {channel}")


def _group(client: WebClient, group: str) -> Look:
    said, why = _asked(lambda: client.usergroups_users_list(usergroup=group))
    if why:
        return Look(
            said=f"user group {group} cannot be read: {why}",
            problem=True,
            hint="Look at its id in people.toml: it begins with S.",
        )
    return Look(said=f"user group {group} has {len(said['users'])} members")
