"""`threatdesk briefing`: the performance briefing, or a theme's report, as a paper."""

from __future__ import annotations

import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, assert_never

import typer

from bot.access import Sight
from bot.app import App
from bot.briefing_run import find_doing
from bot.commands.acting import shows
from bot.commands.terminal import NARROWEST, AsAt, open_app, out, say
from bot.documents import Document
from bot.documents.briefing import performance_briefing
from bot.documents.rotation import theme_named, theme_of_quarter
from bot.documents.theme import theme_report
from bot.figures import find_figures
from bot.people import ANYONE, Person, Role, Surface
from bot.render import docx, paper, pdf
from bot.render.charts import draw
from config.operations import OPERATIONS_FILE, read_operations
from metrics.calendar import london_day, month_end, say_date
from metrics.errors import UserError
from metrics.snapshot import Figures, SnapshotKind
from store.horizon import SqlHorizon
from store.register import SqlRegister

commands = typer.Typer()

QUARTER: Final = "quarter"
"""What `--theme` takes for the theme that is due by rotation."""


class Audience(StrEnum):
    """Who the paper is for, and so what may stand in it."""

    BOARD = "board"  # a file, which can be passed on
    CHIEF_OFFICER = "chief-officer"  # with internal figures: for their eyes
    PUBLIC = "public"  # a paper that is published


CHIEF: Final = Person(id="paper", name="a chief officer", role=Role.CHIEF_OFFICER)


@commands.command("briefing")
def briefing_command(
    month: Annotated[
        datetime | None,
        typer.Option(
            "--month-end",
            formats=["%Y-%m-%d"],
            help="The month whose end the figures stand at; the newest by default.",
        ),
    ] = None,
    as_at: AsAt = None,
    theme: Annotated[
        str | None,
        typer.Option(help="The report of a theme instead, by words of its name; or quarter."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write to this file: .pdf, .docx or .txt.")
    ] = None,
    audience: Annotated[
        Audience | None,
        typer.Option(help="Who it is for: the board by default; of a theme, the public."),
    ] = None,
) -> None:
    """Write the performance briefing from figures that have been kept."""
    if month and as_at:
        raise UserError(
            "Both --month-end and --as-at are given.",
            hint="Give one: --month-end for the month's figures, --as-at for a day's.",
        )
    with open_app() as app:
        figures = _figures(app, month.date() if month else None, as_at.date() if as_at else None)
        usual = Audience.PUBLIC if theme else Audience.BOARD
        sight = _sight(figures, audience or usual)
        document = _document(app, sight, theme)
        shows(figures.snapshot.id, surface=Surface.EXPORT if output else Surface.PRIVATE)
        _write(document, output)


def _figures(app: App, month: date | None, as_at: date | None) -> Figures:
    """Return the figures of a month's end, or of a day.

    Raises:
        UserError: There are none; figures of another day are not put in their place.
    """
    kind = SnapshotKind.DAILY if as_at else SnapshotKind.MONTH_END
    day = as_at or (month_end(month) if month else None)
    figures = find_figures(app.database, kind=kind, as_at=day)
    found = figures.snapshot.as_at
    if day is not None and found != day:
        what = "daily" if as_at else "month-end"
        raise UserError(
            f"There are no {what} figures of {say_date(day)}: the newest before are of "
            f"{say_date(found)}.",
            hint=f"Make them with `threatdesk run --as-at {day}`, or ask for {found}.",
        )
    return figures


def _sight(figures: Figures, audience: Audience) -> Sight:
    match audience:
        case Audience.BOARD:
            return Sight(figures=figures, person=ANYONE, surface=Surface.EXPORT)
        case Audience.CHIEF_OFFICER:
            return Sight(figures=figures, person=CHIEF, surface=Surface.PRIVATE)
        case Audience.PUBLIC:
            return Sight(figures=figures, person=ANYONE, surface=Surface.PUBLIC)
        case _:
            assert_never(audience)


def _document(app: App, sight: Sight, theme: str | None) -> Document:
    today = london_day(app.now())
    shipped = app.settings.plan_folder / OPERATIONS_FILE
    doing = find_doing(
        SqlRegister(app.database),
        SqlHorizon(app.database),
        shipped=lambda: read_operations(shipped, app.catalogue),
        people=app.people.everyone,
    )(today)
    if theme is None:
        return performance_briefing(sight, doing, made_on=today)
    catalogue = sight.catalogue
    is_due = theme.casefold() == QUARTER
    name = theme_of_quarter(catalogue, sight.as_at) if is_due else theme_named(catalogue, theme)
    return theme_report(sight, name, doing)


def _write(document: Document, output: Path | None) -> None:
    """Write a paper to a file, by the ending of its name; without one, to the screen."""
    if output is None:
        sys.stdout.write(paper.render(document, width=min(out().width, NARROWEST)))
        return
    match output.suffix.casefold():
        case ".pdf":
            content = pdf.render(document, draw=draw)
        case ".docx":
            content = docx.render(document, draw=draw)
        case ".txt":
            content = paper.render(document).encode()
        case other:
            raise UserError(
                f"A paper cannot be written as “{other or output.name}”.",
                hint="Give a file that ends in .pdf, .docx or .txt.",
            )
    output.write_bytes(content)
    say(f"{document.number}, {document.heading}: {output} ({document.made_for}).")
