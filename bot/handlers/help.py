"""`/threatdesk help`: what can be asked, from the table of commands itself."""

from __future__ import annotations

from collections.abc import Sequence

from bot.handlers.command import Command
from bot.replies import Button, Buttons, Facts, Heading, Menu, Paragraph, Reply


def help_reply(commands: Sequence[Command]) -> Reply:
    """List every command with what it does, and offer an example of each."""
    first = tuple(
        Button(label=one.examples[0].text, command=one.examples[0].text)
        for one in commands
        if one.examples
    )
    return Reply(
        summary="Ask with a command, or in words: how is burglary in Charnwood?",
        blocks=(
            Heading(text="What you can ask"),
            Paragraph(
                text="Ask with a command, or in words: “how is burglary in Charnwood?” Names can be"
                " short or misspelt; what was made of them is said. “as at 11 December 2013” gives"
                " the figures that were published then."
            ),
            Facts(rows=tuple((one.usage, one.does) for one in commands)),
            Menu(label="Try one", items=first),
            Menu(
                label="More about one command",
                items=tuple(
                    Button(label=_name(one), command=f"/threatdesk help {one.name}")
                    for one in commands
                ),
            ),
        ),
    )


def command_reply(command: Command) -> Reply:
    """Say how one command is used, with its examples as buttons."""
    aliases = ", ".join(command.aliases)
    return Reply(
        summary=f"{command.usage}: {command.does}",
        blocks=(
            Heading(text=_name(command)),
            Paragraph(text=command.does, strong=True),
            Facts(
                rows=(
                    ("Usage", command.usage),
                    *((("Also called", aliases),) if aliases else ()),
                    *((one.text, one.gives) for one in command.examples),
                )
            ),
            Buttons(
                items=tuple(Button(label=one.text, command=one.text) for one in command.examples)
            ),
        ),
    )


def _name(command: Command) -> str:
    """Return a command as it is typed, without what follows it."""
    words = command.usage.split()
    return " ".join(word for word in words[:2] if word[0] == "/" or word.islower())
