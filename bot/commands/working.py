"""`threatdesk worker | status`: doing what is due, and seeing from outside that it is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer
from rich.text import Text

from bot.commands.choosing import each_force
from bot.commands.terminal import EXIT_USER, open_app, out, say
from bot.enduring import enduring
from bot.observing.logs import log_to_screen
from bot.region.app import RegionApp
from bot.region.working import shift_of_region
from bot.render.fit import clean
from bot.watching import look
from bot.working import is_due_undone, jobs_of, keep_working, metrics_offered, shift_of
from store.runs import SqlRuns

commands = typer.Typer()


@commands.command("worker")
def worker_command(
    once: Annotated[  # noqa: FBT002 - how Typer writes an option
        bool, typer.Option("--once", help="Do and tell what is due now, then end.")
    ] = False,
) -> None:
    """Do the daily run when it is due, and tell what was decided; until it is stopped."""
    with open_app(is_recorded=False, whole=True) as app:
        if isinstance(app, RegionApp):
            _work_on(app, once=once)
            return
        shift = shift_of(app)
        if not once:
            log_to_screen(app.settings.log)
            say(f"At work: the daily run is due at {app.settings.daily_at:%H:%M}, London time.")
            with metrics_offered(app):
                keep_working(enduring(app, shift))
            return
        shift.once()
        if is_due_undone(shift.jobs, SqlRuns(app.database), app.now()):
            say("The daily run that is due has not been done; `threatdesk status` says why.")
            raise typer.Exit(EXIT_USER)


def _work_on(region: RegionApp, *, once: bool) -> None:
    """Do what is due of every force of a region, one force at a time."""
    shift = shift_of_region(region)
    try:
        if not once:
            log_to_screen(region.settings.log)
            say(f"At work for the {len(region.region.forces)} forces of {region.region.name}.")
            with metrics_offered(region):
                keep_working(shift)
            return
        shift.once()
        if undone := shift.undone():
            say(f"Not done: the daily run of {', '.join(undone)}; `threatdesk status` says why.")
            raise typer.Exit(EXIT_USER)
    finally:
        shift.close()


@commands.command("status")
@each_force
def status_command(
    silence: Annotated[
        int, typer.Option(min=1, help="Minutes that no worker may have been heard of.")
    ] = 5,
) -> None:
    """Say whether figures, runs and telling are as they should be; ends with 1 if not."""
    with open_app(is_recorded=False) as app:
        found = look(app.database, jobs_of(app), now=app.now(), silence=timedelta(minutes=silence))
    for one in found:
        mark = Text("look", style="bold red") if one.wrong else Text("good", style="green")
        out().print(Text("  ").join([mark, Text(clean(one.said))]))
    if any(one.wrong for one in found):
        raise typer.Exit(EXIT_USER)
