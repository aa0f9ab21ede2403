"""One force's database is away: that force waits as a single one does, and no other notices."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.alerts.model import Destination
from bot.console import console_deliveries, make_console
from bot.region.app import ForceApp, RegionApp
from bot.region.working import RegionShift, shift_of_region
from bot.runs import RunState
from bot.working import DAILY
from metrics.errors import StoreError
from store.feed import SqlFeed
from store.outbox import plain_post
from store.runs import SqlRuns
from store.signs import SqlSigns
from tests.bot.region.test_working import MORNING
from tests.faults.duty import Clock, Runner

MINUTE = timedelta(minutes=1)

MEANWHILE = "from 10:01 to 10:07 on 12 December 2020"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time, as every app of a region has it."""
    clock = Clock(MORNING)
    monkeypatch.setattr("bot.app.App.now", staticmethod(lambda: clock.now))
    return clock


@pytest.fixture
def region(own_region: RegionApp, clock: Clock) -> Iterator[RegionApp]:
    """A region in which each force has operators of its own."""
    file = own_region.region.folder / "region.toml"
    text = file.read_text(encoding="utf-8")
    for id_ in own_region.region.forces:
        data = f'data = "data/{id_}"\n'
        text = text.replace(data, f'{data}operators = "console:#{id_}-operators"\n')
    file.write_text(text, encoding="utf-8")
    with RegionApp(settings=own_region.settings) as region:
        yield region


@pytest.fixture
def shift(region: RegionApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegionShift]:
    """A worker with light days, that has worked once, and so let go of every force."""
    runner = Runner()
    monkeypatch.setattr("bot.region.force_at_work.jobs_of", lambda *_: (runner.job(),))
    with closing(shift_of_region(region)) as shift:
        shift.once()
        yield shift


@pytest.fixture
def lagoon(region: RegionApp) -> Path:
    """Where Lagoon's database is."""
    return Path(region.forces["lagoon"].settings.database_url.get_secret_value()[10:])


def away(file: Path) -> Path:
    """Move a database elsewhere, as long as nobody is in it; return where."""
    return file.rename(file.with_name("elsewhere.db"))


def look(shift: RegionShift, clock: Clock, *, minutes: int = 1) -> None:
    """Do what the scheduler has done in so many minutes."""
    for _ in range(minutes):
        clock.now += MINUTE
        shift.sign()
        shift.work()
        shift.deliver()


def run_of(app: ForceApp, clock: Clock) -> RunState | None:
    found = SqlRuns(app.database).get(DAILY, clock.now.date())
    return found.state if found else None


def heard(app: RegionApp | ForceApp, force: str) -> list[str]:
    """What a force's operators were told out of a database, in order."""
    posts = SqlFeed(app.database, platform="console").posts("x", at_most=60)
    told = [one for one in posts if one.address == f"#{force}-operators"]
    return [one.reply.summary for one in reversed(told)]


def test_the_others_are_worked_on_told_and_signed_for(
    shift: RegionShift, region: RegionApp, clock: Clock, lagoon: Path
) -> None:
    away(lagoon)
    clock.now += timedelta(days=1)
    for id_ in ("saltmarsh", "shingle"):
        post = plain_post(Destination.read("console:#news"), "a", "News.", clock.now)
        region.forces[id_].outbox.put([post], now=clock.now)

    look(shift, clock)

    for id_ in ("saltmarsh", "shingle"):
        app = region.forces[id_]
        assert run_of(app, clock) is not None
        assert SqlSigns(app.database).last() == clock.now
        assert "News." in [
            one.reply.summary
            for one in SqlFeed(app.database, platform="console").posts("x", at_most=60)
        ]
    assert shift.undone()[0] == "Lagoon Police"


def test_no_empty_database_is_made_in_its_place(
    shift: RegionShift, clock: Clock, lagoon: Path
) -> None:
    shift.close()  # as after a run
    away(lagoon)

    look(shift, clock, minutes=3)

    assert not lagoon.exists(), "all alerts would be raised anew in it"


def test_the_log_has_a_line_when_it_goes_and_one_when_it_is_back(
    shift: RegionShift, clock: Clock, lagoon: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="bot"):
        elsewhere = away(lagoon)
        look(shift, clock, minutes=6)
        elsewhere.rename(lagoon)
        look(shift, clock, minutes=2)

    said = [one.partition(".")[0] for one in caplog.messages if "Lagoon Police" in one]
    since = "since 10:01 on 12 December 2020"
    assert said == [
        "Waiting for the database of Lagoon Police",
        f"The worker has not been able to use the database of Lagoon Police {since}",
        f"The database of Lagoon Police is back; it was away {MEANWHILE}",
        f"The worker could not use the database of Lagoon Police {MEANWHILE}",
    ]


def test_its_operators_hear_meanwhile_and_afterwards_and_nobody_elses_do(
    shift: RegionShift, region: RegionApp, clock: Clock, lagoon: Path
) -> None:
    elsewhere = away(lagoon)
    look(shift, clock, minutes=4)
    [meanwhile] = heard(region, "lagoon")
    elsewhere.rename(lagoon)
    look(shift, clock, minutes=2)

    assert meanwhile.startswith(
        "The worker has not been able to use the database of Lagoon Police since 10:01"
    )
    assert "lagoon.db is gone" in meanwhile
    [afterwards] = heard(region.forces["lagoon"], "lagoon")
    assert afterwards.startswith(
        "The worker could not use the database of Lagoon Police from 10:01"
    )
    assert heard(region.forces["shingle"], "shingle") == []
    assert heard(region, "shingle") == []


