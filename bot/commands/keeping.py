"""`threatdesk check | upgrade | demo`: setting it up, and seeing it work."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from bot import demo
from bot.checking import Finding, check_app, check_everything
from bot.commands.choosing import chosen, region_and_each_force
from bot.commands.console import serve
from bot.commands.terminal import EXIT_USER, open_app, out, progress, say
from bot.figures import find_figures
from bot.region import demo as region_demo
from bot.region.app import RegionApp
from bot.region.checking import check_region
from bot.render.fit import clean
from bot.render.text import print_dashboard
from config.settings import read_settings
from metrics.dashboards import DashboardName, make_dashboard
from metrics.errors import UserError
from metrics.snapshot import SnapshotKind

commands = typer.Typer()


@commands.command("check")
def check_command() -> None:
    """Look at settings, plan, sources and database, and say what to mend."""
    findings = _check()
    for finding in findings:
        mark = Text("mend", style="bold red") if finding.problem else Text("good", style="green")
        out().print(Text("  ").join([mark, Text(clean(f"{finding.what}: {finding.said}"))]))
        if finding.problem and finding.hint:
            say(f"      {finding.hint}")
    if any(finding.problem for finding in findings):
        raise typer.Exit(EXIT_USER)


def _check() -> tuple[Finding, ...]:
    """Look at the force that was chosen, at the only one, or at every one of a region."""
    try:
        settings = read_settings()
    except UserError:
        return check_everything()
    if settings.region is None:
        return check_everything()
    if not chosen():
        return check_region(settings)
    with open_app(is_recorded=False) as app:
        return check_app(app)


@commands.command("upgrade")
@region_and_each_force
def upgrade_command() -> None:
    """Make the tables of the database, or bring them up to date."""
    with open_app(whole=True) as app:
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
    region: Annotated[
        bool, typer.Option("--region", help="A sample region of three small forces instead.")
    ] = False,
) -> None:
    """Make the demonstration force, run the daily job on it, show both dashboards, open a chat."""
    if region:
        _demonstrate_a_region(console=console)
        return
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


def _demonstrate_a_region(*, console: bool | None) -> None:
    """Make the sample region, run every force's day, and open a chat with all of them."""
    with progress() as tell:
        settings = region_demo.prepare(read_settings(), tell)
    say(f"The sample region is at {settings.region}. To go on with it, set:")
    say(f"  THREATDESK_REGION={settings.region}")
    say(f"  THREATDESK_DATABASE_URL={settings.database_url.get_secret_value()}")
    if out().is_terminal if console is None else console:
        with RegionApp(settings=settings) as app:
            serve(app, settings.port, browser=True)
    else:
        say("Then in the browser: threatdesk console")
