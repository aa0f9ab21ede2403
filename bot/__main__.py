"""The command line `threatdesk`."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from typing import Final

import typer

from bot.commands import (
    alerts,
    briefing,
    console,
    figures,
    keeping,
    register,
    replay,
    serving,
    working,
)
from bot.commands.terminal import EXIT_BUG, EXIT_USER, fail
from config.settings import read_settings
from metrics.errors import ThreatDeskError, UserError

log = logging.getLogger(__name__)

LOG_FILE: Final = "threatdesk.log"
LOG_BYTES: Final = 5_000_000
LOG_FILES: Final = 3

cli = typer.Typer(
    help="Police performance: daily dashboards against last year and against the plan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for part in (figures, alerts, briefing, register, replay, console, serving, working, keeping):
    cli.add_typer(part.commands)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; whatever goes wrong ends as a sentence."""
    try:
        _keep_a_log()
        cli(args=None if arguments is None else list(arguments))
    except UserError as error:
        fail(str(error), error.hint)
        sys.exit(EXIT_USER)
    except ThreatDeskError as error:
        fail(str(error), "")
        sys.exit(EXIT_USER)
    except Exception:
        reference = f"R-{secrets.token_hex(3).upper()}"
        log.exception("%s: unexpected error", reference)
        fail("Something went wrong on our side.", f"Quote the reference {reference}.")
        sys.exit(EXIT_BUG)


def _keep_a_log() -> None:
    """Write warnings and unexpected errors to a file in the data folder, not to the screen."""
    folder = read_settings().data
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        folder / LOG_FILE, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


if __name__ == "__main__":
    main()
