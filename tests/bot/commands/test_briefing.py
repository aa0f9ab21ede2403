"""`threatdesk briefing` writes papers from figures that have been kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from bot.app import App
from bot.commands.briefing import commands
from metrics.errors import UserError
from tests.bot.conftest import PUBLISHED_DAY
from tests.demonstrated import SnapshotOn


@pytest.fixture
def run(
    demonstration_app: App, snapshot_on: SnapshotOn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> object:
    snapshot_on(PUBLISHED_DAY)
    settings = demonstration_app.settings
    monkeypatch.setenv("THREATDESK_DATABASE_URL", settings.database_url.get_secret_value())
    monkeypatch.setenv("THREATDESK_DATA", str(settings.data))
    monkeypatch.chdir(tmp_path)
    cli = Typer()
    cli.add_typer(commands)
    cli.command("other")(lambda: None)

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(cli, ["briefing", *words])

    return invoke


@pytest.mark.parametrize("ending", ["pdf", "docx", "txt"])
def test_a_paper_is_written_by_the_ending_of_its_name(
    run: object, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"briefing.{ending}"
    result = run("--as-at", "2013-12-11", "--output", str(file))  # type: ignore[operator]

    assert result.exit_code == 0, result.exception
    starts = {"pdf": b"%PDF", "docx": b"PK", "txt": b"Performance briefing"}
    assert file.read_bytes().startswith(starts[ending])
    assert "PB 2013/14-09/1112" in result.stdout


def test_without_a_file_it_is_shown(run: object) -> None:
    result = run("--month-end", "2013-11-30")  # type: ignore[operator]

    assert "PB 2013/14-08" in result.stdout
    assert "For the board: holds no internal" in result.stdout


def test_internal_figures_are_for_chief_officers(run: object) -> None:
    name = "Successful drug and alcohol treatment completions: "
    board = run("--as-at", "2013-12-11")  # type: ignore[operator]
    chief = run("--as-at", "2013-12-11", "--audience", "chief-officer")  # type: ignore[operator]

    said = " ".join(chief.stdout.split())
    assert name not in " ".join(board.stdout.split())
    assert name in said
    assert "For chief officers only" in said


def test_a_theme_is_for_publication(run: object) -> None:
    result = run("--month-end", "2013-11-30", "--theme", "quarter")  # type: ignore[operator]

    assert "TR 2013/14-Q3" in result.stdout
    assert "For publication" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--as-at", "2013-12-11", "--output", "briefing.odt"), "cannot be written as “.odt”"),
        (("--as-at", "2013-12-11", "--month-end", "2013-11-30"), "Both"),
        (("--month-end", "2013-12-31"), "no month-end figures of 31 December 2013"),
    ],
)
def test_what_cannot_be_done_is_said(run: object, words: tuple[str, ...], said: str) -> None:
    result = run(*words)  # type: ignore[operator]

    assert isinstance(result.exception, UserError)
    assert said in str(result.exception)
