"""Laws of an assessment: quiet on noise, mirrored by polarity, a gap is never good news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from metrics.assess import assess
from metrics.assessment import Assessment, Assessments
from metrics.delivery import CountTable
from metrics.model import AreaId, Catalogue, Grain, MeasureId, Polarity
from metrics.positions import Positions
from metrics.reckoning import reckon
from metrics.series import dense
from metrics.statistics.surveillance import NoVerdict
from metrics.statistics.verdict import NotTestable, Verdict
from tests.conftest import a_table

FIRST, LAST = "2014-04-01", "2020-12-11"
AS_AT = date(2020, 12, 11)
TYPES = ("boat-theft", "net-damage", "other")


def records(
    *,
    seed: int = 1,
    mean: float = 4.0,
    burst: Mapping[str, float] | None = None,
    missing: tuple[str, str] | None = None,
) -> CountTable:
    """Return Poisson counts of three types in two areas, with what happened to some of them.

    Args:
        burst: By crime type, what its mean is multiplied by in the last eight weeks.
        missing: Days that were not delivered.
    """
    rng = np.random.default_rng(seed)
    days = pd.date_range(FIRST, LAST, unit="s")
    parts = []
    for kind in TYPES:
        factor = np.where(days > pd.Timestamp(LAST) - pd.Timedelta(days=56), 1.0, 0.0)
        level = mean * (1 + factor * ((burst or {}).get(kind, 1.0) - 1))
        for area in ("ebb", "flow"):
            counts = rng.poisson(level, len(days)).astype(float)
            parts.append(
                pd.DataFrame(
                    {"cohort": days, "day": days, "area": area, "tally": f"{kind}.recorded",
                     "count": counts}
                )
            )  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    spans = [(FIRST, LAST)]
    if missing:
        inside = (rows["day"] >= missing[0]) & (rows["day"] <= missing[1])
        rows = rows[~inside].reset_index(drop=True)
        before = pd.Timestamp(missing[0]) - pd.Timedelta(days=1)
        after = pd.Timestamp(missing[1]) + pd.Timedelta(days=1)
        spans = [(FIRST, f"{before:%Y-%m-%d}"), (f"{after:%Y-%m-%d}", LAST)]
    covers = pd.DataFrame(
        [
            (f"{kind}.{what}", "saltmarsh", *span)
            for kind in TYPES
            for what in ("recorded", "outcomes")
            for span in spans
        ],
        columns=["tally", "area", "first", "last"],
    ).astype({"first": "datetime64[s]", "last": "datetime64[s]"})  # fmt: skip
    return CountTable(rows=rows.astype({"area": "category", "tally": "category"}), covers=covers)


def assessed(
    catalogue: Catalogue, table: CountTable, *, previous: Assessments | None = None
) -> tuple[Positions, Assessments]:
    counts = dense(table, catalogue, to=AS_AT)
    positions = reckon(counts, table, catalogue, as_at=AS_AT)
    return positions, assess(counts, positions, table, catalogue, as_at=AS_AT, previous=previous)


def one(assessments: Assessments, measure: str, area: str = "saltmarsh") -> Assessment:
    return assessments.get(MeasureId(measure), AreaId(area))


@pytest.fixture(scope="module")
def steady(saltmarsh: Catalogue) -> Assessments:
    """Six years of nothing but chance."""
    return assessed(saltmarsh, records())[1]


def test_chance_alone_is_neither_significant_nor_out_of_the_ordinary(
    steady: Assessments,
) -> None:
    for kind in TYPES[1:]:
        found = one(steady, f"{kind}.recorded")
        assert found.last_year.verdict is Verdict.NO_SIGNIFICANT_CHANGE
        assert min(found.watch.p_value) > 0.001


def test_a_burst_is_seen_in_the_last_weeks(saltmarsh: Catalogue) -> None:
    _, found = assessed(saltmarsh, records(burst={"net-damage": 2.0}))

    watch = one(found, "net-damage.recorded").watch
    assert watch.p_value[2] < 1e-6
    assert watch.sigma > 3


def test_what_is_neither_good_nor_bad_is_never_a_deterioration(saltmarsh: Catalogue) -> None:
    measure = MeasureId("net-damage.recorded")
    neutral = replace(saltmarsh.measures[measure], polarity=Polarity.NEITHER)
    catalogue = replace(saltmarsh, measures={**saltmarsh.measures, measure: neutral})

    _, found = assessed(catalogue, records(burst={"net-damage": 2.0}))

    assert np.isnan(one(found, measure).watch.p_value).all()
    assert one(found, measure).threat.level is None


def test_where_more_is_better_a_burst_is_no_deterioration(saltmarsh: Catalogue) -> None:
    measure = MeasureId("net-damage.recorded")
    good = replace(saltmarsh.measures[measure], polarity=Polarity.HIGHER_IS_BETTER)
    catalogue = replace(saltmarsh, measures={**saltmarsh.measures, measure: good})

    _, found = assessed(catalogue, records(burst={"net-damage": 2.0}))

    assert one(found, measure).watch.p_value[2] > 0.99


def test_a_gap_leaves_everything_that_needs_it_unsaid(saltmarsh: Catalogue) -> None:
    _, found = assessed(saltmarsh, records(missing=("2020-11-01", "2020-12-05")))

    assessment = one(found, "net-damage.recorded")
    assert assessment.last_year.reason is NotTestable.NOT_RECORDED
    assert np.isnan(assessment.year_end.expected)
    assert assessment.year_end.withheld.reason
    assert NoVerdict.GAP_IN_WINDOW in assessment.watch.reasons
    assert assessment.threat.level is None


def test_a_change_of_recording_refuses_the_comparison_across_it(steady: Assessments) -> None:
    """Canoes are counted as boats from June 2020 in the invented force's notes."""
    assert one(steady, "boat-theft.recorded").last_year.reason is NotTestable.DEFINITION_CHANGED


