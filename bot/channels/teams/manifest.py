"""The app package: everything that Teams must know of the app, made from the command table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final
from uuid import UUID, uuid5
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.channels.teams.icons import ACCENT, colour_icon, outline_icon
from bot.handlers.command import Command

VERSION: Final = "1.29"
"""The newest schema of manifests (microsoft-teams-app-schema, June 2026)."""

SCHEMA: Final = (
    f"https://developer.microsoft.com/json-schemas/teams/v{VERSION}/MicrosoftTeams.schema.json"
)

NAME: Final = "Threat Desk"

SHORT: Final = "Police performance threats: how bad, how sure, what drives them."
FULL: Final = (
    "Ask how a strategic priority, a partnership or a crime type stands, and be told in one "
    "screen: how bad, how sure, what drives it, what is being done, and as at when. Alerts come by "
    "themselves, and are acknowledged where they stand. Who may see what is decided by the force; "
    "everything that is asked is written down."
)

SCOPES: Final = ("personal", "team", "groupChat")

COMMANDS_ROOM: Final = 12
"""Commands of a list; what is left out works all the same when it is typed."""

DESCRIPTION_ROOM: Final = 128
"""Characters of a command's description that are shown; the schema takes more."""

PLACEHOLDER_URL: Final = "https://threatdesk.example/"
"""Where the links for support, privacy and terms lead until the force names its own page."""

OURS: Final = UUID("5f0c7a3e-6f0d-5f8a-9d43-1c7f9f2f6a11")
"""What the app's id is made from, with the bot's: the same app each time."""

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest date that a zip knows; the same package has the same bytes, whenever it is made."""

COLOUR_FILE: Final = "color.png"
OUTLINE_FILE: Final = "outline.png"
MANIFEST_FILE: Final = "manifest.json"


def manifest(
    commands: Sequence[Command], *, app_id: str, version: str, url: str | None = None
) -> dict[str, Any]:
    """Return the manifest.

    Args:
        commands: All commands, the one for help last; those that are slash commands are offered.
        app_id: Of the app registration, which is the bot's id too.
        version: Of this product: Teams updates an app only by a higher one.
        url: A page of the force about the app; None: a placeholder.
    """
    page = url or PLACEHOLDER_URL
    return {
        "$schema": SCHEMA,
        "manifestVersion": VERSION,
        "version": version,
        "id": str(uuid5(OURS, app_id.lower())),
        "developer": {
            "name": NAME,
            "websiteUrl": page,
            "privacyUrl": page,
            "termsOfUseUrl": page,
        },
        "name": {"short": NAME, "full": NAME},
        "description": {"short": SHORT, "full": FULL},
        "icons": {"color": COLOUR_FILE, "outline": OUTLINE_FILE},
        "accentColor": "#{:02x}{:02x}{:02x}".format(*ACCENT),
        "bots": [_bot(commands, app_id)],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [],
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
    }


def package(made: dict[str, Any]) -> bytes:
    """Return the package that is uploaded: the manifest and its two pictures, as a zip."""
    written = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    files = {
        MANIFEST_FILE: written.encode(),
        COLOUR_FILE: colour_icon(),
        OUTLINE_FILE: outline_icon(),
    }
    zipped = BytesIO()
    with ZipFile(zipped, "w") as archive:
        for name, content in files.items():
            about = ZipInfo(name, EARLIEST)
            about.create_system = 3  # as on Unix, wherever it is made
            about.external_attr = 0o644 << 16
            archive.writestr(about, content, compress_type=ZIP_DEFLATED, compresslevel=9)
    return zipped.getvalue()


def _bot(commands: Sequence[Command], app_id: str) -> dict[str, Any]:
    return {
        "botId": app_id,
        "scopes": list(SCOPES),
        "supportsFiles": False,
        "isNotificationOnly": False,
        "supportsTargetedMessages": True,  # answers that one person alone sees in a channel
        "commandLists": [
            {
                "scopes": list(SCOPES),
                "triggers": ["mention", "slash"],
                "commands": [_offered(one) for one in _first(commands)],
            }
        ],
    }


def _first(commands: Sequence[Command]) -> list[Command]:
    """Return the commands that there is room for: the first, and the last, which helps further."""
    slash = [one for one in commands if one.is_slash]
    if len(slash) <= COMMANDS_ROOM:
        return slash
    return [*slash[: COMMANDS_ROOM - 1], slash[-1]]


def _offered(command: Command) -> dict[str, str]:
    return {"title": command.name, "description": command.does[:DESCRIPTION_ROOM]}
