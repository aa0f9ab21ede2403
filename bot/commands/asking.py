"""`threatdesk ask`: a question as in chat."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.answer import Request
from bot.channels.console.posting import CONSOLE
from bot.commands.acting import TERMINAL, somebody
from bot.commands.terminal import open_app, out
from bot.render import plain
from metrics.errors import UserError

commands = typer.Typer()


@commands.command("ask")
def ask_command(
    words: Annotated[list[str], typer.Argument(help="As in chat: priority 12, or a question.")],
    person: Annotated[
        str, typer.Option("--as", help="A person of people.toml, by their console id.")
    ] = "analyst",
) -> None:
    """Ask as in chat, and show the answer here."""
    with open_app(is_recorded=False, whole=True) as app:  # the desk writes it down
        known = app.people.on(CONSOLE)
        if person not in known:
            raise UserError(
                f"people.toml names nobody with console = “{person}”.",
                hint=f"It knows {', '.join(known) or 'nobody on the console'}.",
            )
        request = Request(
            text=" ".join(words), person=known[person], at=app.now(), place=somebody().id
        )
        answered = app.heard_on(TERMINAL)(request)
        screen = out()
        screen.out(plain.render(answered.reply, width=screen.width), highlight=False)
