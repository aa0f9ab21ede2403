"""Clocks that jump, and a machine whose clock is wrong beside one whose clock is right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine

from bot.delivery import GIVEN_UP_AFTER, TryLater
from bot.delivery import LEASE as MESSAGE_LEASE
from bot.jobs import LEASE, Job
from bot.runs import RunState
from bot.shared_time import SharedTime, SignsInTime
from metrics.calendar import LONDON, london_day
from store.database import Database
from store.signs import SqlSigns
from tests.bot.test_delivery import telling
from tests.faults.duty import DAY, NOON, Clock, Duty, Runner
from tests.store.conftest import new_postgresql, server  # noqa: F401 - a fixture

HOUR: Final = timedelta(hours=1)
JUMPS: Final = (HOUR, timedelta(days=1), timedelta(days=365))
BOTH_WAYS: Final = (*JUMPS, *(-one for one in JUMPS))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    made.upgrade()
    yield made
    made.close()


@pytest.fixture(scope="module")
def shared(server: Engine) -> Iterator[Database]:  # noqa: F811
    """A database with a clock of its own."""
    made = Database(new_postgresql(server, "clocks"))
    made.upgrade()
    yield made
    made.close()


@pytest.mark.parametrize("jump", BOTH_WAYS, ids=str)
def test_a_worker_with_a_wrong_clock_takes_nothing_out_of_anothers_hands(
    shared: Database, jump: timedelta
) -> None:
    """The other is at a run and at a message: both are claimed, and neither claim has ended."""
    real = datetime.now(UTC)
    today = london_day(real)
    right = Duty(shared, theirs=shared.clock, clock=Clock(real), name="right")
    wrong = Duty(shared, theirs=shared.clock, clock=Clock(real + jump), name="wrong")
    job = Job(name=f"run {jump}", does="It", at=time_of_day(), work=lambda _day, _now: "")
    key = f"a message {jump}"
    right.put(telling(key, at=right.time()))
    now = right.time()
    assert right.runs.claim(job.name, today, by="right", now=now, until=now + LEASE)
    claimed = right.outbox.claim(
        by="right", now=now, until=now + MESSAGE_LEASE, platforms=("slack",)
    )
    assert claimed is not None

    day = job.due(wrong.time())
    assert day is not None
    now = wrong.time()
    took_over = wrong.runs.claim(job.name, day, by="wrong", now=now, until=now + LEASE)
    wrong.worker.deliver()
    right.outbox.told(claimed.number, by="right", message="C1/0", now=right.time())

    assert (day, took_over) == (today, False)
    assert key not in wrong.told()


@pytest.mark.parametrize(
    ("jump", "words"),
    [
        (HOUR, "60 minutes ahead of the database server's"),
        (-2 * HOUR, "2 hours behind the database server's"),
        (timedelta(days=365), "365 days ahead of the database server's"),
    ],
    ids=str,
)
def test_operators_are_told_of_a_clock_that_differs_from_the_databases(
    shared: Database, jump: timedelta, words: str
) -> None:
    told: dict[str, str] = {}
    time = SharedTime(shared.clock, Clock(datetime.now(UTC) + jump))
    signs = SignsInTime(SqlSigns(shared), time, told.__setitem__)

    for _ in range(2):
        signs.give("one", now=datetime.now(UTC))

    [said] = told.values()
    assert words in said


def test_a_clock_that_is_right_is_no_news(shared: Database) -> None:
    duty = Duty(shared, theirs=shared.clock, clock=Clock(datetime.now(UTC)))

    duty.look()

    assert [one for one in duty.heard() if "The clock of" in one] == []


def test_between_looks_time_goes_on_though_somebody_sets_the_clock() -> None:
    own, server_time, seconds = Clock(NOON), Clock(NOON), Clock(NOON)
    time = SharedTime(server_time, own, seconds=seconds.seconds)
    time.look()

    own.now += timedelta(days=365)
    seconds.now += timedelta(seconds=30)

    assert time() == NOON + timedelta(seconds=30)


class Steady:
    """Seconds that go by, whatever the clock is set to."""

    def __init__(self) -> None:
        self.past = 0.0

    def __call__(self) -> float:
        return self.past


def a_duty(
    database: Database, *, runner: Runner | None = None, at: datetime = NOON
) -> tuple[Duty, Callable[[timedelta], None], Callable[[timedelta], None]]:
    """Return a worker on SQLite; what lets time go by; and what sets its clock."""
    steady, clock = Steady(), Clock(at)
    jobs = [runner.job()] if runner else []
    duty = Duty(database, jobs=jobs, clock=clock, seconds=steady)

    def go_by(length: timedelta) -> None:
        step = timedelta(minutes=10) if length <= 2 * HOUR else HOUR
        for _ in range(length // step):
            duty.look()
            steady.past += step.total_seconds()
            clock.now += step
        duty.look()

    def jump(length: timedelta) -> None:
        clock.now += length

    return duty, go_by, jump


@pytest.mark.parametrize("length", BOTH_WAYS, ids=str)
def test_a_message_in_hand_when_the_clock_jumps_there_and_back_is_told_once(
    database: Database, length: timedelta
) -> None:
    """A worker died with it in its hands while the clock was wrong."""
    duty, go_by, jump = a_duty(database)
    duty.put(telling("a"), telling("b"))
    jump(length)
    now = duty.clock()
    assert duty.outbox.claim(
        by="dead", now=now, until=now + MESSAGE_LEASE, platforms=("slack",)
    ) or length < timedelta(0)
    jump(-length)

    go_by(2 * HOUR)

    assert duty.told() == ["a", "b"]


@pytest.mark.parametrize("length", BOTH_WAYS, ids=str)
def test_a_message_that_was_put_off_while_the_clock_was_wrong_is_told_once(
    database: Database, length: timedelta
) -> None:
    duty, go_by, jump = a_duty(database)
    jump(length)
    duty.put(telling("a", at=duty.clock()))
    duty.slack.faults = [TryLater("down", after=timedelta(minutes=3))]
    duty.worker.deliver()
    assert duty.told() == []
    jump(-length)

    go_by(timedelta(hours=30))

    assert duty.told() == ["a"]


def test_a_message_of_a_clock_that_was_ahead_is_looked_for_where_it_may_have_been_posted(
    database: Database,
) -> None:
    duty, _, jump = a_duty(database)
    jump(timedelta(days=365))
    duty.put(telling("a", at=NOON))
    now, looked = duty.clock(), list[datetime]()
    duty.outbox.claim(by="dead", now=now, until=now + MESSAGE_LEASE, platforms=("slack",))
    jump(timedelta(days=-365))

    def find(_address: str, *, key: str, since: datetime, under: str = "") -> None:
        looked.append(since)

    duty.slack.find = find  # type: ignore[method-assign, assignment]
    duty.worker.deliver()

    assert looked == [NOON - GIVEN_UP_AFTER]


@pytest.mark.parametrize("length", JUMPS, ids=str)
def test_the_run_of_a_day_that_a_fast_clock_did_too_early_is_done_on_its_day(
    database: Database, length: timedelta
) -> None:
    runner = Runner()
    duty, go_by, jump = a_duty(database, runner=runner)
    duty.look()
    jump(length)
    duty.look()
    jump(-length)
    runner.done.clear()

    go_by(timedelta(hours=24))  # past 06:30 of the next day

    assert runner.done[-1] == DAY + timedelta(days=1)
    assert runner.done.count(DAY + timedelta(days=1)) == 1


@pytest.mark.parametrize("length", BOTH_WAYS, ids=str)
def test_a_run_during_which_the_clock_jumps_is_done_once(
    database: Database, length: timedelta
) -> None:
    runner = Runner()
    duty, go_by, jump = a_duty(database, runner=runner)
    runner.meanwhile = lambda: jump(length)
    duty.look()
    runner.meanwhile = lambda: None
    jump(-length)

    go_by(HOUR)

    assert runner.done == [DAY]
    run = duty.run()
    assert run is not None
    assert run.state is RunState.DONE


def test_a_claim_of_a_dead_worker_whose_clock_was_a_year_ahead_is_taken_over(
    database: Database,
) -> None:
    runner = Runner()
    duty, _, _ = a_duty(database, runner=runner)
    ahead = NOON + timedelta(days=365)
    duty.runs.claim("daily", DAY, by="dead", now=ahead, until=ahead + LEASE)

    duty.look()

    assert runner.done == [DAY]


def test_a_sign_of_life_from_the_future_does_not_hide_silence(database: Database) -> None:
    duty, _, _ = a_duty(database)
    SqlSigns(database).give("ended since", now=NOON + timedelta(days=365))

    duty.worker.sign()

    assert SqlSigns(database).last() == NOON


@pytest.mark.parametrize(
    ("length", "words"),
    [(HOUR, "was set forward by 60 minutes"), (timedelta(days=-2), "was set back by 2 days")],
    ids=str,
)
def test_where_the_database_has_no_clock_operators_hear_that_the_machines_was_set(
    database: Database, length: timedelta, words: str
) -> None:
    duty, go_by, jump = a_duty(database)
    go_by(HOUR)
    jump(length)

    go_by(HOUR)

    [said] = duty.heard()
    assert words in said


@pytest.mark.parametrize(
    ("first", "days"),
    [
        (date(2026, 3, 28), 5),  # the clocks go forward on the 29th; 1 April begins a year
        (date(2026, 10, 24), 3),  # they go back on the 25th
        (date(2028, 2, 28), 3),  # the 29th of February
    ],
    ids=str,
)
@pytest.mark.parametrize("at", [time_of_day(0, 59), time_of_day(2, 0)], ids=str)
def test_each_local_day_has_its_run_once_over_changes_of_clocks_and_years(
    database: Database, first: date, days: int, at: time_of_day
) -> None:
    runner = Runner()
    job = Job(name="daily", does="It", at=at, work=runner.work)
    clock = Clock(datetime.combine(first, time_of_day(), tzinfo=LONDON).astimezone(UTC))
    duty = Duty(database, jobs=[job], clock=clock)
    end = datetime.combine(first + timedelta(days=days), time_of_day(), tzinfo=LONDON)

    duty.go_on(end - clock.now - timedelta(minutes=1), step=HOUR)

    wanted = [first + timedelta(days=one) for one in range(days)]
    assert [one for one in runner.done if one >= first] == wanted
