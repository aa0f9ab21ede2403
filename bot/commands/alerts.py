"""`threatdesk alerts | route | rules`: what is open, who is told of it, and how right it was."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from rich.table import Table

from bot.alerts.feedback import brought_up, judgements
from bot.commands.terminal import open_app, out, say
from bot.render import plain
from bot.render.words import number
from bot.replies.alert import STATES, alert_reply, title
from metrics.calendar import london_day, say_date
from store.alerts import SqlAlerts

commands = typer.Typer()

BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Before any alert."""


@commands.command("alerts")
def alerts_command(
    alert: Annotated[
        str | None, typer.Argument(help="One of them in full, for example A-17.")
    ] = None,
) -> None:
    """Show what is open, the oldest first; or one alert in full."""
    with open_app() as app:
        catalogue, screen = app.catalogue, out()
        if alert is not None:
            shown = alert_reply(app.deciding.get(alert), catalogue=catalogue)
            screen.out(plain.render(shown, width=screen.width), highlight=False)
            return
        standing = app.deciding.standing()
        table = Table("Alert", "What", "Level", "State", "Since", "With", box=None)
        for one in standing:
            table.add_row(
                one.id,
                title(one, catalogue),
                one.level.name.title(),
                STATES[one.state],
                say_date(london_day(one.raised_at)),
                one.acknowledged_by if one.is_acknowledged else "",
            )
        if standing:
            screen.print(table)
        else:
            say("No alert is open.")


@commands.command("route")
def route_command(
    alert: Annotated[str, typer.Option("--explain", help="The alert, for example A-17.")],
) -> None:
    """Explain who is told of an alert and who is not, and why."""
    with open_app() as app:
        found = app.deciding.get(alert)
        say(f"{found.id} {title(found, app.catalogue)}: {found.level.name.title()}")
        decisions = app.deciding.routes(alert)[found.id]
        table = Table("Destination", "Told", "Why", box=None)
        for one in sorted(decisions, key=lambda one: (not one.told, one.destination)):
            table.add_row(str(one.destination), "yes" if one.told else "no", one.why)
        if decisions:
            out().print(table)
        else:
            say("alerts.toml has no routes, or nobody they name can be reached: nobody is told.")


@commands.command("rules")
def rules_command() -> None:
    """Show how many alerts each rule brought up, and what people said of them."""
    with open_app() as app, app.database.reading() as session:
        alerts = SqlAlerts(session)
        raised = brought_up(alerts.changes(since=BEGINNING, until=app.now()))
        judged = judgements(alerts.feedback())
    table = Table("Rule", "Alerts", "Said useful", "Said not useful", "Useful, of those", box=None)
    for rule, one in judged.items():
        share = "" if math.isnan(one.precision) else f"{number(100 * one.precision)}%"
        table.add_row(rule, str(raised[rule]), str(one.useful), str(one.not_useful), share)
    out().print(table)
    say("Each person's last word on each alert counts, for every rule that held the alert up.")
