"""One file per kind of input.  Each delivers the same count table (`metrics.delivery`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, assert_never

from config.sources import (
    ExtractSource,
    IncidentsSource,
    PeersSource,
    PoliceUkSource,
    PopulationSource,
    ReturnsSource,
    SourceSettings,
    SqlSource,
    SurveysSource,
)
from metrics.delivery import Delivery
from metrics.model import Catalogue
from metrics.sources.extract import Extract
from metrics.sources.incidents import Incidents
from metrics.sources.peers import Peers
from metrics.sources.policeuk import PoliceUk
from metrics.sources.population import Population
from metrics.sources.returns import Returns, ReturnsDelivery, SuppliedReturn
from metrics.sources.sql import Sql
from metrics.sources.surveys import Surveys

__all__ = ["ReturnsDelivery", "Source", "SuppliedReturn", "open_source"]


class Source(Protocol):
    """Anything that delivers counts."""

    @property
    def name(self) -> str:
        """What `sources.toml` calls it."""
        ...

    def fingerprint(self) -> str:
        """Return a cheap identity of the input as it lies there now.

        Empty: there is none, and the input is to be read each time.

        Raises:
            SourceError: The input is not there.
        """
        ...

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivery:
        """Read the input and return what it counts.

        Args:
            catalogue: Says what areas, crime types and measures are called.
            progress: Told in words what is being done.

        Raises:
            SourceError: The input cannot be read or relied upon; nothing of it counts.
        """
        ...


def open_source(settings: SourceSettings, *, folder: Path) -> Source:
    """Return the source that the settings describe; nothing is read yet.

    Args:
        settings: One entry of `sources.toml`.
        folder: The data folder, which relative paths are inside.

    Raises:
        SourceError: The settings name columns that the kind of source does not have.
    """
    match settings:
        case PoliceUkSource():
            return PoliceUk(settings, folder)
        case ExtractSource():
            return Extract(settings, folder)
        case SqlSource():
            return Sql(settings)
        case IncidentsSource():
            return Incidents(settings, folder)
        case SurveysSource():
            return Surveys(settings, folder)
        case ReturnsSource():
            return Returns(settings, folder)
        case PopulationSource():
            return Population(settings, folder)
        case PeersSource():
            return Peers(settings, folder)
        case _:
            assert_never(settings)
