"""The settings of one force of a region: the installation's, with what is the force's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from config.region import PATHS, Force, Region
from config.settings import Settings

OWN: Final = ("database_url", "briefing_channel", "fallback")
"""Never inherited: they would lead one force's figures to where others read."""

INHERITED: Final = ("daily_at", "briefing_at", "reminders_at", "operators")
"""The installation's, where a force has none of its own."""


def settings_of(force: Force, region: Region, main: Settings, *, database_url: str) -> Settings:
    """Return the settings that a force runs with.

    Args:
        force: The force.
        region: The region it is in; its file's folder is where paths start.
        main: The installation's settings, which every force shares where nothing is its own.
        database_url: Where its figures are, where its entry does not say.
    """
    entry = force.entry
    own: dict[str, Any] = {
        "region": None,
        "plan": _plan(region.folder, entry.plan),
        "data": region.folder / entry.data if entry.data else main.data / force.id,
        "backups": main.backups / force.id if main.backups else None,
        **dict.fromkeys(OWN),
        **{key: _path(region.folder, getattr(entry, key)) for key in PATHS},
    }
    for key in (*OWN, *INHERITED):
        value = getattr(entry, key)
        if value is not None:
            own[key] = value
    own["database_url"] = entry.database_url or SecretStr(database_url)
    return main.model_copy(update=own)


def _plan(folder: Path, plan: str) -> str:
    """Return a plan's folder beside the region's file, or else the name of one that is shipped."""
    beside = folder / plan
    return str(beside) if beside.is_dir() else plan


def _path(folder: Path, written: str | None) -> Path | None:
    return folder / written if written else None
