"""`/threatdesk`: help, and what is asked about the desk itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.handlers import glossary, status, why
from bot.handlers.command import Asked, Command, Example
from bot.handlers.help import command_reply, help_reply
from bot.names import Option, UnknownWords
from bot.replies import Reply

NAME: Final = "threatdesk"

PARTS: Final = (why.COMMAND, status.COMMAND, glossary.COMMAND)
"""What `/threatdesk` answers beside help: each is a command behind it."""


def threatdesk_command(others: Sequence[Command], parts: Sequence[Command] = PARTS) -> Command:
    """Make the command from the table that its help shows.

    Args:
        others: The other commands, in the order of the help.
        parts: What stands behind `/threatdesk`; help is added.
    """
    helps = Command(
        name="help",
        usage="/threatdesk help [COMMAND]",
        does="Lists what can be asked, or says how one command is used.",
        examples=(
            Example(text="/threatdesk help", gives="everything that can be asked"),
            Example(
                text=f"/threatdesk help {others[0].name if others else 'why'}",
                gives="how one command is used, with examples",
            ),
        ),
        handler=lambda asked: _help(asked, (*others, *parts, helps)),
        aliases=("commands",),
        is_slash=False,
    )
    known = (*parts, helps)
    return Command(
        name=NAME,
        usage=f"/threatdesk {'|'.join(one.name for one in known)}",
        does="Help, how fresh the figures are, what they rest on, and what words mean.",
        examples=tuple(one.examples[0] for one in known if one.examples),
        handler=lambda asked: _part(asked, known),
        aliases=("desk",),
    )


def _help(asked: Asked, commands: Sequence[Command]) -> Reply:
    said = asked.words.strip().removeprefix("/").casefold()
    if not said:
        return help_reply(commands)
    name = said.removeprefix(f"{NAME} ") or said
    found = next((one for one in commands if name in (one.name, *one.aliases)), None)
    return command_reply(found) if found else help_reply(commands)


def _part(asked: Asked, known: Sequence[Command]) -> Reply:
    """Hand over to the part that is named first; help where none is."""
    said, _, rest = (asked.words.strip() or "help").partition(" ")
    name = said.casefold()
    begun = [one for one in known if one.name.startswith(name)]
    part = next((one for one in known if name in (one.name, *one.aliases)), None)
    part = part or (begun[0] if len(begun) == 1 else None)
    if part is None:
        raise UnknownWords(
            f"/threatdesk does not know “{said}”.",
            options=tuple(Option(label=one.name, words=f"/threatdesk {one.name}") for one in known),
            hint="It knows these:",
        )
    return part.handler(replace(asked, command=f"{NAME} {part.name}", words=rest.strip()))
