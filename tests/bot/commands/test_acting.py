"""Whatever is done at a terminal leaves a row in the audit log.

Every command of the command line is walked here: one that is added is added here too, and one that
changes anything without a row fails.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from typer.main import get_command

from bot.__main__ import cli
from bot.audit import Kept, Outcome
from bot.local_user import local_user
from bot.people import Surface
from config.settings import Settings
from metrics.errors import UserError
from store.audit import SqlAudit
from store.database import Database
from tests.bot.test_main import CRIMES, SOURCES, threatdesk
from tests.conftest import SALTMARSH

PEOPLE: Final = """
[[person]]
id = "harbour.master"
name = "The harbour master"
role = "analyst"
console = "analyst"
"""

WRITTEN_DOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "load": (),
    "run": ("--as-at", "2020-05-01"),
    "dashboard": ("all-crime",),
    "why": ("net damage",),
    "alerts": (),
    "route": ("--explain", "A-1"),
    "rules": (),
    "briefing": (),
    "replay": ("--from", "2020-04-30", "--to", "2020-05-01"),
    "register export": ("issues.csv",),
    "register import": ("issues.csv", "--by", "harbour.master"),
    "ask": ("threatdesk", "status"),
    "upgrade": (),
    "demo": ("--no-console",),
    "backup": ("copy.db",),
    "restore": ("copy.db", "--replace"),
    "restored": ("2020-05-01",),
    "audit": ("--person", "terminal"),
    "audit prune": (),
}
"""What shows figures or people, writes a file or changes something, in an order that works."""

LOOKS: Final[Mapping[str, tuple[str, ...]]] = {
    "check": (),
    "status": (),
    "doctor": (),
    "manifest": ("slack",),
    "audit head": (),
    "audit verify": (),
}
"""What only looks whether all is well: no row, and nothing changed."""

SERVES: Final = {"web", "worker", "console"}
"""What goes on until it is stopped: each answer is a row, each run and each message a ledger's."""

