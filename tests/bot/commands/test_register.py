"""The register goes out to a file and in again by the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from bot.commands.register import commands
from bot.register import acts
from bot.register.acts import Actor
from bot.register.history import Change, Raised
from bot.register.model import IssueId
from metrics.model import AreaId, MeasureId
from store.database import Database
from store.register import SqlRegister

NOW = datetime(2016, 4, 2, 9, tzinfo=UTC)
OPEN = MeasureId("domestic-burglary.recorded")
GUARDED = MeasureId("drug-and-alcohol-completions")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'threatdesk.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THREATDESK_DATABASE_URL", url)
    one = Database(url)
    one.upgrade()
    yield one
    one.close()


def run(*words: str) -> Result:
    return CliRunner().invoke(commands, ["register", *words])


def raise_issue(database: Database, title: str, measure: MeasureId = OPEN) -> None:
    raised = Raised(title=title, owner="analyst", measure=measure, area=AreaId("charnwood"))

    def begin(id_: IssueId) -> list[Change]:
        return [acts.raise_issue(id_, raised, Actor(by="analyst", at=NOW))]

    SqlRegister(database).begin(begin)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_was_exported_is_imported_into_another_register(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    raise_issue(database, "=cmd|' /C calc'!A0")
    file = tmp_path / f"register.{form}"

    exported = run("export", str(file))
    monkeypatch.setenv("THREATDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    imported = run("import", str(file), "--by", "chief-officer")

    assert "1 issue written" in exported.output
    assert imported.exit_code == 0, imported.output
    assert "1 issue new, 0 changed, 0 unchanged." in imported.output
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    [issue] = SqlRegister(other).issues()
    [change] = SqlRegister(other).history(issue.id)
    other.close()
    assert issue == SqlRegister(database).get("I-1")
    assert (change.by, change.why) == ("chief-officer", f"Imported from register.{form}.")


def test_importing_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    raise_issue(database, "Burglaries")
    file = str(tmp_path / "register.xlsx")
    run("export", file)

    again = run("import", file, "--by", "analyst")

    assert "0 issues new, 0 changed, 1 unchanged." in again.output


def test_a_file_holds_nothing_restricted_unless_it_is_asked_for(
    database: Database, tmp_path: Path
) -> None:
    raise_issue(database, "Burglaries")
    raise_issue(database, "Treatment", GUARDED)

    public = run("export", str(tmp_path / "some.xlsx"))
    secret = run("export", str(tmp_path / "all.xlsx"), "--everything")

    assert "1 issue left out" in public.output
    assert "2 issues written" in secret.output
    cells = [
        cell.value
        for row in load_workbook(tmp_path / "some.xlsx")["Issues"].iter_rows()
        for cell in row
    ]
    assert "Treatment" not in cells


def test_bad_rows_end_with_an_exit_code_and_their_lines(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "register.csv"
    file.write_text("Title,Area\nBurglaries,charnwood\nRobberies,atlantis\n", encoding="utf-8")

    found = run("import", str(file), "--by", "analyst")

    assert found.exit_code == 1
    assert "Issues, line 3: There is no area called “atlantis”." in found.output
    assert [one.title for one in SqlRegister(database).issues()] == ["Burglaries"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "register.pdf"), "written as .xlsx or as .csv"),
        (("import", "nowhere.csv", "--by", "analyst"), "cannot be read"),
        (("import", "nowhere.csv", "--by", "bob"), "has the id bob"),
    ],
)
def test_what_cannot_be_done_says_why(
    database: Database, words: tuple[str, ...], said: str
) -> None:
    assert said in str(run(*words).exception)