def test_months_of_chance_stay_within_their_control_limits(steady: Assessments) -> None:
    assert "expected bounds" in one(steady, "net-damage.recorded").control.words


def test_a_classification_pointed_at_once_is_pending_and_twice_is_made(
    saltmarsh: Catalogue,
) -> None:
    table = records(burst={"net-damage": 1.6})
    _, alone = assessed(saltmarsh, table)

    held = replace(alone.threat, level=np.where(alone.threat.level > 0, 3, 0))
    _, once = assessed(saltmarsh, table, previous=replace(alone, threat=held))
    _, twice = assessed(saltmarsh, table, previous=once)

    changed = (alone.threat.level > 0) & (once.threat.pending > 0)
    assert changed.any()
    assert (once.threat.level[changed] == 3).all()
    assert (twice.threat.level[changed] == alone.threat.level[changed]).all()


def test_the_interval_holds_what_is_expected(steady: Assessments) -> None:
    year_end = one(steady, "net-damage.recorded").year_end

    assert year_end.lower_95 <= year_end.lower_80 <= year_end.expected
    assert year_end.expected <= year_end.upper_80 <= year_end.upper_95


def test_a_rate_that_falls_is_seen_in_the_latest_months(saltmarsh: Catalogue) -> None:
    months = [f"{day:%Y-%m-%d}" for day in pd.date_range("2015-04-30", "2020-11-30", freq="ME")]
    satisfied, responses = (f"survey.anglers.overall.{one}" for one in ("satisfied", "responses"))
    rng = np.random.default_rng(3)
    rows = []
    for number, day in enumerate(months):
        rate = 0.55 if number >= len(months) - 3 else 0.85
        rows.append((day, "saltmarsh", responses, 120.0))
        rows.append((day, "saltmarsh", satisfied, float(rng.binomial(120, rate))))
    covers = [(one, "saltmarsh", "2015-04-01", "2020-11-30") for one in (satisfied, responses)]

    _, found = assessed(saltmarsh, a_table(rows, covers))

    watch = one(found, "anglers.satisfaction").watch
    assert watch.windows == ("month", "3 months", "12 months")
    assert watch.observed[1] == pytest.approx(0.55, abs=0.07)
    assert watch.p_value[1] < 1e-4
    assert one(found, "anglers.satisfaction", "ebb").threat.level is None


def test_counts_by_month_are_watched_by_month(saltmarsh: Catalogue) -> None:
    monthly = {
        name: replace(measure, grain=Grain.MONTH) for name, measure in saltmarsh.measures.items()
    }
    table = records()
    ends = table.rows["day"] + pd.offsets.MonthEnd(0)
    rows = table.rows.assign(day=ends.astype("datetime64[s]"), cohort=ends.astype("datetime64[s]"))
    covers = table.covers.assign(last=pd.Timestamp("2020-12-31").as_unit("s"))

    _, found = assessed(replace(saltmarsh, measures=monthly), CountTable(rows=rows, covers=covers))

    watch = one(found, "net-damage.recorded").watch
    assert watch.windows[0] == "month"
    assert watch.reasons[:2] == (NoVerdict.HAS_VERDICT,) * 2
    assert watch.p_value[0] > 0.001
    assert np.isnan(watch.observed[2])


def test_what_the_usual_revisions_would_undo_is_fragile(saltmarsh: Catalogue) -> None:
    year = "2020-04-01"
    table = records(seed=4)
    more = (table.rows["day"] >= year) & (table.rows["tally"] == "net-damage.recorded")
    raised = table.rows.assign(count=table.rows["count"] * np.where(more, 1.22, 1.0))
    changed = CountTable(rows=raised, covers=table.covers)

    by_revision = {
        revision: one(
            assessed(replace(saltmarsh, usual_revision=revision), changed)[1],
            "net-damage.recorded",
        ).last_year
        for revision in (0.0, 0.001, 0.2)
    }

    assert by_revision[0.0].verdict is Verdict.SIGNIFICANT_RISE
    assert not by_revision[0.0].fragile
    assert not by_revision[0.001].fragile
    assert by_revision[0.2].fragile


def test_periods_that_share_days_are_not_compared(saltmarsh: Catalogue) -> None:
    """In December 2020 the last 12 months begin inside the baseline year 2019/20."""
    _, found = assessed(saltmarsh, records())

    comparison = one(found, "net-damage.recorded").baseline
    assert comparison.verdict is Verdict.NOT_TESTABLE
    assert comparison.reason is NotTestable.PERIODS_OVERLAP
