"""Which force a command is about, where the installation is a region: `threatdesk --force ID …`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Final, ParamSpec

import typer
from rich.console import Console
from rich.text import Text

from bot.app import App
from bot.region.app import RegionApp
from config.settings import Settings, read_settings
from metrics.errors import ThreatDeskError, UserError

_force: ContextVar[str] = ContextVar("force", default="")
"""The force that was chosen for this command; empty: none."""

FAILED: Final = 1
"""How a command ends that failed for one of the forces."""

P = ParamSpec("P")


def choose(force: str) -> None:
    """Take a force for the command that follows."""
    _force.set(force)


def chosen() -> str:
    """Return the force that was chosen; empty: none."""
    return _force.get()


@contextmanager
def the_app(settings: Settings, *, whole: bool = False) -> Iterator[App]:
    """Give the app that a command is about, and close what it opened.

    Args:
        settings: The installation's.
        whole: Whether the region as a whole will do, where no force was chosen.

    Raises:
        UserError: A force has to be chosen, or cannot be.
    """
    force = chosen()
    if settings.region is None:
        if force:
            raise UserError(
                f"--force {force}: this installation has a single force.",
                hint="Leave --force out, or set THREATDESK_REGION (docs/region.md).",
            )
        with App(settings=settings) as app:
            yield app
        return
    with RegionApp(settings=settings) as region:
        if not force and not whole:
            raise UserError(
                f"Which force of {region.region.name}?",
                hint="Put it first: threatdesk --force "
                f"{'|'.join(region.region.forces)} … and the command.",
            )
        if not force:
            yield region
            return
        with region.open(force) as app:
            yield app


def each_force(command: Callable[P, None]) -> Callable[P, None]:
    """Make a command run for every force of a region in turn, unless one was chosen.

    What fails for one does not stop the others; the command then ends with 1.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        settings = read_settings()
        if settings.region is None or _force.get():
            command(*args, **kwargs)
            return
        with RegionApp(settings=settings) as region:
            forces = region.region.forces
        failed = False
        for id_, force in forces.items():
            token = _force.set(id_)
            Console(highlight=False).print(Text(f"{force.name}", style="bold"))
            try:
                command(*args, **kwargs)
            except typer.Exit as end:
                failed = failed or bool(end.exit_code)
            except ThreatDeskError as error:
                failed = True
                _tell(error)
            finally:
                _force.reset(token)
        if failed:
            raise typer.Exit(FAILED)

    return run


def _tell(error: ThreatDeskError) -> None:
    console = Console(stderr=True, highlight=False)
    console.print(Text(str(error), style="bold"))
    if isinstance(error, UserError) and error.hint:
        console.print(Text(error.hint))
