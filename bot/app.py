"""Builds everything from the settings: the only place that does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Final, Self

from config.catalogue import read_catalogue
from config.settings import Settings
from config.sources import read_sources
from metrics.model import Catalogue
from metrics.sources import Source, open_source
from store.database import Database

PRODUCT: Final = "threat-desk"


@dataclass(frozen=True, kw_only=True)
class App:
    """What the commands work with.  Parts are made when first needed; leaving closes them."""

    settings: Settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "database" in vars(self):
            self.database.close()

    @cached_property
    def _plan(self) -> tuple[Catalogue, Mapping[str, str]]:
        catalogue, files = read_catalogue(self.settings.plan_folder)
        return catalogue, files.texts

    @property
    def catalogue(self) -> Catalogue:
        """The plan in force, checked."""
        return self._plan[0]

    @property
    def plan_texts(self) -> Mapping[str, str]:
        """The files that the plan was read from."""
        return self._plan[1]

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Where figures come from."""
        return tuple(
            open_source(one, folder=self.settings.data)
            for one in read_sources(self.settings.sources_file)
        )

    @cached_property
    def rules(self) -> str:
        """Identify how inputs are read: by the plan, and by what `sources.toml` says."""
        written = self.settings.sources_file.read_bytes()
        return hashlib.sha256(self.catalogue.version.encode() + written).hexdigest()

    @cached_property
    def database(self) -> Database:
        """The database, brought up to date."""
        database = Database(self.settings.database_url.get_secret_value())
        database.upgrade()
        return database

    @property
    def product_version(self) -> str:
        """The version of this product, kept with every snapshot."""
        return version(PRODUCT)
