"""Positions + statistics → assessments, for every measure in every area at once.

What may be said of a position: whether chance explains its change, where the year is likely to end,
where it stands on its control chart, whether the last weeks are out of the ordinary, where the
force stands among its peers, and from all of it a classification.
"""

from __future__ import annotations

from datetime import date

from metrics.assessing.classes import classified
from metrics.assessing.comparisons import (
    against_baseline,
    against_last_year,
    against_last_years_month,
    leaf_dispersion,
    usual_variation,
)
from metrics.assessing.controls import controlled
from metrics.assessing.layout import partition, rows_of
from metrics.assessing.peers import placed
from metrics.assessing.projections import projected
from metrics.assessing.watch import unwatched, watched
from metrics.assessment import Assessments
from metrics.calendar import Window
from metrics.delivery import CountTable
from metrics.model import Catalogue
from metrics.monthly import by_month
from metrics.positions import Positions
from metrics.series import Counts


def assess(
    counts: Counts,
    positions: Positions,
    table: CountTable,
    catalogue: Catalogue,
    *,
    as_at: date,
    previous: Assessments | None = None,
    watch: bool = True,
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
    """
    rows = rows_of(catalogue, positions, counts)
    months = by_month(counts)
    dispersion = leaf_dispersion(rows, months, partition(catalogue))
    usual = usual_variation(rows, months)
    last_year = against_last_year(rows, positions, catalogue, usual=usual)
    year_end = projected(rows, positions, counts, catalogue, as_at=as_at)
    control = controlled(rows, counts, catalogue, as_at=as_at)
    peers, peers_3_months = (
        placed(rows, positions, table, catalogue, dispersion=dispersion, as_at=as_at, window=window)
        for window in (Window.ROLLING_12, Window.LAST_3_MONTHS)
    )
    return Assessments(
        measures=positions.measures,
        areas=positions.areas,
        last_year=last_year,
        baseline=against_baseline(rows, positions, catalogue, usual=usual),
        month=against_last_years_month(rows, positions, catalogue, usual=usual),
        year_end=year_end,
        control=control,
        watch=watched(rows, counts, catalogue) if watch else unwatched(rows),
        peers=peers,
        peers_3_months=peers_3_months,
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
