"""Each due run is done once, whatever happens to workers and clocks."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs import LEASE, Job, Worker
from bot.runs import MOST_ATTEMPTS, RETRY_AFTER, RunState
from metrics.calendar import LONDON
from metrics.errors import UserError
from store.database import Database
from store.runs import SqlRuns

DAY = date(2026, 3, 10)
SEVEN = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)  # London is on UTC in early March


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def runs(tmp_path: Path) -> SqlRuns:
    database = Database(f"sqlite:///{tmp_path / 'threatdesk.db'}")
    database.upgrade()
    return SqlRuns(database)


class Desk:
    """Workers that share the claims, and what they told the operators."""

    def __init__(self, runs: SqlRuns, clock: Clock) -> None:
        self.runs = runs
        self.clock = clock
        self.done: list[tuple[str, date]] = []
        self.told: dict[str, str] = {}

    def job(self, *, at: time = time(6, 30), weekdays: range = range(7)) -> Job:
        return Job(name="daily", does="The daily run", at=at, work=self._work, weekdays=weekdays)

    def _work(self, day: date, now: datetime) -> str:
        self.done.append(("daily", day))
        return "all well"

    def _tell(self, key: str, words: str) -> None:
        self.told.setdefault(key, words)

    def worker(self, name: str, *jobs: Job) -> Worker:
        return Worker(
            jobs or (self.job(),),
            runs=self.runs,
            name=name,
            clock=self.clock,
            tell_operators=self._tell,
        )


@pytest.fixture
def desk(runs: SqlRuns) -> Desk:
    return Desk(runs, Clock(SEVEN))


def test_a_run_that_is_due_is_done_once_however_often_and_by_whom_it_is_asked_for(
    desk: Desk,
) -> None:
    one, two = desk.worker("one"), desk.worker("two")

    for _ in range(3):
        one.tick()
        two.tick()

    assert desk.done == [("daily", DAY)]
    run = desk.runs.get("daily", DAY)
    assert run is not None
    assert (run.state, run.detail, run.by) == (RunState.DONE, "all well", "one")


def test_a_worker_that_was_away_catches_up_once(desk: Desk) -> None:
    desk.worker("one").tick()
    desk.clock.now += timedelta(days=5)

    desk.worker("one").tick()

    assert [day for _, day in desk.done] == [DAY, DAY + timedelta(days=5)]


def test_a_worker_that_is_to_stop_begins_nothing_more(desk: Desk) -> None:
    stopping = Worker(
        [desk.job()],
        runs=desk.runs,
        name="one",
        clock=desk.clock,
        tell_operators=desk._tell,
        is_over=lambda: True,
    )

    assert stopping.tick() == 0
    assert desk.runs.get("daily", DAY) is None


def test_before_its_time_nothing_of_today_is_due(desk: Desk) -> None:
    job = desk.job(at=time(6, 30))

    assert job.due(datetime(2026, 3, 10, 6, 29, 59, tzinfo=LONDON)) == DAY - timedelta(days=1)
    assert job.due(datetime(2026, 3, 10, 6, 30, tzinfo=LONDON)) == DAY


def test_a_weekly_run_belongs_to_its_own_day(desk: Desk) -> None:
    monday = range(1)

    assert desk.job(weekdays=monday).due(SEVEN) == date(2026, 3, 9)


def test_a_dead_workers_run_is_taken_over_when_its_lease_ends(desk: Desk) -> None:
    desk.runs.claim("daily", DAY, by="dead", now=SEVEN, until=SEVEN + LEASE)
    living = desk.worker("living")

    living.tick()
    assert desk.done == []
    desk.clock.now += LEASE + timedelta(seconds=1)
    living.tick()

    assert desk.done == [("daily", DAY)]
    assert not desk.runs.finish(
        "daily", DAY, by="dead", now=desk.clock.now, state=RunState.FAILED, detail="too late"
    )
    run = desk.runs.get("daily", DAY)
    assert run is not None
    assert (run.by, run.state) == ("living", RunState.DONE)


def failing(desk: Desk, error: Exception) -> Job:
    def work(day: date, now: datetime) -> str:
        desk.done.append(("daily", day))
        raise error

    return Job(name="daily", does="The daily run", at=time(6, 30), work=work)


def test_a_run_that_fails_is_tried_again_so_often_and_the_operators_are_told(desk: Desk) -> None:
    worker = desk.worker("one", failing(desk, UserError("The folder is gone.", hint="Mount it.")))

    for _ in range(MOST_ATTEMPTS + 2):
        worker.tick()
        worker.tick()  # at once: not yet
        desk.clock.now += RETRY_AFTER

    assert len(desk.done) == MOST_ATTEMPTS
    [words] = desk.told.values()
    assert words == "The daily run for 10 March 2026 failed. The folder is gone. Mount it."


def test_a_bug_is_told_by_its_reference_and_logged_in_full(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        desk.worker("one", failing(desk, KeyError("password=hunter2"))).tick()

    [words] = desk.told.values()
    assert "hunter2" not in words
    assert "hunter2" in caplog.text
    assert words.rsplit(" ", 1)[1].rstrip(".") in caplog.text  # R-…


def test_a_run_that_goes_on_too_long_is_told_once(desk: Desk) -> None:
    desk.clock.now += timedelta(hours=2)
    desk.runs.claim("daily", DAY, by="slow", now=SEVEN, until=desk.clock.now + LEASE)

    desk.worker("one").tick()
    desk.worker("two").tick()

    [words] = desk.told.values()
    assert words.startswith("The daily run for 10 March 2026 is late: it was due at 06:30")


def test_a_claim_is_renewed_while_the_work_goes_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.LEASE", timedelta(milliseconds=30))
    renewed: list[str] = []

    def renew(job: str, day: date, *, by: str, until: datetime) -> bool:
        renewed.append(by)
        return True

    monkeypatch.setattr(desk.runs, "renew", renew)

    def work(day: date, now: datetime) -> str:
        while len(renewed) < 2:
            pass
        return "done"

    slow = Job(name="daily", does="The daily run", at=time(6, 30), work=work)
    desk.worker("one", slow).tick()

    assert renewed[:2] == ["one", "one"]


@pytest.mark.parametrize("at", [time(1, 0), time(1, 30), time(1, 59)])
def test_no_job_is_due_in_the_hour_in_which_the_clocks_change(desk: Desk, at: time) -> None:
    with pytest.raises(UserError, match="comes twice"):
        desk.job(at=at)


TIMES = st.times().filter(lambda one: one.hour != 1).map(lambda one: one.replace(tzinfo=None))


@given(at=TIMES, start=st.dates(date(2025, 1, 1), date(2027, 1, 1)))
def test_over_any_days_each_local_day_is_due_once_clock_changes_and_all(
    at: time, start: date
) -> None:
    job = Job(name="j", does="J", at=at, work=never)
    moment = datetime.combine(start, time(0), tzinfo=UTC)

    due = [job.due(moment + timedelta(minutes=20 * step)) for step in range(3 * 72)]

    days = [day for day in due if day is not None]
    assert days == sorted(days)
    assert set(days) == {days[0] + timedelta(days=n) for n in range((days[-1] - days[0]).days + 1)}


def never(day: date, now: datetime) -> str:
    raise AssertionError("not called")
