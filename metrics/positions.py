"""Where every measure stands in every area as at a day: the types, and how they are kept.

All positions are computed at once, as arrays (`metrics.reckoning`); a `Position` is one of them,
made when it is asked for.  What is not known is NaN and never zero: a window that is not
observed in full has no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics import kept
from metrics.calendar import Period, Window
from metrics.errors import UnknownName
from metrics.model import AreaId, MeasureId
from metrics.series import EPOCH

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

WINDOWS: Final = tuple(Window)
"""The order of windows on the last axis of the arrays."""

NEVER: Final = np.iinfo(np.int32).min
"""The as-at day of a position without any figure."""

PER_THOUSAND: Final = 1000

NAMES: Final = ("measures", "areas", "years")
"""The fields that are lists of names; the others are arrays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measure in one area over one window."""

    period: Period | None  # None where the measure has never been recorded there
    numerator: float  # NaN: not recorded, in whole or in part
    denominator: float  # NaN: not recorded, or a plain count
    days_observed: int

    @property
    def days_missing(self) -> int:
        """How many days of the window are not accounted for."""
        return self.period.days - self.days_observed if self.period else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One measure in one area as at a day.

    Counts are whole numbers kept as floats, rates are proportions (0-1); NaN means not known.
    """

    measure: MeasureId
    area: AreaId
    to: date | None  # the last day its figures reach; None: nothing has been recorded
    figures: Mapping[Window, Figure]
    values: Mapping[Window, float]
    target: float  # the level to reach: a count, or a rate; NaN: no numeric target
    gap: float  # value less target: crimes over it; points of a rate under it are negative
    outcomes_required: float  # of an outcome rate: outcomes short of the target rate
    under_investigation: float  # crimes recorded in the year to date and still open
    population: float
    yearly: Mapping[int, float]  # whole performance years held, by the year they start in

    @property
    def change(self) -> float:
        """The year to date less the same days last year."""
        return self.values[Window.YTD] - self.values[Window.LYTD]

    @property
    def change_proportion(self) -> float:
        """The change as a proportion of last year; NaN where last year was nought."""
        last_year = self.values[Window.LYTD]
        return self.change / last_year if last_year else float("nan")

    def rate_per_thousand(self, window: Window) -> float:
        """The count per 1,000 population; NaN where either is not known."""
        return self.values[window] * PER_THOUSAND / self.population


@dataclass(frozen=True, kw_only=True, eq=False)
class Positions:
    """All positions of a run.

    One row for each measure in each area, measures first.  Arrays have the shape (rows,) or
    (rows, windows), with windows in the order of `WINDOWS`.
    """

    measures: tuple[MeasureId, ...]
    areas: tuple[AreaId, ...]
    years: tuple[int, ...]  # performance years, by the calendar year they start in
    to: Integers  # (rows,) days since 1970; `NEVER` where nothing has been recorded
    first: Integers  # (rows, windows)
    last: Integers  # (rows, windows)
    numerator: Floats  # (rows, windows)
    denominator: Floats  # (rows, windows)
    observed: Integers  # (rows, windows) days
    value: Floats  # (rows, windows) a count, or a proportion
    target: Floats  # (rows,)
    gap: Floats  # (rows,)
    outcomes_required: Floats  # (rows,)
    under_investigation: Floats  # (rows,)
    population: Floats  # (rows,)
    yearly: Floats  # (rows, years) NaN where the year is not held in full

    @cached_property
    def _row(self) -> Mapping[tuple[MeasureId, AreaId], int]:
        pairs = ((measure, area) for measure in self.measures for area in self.areas)
        return {pair: row for row, pair in enumerate(pairs)}

    def __len__(self) -> int:
        return len(self.measures) * len(self.areas)

    def __iter__(self) -> Iterator[Position]:
        return (self._position(*pair, row) for pair, row in self._row.items())

    def get(self, measure: MeasureId, area: AreaId) -> Position:
        """Return one position.

        Raises:
            UnknownName: The run did not know the measure or the area.
        """
        row = self._row.get((measure, area))
        if row is None:
            raise UnknownName(
                f"These figures hold no {measure} in {area}.",
                hint="Ask for it in another area, or as at another day.",
            )
        return self._position(measure, area, row)

    def _position(self, measure: MeasureId, area: AreaId, row: int) -> Position:
        known = int(self.to[row]) != NEVER
        return Position(
            measure=measure,
            area=area,
            to=_day(self.to[row]) if known else None,
            figures={
                window: Figure(
                    period=Period(_day(self.first[row, n]), _day(self.last[row, n]))
                    if known
                    else None,
                    numerator=float(self.numerator[row, n]),
                    denominator=float(self.denominator[row, n]),
                    days_observed=int(self.observed[row, n]),
                )
                for n, window in enumerate(WINDOWS)
            },
            values={window: float(self.value[row, n]) for n, window in enumerate(WINDOWS)},
            target=float(self.target[row]),
            gap=float(self.gap[row]),
            outcomes_required=float(self.outcomes_required[row]),
            under_investigation=float(self.under_investigation[row]),
            population=float(self.population[row]),
            yearly=dict(zip(self.years, self.yearly[row].tolist(), strict=True)),
        )

    def to_bytes(self) -> bytes:
        """Return the positions as bytes that are the same for the same figures, everywhere."""
        return kept.to_bytes(
            {name: getattr(self, name) for name in NAMES},
            {one.name: getattr(self, one.name) for one in fields(self) if one.name not in NAMES},
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Positions:
        """Read positions back.

        Raises:
            ValueError: The content is cut short, or is not that of positions.
        """
        names, arrays = kept.from_bytes(content)
        return cls(**names, **arrays)  # type: ignore[arg-type]


def _day(ordinal: np.int64) -> date:
    return EPOCH + timedelta(days=int(ordinal))
