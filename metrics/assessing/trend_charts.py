"""The control charts behind trends: each month with the limits that were in force in it.

Those are the limits frozen when its performance year began, as the assessment of that month had
them (docs/methods.md, "Trends").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from metrics.assessing.controls import chart_limits
from metrics.assessing.layout import Rows
from metrics.model import Catalogue, Grain
from metrics.monthly import MONTHS, Months
from metrics.statistics.control import DEVIATIONS_TO_LIMIT, Limits
from metrics.statistics.control_signals import signals
from metrics.trends import sampling_error

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

QUARTER: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Charts:
    """The limits in force in some months, and what they say; (rows, months)."""

    mean: Floats  # NaN where no firm limits are in force
    spread: Floats
    signals: Booleans


class Held(NamedTuple):
    """What some rows hold by month, (rows, months); the first month is an April."""

    above: Floats
    below: Floats  # NaN of a count

    def of(self, alike: Booleans, *, months: int) -> Held:
        """Return the first months of some of the rows."""
        return Held(above=self.above[alike, :months], below=self.below[alike, :months])


def charts(
    rows: Rows, chosen: Integers, found: Months, whole: Held, catalogue: Catalogue, first: int
) -> Charts:
    """Return the charts of some rows' months, year by year.

    Args:
        rows: The rows of the run.
        chosen: Those wanted, all of them counts, or all of them rates.
        found: Every whole month.
        whole: What the chosen rows hold in them.
        catalogue: Its notes say where limits break.
        first: The column of the first month wanted.
    """
    shown, made = told(whole, rows, chosen), []
    for year in _years(first, len(found.starts)):
        upto = replace(
            found, starts=found.starts[: year.stop], whole=found.whole[:, :, : year.stop]
        )
        of_year = Held(above=shown.above[:, year], below=shown.below[:, year])
        made.append(_chart(rows, chosen, upto, of_year, catalogue))
    return Charts(
        mean=np.hstack([one.mean for one in made]),
        spread=np.hstack([one.spread for one in made]),
        signals=np.hstack([one.signals for one in made]),
    )


def told(held: Held, rows: Rows, chosen: Integers) -> Held:
    """Return what is told of each month: of a survey 12 months, of a return its quarter."""
    is_survey = rows.is_survey[chosen]
    quarterly = rows.of_grain(Grain.QUARTER)[chosen]
    within = np.arange(held.above.shape[1]) % QUARTER != QUARTER - 1

    def of(months: Floats) -> Floats:
        made = months.copy()
        made[is_survey] = _last(months[is_survey], MONTHS)
        returned = quarterly & ~is_survey
        made[returned] = _last(months[returned], QUARTER)
        made[np.ix_(quarterly, within)] = np.nan
        return made

    return Held(above=of(held.above), below=of(held.below))


def _last(months: Floats, width: int) -> Floats:
    """Return the sum of so many months to each month's end; NaN where one is not recorded."""
    before = np.full((months.shape[0], width - 1), np.nan)
    return np.asarray(sliding_window_view(np.hstack([before, months]), width, axis=1).sum(axis=2))


def _chart(
    rows: Rows, chosen: Integers, months: Months, shown: Held, catalogue: Catalogue
) -> Charts:
    """Return the charts of one performance year: of its months only, the newest of `months`.

    Args:
        rows: The rows of the run.
        chosen: Those wanted, all of them counts, or all of them rates.
        months: Every month up to the year's end, or to the last whole one.
        shown: What is told of the months of the year.
        catalogue: Its notes say where limits break.
    """
    limits = chart_limits(rows, chosen, months, catalogue)
    wanted = slice(-shown.above.shape[1], None)
    charted = slice(-limits.centre.shape[1], None)
    values = months.whole[rows.above[chosen], rows.area[chosen]][:, charted]
    if rows.is_rate[chosen[0]]:
        n = months.whole[rows.below[chosen], rows.area[chosen]][:, charted]
        values = np.divide(values, n, out=np.full(values.shape, np.nan), where=n > 0)
    firm = (limits.firm & (limits.spread > 0))[:, wanted]
    mean, spread = limits.centre[:, wanted], limits.spread[:, wanted]
    found = signals(values, limits).any[:, wanted]
    is_survey = rows.is_survey[chosen, None]
    firm &= ~(is_survey & _crosses_a_break(limits)[:, wanted])
    beyond = _is_beyond(shown, mean, spread)
    return Charts(
        mean=np.where(firm, mean, np.nan),
        spread=np.where(firm, spread, np.nan),
        # Twelve months to one month's end share eleven with those to the next: runs say nothing.
        signals=firm & np.where(is_survey, beyond, found),
    )


def _crosses_a_break(limits: Limits) -> Booleans:
    """Whether the 12 months to each month's end hold a break, or begin before the chart."""
    segment = limits.segment
    crosses = np.ones(segment.shape, dtype=bool)
    crosses[:, MONTHS - 1 :] = segment[:, MONTHS - 1 :] != segment[:, : 1 - MONTHS]
    return crosses


def _is_beyond(shown: Held, mean: Floats, spread: Floats) -> Booleans:
    """Whether proportions lie beyond the limits that a chart has for their n."""
    reach = DEVIATIONS_TO_LIMIT * spread * sampling_error(mean, shown.below)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.abs(shown.above / shown.below - mean) > reach)


def _years(first: int, months: int) -> Iterator[slice]:
    """Give the columns of each performance year, from a first column on."""
    for begin in range(first - first % MONTHS, months, MONTHS):
        yield slice(max(begin, first), min(begin + MONTHS, months))
