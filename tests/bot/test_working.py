"""The worker: the daily run through its gate, an orderly end, and a look from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import pytest
from apscheduler.triggers.cron import CronTrigger

from bot.app import App
from bot.daily import load
from bot.delivery import Delivery, Elsewhere
from bot.jobs import Job, Stopped, Worker
from bot.runs import RunState
from bot.watching import look
from bot.working import (
    DAILY,
    Shift,
    daily_work,
    is_due_undone,
    new_name,
    outcome,
    schedule,
    tell_operators,
)
from config.settings import Settings
from metrics.calendar import LONDON
from metrics.errors import UserError
from store.outbox import SqlOutbox
from store.runs import SqlRuns
from store.signs import SqlSigns
from tests.bot.test_delivery import NOON, Platform, telling
from tests.bot.test_main import CRIMES, SOURCES
from tests.conftest import SALTMARSH
from tests.demonstrated import quiet

DAY = date(2020, 5, 2)
MORNING = datetime(2020, 5, 2, 5, 30, tzinfo=UTC)  # 06:30 in London
SILENCE = timedelta(minutes=5)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The invented force, whose records end on 1 May 2020."""
    (tmp_path / "crimes.csv").write_text(CRIMES, encoding="utf-8")
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'desk.db'}",
        plan=str(SALTMARSH),
        data=tmp_path,
        sources=tmp_path / "sources.toml",
        operators="console:#operators",
        _env_file=None,
    )
    with App(settings=settings) as made:
        yield made


def never() -> bool:
    return False


def test_fresh_figures_are_decided_on(app: App) -> None:
    said = daily_work(app, never, DAY, MORNING)

    assert said == (
        "Figures to 1 May 2020, loaded 06:30, complete. "
        "Alerts: 0 raised, 0 ended, 0 brought up to date; 1 to tell."  # that there is nothing new
    )


def test_the_same_figures_again_change_nothing(app: App) -> None:
    daily_work(app, never, DAY, MORNING)

    said = daily_work(app, never, DAY, MORNING + timedelta(hours=1))

    assert said.endswith("These figures had been decided on: nothing changed.")
    assert outcome(None) in said


def test_late_figures_hold_alerts_and_are_kept(app: App) -> None:
    with pytest.raises(UserError, match=r"Alerts are held\. Figures to 1 May 2020") as raised:
        daily_work(app, never, DAY, MORNING + timedelta(days=9))

    assert "9 days late" in str(raised.value)
    assert app.shelf.find(None, None).snapshot.as_at == date(2020, 5, 1)


def test_a_source_that_cannot_be_read_holds_alerts_and_says_why(app: App) -> None:
    load(
        app.sources,
        database=app.database,
        catalogue=app.catalogue,
        rules=app.rules,
        now=MORNING,
        progress=quiet,
    )
    (app.settings.data / "crimes.csv").unlink()

    with pytest.raises(UserError, match="not complete") as raised:
        daily_work(app, never, DAY, MORNING)

    assert "crimes.csv" in str(raised.value)


def test_a_worker_that_is_to_stop_keeps_nothing_of_the_step_it_was_at(app: App) -> None:
    steps = iter([False, False, True])

    with pytest.raises(Stopped):
        daily_work(app, lambda: next(steps, True), DAY, MORNING)

    with pytest.raises(UserError, match="There are no"):
        app.shelf.find(None, None)


def test_a_run_that_was_stopped_is_anothers_at_once(app: App) -> None:
    def stop(_day: date, _now: datetime) -> str:
        raise Stopped("reading")

    runs, moment = SqlRuns(app.database), [MORNING]

    def tell(key: str, words: str) -> None:
        raise AssertionError(words)

    def worker(name: str, job: Job) -> Worker:
        return Worker([job], runs=runs, name=name, clock=lambda: moment[0], tell_operators=tell)

    worker("one", Job(name=DAILY, does="The daily run", at=time_of_day(6, 30), work=stop)).tick()
    moment[0] += timedelta(seconds=1)
    worker("two", a_job()).tick()

    run = runs.get(DAILY, DAY)
    assert run is not None
    assert (run.state, run.by) == (RunState.DONE, "two")


def test_operators_are_told_once_per_key(app: App) -> None:
    for words in ("It failed.", "It failed again."):
        tell_operators(app, "job/daily/2020-05-02/failed", words)

    claimed = app.outbox.claim(
        by="one", now=app.now(), until=app.now() + SILENCE, platforms=("console",)
    )
    assert claimed is not None
    assert claimed.telling.reply.summary == "It failed."
    app.outbox.told(claimed.number, by="one", message="m", now=app.now())
    assert (
        app.outbox.claim(by="one", now=app.now(), until=app.now(), platforms=("console",)) is None
    )


def a_job(at: time_of_day = time_of_day(6, 30)) -> Job:
    return Job(name=DAILY, does="The daily run", at=at, work=lambda _day, _now: "All well.")


def a_shift(app: App, platform: Platform, now: datetime = NOON) -> Shift:
    return Shift(
        [a_job()],
        runs=SqlRuns(app.database),
        delivery=Delivery(
            SqlOutbox(app.database),
            {"slack": platform},
            elsewhere=Elsewhere(operators=None, fallback=None),
            name="one",
            clock=lambda: now,
        ),
        signs=SqlSigns(app.database),
        name="one",
        clock=lambda: now,
        tell_operators=lambda _key, _words: None,
    )


