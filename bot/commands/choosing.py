"""Which force a command is about, where the installation is a region: `threatdesk --force ID …`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, wraps
from typing import Final, ParamSpec

import typer
from rich.console import Console
from rich.text import Text

from bot.app import App
from bot.reference import new_reference
from bot.region.app import RegionApp
from bot.render.fit import clean
from config.settings import Settings, read_settings
from metrics.errors import ThreatDeskError, UserError

log = logging.getLogger(__name__)

_force: ContextVar[str] = ContextVar("force", default="")
"""The force that was chosen for this command; empty: none."""

_in_turn: ContextVar[bool] = ContextVar("in_turn", default=False)

FAILED: Final = 1
"""How a command ends that failed for one of the forces."""

P = ParamSpec("P")


def choose(force: str) -> None:
    """Take a force for the command that follows."""
    _force.set(force)


def chosen() -> str:
    """Return the force that was chosen; empty: none."""
    return _force.get()


def is_in_turn() -> bool:
    """Whether the command is run for everything in a region, one after the other."""
    return _in_turn.get()


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

    What fails for one does not stop the others; the command then names those, and ends with 1.
    """
    return _run_in_turn(command, and_the_region=False)


def region_and_each_force(command: Callable[P, None]) -> Callable[P, None]:
    """Make a command run for a region itself and then for its forces, as `each_force` does."""
    return _run_in_turn(command, and_the_region=True)


def _run_in_turn(command: Callable[P, None], *, and_the_region: bool) -> Callable[P, None]:
    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        settings = read_settings()
        if settings.region is None or _force.get():
            command(*args, **kwargs)
            return
        with RegionApp(settings=settings) as app:
            region = app.region
        names = {id_: force.name for id_, force in region.forces.items()}
        turns = {"": f"{region.name}, what is no force's", **names} if and_the_region else names
        failed = []
        for id_, name in turns.items():
            Console(highlight=False).print(Text(name, style="bold"))
            with _turn(id_):
                if not _went_well(partial(command, *args, **kwargs)):
                    failed.append(name)
        if failed:
            _say_on_the_error_stream(f"Failed: {'; '.join(failed)}.")
            raise typer.Exit(FAILED)

    return run


@contextmanager
def _turn(force: str) -> Iterator[None]:
    tokens = _force.set(force), _in_turn.set(True)
    try:
        yield
    finally:
        _force.reset(tokens[0])
        _in_turn.reset(tokens[1])


def _went_well(command: Callable[[], None]) -> bool:
    """Run a command for one of several; say how it failed, if it did."""
    try:
        command()
    except typer.Exit as end:
        return not end.exit_code
    except ThreatDeskError as error:
        _tell(error)
        return False
    except Exception:  # a fault of ours: what is left to do is done all the same
        reference = new_reference()
        log.exception("%s: unexpected error", reference)
        _say_on_the_error_stream(
            f"Something went wrong on our side. Quote the reference {reference}."
        )
        return False
    return True


def _tell(error: ThreatDeskError) -> None:
    _say_on_the_error_stream(str(error))
    if isinstance(error, UserError) and error.hint:
        Console(stderr=True, highlight=False).print(Text(clean(error.hint)))


def _say_on_the_error_stream(words: str) -> None:
    Console(stderr=True, highlight=False).print(Text(clean(words), style="bold"))
