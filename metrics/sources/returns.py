"""Partners' returns: a number a quarter, who supplied it and when, and when it may be published.

A return that was not received has no row, or a row without a value: it is neither counted nor
covered, and so never taken for zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from config.sources import ReturnsSource
from metrics.calendar import month_end, quarter_end, quarter_start, say_date
from metrics.delivery import Delivery
from metrics.model import AreaId, Catalogue, Grain
from metrics.sources.dates import day_complaint, read_day
from metrics.sources.layouts import LayoutRow, RowFaultError, number, row_area
from metrics.sources.names import area_names, folded, known_tallies
from metrics.sources.rejections import quoted
from metrics.sources.table import Cover, Tallies
from metrics.sources.tables_of_counts import Account, TableOfCounts

COLUMNS: Final = (
    "measure",
    "area",
    "period_end",
    "value",
    "supplied_by",
    "supplied_on",
    "publishable_from",
)
PREFIX: Final = "return."


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppliedReturn:
    """One figure as a partner supplied it."""

    measure: str  # as in its tally, `return.{measure}`
    area: AreaId
    period_end: date
    value: float
    supplied_by: str
    supplied_on: date | None  # None: not said
    publishable_from: date | None  # None: internal until its owner has published it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReturnsDelivery(Delivery):
    """A delivery that also knows who supplied each figure, and from when it may be shown."""

    supplied: tuple[SuppliedReturn, ...] = ()


class Returns(TableOfCounts[ReturnsSource, ReturnsDelivery]):
    """A source of partners' returns."""

    columns = COLUMNS

    def _begin(self, catalogue: Catalogue) -> _ReturnRows:
        return _ReturnRows(self._settings, catalogue)


class _ReturnRows:
    """The rows of one delivery of returns."""

    def __init__(self, settings: ReturnsSource, catalogue: Catalogue) -> None:
        self._form = settings.date_format
        self._force = catalogue.force.id
        self._areas = area_names(catalogue, settings.areas)
        self._known, self._grains = known_tallies(catalogue, PREFIX), _grains(catalogue)
        self._received: dict[tuple[str, AreaId, date], SuppliedReturn] = {}
        self._not_received = self._repeated = 0

    def take(self, row: LayoutRow) -> None:
        one = self._read(row)
        if one is None:
            self._not_received += 1
            return
        key = (one.measure, one.area, one.period_end)
        self._repeated += key in self._received
        self._received[key] = _later(self._received.get(key), one)

    def delivery(self, account: Account) -> ReturnsDelivery:
        supplied = tuple(self._received[key] for key in sorted(self._received))
        return ReturnsDelivery(
            source=account.source,
            table=_count(supplied).table(_covers(supplied, self._grains)),
            inputs=account.inputs,
            rejected=account.rejected,
            remarks=(
                *account.remarks,
                *_remarks(supplied, not_received=self._not_received, repeated=self._repeated),
            ),
            supplied=supplied,
        )

    def _read(self, row: LayoutRow) -> SuppliedReturn | None:
        """Return what a row says, or None for a return that was not received."""
        measure = self._known.get(folded(row["measure"]))
        if measure is None:
            raise RowFaultError(
                f"no measure of the plan counts the return {quoted(row['measure'])}"
            )
        area = row_area(self._areas, row["area"], self._force)
        period_end = self._day(row, "period_end")
        if period_end is None:
            raise RowFaultError("the period_end is missing")
        if period_end != _period_end(period_end, self._grains[measure]):
            raise RowFaultError(
                f"the period_end {quoted(row['period_end'])} is not the last day of a "
                f"{self._grains[measure].value}"
            )
        if not row["value"]:
            return None
        return SuppliedReturn(
            measure=measure,
            area=area,
            period_end=period_end,
            value=number(row["value"], "value"),
            supplied_by=row["supplied_by"],
            supplied_on=self._day(row, "supplied_on"),
            publishable_from=self._day(row, "publishable_from"),
        )

    def _day(self, row: LayoutRow, name: str) -> date | None:
        day = read_day(row[name], self._form) if row[name] else None
        if row[name] and day is None:
            raise RowFaultError(
                day_complaint(row[name], self._form, what=name, setting="date_format")
            )
        return day


def _grains(catalogue: Catalogue) -> dict[str, Grain]:
    """Return how long a period each return is for: that of the measure which counts it."""
    return {
        tally.removeprefix(PREFIX): measure.grain
        for measure in catalogue.measures.values()
        for tally in (*measure.numerator, *measure.denominator)
        if tally.startswith(PREFIX)
    }


def _period_end(day: date, grain: Grain) -> date:
    match grain:
        case Grain.DAY:
            return day
        case Grain.MONTH:
            return month_end(day)
        case Grain.QUARTER:
            return quarter_end(day)


def _period_start(day: date, grain: Grain) -> date:
    match grain:
        case Grain.DAY:
            return day
        case Grain.MONTH:
            return day.replace(day=1)
        case Grain.QUARTER:
            return quarter_start(day)


def _later(before: SuppliedReturn | None, one: SuppliedReturn) -> SuppliedReturn:
    """Return the return that was supplied later; of two of one day, the one further down."""
    if before is None or before.supplied_on is None or one.supplied_on is None:
        return one
    return before if before.supplied_on > one.supplied_on else one


def _count(supplied: Iterable[SuppliedReturn]) -> Tallies:
    tallies = Tallies()
    for one in supplied:
        tallies.add_one(
            cohort=one.period_end,
            day=one.period_end,
            area=one.area,
            tally=f"{PREFIX}{one.measure}",
            count=one.value,
        )
    return tallies


def _covers(supplied: Iterable[SuppliedReturn], grains: dict[str, Grain]) -> Iterable[Cover]:
    return [
        Cover(
            tally=f"{PREFIX}{one.measure}",
            area=one.area,
            first=_period_start(one.period_end, grains[one.measure]),
            last=one.period_end,
        )
        for one in supplied
    ]


def _remarks(
    supplied: tuple[SuppliedReturn, ...], *, not_received: int, repeated: int
) -> Iterable[str]:
    if not_received:
        yield f"{not_received:,} rows have no value: these returns were not received."
    if repeated:
        yield f"{repeated:,} rows give a return again; the one supplied last counts."
    latest: dict[tuple[str, AreaId], SuppliedReturn] = {}
    for one in supplied:
        latest[one.measure, one.area] = one
    for one in latest.values():
        when = say_date(one.supplied_on) if one.supplied_on else "a day that is not said"
        shown = (
            f"publishable from {say_date(one.publishable_from)}"
            if one.publishable_from
            else "internal until published"
        )
        yield (
            f"{one.measure}, {one.area}: latest return to {say_date(one.period_end)}, supplied by "
            f"{one.supplied_by or 'someone not named'} on {when}; {shown}."
        )
