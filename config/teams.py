"""The Teams app and the Teams workflows of an installation, from the settings, checked whole."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from config.settings import Settings
from metrics.errors import UserError

UNAUTHENTICATED: Final = "DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS"
"""The variable with which Microsoft's SDK believes whoever calls (microsoft-teams-apps 2.1)."""

_HOW: Final = "docs/teams.md says where each of them is."
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamsSettings:
    """A Teams app that is set up."""

    app_id: str
    tenant: str
    secret: SecretStr
    service_url: str
    openid_url: str
    is_targeted: bool = True  # mentions are answered where they stand, to one person alone


def read_teams(
    settings: Settings, *, environment: Mapping[str, str] = os.environ
) -> TeamsSettings | None:
    """Return the Teams app; None where nothing of one is set.

    Raises:
        UserError: It is set up by half, or so that whoever calls would be believed.
    """
    app_id, tenant = settings.teams_app_id, settings.teams_tenant_id
    secret = settings.teams_client_secret
    given = {
        "THREATDESK_TEAMS_APP_ID": app_id,
        "THREATDESK_TEAMS_TENANT_ID": tenant,
        "THREATDESK_TEAMS_CLIENT_SECRET": secret,
    }
    if not any(given.values()):
        return None
    if app_id is None or tenant is None or secret is None or not all(given.values()):
        missing = [name for name, value in given.items() if not value]
        raise UserError(
            f"Teams is set up by half: {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not set.",
            hint=_HOW,
        )
    _check_id("THREATDESK_TEAMS_APP_ID", app_id)
    _check_id("THREATDESK_TEAMS_TENANT_ID", tenant)
    _refuse_unauthenticated(environment)
    _check_address("THREATDESK_TEAMS_SERVICE_URL", settings.teams_service_url, settings.host)
    _check_address("THREATDESK_TEAMS_OPENID_URL", settings.teams_openid_url, settings.host)
    return TeamsSettings(
        app_id=app_id,
        tenant=tenant,
        secret=secret,
        service_url=settings.teams_service_url,
        openid_url=settings.teams_openid_url,
        is_targeted=settings.teams_targeted,
    )


def read_app_id(settings: Settings) -> str:
    """Return the app's id, which is all that its package needs.

    Raises:
        UserError: It is not set, or is none.
    """
    if not settings.teams_app_id:
        raise UserError(
            "THREATDESK_TEAMS_APP_ID is not set: the package names the bot by it.", hint=_HOW
        )
    _check_id("THREATDESK_TEAMS_APP_ID", settings.teams_app_id)
    return settings.teams_app_id


def read_workflows(settings: Settings) -> Mapping[str, SecretStr]:
    """Return the addresses of the workflows that post into Teams, by their names.

    Raises:
        UserError: What is written is not `name=address …`, or an address is not encrypted.  It
            is not repeated: whoever has such an address may post.
    """
    written = settings.teams_workflows
    workflows: dict[str, SecretStr] = {}
    for number, one in enumerate((written.get_secret_value() if written else "").split(), start=1):
        name, is_written, address = one.partition("=")
        what = f"THREATDESK_TEAMS_WORKFLOWS: entry {number}"
        if not is_written or not _NAME.fullmatch(name):
            raise UserError(
                f"{what} does not begin with a name.",
                hint="Write name=address, with a space between two of them; a name has small "
                "letters, digits and hyphens.",
            )
        if name in workflows:
            raise UserError(
                f"{what}: there are two workflows “{name}”.", hint="Give each a name of its own."
            )
        if not _is_encrypted(address):
            raise UserError(
                f"{what} (“{name}”) is no address that begins with https://.",
                hint="Copy it once more from the workflow, where its trigger shows it.",
            )
        workflows[name] = SecretStr(address)
    return workflows


def _check_id(variable: str, value: str) -> None:
    if not _GUID.fullmatch(value):
        raise UserError(
            f"{variable} = {value} is not an id of Entra: 8-4-4-4-12 letters a to f and digits.",
            hint=_HOW,
        )


def _refuse_unauthenticated(environment: Mapping[str, str]) -> None:
    said = environment.get(UNAUTHENTICATED, "").strip().lower()
    if said not in ("", "0", "false", "no", "off"):
        raise UserError(
            f"{UNAUTHENTICATED} is set: anyone who reaches this port could ask as anyone.",
            hint="Take it away; there is no need for it, in development either: the tests sign "
            "what they send.",
        )


def _check_address(variable: str, address: str, host: str) -> None:
    """Take an encrypted address; and, of a desk that only this machine reaches, this machine's."""
    if _is_encrypted(address):
        return
    try:
        url = urlsplit(address)
        is_here = url.scheme == "http" and _is_loopback(url.hostname or "")
    except ValueError:
        is_here = False
    if is_here and _is_loopback(host):
        return
    raise UserError(
        f"{variable} = {address}: it must begin with https://.",
        hint="An address of this machine without encryption is for trying things out, and only "
        "where THREATDESK_HOST is this machine too.",
    )


def _is_encrypted(address: str) -> bool:
    try:
        url = urlsplit(address)
        return url.scheme == "https" and bool(url.hostname) and "@" not in url.netloc
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
