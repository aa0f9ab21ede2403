"""The README's first command, as a stranger meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.__main__ import main
from config.settings import Settings
from tests.conftest import SALTMARSH


@pytest.fixture
def stranger(demonstration_files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own, with nothing set but where the files and the database are."""
    for setting in Settings.model_fields:
        monkeypatch.delenv(f"THREATDESK_{setting.upper()}", raising=False)
    monkeypatch.setenv("THREATDESK_DATA", str(demonstration_files))
    monkeypatch.setenv("THREATDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_demonstration_ends_with_both_dashboards(
    stranger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo"])

    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "Leicestershire: all crime against last year" in said
    assert "Leicestershire: police targets 2013/14" in said
    assert "SYNTHETIC DEMONSTRATION DATA" in said
    assert "+1,141" in said
    assert "significant rise" in said


def test_synthetic_records_are_not_mixed_with_a_real_plan(
    stranger: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = tmp_path / "real"
    plan.mkdir()
    for file in SALTMARSH.iterdir():
        text = file.read_text(encoding="utf-8").replace("synthetic = true", "synthetic = false")
        (plan / file.name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("THREATDESK_PLAN", str(plan))

    with pytest.raises(SystemExit) as ended:
        main(["demo"])

    assert ended.value.code == 1
    assert "synthetic records are not mixed with real" in " ".join(capsys.readouterr().err.split())
