"""The command line `threatdesk`."""

from __future__ import annotations

import io
import logging
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from bot import daily, demo
from bot.app import App
from bot.checking import check_everything
from bot.figures import find_figures
from bot.render.export import to_csv, to_json, to_xlsx
from bot.render.loads import loaded_text
from bot.render.text import print_dashboard
from bot.render.why import print_explanation
from config.settings import read_settings
from metrics.calendar import say_date
from metrics.dashboards import Dashboard, DashboardName, explain_claim, make_dashboard
from metrics.errors import ThreatDeskError, UserError
from metrics.snapshot import Figures, SnapshotKind
from metrics.sources import Source

log = logging.getLogger(__name__)

EXIT_USER: Final = 1
EXIT_BUG: Final = 70  # EX_SOFTWARE, sysexits.h

LOG_FILE: Final = "threatdesk.log"
LOG_BYTES: Final = 5_000_000
LOG_FILES: Final = 3

NARROWEST: Final = 132
"""Columns to lay tables out in where the output is not a terminal, e.g. a log."""

cli = typer.Typer(
    help="Police performance: daily dashboards against last year and against the plan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    """How a dashboard is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


AsAt = Annotated[
    datetime | None,
    typer.Option("--as-at", formats=["%Y-%m-%d"], help="The day the figures stand at."),
]


@cli.command("load")
def load_command(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources to load; all of them by default.")
    ] = None,
) -> None:
    """Load what has changed in the sources."""
    with _app() as app:
        sources = _chosen(app, names or [])
        with _progress() as tell:
            results = daily.load(
                sources,
                database=app.database,
                catalogue=app.catalogue,
                rules=app.rules,
                now=datetime.now(UTC),
                progress=tell,
            )
        _out().print(loaded_text(results))
        _stop_if_any_failed(results)


@cli.command("run")
def run_command(as_at: AsAt = None) -> None:
    """Load what has changed, compute every figure, and keep it as a snapshot."""
    with _app() as app:
        now = datetime.now(UTC)
        with _progress() as tell:
            results = daily.load(
                app.sources,
                database=app.database,
                catalogue=app.catalogue,
                rules=app.rules,
                now=now,
                progress=tell,
            )
            made = daily.run(
                database=app.database,
                catalogue=app.catalogue,
                plan_texts=app.plan_texts,
                product_version=app.product_version,
                as_at=as_at.date() if as_at else None,
                now=now,
                progress=tell,
            )
        _out().print(loaded_text(results))
        for one in made:
            kind = {SnapshotKind.DAILY: "daily", SnapshotKind.MONTH_END: "month-end"}
            state = "kept" if one.is_new else "unchanged"
            _say(
                f"Snapshot {one.snapshot.id} {state}: {kind[one.snapshot.kind]} figures as at "
                f"{say_date(one.snapshot.as_at)}, {len(one.snapshot.positions):,} positions."
            )
        _stop_if_any_failed(results)


@cli.command("dashboard")
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
    with _app() as app:
        kind = _kind(name, month_end=month_end)
        day = as_at.date() if as_at else None
        figures = find_figures(app.database, kind=kind, as_at=day)
        made = make_dashboard(figures, name, area, crime_type=crime_type)
        made = replace(made, caveats=(*_earlier(figures, day), *made.caveats))
        _show(made, format, output)


@cli.command("why")
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
    with _app() as app:
        kind = SnapshotKind.MONTH_END if month_end else SnapshotKind.DAILY
        day = as_at.date() if as_at else None
        figures = find_figures(app.database, kind=kind, as_at=day)
        made = explain_claim(figures, measure, area)
        print_explanation(replace(made, remarks=(*_earlier(figures, day), *made.remarks)), _out())


@cli.command("check")
def check_command() -> None:
    """Look at settings, plan, sources and database, and say what to mend."""
    findings = check_everything()
    for finding in findings:
        mark = Text("mend", style="bold red") if finding.problem else Text("good", style="green")
        _out().print(Text("  ").join([mark, Text(f"{finding.what}: {finding.said}")]))
        if finding.problem and finding.hint:
            _say(f"      {finding.hint}")
    if any(finding.problem for finding in findings):
        raise typer.Exit(EXIT_USER)


@cli.command("upgrade")
def upgrade_command() -> None:
    """Make the tables of the database, or bring them up to date."""
    with _app() as app:
        database = app.database
        _say(f"The database is up to date: {database}.")


@cli.command("demo")
def demo_command() -> None:
    """Make the demonstration force, run the daily job on it, and show both dashboards."""
    with _app() as app:
        with _progress() as tell:
            demo.prepare(app, now=datetime.now(UTC), progress=tell)
        out = _out()
        figures = find_figures(app.database, kind=SnapshotKind.DAILY, as_at=demo.PUBLISHED_DAY)
        for name in (DashboardName.ALL_CRIME, DashboardName.TARGETS):
            print_dashboard(make_dashboard(figures, name, None), out)
            out.print()
        _say("Ask for more: " + demo.NEXT_STEPS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; whatever goes wrong ends as a sentence."""
    try:
        _keep_a_log()
        cli(args=None if arguments is None else list(arguments))
    except UserError as error:
        _fail(str(error), error.hint)
        sys.exit(EXIT_USER)
    except ThreatDeskError as error:
        _fail(str(error), "")
        sys.exit(EXIT_USER)
    except Exception:
        reference = f"R-{secrets.token_hex(3).upper()}"
        log.exception("%s: unexpected error", reference)
        _fail("Something went wrong on our side.", f"Quote the reference {reference}.")
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


def _app() -> App:
    return App(settings=read_settings())


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


@contextmanager
def _progress() -> Iterator[daily.Progress]:
    """Show what is going on, with a moving bar and the time it takes, on the error stream."""
    columns = (
        SpinnerColumn(),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda words: bar.update(task, description=words)


def _out() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=NARROWEST)


def _say(words: str) -> None:
    _out().print(Text(words))


def _fail(message: str, hint: str) -> None:
    console = Console(stderr=True, highlight=False)
    console.print(Text(message, style="bold"))
    if hint:
        console.print(Text(hint))


def _show(made: Dashboard, form: Format, output: Path | None) -> None:
    """Write a dashboard to the terminal, or to a file."""
    if form is Format.XLSX:
        if output is None:
            raise UserError("A workbook needs a file.", hint="Add --output dashboard.xlsx.")
        output.write_bytes(to_xlsx(made))
    elif form is Format.TABLE and output is None:
        print_dashboard(made, _out())
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


if __name__ == "__main__":
    main()