def test_a_moment_away_is_no_news(
    shift: RegionShift, region: RegionApp, clock: Clock, lagoon: Path
) -> None:
    elsewhere = away(lagoon)
    look(shift, clock)
    elsewhere.rename(lagoon)
    look(shift, clock, minutes=3)

    assert heard(region, "lagoon") == []
    assert heard(region.forces["lagoon"], "lagoon") == []


def test_two_failures_that_are_most_of_a_minute_apart_are_news(
    shift: RegionShift, region: RegionApp, clock: Clock, lagoon: Path
) -> None:
    """It is tried once a minute: until it is found back, more than a minute has gone by."""
    elsewhere = away(lagoon)
    look(shift, clock)
    clock.now += timedelta(seconds=45)
    shift.sign()
    elsewhere.rename(lagoon)
    look(shift, clock)

    assert len(heard(region.forces["lagoon"], "lagoon")) == 1


def test_what_was_due_meanwhile_is_done_once_it_is_back(
    shift: RegionShift, region: RegionApp, clock: Clock, lagoon: Path
) -> None:
    elsewhere = away(lagoon)
    clock.now += timedelta(days=1)
    look(shift, clock)
    elsewhere.rename(lagoon)

    look(shift, clock)

    assert run_of(region.forces["lagoon"], clock) is not None


def test_between_signs_of_life_nobody_waits_for_it(
    shift: RegionShift, region: RegionApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that does not answer takes ten seconds to be found away."""
    tried: list[str] = []

    def open_(self: ForceApp) -> None:
        tried.append(self.force.id)
        raise StoreError("The server does not answer.")

    shift.close()
    with monkeypatch.context() as without:
        without.setattr(ForceApp, "database", property(open_))
        shift.sign()
        found = len(tried)
        shift.work()
        for _ in range(5):
            shift.deliver()

    assert set(tried) == set(region.region.forces)
    assert len(tried) == found


def test_the_console_goes_on_showing_and_telling_what_is_the_others(
    shift: RegionShift, region: RegionApp, clock: Clock, lagoon: Path
) -> None:
    feed = make_console(region).feed
    before = feed.mark(), feed.posts("saltmarsh-chief", at_most=9)
    assert feed.posts("lagoon-chief", at_most=9)
    elsewhere = away(lagoon)
    for id_ in ("saltmarsh", "shingle"):
        post = plain_post(Destination.read("console:#news"), "a", "News.", clock.now)
        region.forces[id_].outbox.put([post], now=clock.now)

    told = [_of(deliver) for deliver in console_deliveries(region, name="here")]

    assert told == ["The database", 1, 1]
    assert feed.posts("lagoon-chief", at_most=9) == ()
    assert len(feed.posts("saltmarsh-chief", at_most=9)) == min(len(before[1]) + 1, 9)
    meanwhile = feed.mark()
    elsewhere.rename(lagoon)
    assert len({before[0], meanwhile, feed.mark()}) == 3


def _of(deliver: Callable[[], int]) -> int | str:
    """Return how much was told, or the first words of why nothing could be."""
    try:
        return deliver()
    except StoreError as error:
        return str(error).partition(" file")[0]


def test_the_regions_own_database_stops_no_force(
    shift: RegionShift, region: RegionApp, clock: Clock
) -> None:
    own = Path(region.settings.database_url.get_secret_value()[10:])
    own.rename(own.with_name("elsewhere.db"))
    clock.now += timedelta(days=1)

    look(shift, clock)

    assert all(run_of(app, clock) for app in region.forces.values())
    assert not own.exists()


def test_where_the_regions_own_is_away_too_the_log_has_no_more_lines(
    shift: RegionShift,
    region: RegionApp,
    clock: Clock,
    lagoon: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    own = Path(region.settings.database_url.get_secret_value()[10:])
    elsewhere = [one.rename(one.with_suffix(".away")) for one in (own, lagoon)]

    with caplog.at_level(logging.WARNING, logger="bot"):
        look(shift, clock, minutes=6)

    assert [one.partition(".")[0] for one in caplog.messages] == [
        "Waiting for the database",
        "Waiting for the database of Lagoon Police",
    ]
    for one in elsewhere:
        one.rename(one.with_suffix(".db"))
    look(shift, clock, minutes=2)
    assert len(heard(region.forces["lagoon"], "lagoon")) == 1


def test_a_clock_that_was_set_is_told_to_the_operators_of_each_force_that_has_its_own(
    shift: RegionShift, region: RegionApp, clock: Clock
) -> None:
    shift.sign()
    clock.now += timedelta(days=3)
    shift.sign()
    shift.deliver()

    for id_, app in region.forces.items():
        [said] = [one for one in heard(app, id_) if "clock" in one]
        assert "was set forward by 3 days" in said