NOTHING_IS_OLD: Final = {"audit prune"}
"""What leaves a row only where it removes something (tests/bot/commands/test_audit.py)."""


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An installation of the invented force, with figures of a day."""
    folder = tmp_path_factory.mktemp("harbour")
    for name, text in (
        ("crimes.csv", CRIMES),
        ("sources.toml", SOURCES),
        ("people.toml", PEOPLE),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THREATDESK_PLAN", str(SALTMARSH))
        patch.setenv("THREATDESK_DATA", str(folder))
        patch.setenv("THREATDESK_SOURCES", str(folder / "sources.toml"))
        patch.setenv("THREATDESK_PEOPLE", str(folder / "people.toml"))
        patch.setenv("THREATDESK_DATABASE_URL", f"sqlite:///{folder / 'desk.db'}")
        patch.chdir(folder)
        patch.setattr("bot.demo.prepare", _no_demonstration)
        threatdesk("run", "--as-at", "2020-05-01")
        yield folder


def _no_demonstration(*_: object, **__: object) -> None:
    raise UserError("It takes too long here.")


def every_command(group: Any, before: str = "") -> set[str]:
    """Return every command of a group, with those of the groups in it."""
    found = set()
    for name, one in group.commands.items():
        path = f"{before} {name}".strip()
        if not hasattr(one, "commands"):
            found.add(path)
            continue
        found |= every_command(one, path) | ({path} if one.invoke_without_command else set())
    return found


def rows(folder: Path) -> list[Kept]:
    """Return the audit log, the oldest row first."""
    database = Database(f"sqlite:///{folder / 'desk.db'}")
    try:
        return list(SqlAudit(database).each())
    finally:
        database.close()


def state(folder: Path) -> tuple[str, tuple[str, ...]]:
    """Identify what the database holds beside the audit log, and which files there are."""
    with sqlite3.connect(folder / "desk.db") as connection:
        lines = [one for one in connection.iterdump() if not one.startswith('INSERT INTO "audit"')]
    connection.close()
    files = sorted(one.name for one in folder.iterdir() if not one.name.startswith("desk.db"))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest(), tuple(files)


def test_every_command_is_walked() -> None:
    assert every_command(get_command(cli)) == {*WRITTEN_DOWN, *LOOKS, *SERVES}


@pytest.mark.parametrize("command", [one for one in WRITTEN_DOWN if one not in NOTHING_IS_OLD])
def test_a_command_leaves_a_row(harbour: Path, command: str) -> None:
    before = len(rows(harbour))

    threatdesk(*command.split(), *WRITTEN_DOWN[command])

    added = rows(harbour)[before:]
    assert added
    words = " ".join(WRITTEN_DOWN[command]) if command == "ask" else f"threatdesk {command}"
    assert any(one.entry.text.startswith(words) for one in added)


@pytest.mark.parametrize("command", [*LOOKS, *NOTHING_IS_OLD])
def test_a_command_that_leaves_none_changes_nothing(harbour: Path, command: str) -> None:
    before, count = state(harbour), len(rows(harbour))

    threatdesk(*command.split(), *LOOKS.get(command, ()))

    assert state(harbour) == before
    assert len(rows(harbour)) == count


def test_the_row_says_who_and_what_and_whose_figures(harbour: Path) -> None:
    threatdesk("dashboard", "all-crime", "--format", "csv", "--output", "out.csv")

    entry = rows(harbour)[-1].entry
    assert entry.person.id == f"terminal:{local_user()}"
    assert entry.text == "threatdesk dashboard all-crime --format csv --output out.csv"
    assert entry.outcome is Outcome.ANSWERED
    assert entry.surface is Surface.EXPORT
    assert len(entry.snapshot) > 10


def test_who_asks_as_somebody_else_is_written_down_with_them(harbour: Path) -> None:
    threatdesk("ask", "threatdesk", "status")

    entry = rows(harbour)[-1].entry
    assert entry.person.id == "harbour.master"
    assert entry.place == f"terminal:{local_user()}"


def test_a_command_that_fails_says_why(harbour: Path) -> None:
    threatdesk("why", "boats")

    entry = rows(harbour)[-1].entry
    assert (entry.outcome, entry.detail) == (
        Outcome.FAILED, "There is no measure called “boats”.",
    )  # fmt: skip


def test_a_command_that_ends_with_1_has_failed(harbour: Path) -> None:
    crimes = (harbour / "crimes.csv").read_text(encoding="utf-8")
    (harbour / "crimes.csv").write_text("not,what,it,was\n1,2,3,4\n", encoding="utf-8")
    try:
        assert threatdesk("load") == 1
    finally:
        (harbour / "crimes.csv").write_text(crimes, encoding="utf-8")

    entry = rows(harbour)[-1].entry
    assert (entry.outcome, entry.detail) == (Outcome.FAILED, "ended with 1")


def test_a_bug_leaves_its_reference(
    harbour: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("something private")

    monkeypatch.setattr("bot.commands.figures.find_figures", broken)
    threatdesk("dashboard", "all-crime")

    entry = rows(harbour)[-1].entry
    assert entry.outcome is Outcome.FAILED
    assert entry.detail.startswith("R-")
    assert entry.detail in capsys.readouterr().err


def test_figures_are_not_shown_where_that_cannot_be_written_down(
    harbour: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise UserError("The disk is full.")

    monkeypatch.setattr(SqlAudit, "record", full)

    assert threatdesk("dashboard", "all-crime") == 1
    said = capsys.readouterr()
    assert "Boat theft" not in said.out
    assert "The disk is full." in said.err


def test_a_secret_on_the_command_line_is_not_kept(harbour: Path) -> None:
    threatdesk("why", "password=hunter2")

    assert "hunter2" not in rows(harbour)[-1].entry.text


def test_the_walk_is_of_settings_that_were_given(harbour: Path) -> None:
    """No test of this file may reach an installation that is really there."""
    assert Settings().data == harbour
