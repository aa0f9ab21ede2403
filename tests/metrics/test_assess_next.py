"""Days assessed one after another are the days assessed alone."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pytest

from metrics.assess import Running, assess, assess_next
from metrics.assessment import Assessments
from metrics.delivery import CountTable
from metrics.model import Catalogue
from metrics.monthly import MonthTotals
from metrics.reckoning import reckon
from metrics.series import Counts, dense
from metrics.statistics.surveillance.constants import HINDCAST_STEP
from tests.metrics.assessing.test_memory import Folder
from tests.metrics.test_assess import AS_AT, records

DAYS = tuple(AS_AT - timedelta(days=back) for back in range(16))[::-1]
"""Over a month's end, 30 November, and three Mondays."""


@pytest.fixture(scope="module")
def table() -> CountTable:
    return records(burst={"net-damage": 1.6})


@pytest.fixture(scope="module")
def counts(saltmarsh: Catalogue, table: CountTable) -> Counts:
    return dense(table, saltmarsh, to=AS_AT)


def one_after_another(
    counts: Counts, table: CountTable, catalogue: Catalogue, running: Running
) -> dict[date, Assessments]:
    made: dict[date, Assessments] = {}
    for day in DAYS:
        upto = counts.until(day)
        positions = reckon(upto, table, catalogue, as_at=day)
        made[day], running = assess_next(
            upto, positions, table, catalogue, as_at=day, running=running
        )
    return made


@pytest.fixture(scope="module")
def alone(saltmarsh: Catalogue, table: CountTable, counts: Counts) -> dict[date, Assessments]:
    """Some of the days, each from scratch."""
    made = {}
    for day in DAYS[::5]:
        upto = counts.until(day)
        positions = reckon(upto, table, saltmarsh, as_at=day)
        made[day] = assess(upto, positions, table, saltmarsh, as_at=day)
    return made


@pytest.fixture(scope="module")
def running(counts: Counts) -> Running:
    return Running(totals=MonthTotals(counts))


@pytest.fixture(scope="module")
def together(
    saltmarsh: Catalogue, table: CountTable, counts: Counts, running: Running
) -> dict[date, Assessments]:
    return one_after_another(counts, table, saltmarsh, running)


@pytest.mark.parametrize(
    "part", ["last_year", "baseline", "month", "year_end", "control", "peers", "threat"]
)
def test_what_is_remembered_of_months_changes_no_figure(
    alone: dict[date, Assessments], together: dict[date, Assessments], part: str
) -> None:
    for day, expected in alone.items():
        for field in fields(getattr(expected, part)):
            one, other = (
                getattr(getattr(made, part), field.name) for made in (expected, together[day])
            )
            assert np.array_equal(one, other, equal_nan=np.asarray(one).dtype.kind == "f")


def test_scores_of_the_watch_stay_close_to_those_learnt_from_scratch(
    alone: dict[date, Assessments], together: dict[date, Assessments]
) -> None:
    for day, expected in alone.items():
        assert together[day].watch.score == pytest.approx(
            expected.watch.score, rel=0.06, abs=0.15, nan_ok=True
        )


def test_without_a_state_the_watch_is_learnt_from_scratch(
    saltmarsh: Catalogue,
    table: CountTable,
    counts: Counts,
    running: Running,
    alone: dict[date, Assessments],
) -> None:
    day = DAYS[0]
    upto = counts.until(day)
    positions = reckon(upto, table, saltmarsh, as_at=day)

    made, _ = assess_next(
        upto, positions, table, saltmarsh, as_at=day, running=replace(running, watch_state=None)
    )

    assert made.to_bytes() == alone[day].to_bytes()


def test_models_are_fitted_anew_on_mondays_and_when_a_forecast_comes_due(
    saltmarsh: Catalogue, table: CountTable, counts: Counts, running: Running
) -> None:
    fitted = []
    for day in DAYS:
        upto = counts.until(day)
        positions = reckon(upto, table, saltmarsh, as_at=day)
        _, running = assess_next(upto, positions, table, saltmarsh, as_at=day, running=running)
        assert running.watch_state is not None
        (state,) = running.watch_state.learnt.values()
        fitted.append(counts.first + timedelta(days=state.expectation.as_of))

    anew = sorted(set(fitted) - {DAYS[0]})
    due = [day for day in anew if day.weekday() != 0]
    assert all((day - counts.first).days % HINDCAST_STEP == 0 for day in due)
    assert len(due) <= 1
    assert all(day - on < timedelta(days=7) for day, on in zip(DAYS, fitted, strict=True))


def test_what_no_rule_reads_is_left_out_and_nothing_else_changes(
    saltmarsh: Catalogue, table: CountTable, counts: Counts, alone: dict[date, Assessments]
) -> None:
    day = DAYS[0]
    upto = counts.until(day)
    positions = reckon(upto, table, saltmarsh, as_at=day)

    made, _ = assess_next(
        upto, positions, table, saltmarsh, as_at=day, running=Running(only_rules=True)
    )

    assert np.isnan(made.baseline.p_value).all()
    for part in ("last_year", "control", "watch", "peers", "threat"):
        for field in fields(getattr(made, part)):
            assert np.array_equal(
                np.asarray(getattr(getattr(made, part), field.name), dtype=object),
                np.asarray(getattr(getattr(alone[day], part), field.name), dtype=object),
            ) or np.array_equal(
                getattr(getattr(made, part), field.name),
                getattr(getattr(alone[day], part), field.name),
                equal_nan=True,
            )
    for name in ("expected", "chance_met"):
        assert np.array_equal(
            getattr(made.year_end, name), getattr(alone[day].year_end, name), equal_nan=True
        )


def test_what_a_run_has_kept_changes_no_figure(
    saltmarsh: Catalogue, table: CountTable, counts: Counts, alone: dict[date, Assessments]
) -> None:
    folder, day = Folder(), DAYS[0]
    upto = counts.until(day)
    positions = reckon(upto, table, saltmarsh, as_at=day)

    made = [
        assess(upto, positions, table, saltmarsh, as_at=day, cache=folder).to_bytes()
        for _ in range(2)
    ]

    assert folder.held
    assert made == [alone[day].to_bytes()] * 2
