"""The Teams settings are whole, or the start says what is missing."""

from __future__ import annotations

import pytest

from config.settings import Settings
from config.teams import UNAUTHENTICATED, read_teams, read_workflows
from metrics.errors import UserError

GUID = "11111111-2222-3333-4444-555555555555"
SECRET = "s3cret"  # noqa: S105 - of a test


def settings(**given: object) -> Settings:
    """Return settings in which some are given."""
    return Settings.model_validate({**Settings().model_dump(), **given})


def whole(**given: object) -> Settings:
    """Return settings with a Teams app."""
    app = {"teams_app_id": GUID, "teams_tenant_id": GUID, "teams_client_secret": SECRET}
    return settings(**{**app, **given})


def test_without_anything_there_is_no_teams() -> None:
    assert read_teams(settings(), environment={}) is None


def test_a_whole_app_is_set_up() -> None:
    teams = read_teams(whole(), environment={})

    assert teams is not None
    assert (teams.app_id, teams.secret.get_secret_value()) == (GUID, SECRET)
    assert SECRET not in repr(teams)


@pytest.mark.parametrize("missing", ["app_id", "tenant_id", "client_secret"])
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(UserError, match=f"THREATDESK_TEAMS_{missing.upper()} is not set"):
        read_teams(whole(**{f"teams_{missing}": None}), environment={})


@pytest.mark.parametrize("name", ["teams_app_id", "teams_tenant_id"])
def test_an_id_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UserError, match=f"THREATDESK_{name.upper()} = contoso"):
        read_teams(whole(**{name: "contoso"}), environment={})


@pytest.mark.parametrize("said", ["true", "1", "YES", "on", "whatever"])
def test_whoever_calls_is_never_believed(said: str) -> None:
    with pytest.raises(UserError, match=UNAUTHENTICATED):
        read_teams(whole(), environment={UNAUTHENTICATED: said})


@pytest.mark.parametrize("said", ["", "false", "0", "no", "Off"])
def test_a_switch_that_is_off_is_no_matter(said: str) -> None:
    assert read_teams(whole(), environment={UNAUTHENTICATED: said})


@pytest.mark.parametrize("name", ["teams_service_url", "teams_openid_url"])
@pytest.mark.parametrize(
    "url", ["http://smba.example/", "smba.example", "file:///keys", "https://"]
)
def test_an_address_that_is_not_encrypted_is_refused(name: str, url: str) -> None:
    with pytest.raises(UserError, match=f"THREATDESK_{name.upper()}"):
        read_teams(whole(**{name: url}), environment={})


def test_this_machine_may_stand_in_for_teams_where_only_it_asks() -> None:
    here = "http://127.0.0.1:4000/"

    assert read_teams(whole(teams_openid_url=here, host="127.0.0.1"), environment={})
    with pytest.raises(UserError, match="THREATDESK_TEAMS_OPENID_URL"):
        read_teams(whole(teams_openid_url=here, host="0.0.0.0"), environment={})  # noqa: S104


def test_workflows_are_read_by_their_names() -> None:
    written = "performance=https://a.example/?sig=x board=https://b.example/?sig=y=z"

    read = read_workflows(settings(teams_workflows=written))

    assert {name: url.get_secret_value() for name, url in read.items()} == {
        "performance": "https://a.example/?sig=x",
        "board": "https://b.example/?sig=y=z",
    }


def test_without_workflows_there_are_none() -> None:
    assert read_workflows(settings()) == {}


@pytest.mark.parametrize(
    "written",
    [
        "https://a.example/?sig=hidden-part",
        "Perf=https://a.example/?sig=hidden-part",
        "p=http://a.example/?sig=hidden-part",
        "p=https://a.example/?sig=hidden-part p=https://b.example/?sig=hidden-part",
        "p=hidden-part",
        "p=https://me:hidden-part@a.example/",
    ],
)
def test_what_is_wrong_with_a_workflow_is_said_without_its_address(written: str) -> None:
    with pytest.raises(UserError) as raised:
        read_workflows(settings(teams_workflows=written))

    assert "THREATDESK_TEAMS_WORKFLOWS" in str(raised.value)
    assert "hidden-part" not in f"{raised.value} {raised.value.hint}"
