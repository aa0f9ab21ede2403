"""`threatdesk check | upgrade | demo`: setting it up, and seeing it work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from bot import demo
from bot.checking import check_everything
from bot.commands.console import serve
from bot.commands.terminal import EXIT_USER, open_app, out, progress, say
from bot.figures import find_figures
from bot.render.text import print_dashboard
from metrics.dashboards import DashboardName, make_dashboard
from metrics.snapshot import SnapshotKind

commands = typer.Typer()


@commands.command("check")
def check_command() -> None:
    """Look at settings, plan, sources and database, and say what to mend."""
    findings = check_everything()
    for finding in findings:
        mark = Text("mend", style="bold red") if finding.problem else Text("good", style="green")
        out().print(Text("  ").join([mark, Text(f"{finding.what}: {finding.said}")]))
        if finding.problem and finding.hint:
            say(f"      {finding.hint}")
    if any(finding.problem for finding in findings):
        raise typer.Exit(EXIT_USER)


@commands.command("upgrade")
def upgrade_command() -> None:
    """Make the tables of the database, or bring them up to date."""
    with open_app() as app:
        database = app.database
        say(f"The database is up to date: {database}.")


@commands.command("demo")
def demo_command(
    *,
    console: Annotated[
        bool | None,
        typer.Option(
            "--console/--no-console",
            help="Whether to open the console afterwards; by default where there is a terminal.",
        ),
    ] = None,
) -> None:
    """Make the demonstration force, run the daily job on it, show both dashboards, open a chat."""
    with open_app() as app:
        with progress() as tell:
            demo.prepare(app, now=datetime.now(UTC), progress=tell)
        screen = out()
        figures = find_figures(app.database, kind=SnapshotKind.DAILY, as_at=demo.PUBLISHED_DAY)
        for name in (DashboardName.ALL_CRIME, DashboardName.TARGETS):
            print_dashboard(make_dashboard(figures, name, None), screen)
            screen.print()
        say("Ask for more: " + demo.NEXT_STEPS)
        if screen.is_terminal if console is None else console:
            serve(app, app.settings.port, browser=True)
        else:
            say("Or in the browser: threatdesk console")
