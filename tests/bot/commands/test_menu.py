"""Every command is found, and brings no more than it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import bot.commands
from bot.commands.menu import FILES, Commands, commands_in

FOLDER = Path(bot.commands.__file__).parent


def test_every_command_is_in_the_file_that_is_named() -> None:
    having = {path.stem for path in FOLDER.glob("*.py") if "\ncommands = typer" in path.read_text()}

    assert set(FILES.values()) == having
    for file in having:
        assert set(commands_in(file)) == {name for name, own in FILES.items() if own == file}


def test_the_commands_are_those_of_the_menu() -> None:
    commands = Commands()

    assert list(commands) == list(FILES)
    assert len(commands) == len(FILES)
    assert commands.get("no such command") is None


@pytest.mark.parametrize("command", ["ask", "dashboard", "why", "alerts"])
def test_what_answers_at_a_terminal_brings_no_web_server_no_pdf_and_no_platform(
    command: str,
) -> None:
    script = f"""
import sys
import bot.__main__
from bot.commands.menu import Commands
Commands()[{command!r}]
print(*sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    brought = {name.partition(".")[0] for name in run.stdout.split()}

    heavy = {"aiohttp", "docx", "duckdb", "matplotlib", "reportlab", "slack_bolt", "slack_sdk"}
    assert not brought & (heavy | {"microsoft_teams", "starlette", "uvicorn"})
    assert "typer" in brought
