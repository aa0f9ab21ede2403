"""`threatdesk replay`: what the rules would have sent over a stretch of history."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.alerts.replayed import Configuration, Replay
from bot.commands.terminal import open_app, out, progress, say
from bot.render.replay import print_replay, to_csv, to_json, to_markdown, verdict
from bot.replay import replay
from config.alerts import read_alerts
from config.events import read_events
from metrics.errors import UserError

commands = typer.Typer()

CONFIGURED: Final = "as configured"
"""What the plan's own alerts.toml is called."""

FORMS: Final = {".md": to_markdown, ".csv": to_csv, ".json": to_json}


@commands.command("replay")
def replay_command(
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="The first day; by default a year back."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="The last day; by default the newest."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Another alerts.toml, to be shown side by side with the plan's."),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="Events that are known to have happened: TOML or CSV.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write the report to this file: .md, .csv or .json.")
    ] = None,
    *,
    exact: Annotated[
        bool, typer.Option("--exact", help="Learn every day, as the daily job does: much slower.")
    ] = False,
) -> None:
    """Show every alert the rules would have sent over a stretch of history."""
    if output is not None and output.suffix not in FORMS:
        raise UserError(
            f"A report cannot be written as {output.suffix or 'a file without an ending'}.",
            hint=f"Use one of {', '.join(FORMS)}.",
        )
    if against is not None and not against.is_file():
        raise UserError(f"There is no file {against}.", hint="Look at the path after --against.")
    with open_app() as app:
        catalogue = app.catalogue
        files = {CONFIGURED: app.settings.alerts_file}
        if against is not None:
            files[str(against)] = against
        configurations = [
            Configuration(name=name, policy=read_alerts(file, catalogue))
            for name, file in files.items()
        ]
        with progress() as tell:
            made = replay(
                database=app.database,
                catalogue=catalogue,
                configurations=configurations,
                first=first.date() if first else None,
                last=last.date() if last else None,
                run_at=app.settings.daily_at,
                progress=tell,
                is_exact=exact,
                events=read_events(truth, catalogue) if truth else None,
            )
    _show(made, output)


def _show(made: Replay, output: Path | None) -> None:
    if output is None:
        print_replay(made, out())
        return
    output.write_text(FORMS[output.suffix](made), encoding="utf-8")
    say(f"{verdict(made)} The report is in {output}.")
