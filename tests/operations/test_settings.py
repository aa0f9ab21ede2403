"""Settings: every wrong one is named, secrets may stand in files, nothing is read at import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.secret_files import secret_variables
from config.settings import PREFIX, Settings, read_settings
from metrics.errors import UserError

TOKEN = "THREATDESK_SLACK_BOT_TOKEN"  # noqa: S105 - the name of a variable
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without .env, and no variable of the product."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name}".upper(), raising=False)
    for name in secret_variables(Settings, PREFIX):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def a_file(folder: Path, content: bytes) -> str:
    file = folder / "secret"
    file.write_bytes(content)
    return str(file)


def test_every_secret_may_stand_in_a_file() -> None:
    assert set(secret_variables(Settings, PREFIX)) >= {
        "THREATDESK_DATABASE_URL_FILE",
        "THREATDESK_SLACK_BOT_TOKEN_FILE",
        "THREATDESK_SLACK_SIGNING_SECRET_FILE",
        "THREATDESK_SLACK_APP_TOKEN_FILE",
    }


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\n\n"])
def test_a_secret_is_read_from_its_file_without_line_ends(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, ending: bytes
) -> None:
    monkeypatch.setenv(f"{TOKEN}_FILE", a_file(empty_folder, b"xoxb-of-a-file" + ending))

    token = read_settings().slack_bot_token

    assert token is not None
    assert token.get_secret_value() == "xoxb-of-a-file"


def test_a_secret_file_may_be_named_in_dot_env(empty_folder: Path) -> None:
    named = a_file(empty_folder, b"postgresql://u:p@h/d")
    (empty_folder / ".env").write_text(f"THREATDESK_DATABASE_URL_FILE={named}\n")

    assert read_settings().database_url.get_secret_value() == "postgresql://u:p@h/d"


def test_a_secret_given_in_two_ways_is_refused_naming_both(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{TOKEN}_FILE", a_file(empty_folder, b"xoxb-1"))
    monkeypatch.setenv(TOKEN, "xoxb-2")

    with pytest.raises(UserError, match=f"Both {TOKEN} and {TOKEN}_FILE"):
        read_settings()


def test_also_where_one_of_them_stands_in_dot_env(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / ".env").write_text(f"{TOKEN}=xoxb-2\n")
    monkeypatch.setenv(f"{TOKEN}_FILE", a_file(empty_folder, b"xoxb-1"))

    with pytest.raises(UserError, match="Both"):
        read_settings()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read: No such file"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"one\ntwo\n", "more than one line"),
        (b"x" * 70_000, "more than one line"),
        (b"\xff\xfe\x00", "is not text"),
    ],
)
def test_a_secret_file_that_cannot_be_used_is_named(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, why: str
) -> None:
    file = str(empty_folder / "missing") if content is None else a_file(empty_folder, content)
    monkeypatch.setenv(f"{TOKEN}_FILE", file)

    with pytest.raises(UserError, match=why) as raised:
        read_settings()

    assert f"{TOKEN}_FILE = {file}" in str(raised.value)
    assert "xxxx" not in str(raised.value)
    assert raised.value.hint


def test_a_variable_that_is_set_to_nothing_names_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{TOKEN}_FILE", "")

    assert read_settings().slack_bot_token is None


@pytest.mark.parametrize(
    ("variable", "value", "wanted"),
    [
        ("THREATDESK_PORT", "eighty", "a whole number is wanted"),
        ("THREATDESK_DAILY_AT", "half past six", "a time is wanted, for example 06:30"),
        ("THREATDESK_OPERATORS", "C042", "for example slack:C041"),
        ("THREATDESK_PORT", "70000", "less than or equal to 65535"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, wanted: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(UserError) as raised:
        read_settings()

    assert variable in str(raised.value)
    assert wanted in str(raised.value)


def test_a_dot_env_that_is_not_text_is_said(empty_folder: Path) -> None:
    (empty_folder / ".env").write_bytes(b"THREATDESK_PLAN=\xff\xfe\n")

    with pytest.raises(UserError, match=r"The file \.env in .* cannot be read"):
        read_settings()


HOSTILE = """
import importlib, json, os, pkgutil, sys

read = []
before = dict(os.environ)
kind = type(os.environ)
look_up = kind.__getitem__

def watched(self, key):
    by = sys._getframe(1).f_code.co_name
    if isinstance(key, str) and key.startswith("THREATDESK_") and by not in ("__iter__", "copy"):
        read.append(key)  # by its name; libraries may go through all of them
    return look_up(self, key)

kind.__getitem__ = watched
import pydantic_settings
pydantic_settings.BaseSettings.__init__ = lambda self, **_: read.append(type(self).__name__)
imported = []
for package in ("bot", "config", "demonstration", "metrics", "store"):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if ".migrations.versions" in found.name or found.name == "store.migrations.env":
            continue  # run by Alembic alone
        importlib.import_module(found.name)
        imported.append(found.name)
kind.__getitem__ = look_up
after = dict(os.environ)
leaked = sorted(name for name in after if after[name] != before.get(name))
print(json.dumps({"imported": imported, "read": read, "leaked": leaked}))
"""


def test_importing_every_module_reads_no_setting_and_takes_nothing_from_dot_env(
    empty_folder: Path,
) -> None:
    (empty_folder / ".env").write_text(
        "THREATDESK_PORT=not-a-port\nCLIENT_ID=leaked\nCLIENT_SECRET=leaked\nTENANT_ID=leaked\n"
        "PORT=1\nTHREATDESK_PLAN=nowhere\n"
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(empty_folder),
        "PYTHONPATH": str(ROOT),
        "THREATDESK_DAILY_AT": "never",
        "THREATDESK_DATABASE_URL": "nonsense",
        "THREATDESK_SLACK_BOT_TOKEN_FILE": "/nowhere",
    }

    done = subprocess.run(
        [sys.executable, "-c", HOSTILE],
        cwd=empty_folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert {"bot.serving", "bot.__main__", "config.settings"} <= set(found["imported"])
    assert found["read"] == []
    assert [one for one in found["leaked"] if one not in LIBRARIES_SET] == []
    assert sorted(one.name for one in empty_folder.iterdir() if one.name[0] != ".") == []


LIBRARIES_SET = ("KMP_INIT_AT_FORK", "KMP_DUPLICATE_LIB_OK")
"""What numerical libraries set for themselves at import; no setting of anything."""
