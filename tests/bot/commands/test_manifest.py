"""`threatdesk manifest` makes what each platform wants, or says what is missing."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from typer.testing import CliRunner, Result

from bot.commands.serving import commands
from metrics.errors import UserError
from tests.fakes.teams import APP_ID


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A database of its own, and no settings but those of a test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THREATDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.delenv("THREATDESK_TEAMS_APP_ID", raising=False)


def threatdesk(*words: str) -> Result:
    return CliRunner().invoke(commands, ["manifest", *words])


def test_the_teams_package_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THREATDESK_TEAMS_APP_ID", APP_ID)

    done = threatdesk("teams", "--to", "desk.zip", "--url", "https://force.example/desk")

    assert done.exit_code == 0, done.output
    with ZipFile(tmp_path / "desk.zip") as archive:
        made = json.loads(archive.read("manifest.json"))
    assert made["bots"][0]["botId"] == APP_ID
    assert made["developer"]["privacyUrl"] == "https://force.example/desk"


def test_slacks_manifest_is_printed_or_written(tmp_path: Path) -> None:
    printed = threatdesk("slack")
    threatdesk("slack", "--to", "slack.json")

    assert json.loads(printed.output) == json.loads((tmp_path / "slack.json").read_text())


@pytest.mark.parametrize(
    ("words", "app_id", "said"),
    [
        (("teams",), APP_ID, "--to threat-desk.zip"),
        (("teams", "--to", "desk.zip"), "", "THREATDESK_TEAMS_APP_ID is not set"),
        (("teams", "--to", "desk.zip"), "contoso", "is not an id of Entra"),
        (("teams", "--to", "no/such/folder.zip"), APP_ID, "cannot be written"),
    ],
)
def test_what_is_missing_is_said(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], app_id: str, said: str
) -> None:
    monkeypatch.setenv("THREATDESK_TEAMS_APP_ID", app_id)

    error = threatdesk(*words).exception

    assert isinstance(error, UserError)
    assert said in f"{error} {error.hint}"
