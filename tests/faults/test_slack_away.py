"""Slack is down for an hour, in each of its ways, or its name cannot be looked up."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from slack_sdk import WebClient

from bot.alerts.model import Operation
from bot.channels.slack.app import SlackApp, slack_app
from bot.channels.slack.manifest import BOT_SCOPES
from bot.channels.slack.posting import SlackPoster
from store.database import Database
from tests.bot.channels.slack.desk import (
    EVERYONE,
    VERDICT,
    Desk,
    Pencil,
    over_http,
    the_clock,
    the_priority,
)
from tests.bot.test_delivery import CITY, telling
from tests.fakes.faults import Faults
from tests.fakes.slack import BOT_TOKEN, BOT_USER, SIGNING_SECRET, Channel, FakeSlack, Fault
from tests.faults.duty import BOARD, OPERATORS, Duty
from tests.journeys.chaos import no_pictures
from tests.operations.fake_desk import free_port

TIMEOUT_S: Final = 0.2

THIRD: Final = timedelta(minutes=20)
STEP: Final = timedelta(minutes=4)

NAMELESS: Final = "slack.invalid"
"""A name that no resolver knows (RFC 2606)."""

CALLS: Final = (
    "chat.postMessage",
    "chat.postEphemeral",
    "chat.update",
    "conversations.history",
    "conversations.replies",
    "conversations.open",
    "response_url",
)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached, and names are looked up, without a proxy."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    one = FakeSlack(scopes=BOT_SCOPES)
    for channel in (BOARD, CITY, OPERATORS):
        one.workspace.channels[channel.address] = Channel(members={"U1", BOT_USER})
    one.workspace.looks_until_scanned = 0
    one.start()
    yield one
    one.stop()


def all_calls(fake: FakeSlack, fault: Fault) -> None:
    """Let every call go wrong, until it is said otherwise."""
    fake.faults = Faults()
    for method in CALLS:
        fake.fail(method, *[fault] * 500)


def a_client(url: str) -> WebClient:
    client = WebClient(token=BOT_TOKEN, base_url=url, retry_handlers=[])
    client.timeout = TIMEOUT_S  # type: ignore[assignment]  # annotated as whole seconds
    return client


@pytest.fixture
def client(fake: FakeSlack) -> WebClient:
    return a_client(fake.api_url)


@pytest.fixture
def duty(fake: FakeSlack, client: WebClient, tmp_path: Path) -> Iterator[Duty]:
    database = Database(f"sqlite:///{tmp_path / 'desk.db'}")
    database.upgrade()
    made = Duty(database, posters={"slack": SlackPoster(client, draw=no_pictures)})
    fake.workspace.clock = lambda: made.clock().timestamp()
    yield made
    database.close()


def texts(fake: FakeSlack, channel: str) -> list[str]:
    return [str(one.content["text"]) for one in fake.workspace.posted(channel)]


def an_hour_without(duty: Duty, fake: FakeSlack, client: WebClient) -> None:
    """First it answers that it is down, then it hangs, then nobody answers at all."""
    all_calls(fake, Fault(status=503, body="<html>Service unavailable</html>"))
    duty.go_on(THIRD, step=STEP)
    all_calls(fake, Fault(status=503, late_s=TIMEOUT_S + 0.05))
    duty.go_on(THIRD, step=STEP)
    there, client.base_url = client.base_url, f"http://127.0.0.1:{free_port()}/api/"
    duty.go_on(THIRD, step=STEP)
    client.base_url, fake.faults = there, Faults()


def test_after_an_hour_everything_is_told_once_in_its_order(
    duty: Duty, fake: FakeSlack, client: WebClient
) -> None:
    words = [f"News {number}" for number in range(6)]
    duty.put(*[telling(one, message=None) for one in words])
    duty.put(telling("For the city", to=CITY, message=None))

    an_hour_without(duty, fake, client)
    assert texts(fake, "C1") == texts(fake, "C2") == []
    duty.go_on(timedelta(minutes=10))

    assert (texts(fake, "C1"), texts(fake, "C2")) == (words, ["For the city"])


def test_a_living_message_stands_as_it_should_with_its_thread_under_it(
    duty: Duty, fake: FakeSlack, client: WebClient
) -> None:
    duty.put(telling("a", "Medium"))
    duty.look()
    duty.put(
        telling("b", "High", operation=Operation.EDIT),
        telling("c", "It is worse", operation=Operation.THREAD),
        telling("d", "Resolved", operation=Operation.EDIT),
    )

    an_hour_without(duty, fake, client)
    assert texts(fake, "C1") == ["Medium"]
    duty.go_on(timedelta(minutes=10))

    living, below = fake.workspace.posted("C1")
    assert [living.content["text"], below.content["text"]] == ["Resolved", "It is worse"]
    assert below.content["thread_ts"] == living.ts


def test_operators_get_one_message_about_it_afterwards(
    duty: Duty, fake: FakeSlack, client: WebClient
) -> None:
    duty.put(*[telling(f"News {one}", message=None) for one in range(6)])
    duty.put(telling("For the city", to=CITY, message=None))

    an_hour_without(duty, fake, client)
    duty.go_on(timedelta(hours=2))
    duty.put(telling("News of the afternoon", message=None))
    duty.look()

    [said] = texts(fake, "C3")
    assert said == (
        "Slack could not be told anything from 12:00 to 13:05 on 10 March 2026. "
        "Slack says HTTP 503. What waited is told now, in its order."
    )


def test_a_second_worker_that_saw_it_says_no_second_time(
    duty: Duty, fake: FakeSlack, client: WebClient
) -> None:
    posters = {"slack": SlackPoster(client, draw=no_pictures)}
    second = Duty(duty.database, posters=posters, clock=duty.clock, name="two")
    duty.put(telling("a", message=None), telling("b", to=CITY, message=None))
    all_calls(fake, Fault(status=503))
    for number in range(10):
        one = second if number % 2 else duty  # what one has put off, the other tries next
        one.worker.deliver()
        duty.clock.now += timedelta(minutes=6)
    fake.faults = Faults()
    for number, one in enumerate((second, duty, second, duty)):
        one.put(telling(f"afterwards {number}", message=None))
        one.worker.deliver()

    assert len(texts(fake, "C3")) == 1


def test_a_few_refusals_are_no_outage(duty: Duty, fake: FakeSlack) -> None:
    duty.put(telling("a", message=None))
    fake.fail("chat.postMessage", *[Fault(status=500)] * 2)

    duty.go_on(timedelta(minutes=20))

    assert (texts(fake, "C1"), texts(fake, "C3")) == (["a"], [])


def no_names(host: str) -> bool:
    """Whether a name is unknown to this machine's resolver, as it should be."""
    try:
        socket.getaddrinfo(host, 80)
    except OSError:
        return True
    return False


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what makes the name known; until then the machine's own resolver is asked."""
    if not no_names(NAMELESS):
        pytest.skip(f"left out: this machine's resolver has an answer for {NAMELESS}")
    real = socket.getaddrinfo

    def known(host: Any, *more: Any, **options: Any) -> Any:
        return real("127.0.0.1" if host == NAMELESS else host, *more, **options)

    return lambda: monkeypatch.setattr(socket, "getaddrinfo", known)


