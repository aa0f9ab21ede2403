"""From a snapshot's months to the effect of an operation: what is measured, and what is not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from metrics.errors import CatalogueError, UserError
from metrics.impact import Impact, impact_of
from metrics.model import AreaId, Catalogue, Level, MeasureId, Note
from metrics.operations import Operation
from metrics.statistics.impact import ImpactVerdict
from metrics.trends import Trends, no_trends

BURGLARY = MeasureId("domestic-burglary.recorded")
ROBBERY = MeasureId("robbery.recorded")
SHOPLIFTING = MeasureId("shoplifting.recorded")
RATE = MeasureId("domestic-burglary.outcome-rate")
CHARNWOOD, BLABY, MELTON = AreaId("charnwood"), AreaId("blaby"), AreaId("melton")

FIRST = 2009 * 12
"""January 2009."""

AS_AT = date(2013, 12, 31)

TIGER = Operation(id="tiger", name="Operation Tiger", first=date(2013, 6, 10))
MEASURED_FROM = 54
"""July 2013, the first whole month since."""


def trends(
    catalogue: Catalogue,
    *,
    factors: Mapping[AreaId, float] | None = None,
    size: float = 200.0,
    is_part: bool = False,
) -> Trends:
    """Five years of Poisson counts by month, with what happened since July 2013 in some areas."""
    rng = np.random.default_rng(2013)
    measures = (BURGLARY, ROBBERY, SHOPLIFTING, RATE)
    areas = tuple(one.id for one in catalogue.tree if one.level is Level.CSP)
    months = tuple(date((FIRST + n) // 12, (FIRST + n) % 12 + 1, 1) for n in range(60))
    rows = len(measures) * len(areas)
    above = rng.poisson(size, (rows, 60)).astype(np.float64)
    for number, (_, area) in enumerate((m, a) for m in measures for a in areas):
        above[number, MEASURED_FROM:] *= (factors or {}).get(area, 1.0)
    unknown, nought = np.full((rows, 60), np.nan), np.zeros((rows, 60), dtype=np.int64)
    none = np.empty((rows, 0))
    return Trends(
        measures=measures,
        areas=areas,
        months=months,
        days=(),
        is_rate=np.repeat([0, 0, 0, 1], len(areas)),
        is_daily=np.zeros(rows, dtype=np.int64),
        last_is_part=np.full(rows, int(is_part)),
        above=above,
        below=unknown,
        mean=unknown,
        spread=unknown,
        signals=nought,
        counted=none,
        counted_last_year=none,
    )


def measured(
    catalogue: Catalogue,
    held: Trends,
    operation: Operation = TIGER,
    *,
    area: AreaId = CHARNWOOD,
    as_at: date = AS_AT,
) -> Impact:
    """Measure domestic burglary."""
    return impact_of(
        held, operation, catalogue.measures[BURGLARY], area, catalogue=catalogue, as_at=as_at
    )


def test_a_fall_of_a_third_is_found(leicestershire: Catalogue) -> None:
    found = measured(leicestershire, trends(leicestershire, factors={CHARNWOOD: 2 / 3}))

    assert found.verdict is ImpactVerdict.FALL
    assert found.low < -1 / 3 < found.high < 0


def test_nothing_done_shows_no_effect(leicestershire: Catalogue) -> None:
    assert measured(leicestershire, trends(leicestershire)).verdict is ImpactVerdict.NOT_DETECTABLE


def test_the_month_of_the_launch_is_neither_before_nor_after(leicestershire: Catalogue) -> None:
    held = trends(leicestershire)
    held.above[:, MEASURED_FROM - 1] = 10_000.0  # June 2013

    found = measured(leicestershire, held)

    assert found.measured[0] == date(2013, 7, 1)
    assert found.verdict is ImpactVerdict.NOT_DETECTABLE


def test_a_launch_on_the_first_of_a_month_is_measured_from_that_month(
    leicestershire: Catalogue,
) -> None:
    operation = replace(TIGER, first=date(2013, 7, 1))

    assert measured(leicestershire, trends(leicestershire), operation).measured[0].month == 7


def test_a_month_that_is_not_over_is_not_measured(leicestershire: Catalogue) -> None:
    found = measured(leicestershire, trends(leicestershire, is_part=True), as_at=date(2013, 12, 11))

    assert found.measured[-1] == date(2013, 11, 1)


def test_what_was_counted_less_what_was_expected_is_the_change(leicestershire: Catalogue) -> None:
    found = measured(leicestershire, trends(leicestershire))

    assert found.observed == found.counterfactual + found.change
    assert found.effect == pytest.approx(found.change / found.counterfactual)
    low, high = found.change_limits
    assert low < found.change < high


def test_what_areas_beside_it_did_as_well_is_taken_off(leicestershire: Catalogue) -> None:
    fallen = dict.fromkeys((CHARNWOOD, BLABY, MELTON), 0.7)
    held = trends(leicestershire, factors=fallen)
    operation = replace(TIGER, comparison=(BLABY, MELTON))

    alone, against = measured(leicestershire, held), measured(leicestershire, held, operation)

    assert alone.verdict is ImpactVerdict.FALL
    assert against.verdict is ImpactVerdict.NOT_DETECTABLE
    assert against.comparison_effect == pytest.approx(-0.3, abs=0.05)


def test_a_comparison_of_few_crimes_brings_its_own_chance(leicestershire: Catalogue) -> None:
    held = trends(leicestershire)
    held.above[:] = np.where(
        np.array(held.areas * 4)[:, None] == BLABY, held.above // 20, held.above
    )
    operation = replace(TIGER, comparison=(BLABY,))

    found = measured(leicestershire, held, operation)

    by_chance = 2.0 * math.sqrt(2.0 / (6 * 10))
    assert math.log1p(found.high) - math.log1p(found.low) > 2.0 * 0.9 * by_chance


def test_a_comparison_of_a_handful_of_crimes_is_too_few(leicestershire: Catalogue) -> None:
    held = trends(leicestershire)
    held.above[:] = np.where(np.array(held.areas * 4)[:, None] == BLABY, 2.0, held.above)
    operation = replace(TIGER, comparison=(BLABY,))

    found = measured(leicestershire, held, operation)

    assert found.verdict is ImpactVerdict.TOO_FEW


def test_an_area_is_not_compared_with_itself(leicestershire: Catalogue) -> None:
    operation = replace(TIGER, comparison=(CHARNWOOD,))

    with pytest.raises(CatalogueError, match="overlap"):
        measured(leicestershire, trends(leicestershire), operation)


def test_an_area_of_comparison_has_to_be_one_of_the_plan(leicestershire: Catalogue) -> None:
    operation = replace(TIGER, comparison=(AreaId("atlantis"),))

    with pytest.raises(CatalogueError, match="no area of the plan"):
        measured(leicestershire, trends(leicestershire), operation)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2013, 9, 1), ImpactVerdict.BROKEN),
        (date(2012, 9, 1), ImpactVerdict.TOO_SHORT),
        (date(2009, 9, 1), ImpactVerdict.NOT_DETECTABLE),
    ],
    ids=["since the launch", "nine months before it", "years before it"],
)
def test_a_change_of_recording_parts_what_is_not_alike(
    leicestershire: Catalogue, day: date, said: ImpactVerdict
) -> None:
    note = Note(day=day, measures=(BURGLARY,), text="", source="", is_break=True)
    catalogue = replace(leicestershire, notes=(note,))

    assert measured(catalogue, trends(catalogue)).verdict is said


def test_a_change_of_recording_elsewhere_breaks_nothing(leicestershire: Catalogue) -> None:
    note = Note(
        day=date(2013, 9, 1),
        measures=(BURGLARY,),
        text="",
        source="",
        is_break=True,
        areas=(MELTON,),
    )
    catalogue = replace(leicestershire, notes=(note,))

    assert measured(catalogue, trends(catalogue)).verdict is ImpactVerdict.NOT_DETECTABLE


def test_before_a_whole_month_has_passed_it_is_too_early(leicestershire: Catalogue) -> None:
    operation = replace(TIGER, first=date(2013, 12, 2))

    found = measured(leicestershire, trends(leicestershire), operation)

    assert found.verdict is ImpactVerdict.TOO_EARLY
    assert found.weeks == pytest.approx(30 / 7)
    assert found.shows_by is not None


def test_a_handful_of_crimes_is_too_few(leicestershire: Catalogue) -> None:
    held = trends(leicestershire)
    held.above[: len(held.areas)] = 2.0

    assert measured(leicestershire, held).verdict is ImpactVerdict.TOO_FEW


def test_a_month_missing_after_the_launch_ends_what_is_measured(leicestershire: Catalogue) -> None:
    held = trends(leicestershire)
    held.above[:, MEASURED_FROM + 2] = np.nan

    assert len(measured(leicestershire, held).measured) == 2


def test_the_first_month_missing_is_said(leicestershire: Catalogue) -> None:
    held = trends(leicestershire)
    held.above[:, MEASURED_FROM] = np.nan

    assert measured(leicestershire, held).verdict is ImpactVerdict.NOT_RECORDED


def test_an_operation_that_has_ended_is_measured_to_its_end(leicestershire: Catalogue) -> None:
    operation = replace(TIGER, last=date(2013, 9, 29))

    found = measured(leicestershire, trends(leicestershire), operation)

    assert found.measured == (date(2013, 7, 1), date(2013, 8, 1))
    assert found.weeks == pytest.approx(16)


def test_no_more_than_a_year_is_measured_and_nothing_is_expected_after_it(
    leicestershire: Catalogue,
) -> None:
    operation = replace(TIGER, first=date(2012, 10, 1))

    found = measured(leicestershire, trends(leicestershire), operation)

    assert found.measured[-1] == date(2013, 9, 1)
    assert all(math.isnan(one) for one in found.expected[-3:])


def test_by_when_ten_per_cent_would_show_lies_ahead(leicestershire: Catalogue) -> None:
    operation = replace(TIGER, first=date(2013, 11, 1))

    found = measured(leicestershire, trends(leicestershire), operation)

    assert found.smallest_fall > 0.10
    assert found.shows_by is not None
    assert found.shows_by > AS_AT


def test_what_would_show_already_is_not_said_to_show_one_day(leicestershire: Catalogue) -> None:
    found = measured(leicestershire, trends(leicestershire, size=5000.0))

    assert found.smallest_fall < 0.10
    assert found.shows_by is None or found.shows_by > AS_AT


def test_the_months_of_a_launch_before_those_that_are_kept_cannot_be_measured(
    leicestershire: Catalogue,
) -> None:
    operation = replace(TIGER, first=date(2008, 6, 10))

    found = measured(leicestershire, trends(leicestershire), operation)

    assert found.verdict is ImpactVerdict.TOO_SHORT


def test_what_has_not_begun_has_no_effect(leicestershire: Catalogue) -> None:
    with pytest.raises(UserError, match="began on 10 June 2013, after these figures"):
        measured(leicestershire, trends(leicestershire), as_at=date(2013, 6, 9))


def test_rates_are_not_measured(leicestershire: Catalogue) -> None:
    with pytest.raises(UserError, match="measured on counts"):
        impact_of(
            trends(leicestershire),
            TIGER,
            leicestershire.measures[RATE],
            CHARNWOOD,
            catalogue=leicestershire,
            as_at=AS_AT,
        )


def test_a_snapshot_without_months_says_so(leicestershire: Catalogue) -> None:
    with pytest.raises(UserError, match="without the months behind them"):
        measured(leicestershire, no_trends())
