"""The command line of a region, as someone at a terminal meets it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.bot.test_main import threatdesk


@pytest.fixture
def installed(lived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A region that is installed, with figures of every force."""
    folder = tmp_path / "installed"
    shutil.copytree(lived, folder)
    monkeypatch.setenv("THREATDESK_REGION", str(folder / "region.toml"))
    monkeypatch.setenv("THREATDESK_DATABASE_URL", f"sqlite:///{folder / 'threatdesk.db'}")
    monkeypatch.setenv("THREATDESK_DATA", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was written to both streams, on one line."""
    out, err = capsys.readouterr()
    return " ".join(f"{out} {err}".split())


def test_a_run_goes_through_every_force(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert threatdesk("load") == 0

    told = said(capsys)
    for name in ("Lagoon Police", "Saltmarsh Constabulary", "Shingle Police"):
        assert name in told


def test_one_forces_failure_does_not_stop_the_others(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (installed / "plans/lagoon/everything.toml").write_text("no", encoding="utf-8")

    assert threatdesk("load") == 1

    told = said(capsys)
    assert "this is not valid TOML" in told
    assert "Shingle Police crimes: unchanged" in told


def test_a_dashboard_is_of_one_force(installed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert threatdesk("--force", "shingle", "dashboard", "targets") == 0

    assert "Shingle: police targets" in said(capsys)


def test_without_a_force_it_is_asked_which(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert threatdesk("dashboard", "targets") == 1

    assert "threatdesk --force lagoon|saltmarsh|shingle" in said(capsys)


def test_a_force_that_is_not_there_is_told_with_those_that_are(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert threatdesk("--force", "atlantis", "alerts") == 1

    assert "Its forces are: lagoon, saltmarsh, shingle." in said(capsys)


def test_everything_of_every_force_is_checked(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert threatdesk("check") == 0

    told = said(capsys)
    assert "The Coast: 3 forces in 1 regions" in told
    assert "Lagoon Police, Plan: Lagoon Police" in told


def test_a_route_into_another_forces_channel_is_found(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alerts = installed / "plans/lagoon/alerts.toml"
    text = alerts.read_text(encoding="utf-8")
    alerts.write_text(text.replace("console:#performance", "slack:C0SHINGLE"), encoding="utf-8")

    assert threatdesk("check") == 1

    assert "that channel is Shingle Police's" in said(capsys)


def test_the_comparison_is_asked_at_the_terminal(
    installed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert threatdesk("ask", "--as", "coast", "region", "boat", "theft") == 0

    assert "Boat theft: the forces differ" in said(capsys)


def test_a_single_force_needs_no_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THREATDESK_DATA", str(tmp_path))

    assert threatdesk("--force", "shingle", "alerts") == 1

    assert "this installation has a single force" in said(capsys)


def test_the_sample_is_made_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THREATDESK_DATA", str(tmp_path))

    assert threatdesk("demo", "--region", "--no-console") == 0

    assert "THREATDESK_REGION=" in said(capsys)
    assert (tmp_path / "sample-region" / "region" / "lagoon.db").exists()
