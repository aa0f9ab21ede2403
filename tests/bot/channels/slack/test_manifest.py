"""The manifest asks for everything that the code uses, and for nothing else."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import jsonschema
import pytest

import bot.channels.slack
from bot.channels.slack.listeners import EVENTS
from bot.channels.slack.manifest import (
    BOT_SCOPES,
    NAME,
    OTHER_SCOPES,
    SCOPE_OF_EVENT,
    SCOPE_OF_METHOD,
    manifest,
)
from bot.handlers.command import Command, Example
from bot.handlers.commands import COMMANDS
from bot.replies import Reply

SOURCES = Path(bot.channels.slack.__file__).parent

MANY = {"files_upload_v2": ("files.getUploadURLExternal", "files.completeUploadExternal")}
"""Calls of the SDK that are several methods."""

CALL = re.compile(
    r"\.((?:apps|auth|chat|conversations|files|reactions|usergroups|users|views)_\w+)\b"
)

ALLOWED_SCOPES = {
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "usergroups:read",
    "users:read",
}
"""What a security officer has agreed to: no more without being asked."""

CSP = Command(
    name="csp",
    usage="/csp NAME [CRIME TYPE]",
    does="Shows one partnership.",
    examples=(Example(text="/csp charnwood", gives="Charnwood"),),
    handler=lambda _: Reply(summary="", blocks=()),
)
HIDDEN = Command(
    name="why",
    usage="why",
    does="Says why.",
    examples=(),
    handler=lambda _: Reply(summary="", blocks=()),
    is_slash=False,
)
URL = "https://threatdesk.force.example/"


def called() -> set[str]:
    """Return the methods that the sources call."""
    found = {name for file in SOURCES.glob("*.py") for name in CALL.findall(file.read_text())}
    assert found
    return {
        method
        for name in found
        for method in MANY.get(
            name, (name.replace("usergroups_users_", "usergroups.users.").replace("_", "."),)
        )
    }


def test_every_method_that_is_called_has_its_scope_and_none_is_left_over() -> None:
    assert called() == set(SCOPE_OF_METHOD)


def test_every_scope_is_needed_and_agreed_to() -> None:
    needed = {*SCOPE_OF_METHOD.values(), *SCOPE_OF_EVENT.values(), *OTHER_SCOPES} - {None}

    assert set(BOT_SCOPES) == needed
    assert needed <= ALLOWED_SCOPES


def test_every_event_that_is_listened_for_is_asked_for() -> None:
    listened = set(re.findall(r'\.event\("(\w+)"\)', (SOURCES / "listeners.py").read_text()))
    asked = {event.split(".")[0] for event in SCOPE_OF_EVENT}

    assert listened == set(EVENTS) == asked


def test_slash_commands_are_offered_and_others_are_not() -> None:
    offered = manifest((CSP, HIDDEN), url=None)["features"]["slash_commands"]

    assert offered == [
        {
            "command": "/csp",
            "description": "Shows one partnership.",
            "usage_hint": "NAME [CRIME TYPE]",
            "should_escape": False,
        }
    ]


def test_the_commands_fit_what_slack_allows() -> None:
    offered = manifest(COMMANDS, url=None)["features"]["slash_commands"]

    assert 0 < len(offered) <= 50
    assert all(re.fullmatch(r"/[a-z-]{1,31}", one["command"]) for one in offered)


def test_socket_mode_needs_no_address() -> None:
    made = manifest((CSP,), url=None)

    assert made["settings"]["socket_mode_enabled"] is True
    assert "url" not in json.dumps(made)


def test_over_http_everything_comes_to_one_address() -> None:
    made = manifest((CSP,), url=URL)

    addresses = set(re.findall(r'https://[^"]+', json.dumps(made)))
    assert addresses == {"https://threatdesk.force.example/slack/events"}
    assert made["settings"]["socket_mode_enabled"] is False


def test_a_name_has_room() -> None:
    assert len(NAME) <= 35
    assert len(manifest((), url=None)["display_information"]["description"]) <= 140


@pytest.mark.parametrize("url", [None, URL])
def test_slacks_own_schema_takes_it(url: str | None) -> None:
    reference = os.environ.get("THREATDESK_REFERENCE")
    if reference is None:
        pytest.skip("left out: THREATDESK_REFERENCE names no folder of reference data")
    schema = json.loads(
        (Path(reference) / "schemas" / "slack-manifest-2.0.0.json").read_text(encoding="utf-8")
    )

    jsonschema.validate(manifest(COMMANDS, url=url), schema)