def test_once_does_everything_that_is_due(app: App) -> None:
    platform = Platform()
    app.outbox.put([telling("a"), telling("b")], now=NOON)
    shift = a_shift(app, platform)
    assert is_due_undone(shift.jobs, SqlRuns(app.database), NOON)

    assert shift.once() == 3

    assert len(platform.messages["C1"]) == 2
    assert SqlSigns(app.database).last() == NOON
    assert not is_due_undone(shift.jobs, SqlRuns(app.database), NOON)


def test_after_stop_the_message_in_hand_is_the_last(app: App) -> None:
    platform = Platform()
    app.outbox.put([telling("a"), telling("b")], now=NOON)
    shift = a_shift(app, platform)
    post = platform.post
    platform.post = lambda *about, **more: (shift.stop(), post(*about, **more))[1]  # type: ignore[method-assign, func-returns-value]

    assert shift.deliver() == 1
    assert shift.work() == shift.deliver() == 0
    assert [key for key, _, _ in platform.messages["C1"]] == ["a"]


def test_each_job_is_called_at_its_time_in_london_and_missed_times_are_not_dropped(
    app: App,
) -> None:
    scheduler = schedule(a_shift(app, Platform()))
    jobs = {one.id: one for one in scheduler.get_jobs()}

    trigger = jobs["daily at its time"].trigger
    assert isinstance(trigger, CronTrigger)
    winter, summer = (datetime(2026, month, 1, 12, tzinfo=UTC) for month in (1, 7))
    for now in (winter, summer):
        due = trigger.get_next_fire_time(None, now).astimezone(LONDON)
        assert (due.hour, due.minute) == (6, 30)
    assert set(jobs) == {"daily at its time", "work", "sign", "deliver"}


def test_no_two_workers_have_one_name() -> None:
    assert new_name() != new_name()


def said(app: App, now: datetime) -> dict[str, bool]:
    return {one.said: one.wrong for one in look(app.database, [a_job()], now=now, silence=SILENCE)}


def wrong(app: App, now: datetime) -> list[str]:
    return [words for words, is_wrong in said(app, now).items() if is_wrong]


def test_all_is_well_where_it_is(app: App) -> None:
    daily_work(app, never, DAY, MORNING)
    runs = SqlRuns(app.database)
    runs.claim(DAILY, DAY, by="one", now=MORNING, until=MORNING + SILENCE)
    runs.finish(DAILY, DAY, by="one", now=MORNING, state=RunState.DONE, detail="All well.")
    SqlSigns(app.database).give("one", now=MORNING)

    found = said(app, MORNING + SILENCE)

    assert not any(found.values())
    assert "The daily run of 2 May 2020 ended 06:30 on 2 May 2020. All well." in found


def test_a_run_that_has_not_begun_an_hour_after_its_time_is_wrong(app: App) -> None:
    SqlSigns(app.database).give("one", now=MORNING + timedelta(hours=2))

    assert wrong(app, MORNING + timedelta(hours=2)) == [
        "The daily run of 2 May 2020, due at 06:30, has not begun."
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [(RunState.FAILED, "failed. No disk."), (RunState.RUNNING, "has been running since 06:30")],
)
def test_a_run_that_failed_or_does_not_end_is_wrong(app: App, state: RunState, words: str) -> None:
    runs, later = SqlRuns(app.database), MORNING + timedelta(hours=2)
    runs.claim(DAILY, DAY, by="one", now=MORNING, until=later)
    if state is RunState.FAILED:
        runs.finish(DAILY, DAY, by="one", now=MORNING, state=state, detail="No disk.")
    SqlSigns(app.database).give("one", now=later)

    [line] = wrong(app, later)

    assert words in line


def test_silence_is_wrong(app: App) -> None:
    SqlSigns(app.database).give("one", now=MORNING - timedelta(minutes=7))

    assert wrong(app, MORNING) == ["A worker was last heard of 06:23 on 2 May 2020."]


def test_what_has_long_been_due_and_is_not_told_is_wrong_and_says_why(app: App) -> None:
    SqlSigns(app.database).give("one", now=NOON)
    app.outbox.put([telling("a", at=NOON - timedelta(minutes=20))], now=NOON)
    claimed = app.outbox.claim(by="one", now=NOON, until=NOON, platforms=("slack",))
    assert claimed is not None
    app.outbox.later(claimed.number, by="one", at=NOON + SILENCE, why="Slack says 503.")

    lines = wrong(app, NOON)

    assert "1 to tell, the oldest since 11:40 on 10 March 2026. Slack says 503." in lines


def test_sigterm_ends_a_worker_at_once_and_well(app: App, tmp_path: Path) -> None:
    app.database.upgrade()
    environment = {
        **os.environ,
        "THREATDESK_PLAN": str(SALTMARSH),
        "THREATDESK_DATA": str(tmp_path),
        "THREATDESK_SOURCES": str(tmp_path / "sources.toml"),
        "THREATDESK_DATABASE_URL": f"sqlite:///{tmp_path / 'desk.db'}",
    }
    process = subprocess.Popen([sys.executable, "-m", "bot", "worker"], env=environment)
    try:
        limit = time.monotonic() + 60
        while SqlSigns(app.database).last() is None:
            assert time.monotonic() < limit, "it never gave a sign of life"
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=90) == 0  # it may be importing or loading: a busy machine
    finally:
        process.kill()
        process.wait()
