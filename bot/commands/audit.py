"""`threatdesk audit`: who asked, saw, was refused, changed what, and when."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from bot.audit import Head, Kept, Outcome
from bot.commands.acting import TERMINAL, somebody
from bot.commands.terminal import EXIT_USER, open_app, out, say
from bot.pruning import prune, said
from bot.render.audit import to_csv, to_json_lines, to_xlsx
from config.retention import read_retention
from metrics.calendar import LONDON
from metrics.errors import UserError
from store.audit import Wanted

commands = typer.Typer()
audit = typer.Typer(
    help="Who asked, saw, was refused, changed what, and when: the newest last.",
    invoke_without_command=True,
)
commands.add_typer(audit, name="audit")

SHOWN: Final = 50
"""So many rows are shown, where no number is given."""

STYLES: Final[Mapping[Outcome, str]] = {
    Outcome.ANSWERED: "green",
    Outcome.REFUSED: "yellow",
    Outcome.FAILED: "bold red",
}

MOMENTS: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


def _encoded(lines: Iterable[str]) -> Iterator[bytes]:
    return (one.encode("utf-8", "replace") for one in lines)


FORMS: Final[Mapping[str, Callable[[Iterable[Kept]], Iterable[bytes]]]] = {
    ".csv": lambda entries: _encoded(to_csv(entries)),
    ".jsonl": lambda entries: _encoded(to_json_lines(entries)),
    ".xlsx": lambda entries: [to_xlsx(entries)],
}


@audit.callback()
def search_command(
    context: typer.Context,
    person: Annotated[
        str, typer.Option(help="Their id, or a part of their name: jane.smith.")
    ] = "",
    since: Annotated[
        datetime | None, typer.Option(formats=MOMENTS, help="From this day or minute on, London.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=MOMENTS, help="To the end of this day, or minute.")
    ] = None,
    outcome: Annotated[Outcome | None, typer.Option(help="What became of it.")] = None,
    text: Annotated[str, typer.Option(help="Words that were typed, or that came of it.")] = "",
    place: Annotated[str, typer.Option(help="A part of where: slack:C042, terminal.")] = "",
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many, the newest; 50 on the screen.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option(help="Write to this file, the oldest first: .csv, .xlsx, .jsonl.")
    ] = None,
) -> None:
    """Look up who asked, saw, was refused, changed what, and when."""
    if context.invoked_subcommand is not None:
        return
    wanted = Wanted(
        since=_moment(since),
        until=_end(until),
        person=person,
        words=text,
        place=place,
        outcome=outcome,
    )
    with open_app() as app:
        if export is not None and limit is None:
            count = _write(export, app.audit.each(wanted))
            say(f"{count:,} rows written to {export}.")
            return
        found = app.audit.search(wanted, limit=limit or SHOWN)[::-1]
        if export is not None:
            say(f"{_write(export, found):,} rows written to {export}.")
        else:
            _show(found)


@audit.command("verify")
def verify_command(
    noted: Annotated[
        str | None,
        typer.Option("--noted", help="The end as `threatdesk audit head` printed it then."),
    ] = None,
) -> None:
    """Go through the chain; ends with 1 and names the first row that is not what was written."""
    end = Head.read(noted) if noted is not None else None
    with open_app(is_recorded=False) as app:
        found = app.audit.examine(end)
    for one in found.checkpoints:
        say(said(one))
    if found.broken is not None:
        say(f"Broken at row {found.broken}. {found.why}")
        raise typer.Exit(EXIT_USER)
    say(f"Whole: {found.rows:,} rows up to number {found.head.length:,}.")


@audit.command("head")
def head_command() -> None:
    """Print the end of the chain, to be noted elsewhere: it stands for every row before it."""
    with open_app(is_recorded=False) as app:
        say(str(app.audit.head()))


@audit.command("prune")
def prune_command() -> None:
    """Remove the rows that are older than THREATDESK_AUDIT_KEPT; the chain stays whole."""
    with open_app(is_recorded=False) as app:  # what is removed is a row by itself
        kept = read_retention(app.settings.audit_kept)
        say(prune(app.audit, kept, by=somebody(), place=TERMINAL, now=app.now()))


def _show(found: Iterable[Kept]) -> None:
    table = Table("Row", "When", "Who", "Where", "Asked", "Outcome", "What came of it", box=None)
    for one in found:
        entry = one.entry
        table.add_row(
            str(one.number),
            f"{entry.at.astimezone(LONDON):%d %b %Y %H:%M:%S}",
            _harmless(_who(one)),
            _harmless(entry.place or entry.surface.value),
            _harmless(entry.text),
            Text(entry.outcome.value, style=STYLES[entry.outcome]),
            _harmless("" if entry.detail == entry.text else entry.detail),
        )
    if table.row_count:
        out().print(table)
    else:
        say("Nothing was found.")


def _who(one: Kept) -> str:
    person = one.entry.person
    return person.id if person.name in ("", person.id) else f"{person.name} ({person.id})"


def _harmless(text: str) -> Text:
    """Return what somebody typed so that no terminal takes it for an order."""
    return Text("".join(one if one.isprintable() else " " for one in text))


def _moment(written: datetime | None) -> datetime | None:
    return None if written is None else written.replace(tzinfo=LONDON)


def _end(written: datetime | None) -> datetime | None:
    """Return the moment after the day or minute that was given last."""
    if written is None:
        return None
    if written.time() != time():
        return written.replace(tzinfo=LONDON) + timedelta(minutes=1)
    after: date = written.date() + timedelta(days=1)
    return datetime.combine(after, time(), tzinfo=LONDON)


def _write(file: Path, entries: Iterable[Kept]) -> int:
    """Write a file whole or not at all; return how many rows it has.

    Raises:
        UserError: It is of no kind that is known, or cannot be written.
    """
    form = FORMS.get(file.suffix.casefold())
    if form is None:
        raise UserError(
            f"The audit log cannot be written as “{file.suffix or file.name}”.",
            hint=f"Give a file that ends in {', '.join(FORMS)}.",
        )
    count = 0

    def counted() -> Iterator[Kept]:
        nonlocal count
        for one in entries:
            count += 1
            yield one

    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        try:
            with os.fdopen(handle, "wb") as written:
                written.writelines(form(counted()))
            Path(name).replace(file)
        finally:
            Path(name).unlink(missing_ok=True)  # what was cut off
    except OSError as error:
        raise UserError(
            f"{file} cannot be written: {error.strerror}.",
            hint="Name a folder that is there and that this user may write to.",
        ) from error
    return count
