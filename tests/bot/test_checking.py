"""`threatdesk check` and `doctor` say whether Teams would let the app in."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.channels.teams.connector import NotSignedIn
from bot.checking import Finding, looked, teams
from config.settings import Settings

ID = "0b7c5f5e-7f0b-4f5e-9a51-0a1b2c3d4e5f"

SignIn = Callable[[], Coroutine[Any, Any, str]]


def look(folder: Path, **settings: str) -> tuple[Finding, ...]:
    made = Settings(
        database_url=f"sqlite:///{folder / 'threatdesk.db'}",
        _env_file=None,
        **settings,  # type: ignore[arg-type]
    )
    with App(settings=made) as app:
        return looked("Teams", lambda: teams(app))


SET_UP = {"teams_app_id": ID, "teams_tenant_id": ID, "teams_client_secret": "not-a-real-secret"}


def entra(monkeypatch: pytest.MonkeyPatch, answer: SignIn) -> None:
    monkeypatch.setattr(App, "teams_sign_in", lambda _app, _settings: answer)


async def lets_in() -> str:
    return "token"


async def refuses() -> str:
    raise NotSignedIn("Entra does not let the app sign in.", code="invalid_client")


def test_where_teams_is_not_set_up_that_is_no_fault(tmp_path: Path) -> None:
    [found] = look(tmp_path)

    assert not found.problem
    assert "not set up" in found.said


def test_half_of_a_set_up_is_a_fault_that_names_what_is_missing(tmp_path: Path) -> None:
    [found] = look(tmp_path, teams_app_id=ID)

    assert found.problem
    assert "THREATDESK_TEAMS_TENANT_ID" in found.said


def test_it_is_tried_whether_the_app_can_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entra(monkeypatch, lets_in)

    [found] = look(tmp_path, **SET_UP)

    assert not found.problem
    assert "can sign in" in found.said


def test_a_refusal_is_a_fault_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entra(monkeypatch, refuses)

    [found] = look(tmp_path, **SET_UP)

    assert found.problem
    assert "docs/teams.md" in found.hint
