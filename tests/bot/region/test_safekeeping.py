"""A region is kept for years as a single force is: copied, brought back and looked through."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bot.region.test_commands import installed, said
from tests.bot.test_main import threatdesk

__all__ = ["installed"]

FORCES = ("lagoon", "saltmarsh", "shingle")


@pytest.fixture
def copies(installed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of copies; there is one of each database."""
    folder = installed / "copies"
    monkeypatch.setenv("THREATDESK_BACKUPS", str(folder))
    assert threatdesk("upgrade") == 0
    assert threatdesk("backup") == 0
    return folder


def alerts(installed: Path, force: str) -> int:
    """Return how many alerts a force has."""
    with closing(sqlite3.connect(installed / "region" / f"{force}.db")) as database:
        [[count]] = database.execute("SELECT count(*) FROM alert").fetchall()
    return int(count)


def test_every_force_and_what_is_no_forces_is_copied_into_a_folder_of_its_own(
    copies: Path,
) -> None:
    found = sorted(str(one.parent.relative_to(copies)) for one in copies.rglob("*.db"))

    assert found == [".", *FORCES]


def test_one_force_is_destroyed_and_comes_back_from_the_copies(
    installed: Path, copies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {one: alerts(installed, one) for one in FORCES}
    (installed / "region" / "shingle.db").write_bytes(b"no database any more")
    assert threatdesk("doctor") == 1
    assert "fault Shingle Police, Database:" in said(capsys)

    assert threatdesk("--force", "shingle", "restore", str(copies), "--replace") == 0

    assert {one: alerts(installed, one) for one in FORCES} == before
    assert threatdesk("doctor") == 0
    assert threatdesk("--force", "shingle", "dashboard", "targets") == 0


def test_a_whole_region_comes_back_on_an_empty_machine(
    installed: Path, copies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {one: alerts(installed, one) for one in FORCES}
    shutil.rmtree(installed / "region")
    (installed / "threatdesk.db").unlink()

    assert threatdesk("restore", str(copies)) == 0

    told = said(capsys)
    assert "Lagoon Police Restored SQLite" in told.replace("Nothing that", "")
    assert {one: alerts(installed, one) for one in FORCES} == before
    assert (installed / "threatdesk.db").exists()


def test_one_that_cannot_be_copied_is_named_and_the_others_are_copied(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert threatdesk("upgrade") == 0
    (installed / "region" / "lagoon.db").write_bytes(b"no database any more" * 100)

    assert threatdesk("backup", str(installed / "elsewhere")) == 1

    assert "Failed: Lagoon Police." in said(capsys)
    found = sorted(one.parent.name for one in (installed / "elsewhere").rglob("*.db"))
    assert found == ["elsewhere", "saltmarsh", "shingle"]


def test_a_copy_of_one_force_never_becomes_anothers_database(
    installed: Path, copies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [copy] = (copies / "lagoon").glob("*.db")

    assert threatdesk("--force", "shingle", "restore", str(copy), "--replace") == 1

    assert "is of the force lagoon" in said(capsys)


def test_only_so_many_copies_are_kept_of_each(copies: Path) -> None:
    for folder in (copies, *(copies / one for one in FORCES)):
        [copy] = folder.glob("*.db")
        for name in ("threatdesk-2020.db", "threatdesk-2021.db"):
            shutil.copy(copy, folder / name)
            shutil.copy(f"{copy}.json", folder / f"{name}.json")
        copy.unlink()

    assert threatdesk("backup", "--keep", "2") == 0

    assert [len(list(one.glob("*.db"))) for one in (copies, copies / "lagoon")] == [2, 2]


def test_after_pg_restore_every_force_is_settled(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert threatdesk("restored", "2020-12-12T02:00") == 0

    assert said(capsys).count("messages wait, and are looked for first") == 4


def test_the_doctor_looks_at_the_region_and_at_each_force(
    copies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert threatdesk("doctor", "--json") == 0

    what = {one["what"] for one in json.loads(capsys.readouterr().out)}
    assert {"THREATDESK_REGION", "Region", "Who is who", "Database", "Audit log"} <= what
    for name in ("Lagoon Police", "Shingle Police"):
        assert {f"{name}, {one}" for one in ("Plan", "Database", "Figures", "Backups")} <= what


def test_the_doctor_looks_at_one_force(copies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert threatdesk("--force", "lagoon", "doctor", "--json") == 0

    what = {one["what"] for one in json.loads(capsys.readouterr().out)}
    assert "Lagoon Police, Database" in what
    assert not any(one.startswith("Shingle") or one == "Region" for one in what)


def test_the_doctor_is_stopped_by_no_region_file(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (installed / "region.toml").write_text("no", encoding="utf-8")

    assert threatdesk("doctor") == 1

    assert "fault Region: region.toml" in said(capsys)
