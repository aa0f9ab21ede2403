"""The command line `threatdesk`."""

from __future__ import annotations

import logging
import shlex
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from bot.commands.acting import running
from bot.commands.choosing import choose
from bot.commands.menu import Menu
from bot.commands.terminal import EXIT_BUG, EXIT_USER, fail
from bot.observing.logs import keep_log
from config.settings import read_settings
from metrics.arithmetic import settle_arithmetic
from metrics.errors import ThreatDeskError, UserError

log = logging.getLogger(__name__)

cli = typer.Typer(
    cls=Menu,
    help="Police performance: daily dashboards against last year and against the plan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.callback()
def before(
    force: Annotated[
        str | None,
        typer.Option(
            "--force", help="In a region: the force that the command is about, by its id."
        ),
    ] = None,
) -> None:
    """Police performance: daily dashboards against last year and against the plan."""
    choose(force or "")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; whatever goes wrong ends as a sentence."""
    settle_arithmetic()
    typed = sys.argv[1:] if arguments is None else list(arguments)
    with running(shlex.join(typed)) as command:
        try:
            _keep_a_log()
            cli(args=typed)
        except UserError as error:
            fail(str(error), error.hint)
            sys.exit(EXIT_USER)
        except ThreatDeskError as error:
            fail(str(error), "")
            sys.exit(EXIT_USER)
        except Exception:
            log.exception("%s: unexpected error", command.reference)
            fail("Something went wrong on our side.", f"Quote the reference {command.reference}.")
            sys.exit(EXIT_BUG)


def _keep_a_log() -> None:
    """Write warnings and unexpected errors to a file in the data folder, not to the screen."""
    try:
        settings = read_settings()
    except UserError:
        return  # each command says so itself, and `doctor` does without
    keep_log(settings.data, settings.log)


if __name__ == "__main__":
    main()
