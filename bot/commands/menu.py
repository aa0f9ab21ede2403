"""Which file each command of the command line is in: only that of the one asked for is imported.

All of them together bring every library there is, from PDF to web servers, and take more than a
second longer to start.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

from typer.core import TyperGroup
from typer.main import get_group

FILES: Final = {
    "load": "figures",
    "run": "figures",
    "dashboard": "figures",
    "why": "figures",
    "ask": "asking",
    "alerts": "alerts",
    "route": "alerts",
    "rules": "alerts",
    "briefing": "briefing",
    "register": "register",
    "audit": "audit",
    "replay": "replay",
    "console": "console",
    "web": "serving",
    "manifest": "serving",
    "worker": "working",
    "status": "working",
    "check": "keeping",
    "upgrade": "keeping",
    "demo": "keeping",
    "backup": "safekeeping",
    "restore": "safekeeping",
    "restored": "safekeeping",
    "doctor": "safekeeping",
}
"""The file of each command, in the order in which `threatdesk --help` lists them."""


class Commands(Mapping[str, Any]):
    """The commands by name, each imported when it is first asked for."""

    def __getitem__(self, name: str) -> Any:
        """Return a command.

        Raises:
            KeyError: There is none of this name.
        """
        return commands_in(FILES[name])[name]

    def __iter__(self) -> Iterator[str]:
        """Give the names, without importing anything."""
        return iter(FILES)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(FILES)


@cache
def commands_in(file: str) -> Mapping[str, Any]:
    """Return the commands of one file, by name."""
    return get_group(import_module(f"bot.commands.{file}").commands).commands


class Menu(TyperGroup):
    """The command line as a whole."""

    def __init__(self, **given: Any) -> None:
        """Take what Typer gives; the commands are known already."""
        super().__init__(**given | {"commands": Commands()})
