"""The sample region, with channels of its own, for tests to ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from pydantic import SecretStr

from bot.answer import Answered, Request
from bot.people import Person, Surface
from bot.region import demo, sample
from bot.region.app import RegionApp
from config.settings import Settings
from tests.demonstrated import quiet

SALTMARSH, SHINGLE, COAST = "slack:C0SALT", "slack:C0SHINGLE", "slack:C0COAST"
"""The channels of two forces, and of the region."""

Ask = Callable[..., Answered]
"""(who, text, surface=..., place=..., fields=...) to what was answered."""


def written(folder: Path) -> Path:
    """Write the sample with channels that are bound to its forces; return the region's file."""
    file = sample.write(folder)
    text = file.read_text(encoding="utf-8")
    for id_, channel in (("saltmarsh", SALTMARSH), ("shingle", SHINGLE)):
        data = f'data = "data/{id_}"\n'
        text = text.replace(data, f'{data}channels = ["{channel}"]\n')
    text = text.replace('name = "The Coast"\n', f'name = "The Coast"\nchannels = ["{COAST}"]\n')
    file.write_text(text, encoding="utf-8")
    return file


def a_region(folder: Path, file: Path | None = None) -> RegionApp:
    """Make the app of a sample that has been written, whatever the environment says."""
    return RegionApp(
        settings=Settings(
            database_url=SecretStr(f"sqlite:///{folder / 'threatdesk.db'}"),
            data=folder,
            region=file or folder / "region.toml",
            _env_file=None,
        )
    )


def lived_through(folder: Path) -> None:
    """Write the sample and live through its day with every force."""
    written(folder)
    with a_region(folder) as region:
        for id_ in region.region.forces:
            with region.open(id_) as app:
                demo.live(app, quiet)


def asking(region: RegionApp) -> Ask:
    """Return a way to ask a region's desk as somebody of its console."""

    def ask(
        who: str,
        text: str,
        *,
        surface: Surface = Surface.PRIVATE,
        place: str = "",
        fields: dict[str, str] | None = None,
    ) -> Answered:
        request = Request(
            text=text,
            person=someone(region, who),
            at=sample.DECIDED_AT,
            surface=surface,
            place=place,
            fields=fields or {},
        )
        return region.desk.settle(request)

    return ask


def someone(region: RegionApp, who: str) -> Person:
    """Return who a user of the console is to the region."""
    return region.people.person("console", who)


MONTH_END = date(2020, 11, 30)
"""The newest month end of the sample."""
