"""`threatdesk web | manifest | ask`: people ask, and are answered."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from bot.answer import Request
from bot.channels.console.posting import CONSOLE
from bot.channels.slack.manifest import manifest
from bot.commands.terminal import open_app, out
from bot.render import plain
from bot.serving import serve
from metrics.errors import UserError

commands = typer.Typer()


class Platform(StrEnum):
    """The platforms that an app can be made for."""

    SLACK = "slack"


@commands.command("web")
def web_command() -> None:
    """Hear Slack and answer, until stopped."""
    with open_app() as app:
        serve(app)


@commands.command("manifest")
def manifest_command(
    platform: Annotated[Platform, typer.Argument(help="For which platform.")],  # noqa: ARG001 - one so far
    url: Annotated[
        str | None,
        typer.Option(help="Where Slack reaches this desk; without it, by Socket Mode."),
    ] = None,
) -> None:
    """Print the app manifest: everything that the platform must know of the app."""
    with open_app() as app:
        sys.stdout.write(json.dumps(manifest(app.commands, url=url), indent=2) + "\n")


@commands.command("ask")
def ask_command(
    words: Annotated[list[str], typer.Argument(help="As in chat: priority 12, or a question.")],
    person: Annotated[
        str, typer.Option("--as", help="A person of people.toml, by their console id.")
    ] = "analyst",
) -> None:
    """Ask as in chat, and show the answer here."""
    with open_app() as app:
        known = app.people.on(CONSOLE)
        if person not in known:
            raise UserError(
                f"people.toml names nobody with console = “{person}”.",
                hint=f"It knows {', '.join(known) or 'nobody on the console'}.",
            )
        request = Request(text=" ".join(words), person=known[person], at=app.now())
        screen = out()
        screen.out(plain.render(app.desk.answer(request), width=screen.width), highlight=False)
