"""`threatdesk load | run | dashboard | why`: from records to figures, and looking at them."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from bot import daily
from bot.access import Sight
from bot.app import App
from bot.commands.acting import shows
from bot.commands.choosing import each_force
from bot.commands.terminal import EXIT_USER, NARROWEST, AsAt, open_app, out, progress, say
from bot.figures import find_figures
from bot.people import ANYONE, Person, Role, Surface
from bot.render.export import to_csv, to_json, to_xlsx
from bot.render.loads import loaded_text
from bot.render.text import print_dashboard
from bot.render.why import print_explanation
from metrics.calendar import say_date
from metrics.dashboards import Dashboard, DashboardName
from metrics.errors import UserError
from metrics.snapshot import Figures, SnapshotKind
from metrics.sources import Source

commands = typer.Typer()

AT_THE_TERMINAL: Final = Person(id="terminal", name="whoever is at the terminal", role=Role.ANALYST)
"""Whoever runs the product can read its database: on the screen they see what analysts see."""


class Format(StrEnum):
    """How a dashboard is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


@commands.command("load")
@each_force
def load_command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources to load; all of them by default.")
    ] = None,
) -> None:
    """Load what has changed in the sources."""
    with open_app() as app:
        sources = _chosen(app, names or [])
        with progress() as tell:
            results = app.load(sources=sources, now=datetime.now(UTC), progress=tell)
        out().print(loaded_text(results))
        _stop_if_any_failed(results)


@commands.command("run")
@each_force
def run_command(as_at: AsAt = None) -> None:
    """Load what has changed, compute every figure, and keep it as a snapshot."""
    with open_app() as app:
        now = datetime.now(UTC)
        with progress() as tell:
            results = app.load(now=now, progress=tell)
            made = app.run(as_at=as_at.date() if as_at else None, now=now, progress=tell)
        out().print(loaded_text(results))
        for one in made:
            kind = {SnapshotKind.DAILY: "daily", SnapshotKind.MONTH_END: "month-end"}
            state = "kept" if one.is_new else "unchanged"
            say(
                f"Snapshot {one.snapshot.id} {state}: {kind[one.snapshot.kind]} figures as at "
                f"{say_date(one.snapshot.as_at)}, {len(one.snapshot.positions):,} positions."
            )
        _stop_if_any_failed(results)


@commands.command("dashboard")
def dashboard_command(
    name: Annotated[DashboardName, typer.Argument(help="Which dashboard.")],
    area: Annotated[
        str | None, typer.Argument(help="Force, BCU, CSP or LPU; the force by default.")
    ] = None,
    as_at: AsAt = None,
    month_end: Annotated[
        bool | None,
        typer.Option(
            "--month-end/--daily",
            help="Month-end or daily figures; board papers use the month end by default.",
        ),
    ] = None,
    crime_type: Annotated[
        str | None, typer.Option(help="Of the table of all CSPs: which crime type.")
    ] = None,
    format: Annotated[Format, typer.Option(help="How it is written.")] = Format.TABLE,  # noqa: A002
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
) -> None:
    """Show a dashboard from figures that have been kept."""
    with open_app() as app:
        kind = _kind(name, month_end=month_end)
        day = as_at.date() if as_at else None
        figures = find_figures(app.database, kind=kind, as_at=day)
        sight = _sight(figures, is_file=output is not None or format is not Format.TABLE)
        place = sight.catalogue.area(area) if area else sight.catalogue.force
        made = sight.dashboard(name, place, crime_type=crime_type)
        made = replace(made, caveats=(*_earlier(figures, day), *made.caveats))
        shows(made.snapshot, surface=sight.surface)
        _show(made, format, output)


@commands.command("why")
def why_command(
    measure: Annotated[str, typer.Argument(help="A measure by id, name or alias.")],
    area: Annotated[
        str | None, typer.Argument(help="Force, BCU, CSP or LPU; the force by default.")
    ] = None,
    as_at: AsAt = None,
    month_end: Annotated[
        bool | None,
        typer.Option("--month-end/--daily", help="Month-end or daily figures; daily by default."),
    ] = None,
) -> None:
    """Show everything that the figures and judgements of one measure rest on."""
    with open_app() as app:
        kind = SnapshotKind.MONTH_END if month_end else SnapshotKind.DAILY
        day = as_at.date() if as_at else None
        figures = find_figures(app.database, kind=kind, as_at=day)
        sight = _sight(figures, is_file=False)
        place = sight.catalogue.area(area) if area else sight.catalogue.force
        made = sight.explanation(sight.catalogue.measure(measure), place)
        shows(figures.snapshot.id)
        print_explanation(replace(made, remarks=(*_earlier(figures, day), *made.remarks)), out())


def _sight(figures: Figures, *, is_file: bool) -> Sight:
    """Look at figures as whoever is at the terminal may, or as may stand in a file."""
    if is_file:
        return Sight(figures=figures, person=ANYONE, surface=Surface.EXPORT)
    return Sight(figures=figures, person=AT_THE_TERMINAL, surface=Surface.PRIVATE)


def _kind(name: DashboardName, *, month_end: bool | None) -> SnapshotKind:
    if month_end is None:
        return name.usual_kind
    return SnapshotKind.MONTH_END if month_end else SnapshotKind.DAILY


def _earlier(figures: Figures, day: date | None) -> tuple[str, ...]:
    """Say that the figures are of an earlier day than the one asked for."""
    if day is None or figures.snapshot.as_at == day:
        return ()
    return (f"There are none of {say_date(day)}: these are the newest before.",)


def _chosen(app: App, names: Sequence[str]) -> list[Source]:
    known = {source.name: source for source in app.sources}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UserError(
            f"There is no source called {', '.join(unknown)}.",
            hint=f"The sources are: {', '.join(known)}.",
        )
    return [known[name] for name in names or known]


def _show(made: Dashboard, form: Format, output: Path | None) -> None:
    """Write a dashboard to the terminal, or to a file."""
    if form is Format.XLSX:
        if output is None:
            raise UserError("A workbook needs a file.", hint="Add --output dashboard.xlsx.")
        output.write_bytes(to_xlsx(made))
    elif form is Format.TABLE and output is None:
        print_dashboard(made, out())
    elif form is Format.TABLE:
        page = Console(file=io.StringIO(), width=NARROWEST, record=True)
        print_dashboard(made, page)
        _write(page.export_text(), output)
    else:
        _write(to_csv(made) if form is Format.CSV else to_json(made), output)


def _write(content: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(content)
    else:
        output.write_text(content, encoding="utf-8")


def _stop_if_any_failed(results: Sequence[daily.Loaded]) -> None:
    if any(one.problem for one in results):
        raise typer.Exit(EXIT_USER)
