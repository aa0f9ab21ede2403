"""The run of a job on a day is claimed by one worker, and a worker's sign of life is seen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest

from bot.runs import MOST_ATTEMPTS, RETRY_AFTER, RunState
from store.database import Database
from store.runs import SqlRuns
from store.signs import FORGOTTEN_AFTER, SqlSigns

DAY = date(2026, 3, 10)
SEVEN = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
LEASE = timedelta(minutes=3)


@pytest.fixture
def runs(database: Database) -> SqlRuns:
    return SqlRuns(database)


def claim(runs: SqlRuns, by: str = "one", now: datetime = SEVEN, day: date = DAY) -> bool:
    return runs.claim("daily", day, by=by, now=now, until=now + LEASE)


def finish(runs: SqlRuns, state: RunState, by: str = "one", now: datetime = SEVEN) -> bool:
    return runs.finish("daily", DAY, by=by, now=now, state=state, detail="So it ended.")


def test_a_run_is_claimed_once_and_not_again_when_it_is_done(runs: SqlRuns) -> None:
    assert claim(runs)
    assert not claim(runs, "two")
    assert finish(runs, RunState.DONE)

    assert not claim(runs, "two", SEVEN + timedelta(hours=5))


def test_of_many_who_claim_at_once_one_has_it(runs: SqlRuns) -> None:
    together = Barrier(4)

    def go(name: str) -> bool:
        together.wait()
        return claim(runs, name)

    with ThreadPoolExecutor(4) as workers:
        assert sorted(workers.map(go, "abcd")) == [False, False, False, True]


def test_of_many_who_take_over_from_the_dead_one_does(runs: SqlRuns) -> None:
    claim(runs, "dead")
    together, later = Barrier(4), SEVEN + LEASE + timedelta(seconds=1)

    def go(name: str) -> bool:
        together.wait()
        return claim(runs, name, later)

    with ThreadPoolExecutor(4) as workers:
        assert sorted(workers.map(go, "abcd")) == [False, False, False, True]
    assert not finish(runs, RunState.DONE, "dead")


def test_a_renewed_claim_holds_longer(runs: SqlRuns) -> None:
    claim(runs)

    assert runs.renew("daily", DAY, by="one", until=SEVEN + 2 * LEASE)
    assert not runs.renew("daily", DAY, by="two", until=SEVEN + 9 * LEASE)
    assert not claim(runs, "two", SEVEN + LEASE + timedelta(seconds=1))
    assert claim(runs, "two", SEVEN + 2 * LEASE + timedelta(seconds=1))


def test_a_failed_run_is_tried_again_after_a_while_and_so_often(runs: SqlRuns) -> None:
    now = SEVEN
    for _ in range(MOST_ATTEMPTS):
        assert claim(runs, now=now)
        finish(runs, RunState.FAILED, now=now)
        assert not claim(runs, now=now + RETRY_AFTER / 2)
        now += RETRY_AFTER

    assert not claim(runs, now=now)


def test_what_is_known_of_a_run_is_read_as_it_was_written(runs: SqlRuns) -> None:
    assert runs.get("daily", DAY) is None
    claim(runs)
    finish(runs, RunState.FAILED, now=SEVEN + LEASE)

    run = runs.get("daily", DAY)

    assert run is not None
    assert (run.state, run.by, run.attempts) == (RunState.FAILED, "one", 1)
    assert (run.started_at, run.finished_at) == (SEVEN, SEVEN + LEASE)
    assert run.detail == "So it ended."


def test_the_last_run_is_that_of_the_newest_day(runs: SqlRuns) -> None:
    assert runs.last("daily") is None
    for day in (DAY, DAY - timedelta(days=1)):
        claim(runs, day=day)

    last = runs.last("daily")

    assert last is not None
    assert last.day == DAY


def test_the_last_sign_of_life_is_that_of_whichever_worker_gave_it(database: Database) -> None:
    signs = SqlSigns(database)
    assert signs.last() is None

    signs.give("one", now=SEVEN)
    signs.give("two", now=SEVEN + LEASE)
    signs.give("one", now=SEVEN + timedelta(minutes=1))

    assert signs.last() == SEVEN + LEASE


def test_workers_of_long_ago_are_forgotten(database: Database) -> None:
    signs = SqlSigns(database)
    signs.give("old", now=SEVEN)

    signs.give("new", now=SEVEN + FORGOTTEN_AFTER + LEASE)

    with database.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT worker FROM sign_of_life").all()
    assert [row[0] for row in rows] == ["new"]