def test_while_names_cannot_be_looked_up_what_is_to_be_told_waits(
    duty: Duty, fake: FakeSlack, client: WebClient, names: Callable[[], None]
) -> None:
    client.base_url = fake.api_url.replace("127.0.0.1", NAMELESS)
    duty.put(telling("a", message=None), telling("b", message=None))
    duty.go_on(timedelta(hours=1), step=STEP)
    assert texts(fake, "C1") == []

    names()
    duty.go_on(timedelta(minutes=10))

    assert texts(fake, "C1") == ["a", "b"]
    [said] = texts(fake, "C3")
    assert said.startswith("Slack could not be told anything from 12:00 to 13:0")
    assert "Slack cannot be reached: URLError." in said


@pytest.fixture
def app(fake: FakeSlack) -> SlackApp:
    desk = Desk(replies={"/priority 12": the_priority()})
    return slack_app(
        settle=desk.settle,
        draw=Pencil().draw,
        people=EVERYONE,
        clock=the_clock,
        bot_token=BOT_TOKEN,
        signing_secret=SIGNING_SECRET,
        api_url=fake.api_url,
    )


def whole_or_nothing(fake: FakeSlack) -> bool:
    """Whether who asked has seen all of the words, or none."""
    seen = [str(one.content) for one in fake.workspace.told("U1")]
    seen += [str(one.content) for one in fake.workspace.posted("DU1")]
    return all(VERDICT in one for one in seen)


@pytest.mark.parametrize(
    "fault",
    [Fault(status=503), Fault(status=503, is_done=True)],
    ids=["not carried out", "carried out"],
)
def test_who_asks_while_slack_is_down_gets_all_or_nothing_and_an_answer_afterwards(
    fake: FakeSlack, app: SlackApp, fault: Fault
) -> None:
    with over_http(app, fake):
        all_calls(fake, fault)
        assert fake.slash("/priority 12").status == 200
    assert whole_or_nothing(fake)
    fake.faults = Faults()

    before = len(fake.workspace.told("U1"))
    with over_http(app, fake):
        fake.slash("/priority 12")
    assert len(fake.workspace.told("U1")) > before
    assert whole_or_nothing(fake)


def test_who_asks_while_names_are_unknown_gets_nothing_half_and_an_answer_afterwards(
    fake: FakeSlack, app: SlackApp, names: Callable[[], None]
) -> None:
    real, fake.base = fake.base, fake.base.replace("127.0.0.1", NAMELESS)
    with over_http(app, fake):
        assert fake.slash("/csp charnwood").status == 200
    assert len(fake.workspace.told("U1")) <= 1

    names()
    with over_http(app, fake):
        fake.slash("/csp charnwood")
    fake.base = real
    assert "You asked: /csp charnwood" in str(fake.workspace.told("U1")[-1].content)
