"""The latest days or months of every series against what was to be expected of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from metrics.assessing.layout import Rows, breaks_of
from metrics.assessing.memory import Memory
from metrics.assessment import WATCHED_DAYS, Watched, WatchedBy, places
from metrics.calendar import bank_holidays, month_end
from metrics.model import Catalogue, Grain, Measure
from metrics.monthly import Months
from metrics.series import Counts
from metrics.statistics.rates import RateSurveillance, Untested, survey
from metrics.statistics.surveillance import (
    ForecastCache,
    History,
    Layout,
    NoVerdict,
    RecordingChange,
    Surveillance,
    SurveillanceState,
    assess,
    fit,
    has_new_forecast,
)
from metrics.statistics.surveillance.monthly import MonthlyHistory, assess_month

Integers = NDArray[np.int64]

RATE_REASONS: Final = {
    Untested.NOT: NoVerdict.HAS_VERDICT,
    Untested.WINDOW_NOT_RECORDED: NoVerdict.GAP_IN_WINDOW,
    Untested.NO_ANSWERS: NoVerdict.TOO_FEW_EXPECTED,
    Untested.HISTORY_TOO_SHORT: NoVerdict.TOO_LITTLE_HISTORY,
    Untested.ERROR_NOT_MEASURED: NoVerdict.TOO_LITTLE_HISTORY,
}
"""What keeps a rate's verdict back, as it is told of counts."""

DAYS_A_WEEK: Final = 7

