"""The platforms that are set up can be posted to, and are closed with the app."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app import App
from config.settings import Settings
from metrics.errors import UserError
from tests.fakes.teams import APP_ID, CLIENT_SECRET, TENANT

TEAMS = {
    "teams_app_id": APP_ID,
    "teams_tenant_id": TENANT,
    "teams_client_secret": CLIENT_SECRET,
}
WORKFLOWS = {"teams_workflows": "performance=https://workflow.example/?sig=x"}


def an_app(folder: Path, **given: object) -> App:
    """Return an app with a database of its own."""
    about = {"database_url": f"sqlite:///{folder / 'desk.db'}", "slack_bot_token": None, **given}
    return App(settings=Settings.model_validate(about))


def test_without_settings_there_is_the_console(tmp_path: Path) -> None:
    with an_app(tmp_path) as app:
        assert set(app.posters) == {"console"}


def test_what_is_set_up_is_posted_to(tmp_path: Path) -> None:
    with an_app(tmp_path, **TEAMS, **WORKFLOWS) as app:
        assert set(app.posters) == {"console", "teams", "workflow"}


def test_who_can_be_reached_on_several_is_reached_in_teams(tmp_path: Path) -> None:
    with an_app(tmp_path, **TEAMS, **WORKFLOWS, slack_bot_token="xoxb-1") as app:  # noqa: S106
        assert app.platforms == ("console", "slack", "teams")


def test_half_an_app_stops_whatever_would_post(tmp_path: Path) -> None:
    with (
        an_app(tmp_path, teams_app_id=APP_ID) as app,
        pytest.raises(UserError, match="Teams is set up by half"),
    ):
        _ = app.posters
