"""`threatdesk backup | restore | restored | doctor`: keeping it for years."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from bot import doctor
from bot.app import App
from bot.audit import Entry, Outcome
from bot.commands.acting import TERMINAL, somebody
from bot.commands.choosing import chosen, is_in_turn, region_and_each_force
from bot.commands.terminal import EXIT_USER, open_app, out, say
from bot.people import Surface
from bot.region.app import ForceApp, RegionApp
from metrics.calendar import LONDON
from metrics.errors import UserError
from store.audit import SqlAudit
from store.backup import Manifest, back_up, manifest_file, newest, read_manifest, restore
from store.database import Database
from store.restoring import settle

commands = typer.Typer()

MOMENTS: Final = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M", "%Y-%m-%d")

STYLES: Final = {
    doctor.Standing.OK: "green",
    doctor.Standing.LOOK: "yellow",
    doctor.Standing.FAULT: "bold red",
}


@commands.command("backup")
@region_and_each_force
def backup_command(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="The copy, or a folder for it, in which it is named after the moment; by default "
            "the folder set. In a region a folder: in it is one for each force."
        ),
    ] = None,
    *,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="Keep only so many copies in the folder: the newest."),
    ] = None,
) -> None:
    """Copy the database (SQLite) while it is used, look the copy through, and say what it holds."""
    with open_app(is_recorded=False, whole=True) as app:  # it is written down below
        now = app.now()
        copy = _new_copy(app, file, now)
        database = _database(app)
        try:
            _record(database, f"threatdesk backup {copy}", now, "Copied.")
            made = back_up(
                database, copy, now=now, product_version=app.product_version, force=_whose(app)
            )
        finally:
            database.close()
        say(f"Copied to {copy}: {_words(made)}")
        if keep is not None:
            for old in doctor.copies(copy.parent)[keep:]:
                old.unlink()
                manifest_file(old).unlink()
                say(f"Deleted {old}.")


@commands.command("restore")
@region_and_each_force
def restore_command(
    file: Annotated[
        Path,
        typer.Argument(help="A copy that `threatdesk backup` made; of a folder, the newest."),
    ],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Set the database that is there aside.")
    ] = False,
) -> None:
    """Put a copy in the place of the database (SQLite), upgraded and looked through."""
    with open_app(is_recorded=False, whole=True) as app:  # it is written down below
        now, database = app.now(), _database(app)
        try:
            copy = _made_copy(app, file)
            _is_ours(app, copy)
            copied, aside = restore(copy, database, replace=replace, now=now)
            _record(database, f"threatdesk restore {copy}", now, _restored(copied))
            say(f"Restored {database} from {copy}: {_words(copied)}")
        finally:
            database.close()
        if aside:
            say(f"What was there is now {aside}.")
        say("Nothing that was told since is told again: it is looked for first.")


@commands.command("restored")
@region_and_each_force
def restored_command(
    copied: Annotated[
        datetime,
        typer.Argument(formats=list(MOMENTS), help="When the copy was made: 2026-11-21T02:00."),
    ],
) -> None:
    """After `pg_restore`: look the database through, and have what was told since looked for."""
    with open_app(is_recorded=False, whole=True) as app:  # it is written down below
        now = app.now()
        copied_at = copied if copied.tzinfo else copied.replace(tzinfo=LONDON)
        if copied_at > now:
            raise UserError(
                f"{copied} lies ahead.", hint="Give the moment at which the copy was made."
            )
        database = app.database  # brought up to date
        broken = SqlAudit(database).verify()
        if broken is not None:
            raise UserError(
                f"The audit log is not what was written: row {broken} was changed.",
                hint="Keep this database as it is, and find out who changed it.",
            )
        waiting = settle(database, copied_at=copied_at, now=now)
        _record(database, f"threatdesk restored {copied_at.isoformat()}", now, "Settled.")
        say(f"{database} is whole; {waiting} messages wait, and are looked for first.")


@commands.command("doctor")
def doctor_command(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Look at everything this installation rests on, and say what to do; ends with 1 on faults."""
    lines = doctor.examine(now=datetime.now(UTC), force=chosen())
    if as_json:
        typer.echo(json.dumps([one.as_dict() for one in lines], indent=2))
    else:
        for one in lines:
            mark = Text(f"{one.standing.value:5}", style=STYLES[one.standing])
            out().print(Text("  ").join([mark, Text(f"{one.what}: {one.said}")]))
            if one.todo:
                say(f"       {one.todo}")
    if any(one.standing is doctor.Standing.FAULT for one in lines):
        raise typer.Exit(EXIT_USER)


def _new_copy(app: App, given: Path | None, now: datetime) -> Path:
    """Return where a copy goes.

    Raises:
        UserError: It is not said.
    """
    name = f"threatdesk-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.db"
    if given is None:
        return _folder(app) / name
    if is_in_turn() or given.is_dir():
        return _own(app, given) / name
    return given


def _made_copy(app: App, given: Path) -> Path:
    """Return the copy that is meant; of a folder, the newest of what is to be restored.

    Raises:
        UserError: There is none.
    """
    if not (is_in_turn() or given.is_dir()):
        return given
    folder = _own(app, given)
    found = newest(folder)
    if found is None:
        raise UserError(
            f"There is no copy in {folder}.",
            hint="`threatdesk backup` makes them; name the folder that it was given.",
        )
    return found[0]


def _is_ours(app: App, copy: Path) -> None:
    """Make sure that a copy of one force does not become another's database.

    Raises:
        UserError: It is of another force, or of the region itself.
    """
    whose, ours = read_manifest(copy).force, _whose(app)
    if whose is not None and ours is not None and whose != ours:
        of = f"of the force {whose}" if whose else "of what is no force's"
        raise UserError(
            f"The copy {copy} is {of}.",
            hint="Name a copy of what is to be restored, or the folder with those of all.",
        )


def _whose(app: App) -> str | None:
    """Return whose database it is in a region, as manifests say it; None without a region."""
    if isinstance(app, ForceApp):
        return app.force.id
    return "" if isinstance(app, RegionApp) else None


def _own(app: App, folder: Path) -> Path:
    """Return a force's own folder inside one for all; the folder itself of what is no force's."""
    return folder / app.force.id if isinstance(app, ForceApp) else folder


def _folder(app: App) -> Path:
    if app.settings.backups is None:
        raise UserError(
            "It is not said where the copy goes.",
            hint="Give a file, or set THREATDESK_BACKUPS to a folder.",
        )
    return app.settings.backups


def _database(app: App) -> Database:
    """Return the database as it is: a copy is wanted of that, not of what an upgrade makes."""
    return Database(app.settings.database_url.get_secret_value())


def _record(database: Database, typed: str, now: datetime, detail: str) -> None:
    """Write down who copied or restored everything, where there is a log to write in.

    Not by `open_app`, which would bring the tables up to date: a copy is of what there is.
    """
    if database.check():
        return
    SqlAudit(database).record(
        Entry(
            at=now,
            person=somebody(),
            surface=Surface.PRIVATE,
            place=TERMINAL,
            text=typed,
            outcome=Outcome.ANSWERED,
            detail=detail,
            snapshot="",
        )
    )


def _restored(copied: Manifest) -> str:
    return (
        f"Restored from the copy of {copied.made_at.isoformat()}, sha256 {copied.sha256}, whose "
        f"audit log ends at row {copied.audit_length}, {copied.audit_head}."
    )


def _words(made: Manifest) -> str:
    return (
        f"{made.size / 1e6:.1f} MB, revision {made.revision or 'none'}, "
        f"{made.audit_length} audit rows, sha256 {made.sha256}."
    )
