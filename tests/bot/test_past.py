"""Figures of past days are those of the daily job, as they were known then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from bot.past import Loaded, Past
from metrics.assess import assess
from metrics.calendar import LONDON, Window
from metrics.delivery import CountTable, Load
from metrics.model import AreaId, Catalogue, MeasureId
from metrics.reckoning import reckon
from metrics.series import dense
from metrics.snapshot import Figures
from tests.conftest import a_table, every_day
from tests.metrics.test_assess import AS_AT, records

RUN_AT = time(6)
NETS = "net-damage.recorded"
WEEK = tuple(AS_AT - timedelta(days=back) for back in range(7))[::-1]


def a_load(number: int, table: CountTable, loaded_at: datetime) -> Loaded:
    load = Load(
        id=number,
        source="crimes",
        loaded_at=loaded_at,
        fingerprint="",
        rows_in=len(table.rows),
        rows_rejected=0,
        span=None,
        cohort_days_changed=0,
        inputs=(),
        rejections=(),
        remarks=(),
    )
    return load, table


def count_of(figures: Figures, measure: str = NETS) -> float:
    position = figures.snapshot.positions.get(MeasureId(measure), AreaId("ebb"))
    return position.values[Window.LATEST]


@pytest.fixture(scope="module")
def all_at_once() -> list[Loaded]:
    return [a_load(1, records(burst={"net-damage": 1.6}), datetime(2026, 1, 1, tzinfo=UTC))]


@pytest.fixture(scope="module")
def week(all_at_once: list[Loaded], saltmarsh: Catalogue) -> list[Figures]:
    past = Past(all_at_once, saltmarsh, run_at=RUN_AT, is_exact=True)
    return list(past.figures(WEEK))


def test_positions_are_those_of_the_daily_job(
    week: list[Figures], all_at_once: list[Loaded], saltmarsh: Catalogue
) -> None:
    table = all_at_once[0][1]

    for figures in week[::3]:
        day = figures.snapshot.as_at
        alone = reckon(dense(table, saltmarsh, to=day), table, saltmarsh, as_at=day)
        assert np.array_equal(figures.snapshot.positions.value, alone.value, equal_nan=True)


def test_scores_are_those_of_the_daily_job_where_the_watch_learns_every_day(
    week: list[Figures], all_at_once: list[Loaded], saltmarsh: Catalogue
) -> None:
    table, figures = all_at_once[0][1], week[-1]
    counts = dense(table, saltmarsh, to=AS_AT)
    positions = reckon(counts, table, saltmarsh, as_at=AS_AT)

    alone = assess(counts, positions, table, saltmarsh, as_at=AS_AT)

    assert np.array_equal(
        figures.snapshot.assessments.watch.score, alone.watch.score, equal_nan=True
    )


def test_days_before_the_first_load_are_told_by_the_day_of_recording(
    all_at_once: list[Loaded], saltmarsh: Catalogue
) -> None:
    past = Past(all_at_once, saltmarsh, run_at=RUN_AT)

    assert not past.is_as_known(AS_AT)
    assert past.is_as_known(date(2026, 1, 1))


@pytest.fixture(scope="module")
def corrected() -> list[Loaded]:
    """Nets cut on 10 December, known as 1; corrected to 5 the morning after the next."""
    covers = [(NETS, "saltmarsh", "2020-04-01", "2020-12-09")]
    first = a_table([(day, "ebb", NETS, 2.0) for day in every_day("2020-04-01", "2020-12-09")],
                    covers)  # fmt: skip
    one_day = [(NETS, "saltmarsh", "2020-12-10", "2020-12-10")]
    return [
        a_load(1, first, datetime(2020, 12, 10, 5, tzinfo=UTC)),
        a_load(
            2,
            a_table([("2020-12-10", "ebb", NETS, 1.0)], one_day),
            datetime(2020, 12, 11, 5, tzinfo=UTC),
        ),
        a_load(
            3,
            a_table([("2020-12-10", "ebb", NETS, 5.0)], one_day),
            datetime(2020, 12, 12, 5, tzinfo=UTC),
        ),
    ]


def test_a_correction_is_not_known_before_it_was_loaded(
    corrected: list[Loaded], saltmarsh: Catalogue
) -> None:
    past = Past(corrected, saltmarsh, run_at=RUN_AT)

    then, later = past.figures([date(2020, 12, 10), date(2020, 12, 11)])

    assert count_of(then) == 1
    assert count_of(later) == 5


def test_loads_added_one_by_one_are_the_loads_together(
    corrected: list[Loaded], saltmarsh: Catalogue
) -> None:
    last = date(2020, 12, 11)
    one_by_one = Past(corrected, saltmarsh, run_at=RUN_AT)
    together = Past(corrected, saltmarsh, run_at=RUN_AT)

    *_, after_others = one_by_one.figures([date(2020, 12, 9), date(2020, 12, 10), last])
    (alone,) = together.figures([last])

    one, other = (made.snapshot.positions.to_bytes() for made in (after_others, alone))
    assert one == other


def test_the_job_runs_the_morning_after_in_london(
    all_at_once: list[Loaded], saltmarsh: Catalogue
) -> None:
    past = Past(all_at_once, saltmarsh, run_at=RUN_AT)

    assert past.morning(date(2020, 6, 30)) == datetime(2020, 7, 1, 6, tzinfo=LONDON)


def test_every_day_is_looked_at_where_something_is_delivered_by_day(
    all_at_once: list[Loaded], saltmarsh: Catalogue
) -> None:
    past = Past(all_at_once, saltmarsh, run_at=RUN_AT)

    assert len(past.days(date(2020, 6, 1), date(2020, 6, 30))) == 30
