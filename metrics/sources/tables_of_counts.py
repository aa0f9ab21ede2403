"""Sources that are tables of counts: how their rows are taken, whatever a row means.

A kind of table says what its columns are and what it makes of a row; that rows are read, that
faults are rejected, and that all of it is accounted for, stands here once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar, Generic, Protocol, TypeVar

from config.sources import AreaTotals, EmptyDays, LayoutSource
from metrics.delivery import Delivery, InputFile, Rejection
from metrics.model import AreaId, Catalogue
from metrics.sources.figures import Figures, Period, Values, count_figures, located
from metrics.sources.layouts import Layout, LayoutRow, RowFaultError
from metrics.sources.rejections import Rejections

Kind = TypeVar("Kind", bound=LayoutSource)
Delivered = TypeVar("Delivered", bound=Delivery)
Delivered_co = TypeVar("Delivered_co", bound=Delivery, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How the rows of one delivery came in, whatever they count."""

    source: str
    inputs: tuple[InputFile, ...]
    rejected: tuple[Rejection, ...]
    remarks: tuple[str, ...]


class Rows(Protocol[Delivered_co]):
    """The rows of one delivery, as one kind of table takes them."""

    def take(self, row: LayoutRow) -> None:
        """Take a row in.

        Raises:
            RowFaultError: It cannot be counted.
        """
        ...

    def delivery(self, account: Account) -> Delivered_co:
        """Return what the rows count, after the last of them."""
        ...


class TableOfCounts(ABC, Generic[Kind, Delivered]):
    """A source whose columns are fixed and whose rows are few."""

    columns: ClassVar[tuple[str, ...]]

    def __init__(self, settings: Kind, folder: Path) -> None:
        """Remember where the files are; nothing is read yet.

        Raises:
            SourceError: The settings name a column that the layout does not have.
        """
        self.name = settings.name
        self._settings = settings
        self._layout = Layout(settings, folder, self.columns)

    def fingerprint(self) -> str:
        """Return the identity of the files as they lie there now."""
        return self._layout.fingerprint()

    def deliver(self, catalogue: Catalogue, *, progress: Callable[[str], None]) -> Delivered:
        """Read the files and return what they count.

        Raises:
            SourceError: A file cannot be read, or too many rows cannot be counted.
        """
        progress(f"{self.name}: reading {self._settings.path}")
        rows, rejections = self._begin(catalogue), Rejections()
        for row in self._layout.rows(rejections):
            try:
                rows.take(row)
            except RowFaultError as fault:
                rejections.add(str(fault), 1, [row.where])
        return rows.delivery(
            Account(
                source=self.name,
                inputs=self._layout.inputs,
                rejected=rejections.settled(
                    name=self.name,
                    rows=self._layout.row_count,
                    limit=self._settings.max_rejected,
                ),
                remarks=tuple(self._layout.remarks),
            )
        )

    @abstractmethod
    def _begin(self, catalogue: Catalogue) -> Rows[Delivered]:
        """Return what takes the rows of one delivery.

        Raises:
            SourceError: The settings name what the catalogue does not have.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one row says of an area."""

    day: date  # the last of its period
    what: str
    area: AreaId
    values: Values


def month_start(day: date) -> date:
    """Return the first day of a month."""
    return day.replace(day=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRows:
    """Rows that each give one figure of an area in a period."""

    catalogue: Catalogue
    read: Callable[[LayoutRow], Figure]  # raises RowFaultError
    tallies: Mapping[str, tuple[str, ...]]  # of each thing counted, one for each of its values
    totals: AreaTotals = AreaTotals.REST  # what a row says of an area whose parts have rows too
    absent: EmptyDays = EmptyDays.GAP  # what an absent row means
    tells_absent: bool = True  # whether it is remarked that rows are absent
    start: Callable[[date], date] = month_start  # the first day of the period that ends on a day
    given: Figures = field(default_factory=Figures, init=False)

    def take(self, row: LayoutRow) -> None:
        """Take the figure of a row in.

        Raises:
            RowFaultError: It has none that can be counted.
        """
        one = self.read(row)
        self.given.put(
            day=one.day, what=one.what, area=one.area, values=one.values, where=row.where
        )

    def delivery(self, account: Account) -> Delivery:
        """Return what the figures count."""
        figures, off = located(self.given, self.catalogue, self.totals)
        period = Period(
            tallies=self.tallies,
            absent=self.absent,
            starts={day: self.start(day) for day, _ in self.given.entries},
        )
        table, absent = count_figures(figures, self.given, self.catalogue, period)
        return Delivery(
            source=account.source,
            table=table,
            inputs=account.inputs,
            rejected=account.rejected,
            remarks=(
                *account.remarks,
                *self.given.repeat_remarks(),
                *off,
                *(absent if self.tells_absent else ()),
            ),
        )
