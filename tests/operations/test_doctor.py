"""The doctor looks at everything, says what to do, and is stopped by nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import doctor
from bot.app import App
from bot.commands import safekeeping
from bot.doctor.machine import clock
from bot.doctor.model import Line, Patient, Standing
from config.settings import read_settings
from store.database import Database
from store.signs import SqlSigns
from tests.bot.test_main import threatdesk

NOW = datetime(2020, 5, 2, 5, 30, tzinfo=UTC)


def about(what: str, lines: Iterable[Line]) -> list[Line]:
    return [one for one in lines if one.what == what]


def faults(lines: Iterable[Line]) -> set[str]:
    return {one.what for one in lines if one.standing is Standing.FAULT}


@pytest.fixture
def running(harbour: Path) -> Path:
    """The invented force on a day on which all is well."""
    assert threatdesk("run", "--as-at", "2020-05-01") == 0
    return harbour


def test_where_all_is_well_nothing_is_a_fault(running: Path) -> None:
    lines = doctor.examine(now=datetime.now(UTC))

    assert faults(lines) == set()


def test_every_setting_has_a_line(harbour: Path) -> None:
    said = {one.what for one in doctor.examine(now=NOW)}

    assert {"THREATDESK_PORT", "THREATDESK_SLACK_BOT_TOKEN", "THREATDESK_BACKUPS"} <= said


@pytest.mark.parametrize("is_file", [False, True])
def test_a_secret_is_said_to_be_set_and_never_what_it_is(
    harbour: Path, monkeypatch: pytest.MonkeyPatch, *, is_file: bool
) -> None:
    variable = "THREATDESK_SLACK_APP_TOKEN"
    if is_file:
        (harbour / "token").write_text("xapp-not-to-be-seen")
        (harbour / "token").chmod(0o600)
        monkeypatch.setenv(f"{variable}_FILE", str(harbour / "token"))
    else:
        monkeypatch.setenv(variable, "xapp-not-to-be-seen")

    lines = doctor.examine(now=NOW)

    [line] = about(variable, lines)
    assert line.said.startswith("set")
    assert line.standing is Standing.OK
    assert "not-to-be-seen" not in repr(lines)


def test_a_secret_file_that_others_may_read_is_named(
    harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (harbour / "token").write_text("xapp-1")
    (harbour / "token").chmod(0o644)
    monkeypatch.setenv("THREATDESK_SLACK_APP_TOKEN_FILE", str(harbour / "token"))

    [line] = about("THREATDESK_SLACK_APP_TOKEN", doctor.examine(now=NOW))

    assert (line.standing, line.todo) == (Standing.LOOK, f"chmod 600 {harbour / 'token'}")


def test_a_variable_with_a_slip_in_its_name_is_named(
    harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREATDESK_DAILY_A", "07:00")

    [line] = about("THREATDESK_DAILY_A", doctor.examine(now=NOW))

    assert line.standing is Standing.LOOK
    assert "THREATDESK_DAILY_AT" in line.todo


def test_a_setting_that_cannot_be_used_stops_only_what_needs_settings(
    harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THREATDESK_PORT", "eighty")

    lines = doctor.examine(now=NOW)

    assert faults(lines) == {"Settings"}
    assert about("Time zones", lines)


def test_with_half_of_it_broken_the_other_half_is_looked_at(
    running: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (running / "crimes.csv").unlink()
    monkeypatch.setenv("THREATDESK_PEOPLE", str(running / "nobody.toml"))
    monkeypatch.setenv("THREATDESK_BRIEFING_AT", "every full moon")
    (running / "desk.db").write_bytes(b"no database" * 1000)

    lines = doctor.examine(now=NOW)

    assert faults(lines) >= {"Sources", "People", "Times", "Database"}
    assert about("Plan", lines)[0].standing is Standing.OK
    [line] = about("Audit log", lines)
    assert line.said == "not looked at, because the database cannot be used"


def test_a_check_that_fails_unforeseen_is_a_fault_without_its_words(
    harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Patient) -> Iterable[Line]:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(doctor, "CHECKS", {"Broken": broken, "Clock": clock})

    lines = doctor.examine(now=NOW)

    [line] = about("Broken", lines)
    assert line.said == "could not be looked at: RuntimeError."
    assert about("Clock", lines)


def test_nothing_is_made_or_upgraded_by_looking(harbour: Path) -> None:
    before = sorted(harbour.iterdir())

    lines = doctor.examine(now=NOW)

    assert "Database" in faults(lines)
    assert sorted(harbour.iterdir()) == before


def test_a_row_of_the_audit_log_that_was_changed_is_a_fault(running: Path) -> None:
    threatdesk("ask", "--as", "analyst", "/threatdesk", "help")
    with closing(sqlite3.connect(running / "desk.db")) as connection, connection:
        connection.execute("DROP TRIGGER audit_refuses_update")
        connection.execute("UPDATE audit SET words = 'something else'")

    lines = doctor.examine(now=NOW)

    assert "Audit log" in faults(lines)


def test_a_clock_that_is_behind_what_was_written_is_a_fault(running: Path) -> None:
    database = Database(f"sqlite:///{running / 'desk.db'}")
    SqlSigns(database).give("worker", now=datetime.now(UTC) + timedelta(days=2))
    database.close()

    lines = doctor.examine(now=datetime.now(UTC))

    assert faults(lines) == {"Clock"}


@pytest.mark.parametrize(
    ("age", "standing"), [(timedelta(hours=25), Standing.OK), (timedelta(hours=27), Standing.LOOK)]
)
def test_a_copy_may_be_a_day_old(
    running: Path, monkeypatch: pytest.MonkeyPatch, age: timedelta, standing: Standing
) -> None:
    monkeypatch.setenv("THREATDESK_BACKUPS", str(running / "copies"))
    assert threatdesk("backup") == 0

    lines = doctor.examine(now=datetime.now(UTC) + age)

    assert about("Backups", lines)[0].standing is standing


def test_full_disks_are_faults(running: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: Full())

    lines = doctor.examine(now=datetime.now(UTC))

    assert faults(lines) == {"Disk"}


class Full:
    free = 1_000


def test_a_large_write_ahead_log_is_to_be_looked_at(
    running: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.doctor.storage.WAL_LARGE", -1)

    lines = about("Database", doctor.examine(now=datetime.now(UTC)))

    assert [one.standing for one in lines][-1] is Standing.LOOK


def test_the_command_ends_with_1_on_faults_and_speaks_json(
    harbour: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert threatdesk("doctor", "--json") == 1

    found = json.loads(capsys.readouterr().out)
    assert {"what", "said", "standing", "todo"} == set(found[0])
    assert "fault" in {one["standing"] for one in found}


def test_the_command_runs_although_no_setting_can_be_read(
    harbour: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THREATDESK_PORT", "eighty")

    assert threatdesk("doctor") == 1

    said = capsys.readouterr().out
    assert "THREATDESK_PORT: a whole number is wanted" in said


def test_every_standing_has_a_colour_and_is_a_word() -> None:
    assert set(safekeeping.STYLES) == set(Standing)


def test_the_app_of_an_examination_never_opens_the_database_itself(running: Path) -> None:
    """It would bring the tables up to date; the checks open it as it is."""
    with App(settings=read_settings()) as app:
        for check in (doctor.CHECKS["Database"], doctor.CHECKS["Disk"], doctor.CHECKS["Times"]):
            list(check(Patient(app=app, now=NOW)))

        assert "database" not in vars(app)
