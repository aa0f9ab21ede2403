"""One file per kind of input.  Each delivers the same count table (`metrics.delivery`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, assert_never, runtime_checkable

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
from metrics.delivery import Delivery, InputFile
from metrics.model import Catalogue
from metrics.sources.returns import ReturnsDelivery, SuppliedReturn

__all__ = ["ChangingSource", "ReturnsDelivery", "Source", "SuppliedReturn", "open_source"]


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


@runtime_checkable
class ChangingSource(Source, Protocol):
    """A source that can tell which days may have changed since a load."""

    def deliver_changes(
        self,
        catalogue: Catalogue,
        *,
        before: Sequence[InputFile],
        progress: Callable[[str], None],
    ) -> Delivery:
        """Read the input and return what it counts on the days that may have changed.

        Args:
            catalogue: Says what areas, crime types and measures are called.
            before: What the last load was read from, under the same rules.
            progress: Told in words what is being done.

        Raises:
            SourceError: The input cannot be read or relied upon; nothing of it counts.
        """
        ...


def open_source(
    settings: SourceSettings, *, folder: Path, spark: str = "", cache: Path | None = None
) -> Source:
    """Return the source that the settings describe; nothing is read yet.

    Args:
        settings: One entry of `sources.toml`.
        folder: The data folder, which relative paths are inside.
        spark: Where Spark is: the address of a server or the master of a session.
        cache: A folder for what was read of each file, so that unchanged ones are not read
            again; None: everything is read each time.

    Raises:
        SourceError: The settings name columns that the kind of source does not have.
    """
    # What reads one kind is imported where there is one: DuckDB alone takes a while.
    match settings:
        case PoliceUkSource():
            from metrics.sources.policeuk import PoliceUk

            return PoliceUk(settings, folder, spark=spark)
        case ExtractSource():
            from metrics.sources.extract import Extract

            return Extract(settings, folder, spark=spark, cache=cache)
        case SqlSource():
            from metrics.sources.sql import Sql

            return Sql(settings)
        case IncidentsSource():
            from metrics.sources.incidents import Incidents

            return Incidents(settings, folder)
        case SurveysSource():
            from metrics.sources.surveys import Surveys

            return Surveys(settings, folder)
        case ReturnsSource():
            from metrics.sources.returns import Returns

            return Returns(settings, folder)
        case PopulationSource():
            from metrics.sources.population import Population

            return Population(settings, folder)
        case PeersSource():
            from metrics.sources.peers import Peers

            return Peers(settings, folder)
        case _:
            assert_never(settings)
