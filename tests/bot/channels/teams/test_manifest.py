"""The app package holds what Teams must know, within what Teams takes, the same each time."""

from __future__ import annotations

import json
import os
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import jsonschema
import numpy as np
import pytest
from PIL import Image

from bot.channels.teams.icons import ALARM, colour_icon, outline_icon
from bot.channels.teams.manifest import COMMANDS_ROOM, EARLIEST, SCOPES, manifest, package
from bot.handlers.command import Command
from bot.handlers.commands import COMMANDS
from bot.replies import Reply
from tests.fakes.teams import APP_ID

VERSION = "0.1.0"
URL = "https://intranet.force.example/threat-desk"


def a_command(name: str, *, is_slash: bool = True) -> Command:
    return Command(
        name=name,
        usage=f"/{name}",
        does="Shows something. " * 20,
        examples=(),
        handler=lambda _: Reply(summary="", blocks=()),
        is_slash=is_slash,
    )


MANY = [a_command(f"c{number}") for number in range(14)]


def made(commands: list[Command] | None = None, app_id: str = APP_ID) -> dict[str, Any]:
    return manifest(commands or list(COMMANDS), app_id=app_id, version=VERSION, url=URL)


def offered(commands: list[Command]) -> list[str]:
    [bot] = made(commands)["bots"]
    return [one["title"] for one in bot["commandLists"][0]["commands"]]


def test_the_commands_are_offered_and_others_are_not() -> None:
    assert offered([a_command("csp"), a_command("why", is_slash=False)]) == ["csp"]


def test_the_last_command_helps_with_those_there_is_no_room_for() -> None:
    names = offered(MANY)

    assert len(names) == COMMANDS_ROOM
    assert (names[0], names[-1]) == ("c0", "c13")


def test_the_bot_is_the_registrations_and_asked_everywhere() -> None:
    [bot] = made()["bots"]

    assert (bot["botId"], tuple(bot["scopes"])) == (APP_ID, SCOPES)


def test_the_app_is_the_same_one_each_time_and_another_for_another_bot() -> None:
    another = made(app_id=APP_ID.replace("1", "2"))["id"]

    assert made()["id"] == made(app_id=APP_ID.upper())["id"] != another


def test_no_page_of_the_outside_is_shown_within_teams() -> None:
    assert made()["validDomains"] == []


def test_texts_have_room() -> None:
    one = made(MANY)
    assert len(one["name"]["short"]) <= 30
    assert len(one["description"]["short"]) <= 80
    assert len(one["description"]["full"]) <= 4_000
    assert len(one["developer"]["name"]) <= 32


def test_the_package_holds_three_files_and_is_the_same_each_time() -> None:
    first, second = package(made()), package(made())

    assert first == second
    with ZipFile(BytesIO(first)) as archive:
        assert archive.namelist() == ["manifest.json", "color.png", "outline.png"]
        assert json.loads(archive.read("manifest.json")) == made()
        assert {one.date_time for one in archive.infolist()} == {EARLIEST}


def test_the_picture_in_colour_is_a_full_square_of_192() -> None:
    image = Image.open(BytesIO(colour_icon()))

    points = np.asarray(image)
    assert (image.size, image.mode) == ((192, 192), "RGBA")
    assert (points[..., 3] == 255).all()
    assert (points[..., :3] == ALARM).all(axis=2).any()


def test_the_outline_is_white_on_nothing_and_32_wide() -> None:
    image = Image.open(BytesIO(outline_icon()))

    points = np.asarray(image)
    assert (image.size, image.mode) == ((32, 32), "RGBA")
    assert (points[..., :3] == 255).all()
    assert (points[0, 0, 3], points[..., 3].max()) == (0, 255)


@pytest.fixture
def schema() -> jsonschema.Draft4Validator:
    """Microsoft's own schema.  It is not checked itself: it has patterns that Python lacks."""
    reference = os.environ.get("THREATDESK_REFERENCE")
    if reference is None:
        pytest.skip("left out: THREATDESK_REFERENCE names no folder of reference data")
    file = Path(reference) / "schemas" / "teams-app-manifest.json"
    return jsonschema.Draft4Validator(json.loads(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("commands", [list(COMMANDS), MANY])
def test_microsofts_own_schema_takes_it(
    schema: jsonschema.Draft4Validator, commands: list[Command]
) -> None:
    schema.validate(made(commands))


def test_microsofts_own_schema_does_not_take_everything(
    schema: jsonschema.Draft4Validator,
) -> None:
    assert not schema.is_valid(made() | {"accentColour": "#1d3557"})
    assert not schema.is_valid(made(app_id="contoso"))
