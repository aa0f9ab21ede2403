"""What the commands share: the app, the screen, progress, and how they end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from bot import daily
from bot.app import App
from bot.commands.acting import recorded
from bot.commands.choosing import the_app
from bot.render.fit import clean
from config.settings import read_settings

EXIT_USER: Final = 1
EXIT_BUG: Final = 70  # EX_SOFTWARE, sysexits.h

NARROWEST: Final = 132
"""Columns to lay tables out in where the output is not a terminal, e.g. a log."""

AsAt = Annotated[
    datetime | None,
    typer.Option("--as-at", formats=["%Y-%m-%d"], help="The day the figures stand at."),
]


@contextmanager
def open_app(*, is_recorded: bool = True, whole: bool = False) -> Iterator[App]:
    """Give the app over the settings, and close what it opened.

    Args:
        is_recorded: Whether the command is written down in the audit log.  Not only those that
            look whether all is well, those that write it down themselves, and servers, which
            write down each answer.
        whole: Whether the region as a whole will do, where several forces are installed.
    """
    with the_app(read_settings(), whole=whole) as app:
        if not is_recorded:
            yield app
            return
        with recorded(app):
            yield app


@contextmanager
def progress() -> Iterator[daily.Progress]:
    """Show what is going on, with a moving bar and the time it takes, on the error stream."""
    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda words: bar.update(task, description=words)


def out() -> Console:
    """Return the screen."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=NARROWEST)


def say(words: str) -> None:
    """Write a line as it is."""
    out().print(Text(clean(words)))


def fail(message: str, hint: str) -> None:
    """Say what is wrong and what to do next, on the error stream."""
    console = Console(stderr=True, highlight=False)
    console.print(Text(clean(message), style="bold"))
    if hint:
        console.print(Text(clean(hint)))
