"""Positions + statistics → assessments, for every measure in every area at once.

What may be said of a position: whether chance explains its change, where the year is likely to end,
where it stands on its control chart, whether the last weeks are out of the ordinary, where the
force stands among its peers, and from all of it a classification.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from metrics.assessing.classes import classified
from metrics.assessing.comparisons import (
    against_baseline,
    against_last_year,
    against_last_years_month,
    leaf_dispersion,
    not_compared,
    usual_variation,
)
from metrics.assessing.controls import controlled
from metrics.assessing.layout import partition, rows_of
from metrics.assessing.memory import Memory
from metrics.assessing.peers import placed, unplaced
from metrics.assessing.projections import projected
from metrics.assessing.watch import WatchState, unwatched, watched
from metrics.assessment import Assessments
from metrics.calendar import Window
from metrics.delivery import CountTable
from metrics.model import Catalogue
from metrics.monthly import MonthTotals
from metrics.positions import Positions
from metrics.series import Counts
from metrics.statistics.surveillance import ForecastCache


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What is carried from day to day by a caller that assesses many.

    `memory` and `totals` only spare work: the figures are the same without them.  `watch_state`
    is what the daily watch learnt (see there how far that goes), and `only_rules` leaves out what
    no alert rule reads: the baseline, the month, limits of rates, three months among peers.
    `cache` holds what earlier runs have kept; it too only spares work.
    """

    watch_state: WatchState | None = None
    memory: Memory = field(default_factory=Memory)
    totals: MonthTotals | None = None  # of arrays that begin alike and reach at least as far
    only_rules: bool = False
    cache: ForecastCache | None = None


def assess(
    counts: Counts,
    positions: Positions,
    table: CountTable,
    catalogue: Catalogue,
    *,
    as_at: date,
    previous: Assessments | None = None,
    watch: bool = True,
    totals: MonthTotals | None = None,
    cache: ForecastCache | None = None,
) -> Assessments:
    """Assess every position.

    Args:
        counts: Dense arrays that end on `as_at`.
        positions: Reckoned from them.
        table: The count table behind them, for the counts of the similar forces.
        catalogue: Measures, areas, frameworks, impacts.
        as_at: The day of the positions.
        previous: The assessments before these, so that a classification close to a cut does not
            flap.
        watch: Whether to look at the last 7, 28 and 56 days; board papers do without.
        totals: The months of the same arrays, or of longer ones, where they have been added up.
        cache: What earlier runs have kept of their work; the figures are the same without it.
    """
    return assess_next(
        counts,
        positions,
        table,
        catalogue,
        as_at=as_at,
        previous=previous,
        watch=watch,
        running=Running(memory=Memory(cache), totals=totals, cache=cache),
    )[0]


def assess_next(
    counts: Counts,
    positions: Positions,
    table: CountTable,
    catalogue: Catalogue,
    *,
    as_at: date,
    running: Running,
    previous: Assessments | None = None,
    watch: bool = True,
) -> tuple[Assessments, Running]:
    """Assess every position on one of many days; other arguments are those of `assess`.

    Args:
        running: What came of the day before; a new one for the first day.

    Returns:
        The assessments, and what to pass on to the next day.
    """
    rows = rows_of(catalogue, positions, counts, totals=running.totals)
    months = rows.totals.until(counts.last)
    memory, version = running.memory, catalogue.version
    inputs = (version, months.starts[-1:], months.whole)
    dispersion = memory.once(
        "dispersion", inputs, partial(leaf_dispersion, rows, months, partition(catalogue))
    )
    usual = memory.once(
        "usual variation", inputs, partial(usual_variation, rows, months, memory=memory)
    )
    last_year = against_last_year(rows, positions, catalogue, usual=usual)
    everything = not running.only_rules
    year_end = projected(
        rows, positions, counts, catalogue, as_at=as_at, memory=memory, limits=everything
    )
    control = controlled(rows, counts, catalogue, as_at=as_at, memory=memory)
    place = partial(
        placed,
        rows,
        positions,
        table,
        catalogue,
        dispersion=dispersion,
        as_at=as_at,
        memory=memory,
    )
    peers = place(window=Window.ROLLING_12)
    watch_state = running.watch_state
    watch_found = unwatched(rows)
    if watch:
        watch_found, watch_state = watched(
            rows, counts, catalogue, memory=memory, state=watch_state, cache=running.cache
        )
    made = Assessments(
        measures=positions.measures,
        areas=positions.areas,
        last_year=last_year,
        baseline=against_baseline(rows, positions, catalogue, usual=usual)
        if everything
        else not_compared(rows),
        month=against_last_years_month(rows, positions, catalogue, usual=usual)
        if everything
        else not_compared(rows),
        year_end=year_end,
        control=control,
        watch=watch_found,
        peers=peers,
        peers_3_months=place(window=Window.LAST_3_MONTHS) if everything else unplaced(rows),
        threat=classified(
            rows,
            positions,
            catalogue,
            last_year=last_year,
            year_end=year_end,
            control=control,
            peers=peers,
            as_at=as_at,
            previous=previous,
        ),
    )
    return made, replace(running, watch_state=watch_state)
