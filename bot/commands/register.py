"""`threatdesk register export | import`: the performance issue register as a spreadsheet."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.access import Sight
from bot.access.writing import Writing
from bot.app import App
from bot.commands.acting import shows
from bot.commands.terminal import EXIT_USER, open_app, say
from bot.figures import find_figures
from bot.people import Person, Role, Surface
from bot.register.acts import Actor
from bot.register.files import MOST_BYTES, SMALLER, Format, read_file, write_file
from bot.register.history import Change
from bot.register.model import Issue, IssueId
from bot.register.sheets import NAMES, Known, Problem, from_sheets, to_sheets
from bot.register.taking_in import Taken, take_in
from metrics.calendar import london_day
from metrics.errors import UserError
from metrics.snapshot import SnapshotKind

commands = typer.Typer()
register = typer.Typer(
    help="The performance issue register as a spreadsheet.", no_args_is_help=True
)
commands.add_typer(register, name="register")

ANYONE: Final = Person(id="file", name="whoever reads the file", role=Role.MEMBER)
"""A file can be passed on, so a role opens nothing in it."""

MOST_TOLD: Final = 40
"""So many rows that were not taken are named; the others are counted."""


@register.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(help="Where: a file that ends in .xlsx or .csv.")],
    *,
    everything: Annotated[
        bool,
        typer.Option(
            "--everything",
            help="With what is restricted too: as secret as the database itself.",
        ),
    ] = False,
) -> None:
    """Write the register to a spreadsheet that can be imported again."""
    form = _format(file)
    with open_app() as app:
        issues = app.register.issues()
        kept = issues if everything else _for_a_file(app, issues)
        shows(surface=Surface.EXPORT)
    _write(file, write_file(to_sheets(kept), form))
    say(f"{_counted(len(kept), 'issue')} written to {file}.")
    if left_out := len(issues) - len(kept):
        say(
            f"{_counted(left_out, 'issue')} left out: about measures that may not be told in a "
            "file. --everything writes them too."
        )


@register.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="A spreadsheet: .xlsx or .csv.")],
    by: Annotated[str, typer.Option(help="Who imports: the id of a person in people.toml.")],
) -> None:
    """Take a spreadsheet into the register; what cannot be taken is named, the rest is taken."""
    form = _format(file)
    with open_app() as app:
        people = app.people.everyone()
        if by not in people:
            raise UserError(
                f"Nobody in people.toml has the id {by}.", hint="Import as somebody who is there."
            )
        now = datetime.now(UTC)
        known = Known(catalogue=app.catalogue, people=people)
        sheets = read_file(_read(file), form, NAMES)
        stated, problems = from_sheets(sheets, known, by=by, now=now)
        kept = app.register
        twins = kept.twins()
        taken: list[Taken] = []

        def decide(standing: Mapping[IssueId, Issue]) -> list[Change]:
            actor = Actor(by=by, at=now)
            taken.append(
                take_in(stated, standing=standing, twins=twins, actor=actor, file=file.name)
            )
            return taken[-1].changes

        kept.take_in(decide)
    _tell(taken[-1], [*problems, *taken[-1].problems])


def _for_a_file(app: App, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """Return the issues whose words may stand in a file, by the gate."""
    gate = Writing(
        _sight(app),
        catalogue=app.catalogue,
        person=ANYONE,
        surface=Surface.EXPORT,
        today=london_day(datetime.now(UTC)),
    )
    return tuple(
        one
        for one in issues
        if not gate.refusal(measure=one.measure, area=one.area, priority=one.priority)
    )


def _sight(app: App) -> Sight | None:
    """Return the newest figures as a file may show them; None where there are none yet."""
    for kind in (SnapshotKind.DAILY, SnapshotKind.MONTH_END):
        try:
            figures = find_figures(app.database, kind=kind, as_at=None)
        except UserError:
            continue
        return Sight(figures=figures, person=ANYONE, surface=Surface.EXPORT)
    return None


def _tell(taken: Taken, problems: list[Problem]) -> None:
    parts = [f"{_counted(len(taken.new), 'issue')} new", f"{len(taken.changed)} changed"]
    say(f"{', '.join(parts)}, {taken.unchanged} unchanged.")
    for one in problems[:MOST_TOLD]:
        say(f"  {one}")
    if len(problems) > MOST_TOLD:
        say(f"  … and {len(problems) - MOST_TOLD} more.")
    if problems:
        say(f"{_counted(len(problems), 'row')} not taken; the others are.")
        raise typer.Exit(EXIT_USER)


def _format(file: Path) -> Format:
    suffix = file.suffix.casefold().removeprefix(".")
    if suffix not in set(Format):
        raise UserError(
            f"{file.name}: a register is written as .xlsx or as .csv.",
            hint="Name the file so that it ends in one of them.",
        )
    return Format(suffix)


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UserError(f"{file} has more than {MOST_BYTES // 1_000_000} MB.", hint=SMALLER)
        return file.read_bytes()
    except OSError as error:
        raise UserError(
            f"{file} cannot be read: {error.strerror}.",
            hint="Look at its path, and whether this user may read it.",
        ) from error


def _write(file: Path, content: bytes) -> None:
    """Write a file whole or not at all: an export that was cut off must not be imported."""
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(name).replace(file)
    except OSError as error:
        raise UserError(
            f"{file} cannot be written: {error.strerror}.",
            hint="Name a folder that is there and that this user may write to.",
        ) from error


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
