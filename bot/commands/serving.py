"""`threatdesk web | manifest`: people ask on a platform, and are answered."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.app import App
from bot.channels.slack.manifest import manifest as slack_manifest
from bot.channels.teams import manifest as teams_manifest
from bot.commands.several import serve_in_processes
from bot.commands.terminal import open_app, out
from bot.observing.logs import log_to_screen
from bot.serving import serve
from config.teams import read_app_id
from metrics.errors import UserError

commands = typer.Typer()


class Platform(StrEnum):
    """The platforms that an app can be made for."""

    SLACK = "slack"
    TEAMS = "teams"


@commands.command("web")
def web_command() -> None:
    """Hear Slack and answer, until stopped."""
    with open_app(is_recorded=False, whole=True) as app:
        log_to_screen(app.settings.log)
        if app.settings.web_processes > 1:
            serve_in_processes(app)
        else:
            serve(app)


@commands.command("manifest")
def manifest_command(
    platform: Annotated[Platform, typer.Argument(help="For which platform.")],
    url: Annotated[
        str | None,
        typer.Option(
            help="Slack: where it reaches this desk; without it, by Socket Mode. Teams: a page of "
            "the force about the app."
        ),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="The file that is written; Teams takes a zip.")
    ] = None,
) -> None:
    """Make the app manifest: everything that the platform must know of the app."""
    with open_app(is_recorded=False, whole=True) as app:
        match platform:
            case Platform.SLACK:
                made = json.dumps(slack_manifest(app.commands, url=url), indent=2) + "\n"
                if to is None:
                    sys.stdout.write(made)
                else:
                    _write(to, made.encode())
            case Platform.TEAMS:
                _write_package(app, url=url, to=to)


def _write_package(app: App, *, url: str | None, to: Path | None) -> None:
    if to is None:
        raise UserError(
            "A package for Teams is a zip, which no screen shows.",
            hint="Say where to: threatdesk manifest teams --to threat-desk.zip.",
        )
    app_id = read_app_id(app.settings)
    made = teams_manifest.manifest(
        app.commands, app_id=app_id, version=app.product_version, url=url
    )
    _write(to, teams_manifest.package(made))
    if url is None:
        out().print(
            "Its links for support, privacy and terms lead nowhere: name a page with --url."
        )


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise UserError(
            f"{file} cannot be written: {error.strerror}.",
            hint="Name a folder that is there and that this user may write to.",
        ) from error
    out().print(f"{file} is written.")
