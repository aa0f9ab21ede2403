"""An installation of the invented force in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.secret_files import secret_variables
from config.settings import PREFIX, Settings
from tests.bot.test_main import CRIMES, SOURCES
from tests.conftest import SALTMARSH


def clear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no variable of the product be set."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name}".upper(), raising=False)
    for name in secret_variables(Settings, PREFIX):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The invented force with four crimes to load, and nothing loaded yet."""
    clear(monkeypatch)
    (tmp_path / "crimes.csv").write_text(CRIMES, encoding="utf-8")
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    monkeypatch.setenv("THREATDESK_PLAN", str(SALTMARSH))
    monkeypatch.setenv("THREATDESK_DATA", str(tmp_path))
    monkeypatch.setenv("THREATDESK_SOURCES", str(tmp_path / "sources.toml"))
    monkeypatch.setenv("THREATDESK_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.chdir(tmp_path)
    return tmp_path
