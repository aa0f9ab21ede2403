"""No secret of the settings is ever written: not in logs, errors, `repr`, audit, figures or output.

Every setting that is a secret is found by its type, so that a new one is tested unasked.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Final, get_args

import pytest
from pydantic import SecretStr

from bot.__main__ import main
from bot.answer import Request
from bot.app import App
from bot.people import Person, Role
from bot.replies import Paragraph, Reply
from config.settings import PREFIX, Settings, read_settings
from metrics.errors import ThreatDeskError, UserError
from tests.attacks.world import MORNING
from tests.bot.test_main import CRIMES, SOURCES
from tests.conftest import SALTMARSH

MARK: Final = "Zq9marker"
"""Stands in every secret, and nowhere else."""

SECRETS: Final = tuple(
    name
    for name, field in Settings.model_fields.items()
    if SecretStr in (field.annotation, *get_args(field.annotation))
)

LOOKS: Final[Mapping[str, str]] = {
    "slack_bot_token": f"xoxb-1-2-{MARK}bot",
    "slack_app_token": f"xapp-1-A1-{MARK}app",
    "teams_workflows": f"board=https://x.logic.azure.example/workflows/1?sig={MARK}sig",
}
"""What has a look of its own; any other secret is just a word."""

NOBODY_THERE: Final = "http://127.0.0.1:9/"


def the_secret(name: str) -> str:
    return LOOKS.get(name, f"{MARK}-{name}")


@pytest.fixture
def harbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of the invented force with every secret set, and nothing out there."""
    (tmp_path / "crimes.csv").write_text(CRIMES, encoding="utf-8")
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    for name in SECRETS:
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", the_secret(name))
    for name, value in {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'desk.db'}",
        "PLAN": str(SALTMARSH),
        "DATA": str(tmp_path),
        "SOURCES": str(tmp_path / "sources.toml"),
        "SLACK_API_URL": NOBODY_THERE,
        "OPERATORS": "slack:C9",
        "TEAMS_APP_ID": "11111111-2222-3333-4444-555555555555",
        "TEAMS_TENANT_ID": "66666666-7777-8888-9999-000000000000",
    }.items():
        monkeypatch.setenv(f"{PREFIX}{name}", value)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql+psycopg://desk:{MARK}@127.0.0.1:9/desk?connect_timeout=1"
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", url)


def written(folder: Path) -> str:
    """Return everything that stands in any file of a folder, whatever it is."""
    files = (one for one in folder.rglob("*") if one.is_file())
    return "\n".join(one.read_bytes().decode("latin-1") for one in files)


def chained(error: BaseException) -> str:
    """Return an error as a log would show it, with all that led to it."""
    return "".join(traceback.format_exception(error)) + repr(error)


def test_there_are_secrets() -> None:
    assert {"database_url", "slack_bot_token", "slack_signing_secret"} <= set(SECRETS)


@pytest.mark.usefixtures("harbour")
def test_the_settings_do_not_show_them(monkeypatch: pytest.MonkeyPatch) -> None:
    the_database_is_away(monkeypatch)
    settings = read_settings()

    assert all(MARK in getattr(settings, name).get_secret_value() for name in SECRETS)
    shown = f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
    with App(settings=settings) as app:
        shown += f"{app!r} {app}"
    assert MARK not in shown


@pytest.mark.usefixtures("harbour")
@pytest.mark.parametrize(
    "wrong", [("PORT", "not a port"), ("DAILY_AT", "25:00"), ("OPERATORS", "nobody")]
)
def test_a_wrong_setting_does_not_show_the_others(
    wrong: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{PREFIX}{wrong[0]}", wrong[1])

    with pytest.raises(UserError) as refused:
        read_settings()

    assert MARK not in chained(refused.value)


@pytest.mark.usefixtures("harbour")
@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_is_wrong_is_not_shown_either(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong one is often another one, pasted into the wrong line."""
    for value in (f"{MARK} with a space\n", f"mysql://u:{MARK}@h/d"):
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", value)
        with pytest.raises(SystemExit):
            main(["check"])

    said = capsys.readouterr()
    assert MARK not in said.out + said.err


COMMANDS: Final = (
    ["check"],
    ["doctor"],
    ["doctor", "--json"],
    ["status"],
    ["upgrade"],
    ["load"],
    ["run", "--as-at", "2020-05-01"],
    ["dashboard", "all-crime"],
    ["why", "boat-theft.recorded"],
    ["alerts"],
    ["ask", "/threatdesk status", "--as", "chief-officer"],
    ["audit"],
    ["manifest", "slack"],
    ["backup", "copy.db"],
)


@pytest.mark.parametrize("away", [False, True], ids=["the database is there", "it is away"])
def test_no_command_writes_them_anywhere(
    harbour: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    away: bool,  # noqa: FBT001 - from the table above
) -> None:
    caplog.set_level(logging.DEBUG)
    if away:
        the_database_is_away(monkeypatch)
    for command in COMMANDS if not away else COMMANDS[:5]:
        with pytest.raises(SystemExit):
            main(command)

    said = capfd.readouterr()
    assert said.out
    assert MARK not in said.out + said.err + caplog.text + written(harbour)


def test_what_cannot_be_posted_does_not_show_by_what_it_was_tried(
    harbour: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reply = Reply(summary="Up.", blocks=(Paragraph(text="Up."),))
    errors = []
    with App(settings=read_settings()) as app:
        try:
            app.posters["slack"].post("C9", reply, key="k")
        except Exception as error:  # whatever it is, it is logged
            errors.append(chained(error))
        app.desk.settle(
            Request(
                text="/threatdesk status",
                person=Person(id="chief", name="Chief", role=Role.CHIEF_OFFICER),
                at=MORNING,
            )
        )
        app.delivery("attack").deliver(at_most=5)

    assert errors
    assert MARK not in caplog.text + written(harbour)
    assert not [one for one in errors if MARK in one]


@pytest.mark.parametrize("name", sorted(LOOKS))
def test_a_secret_that_somebody_pastes_into_a_question_is_not_kept(
    harbour: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with App(settings=read_settings()) as app:
        for text in (f"/trend {the_secret(name)}", f"is {the_secret(name)} the token?"):
            app.desk.settle(
                Request(
                    text=text,
                    person=Person(id="chief", name="Chief", role=Role.CHIEF_OFFICER),
                    at=MORNING,
                )
            )

    assert MARK not in caplog.text + written(harbour)


def test_an_error_of_the_database_names_neither_user_nor_password(
    harbour: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_database_is_away(monkeypatch)
    with App(settings=read_settings()) as app, pytest.raises(ThreatDeskError) as refused:
        app.database.upgrade()

    assert MARK not in chained(refused.value)
