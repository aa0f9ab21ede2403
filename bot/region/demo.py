"""The sample region, lived through: written, loaded, computed and decided, force by force."""

from __future__ import annotations

from pathlib import Path

from bot import daily
from bot.app import App
from bot.figures import find_figures
from bot.region import sample
from bot.region.app import RegionApp
from config.region import REGION_FILE
from config.settings import Settings
from metrics.snapshot import SnapshotKind


def prepare(settings: Settings, progress: daily.Progress) -> Settings:
    """Write the sample if it is not there, run every force's day, and return its settings.

    Raises:
        UserError: It cannot be written or loaded.
    """
    folder = settings.data / sample.FOLDER
    file = folder / REGION_FILE
    if not file.exists():
        progress("The sample region: writing its plans and records")
        sample.write(folder)
    own = of_sample(settings, file)
    with RegionApp(settings=own) as region:
        for id_ in region.region.forces:
            with region.open(id_) as app:
                live(app, progress)
    return own


def of_sample(settings: Settings, file: Path) -> Settings:
    """Return the settings with which a sample is run: its database lies beside it."""
    database = f"sqlite:///{file.parent / 'threatdesk.db'}"
    secret = type(settings.database_url)(database)
    return settings.model_copy(update={"region": file, "database_url": secret})


def live(app: App, progress: daily.Progress) -> None:
    """Live through the sample's day with one force.

    Raises:
        UserError: A source cannot be read.
    """
    now = sample.DECIDED_AT
    results = app.load(now=now, progress=progress)
    problem = next((result.problem for result in results if result.problem), None)
    if problem:
        raise problem
    app.run(as_at=None, now=now, progress=progress)
    figures = find_figures(app.database, kind=SnapshotKind.DAILY, as_at=None)
    app.deciding.day(figures, now=now)