Learnt = tuple[date, tuple[tuple[int, int], ...]]
"""What a state was learnt on: the first day, and the (measure, area) of each series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """What the daily watch has learnt, to be carried from one day to the next.

    Models train on days that ended 91 days ago, so from one day to the next next to nothing changes
    in them: with a state they are fitted in the first assessment of each week, and when another
    forecast comes due that the variance rests on; the days after it are judged by them.  How far
    that is from models fitted every day: docs/methods/alerts.md, "Replay".  Without a state
    everything is learnt from the history alone, as the daily job does it.
    """

    learnt: Mapping[Learnt, SurveillanceState] = field(default_factory=dict)


def unwatched(rows: Rows) -> Watched:
    """Return that nothing was watched."""
    shape = (len(rows), len(WATCHED_DAYS))
    days, months, rates = places(WatchedBy, [WatchedBy.DAYS, WatchedBy.MONTHS, WatchedBy.RATES])
    return Watched(
        kind=np.select([rows.is_rate, rows.of_grain(Grain.DAY)], [rates, days], months),
        observed=np.full(shape, np.nan),
        expected=np.full(shape, np.nan),
        dispersion=np.full(shape, np.nan),
        p_value=np.full(shape, np.nan),
        reason=np.full(shape, NoVerdict.TOO_LITTLE_HISTORY, dtype=np.int64),
        score=np.full(len(rows), np.nan),
        sigma=np.full(len(rows), np.nan),
    )


def watched(
    rows: Rows,
    counts: Counts,
    catalogue: Catalogue,
    *,
    memory: Memory,
    state: WatchState | None = None,
    cache: ForecastCache | None = None,
) -> tuple[Watched, WatchState]:
    """Look at the latest days, or months, of every count and rate.

    Measures are looked at on the last day that their figures reach; a measure that is late is not
    held against the days it has not delivered.

    Args:
        rows: The rows of the run.
        counts: The arrays they were reckoned from.
        catalogue: Its notes say where recording changed.
        memory: Of what rests on whole months.
        state: What was learnt before; None: everything is learnt from scratch.
        cache: Where forecasts are kept between runs; it spares work and changes no figure.

    Returns:
        What was found, and what has been learnt.
    """
    made = unwatched(rows)
    learnt: dict[Learnt, SurveillanceState] = {}
    daily = rows.is_count & rows.of_grain(Grain.DAY)
    for chosen, day, _ in rows.by_reach(daily, counts):
        series, layout = _with_their_force(rows, chosen, catalogue)
        if series.size:
            history = _history(rows, counts.until(day), catalogue, series, layout)
            today = history.days - 1
            key = (
                counts.first,
                tuple(zip(rows.measure[series].tolist(), rows.area[series].tolist(), strict=True)),
            )
            before = state.learnt.get(key) if state else None
            learnt[key] = _up_to_date(history, today, before, cache)
            _take(made, series, assess(history, learnt[key], today))
    for chosen, _, months in rows.by_reach(rows.is_count & ~daily, counts):
        series, layout = _with_their_force(rows, chosen, catalogue)
        if series.size and months.starts:
            by_month = _monthly(rows, months, catalogue, series, layout)
            found = memory.once(
                "watch by month",
                (catalogue.version, months.starts[-1], series, by_month.counts),
                partial(assess_month, by_month, len(months.starts) - 1),
                keep_as=Surveillance,
            )
            _take(made, series, found)
    for chosen, _, months in rows.by_reach(rows.is_rate, counts):
        rates, worse_below = rows.rate_series(chosen, months), rows.better[chosen] >= 0
        answer = memory.once(
            "watch of rates",
            (*rates.parts, worse_below),
            partial(survey, rates, worse_below=worse_below),
            keep_as=RateSurveillance,
        )
        _take_rates(made, chosen, answer)
    return made, WatchState(learnt=learnt)


def _up_to_date(
    history: History,
    today: int,
    before: SurveillanceState | None,
    cache: ForecastCache | None,
) -> SurveillanceState:
    """Return models fit to judge a day by: those of before, where they are of the same week."""
    if before is None or before.expectation.as_of > today:
        return fit(history, today, windows=WATCHED_DAYS, cache=cache)
    monday = history.first_day.weekday()
    this_week = (today + monday) // DAYS_A_WEEK
    if this_week == (before.expectation.as_of + monday) // DAYS_A_WEEK and not has_new_forecast(
        before, today
    ):
        return before
    return fit(history, today, previous=before, windows=WATCHED_DAYS, cache=cache)


def _with_their_force(
    rows: Rows, chosen: Integers, catalogue: Catalogue
) -> tuple[Integers, Layout]:
    """Return the series whose force-level series is among them, and how they hang together."""
    home = [area.id for area in rows.areas].index(catalogue.force.id)
    led = rows.measure[chosen[rows.area[chosen] == home]]
    series = chosen[np.isin(rows.measure[chosen], led)]
    measure = rows.dense_measure(series)
    force_rows = np.flatnonzero(rows.area[series] == home)
    parent = np.zeros(led.size, dtype=np.intp)
    parent[measure[force_rows]] = force_rows
    return series, Layout(
        measure=measure.astype(np.intp),
        area=rows.area[series].astype(np.intp),
        level=rows.level[series].astype(np.intp),
        parent=parent[measure] if series.size else parent,
        direction=-rows.better[series].astype(np.intp),
    )


def _take(made: Watched, series: Integers, found: Surveillance) -> None:
    """Write what was found into its rows; sources by month have fewer windows."""
    windows = slice(0, len(found.windows))
    made.observed[series, windows] = found.observed
    made.expected[series, windows] = found.expected
    made.dispersion[series, windows] = found.phi
    made.p_value[series, windows] = found.p
    made.reason[series, windows] = found.reason
    made.score[series] = np.where(np.isfinite(found.score), found.score, np.nan)
    made.sigma[series] = found.sigma


def _take_rates(made: Watched, chosen: Integers, found: RateSurveillance) -> None:
    made.observed[chosen] = found.rate.T
    made.expected[chosen] = found.expected.T
    made.p_value[chosen] = found.chance.T
    made.reason[chosen] = np.vectorize(RATE_REASONS.get, otypes=[np.int64])(found.untested.T)
    made.score[chosen] = found.score


def _monthly(
    rows: Rows, months: Months, catalogue: Catalogue, series: Integers, layout: Layout
) -> MonthlyHistory:
    return MonthlyHistory(
        counts=months.whole[rows.above[series], rows.area[series]],
        first_month=months.starts[0].month,
        days=np.array(
            [(month_end(start) - start).days + 1 for start in months.starts], dtype=float
        ),
        layout=layout,
        changes=tuple(
            (number, column)
            for number, one in _measures(rows, series, layout).items()
            for day in breaks_of(catalogue, one)
            for column, start in enumerate(months.starts)
            if start <= day <= month_end(start)
        ),
    )


def _measures(rows: Rows, series: Integers, layout: Layout) -> dict[int, Measure]:
    return {
        int(number): rows.measures[rows.measure[row]]
        for number, row in zip(layout.measure, series, strict=True)
    }


def _history(
    rows: Rows, counts: Counts, catalogue: Catalogue, series: Integers, layout: Layout
) -> History:
    place = rows.above[series], rows.area[series]
    daily = counts.values[place]
    daily[~counts.observed[place]] = np.nan
    return History(
        counts=daily,
        first_day=counts.first,
        layout=layout,
        changes=tuple(
            RecordingChange(measure=number, day=day)
            for number, one in _measures(rows, series, layout).items()
            for day in breaks_of(catalogue, one)
        ),
        special_days=bank_holidays(counts.first, counts.last),
    )
