"""What was decided is told once, in order, and never lost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.alerts.model import AlertId, Destination, Notification, Operation
from bot.delivery import (
    GIVEN_UP_AFTER,
    LEASE,
    CannotTell,
    Delivery,
    Elsewhere,
    MessageGone,
    Telling,
    TryLater,
)
from bot.replies import Paragraph, Reply
from store.database import Database
from store.outbox import SqlOutbox

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
BOARD = Destination(platform="slack", address="C1")
CITY = Destination(platform="slack", address="C2")
CHIEF = Destination(platform="slack", address="D1")
OPERATORS = Destination(platform="slack", address="C-OPS")
FALLBACK = Destination(platform="slack", address="C-FALLBACK")


class Killed(BaseException):
    """The process died: no code of ours runs after it."""


@dataclass
class Platform:
    """A platform in memory: what it holds, and what it will do next."""

    messages: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    faults: list[BaseException | None] = field(default_factory=list)
    after: list[BaseException | None] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    calls: int = 0

    def post(self, address: str, reply: Reply, *, key: str, under: str = "") -> str:
        self._go(self.faults)
        if under in self.gone:
            raise MessageGone(under)
        there = self.messages.setdefault(address, [])
        there.append((key, reply.summary, under))
        self._go(self.after)
        return f"{address}/{len(there) - 1}"

    def edit(self, message: str, reply: Reply) -> None:
        self._go(self.faults)
        if message in self.gone:
            raise MessageGone(message)
        address, place = message.split("/")[0], int(message.split("/")[1])
        posted, _, under = self.messages[address][place]
        self.messages[address][place] = (posted, reply.summary, under)
        self._go(self.after)

    def find(self, address: str, *, key: str, since: datetime, under: str = "") -> str | None:
        keys = [one for one, _, _ in self.messages.get(address, [])]
        return f"{address}/{keys.index(key)}" if key in keys else None

    def is_channel(self, address: str) -> bool:
        return address.startswith("C")

    def close(self) -> None:
        """Nothing is open."""

    def _go(self, faults: list[BaseException | None]) -> None:
        self.calls += 1
        if faults and (fault := faults.pop(0)):
            raise fault

    def words(self, destination: Destination) -> list[str]:
        return [words for _, words, _ in self.messages.get(destination.address, [])]


class World:
    def __init__(self, file: Path) -> None:
        self.database = Database(f"sqlite:///{file}")
        self.database.upgrade()
        self.outbox = SqlOutbox(self.database)
        self.slack = Platform()
        self.now = NOON

    def deliver(self, name: str = "one") -> int:
        delivery = Delivery(
            self.outbox,
            {"slack": self.slack},
            elsewhere=Elsewhere(operators=OPERATORS, fallback=FALLBACK),
            name=name,
            clock=lambda: self.now,
        )
        return delivery.deliver()

    def put(self, *tellings: Telling) -> None:
        self.outbox.put(tellings, now=self.now)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "threatdesk.db")
    yield made
    made.database.close()


def telling(
    key: str,
    words: str = "",
    *,
    to: Destination = BOARD,
    operation: Operation = Operation.POST,
    at: datetime = NOON,
    message: str | None = "A-1",
) -> Telling:
    said = words or key
    return Notification(
        key=key,
        alert=AlertId("A-1"),
        message=AlertId(message) if message else None,
        destination=to,
        operation=operation,
        reply=Reply(summary=said, blocks=(Paragraph(text=said),)),
        at=at,
    )


def test_what_is_put_in_is_told_in_its_order(world: World) -> None:
    world.put(telling("a"), telling("b", to=CITY), telling("c"))

    assert world.deliver() == 3
    assert world.slack.words(BOARD) == ["a", "c"]
    assert world.slack.words(CITY) == ["b"]


def test_the_same_thing_decided_twice_is_told_once(world: World) -> None:
    world.put(telling("a"))
    world.deliver()
    world.put(telling("a"))

    world.deliver()

    assert world.slack.words(BOARD) == ["a"]


def test_an_edit_changes_the_living_message_and_a_follow_up_stands_under_it(world: World) -> None:
    world.put(
        telling("a", "Burglary: Medium"),
        telling("b", "Burglary: High", operation=Operation.EDIT),
        telling("c", "It was raised to High", operation=Operation.THREAD),
    )
    world.deliver()

    assert world.slack.messages["C1"] == [
        ("a", "Burglary: High", ""),
        ("c", "It was raised to High", "C1/0"),
    ]


def test_nothing_is_told_before_its_time_and_nothing_overtakes_it(world: World) -> None:
    world.put(telling("a", at=NOON + timedelta(hours=8)), telling("b"))

    world.deliver()
    assert world.slack.words(BOARD) == []
    world.now += timedelta(hours=8)
    world.deliver()

    assert world.slack.words(BOARD) == ["a", "b"]


def test_too_many_requests_are_waited_out_in_order(world: World) -> None:
    world.put(telling("a"), telling("b"))
    world.slack.faults = [TryLater("slow down", after=timedelta(seconds=30))]

    world.deliver()
    world.now += timedelta(seconds=29)
    world.deliver()
    assert world.slack.words(BOARD) == []
    world.now += timedelta(seconds=1)
    world.deliver()

    assert world.slack.words(BOARD) == ["a", "b"]


def test_one_destination_that_waits_holds_up_no_other(world: World) -> None:
    world.put(telling("a"), telling("b", to=CITY))
    world.slack.faults = [TryLater("slow down", after=timedelta(seconds=30))]

    world.deliver()

    assert world.slack.words(CITY) == ["b"]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_crash_before_or_after_the_platform_accepted_is_settled_by_looking(
    world: World, moment: str
) -> None:
    world.put(telling("a"))
    (world.slack.faults if moment == "before" else world.slack.after).append(Killed())
    with pytest.raises(Killed):
        world.deliver("dead")

    world.deliver("living")  # the lease of the dead one still holds
    world.now += LEASE
    world.deliver("living")

    assert world.slack.words(BOARD) == ["a"]
    assert world.outbox.message(AlertId("A-1"), BOARD) == "C1/0"


def test_an_answer_that_was_lost_is_not_a_second_message(world: World) -> None:
    """The platform took it, and the connection broke before it said so."""
    world.put(telling("a"))
    world.slack.after = [TryLater("timed out")]

    world.deliver()
    world.now += timedelta(minutes=1)
    world.deliver()

    assert world.slack.words(BOARD) == ["a"]


def test_a_fault_of_our_own_in_one_message_holds_up_no_other_place_and_is_passed_on(
    world: World,
) -> None:
    world.put(telling("a"), telling("b", to=CITY))
    world.slack.faults = [KeyError("password=hunter2")]

    world.deliver()
    assert world.slack.words(CITY) == ["b"]
    world.now += GIVEN_UP_AFTER + timedelta(seconds=1)
    world.slack.faults = [KeyError("password=hunter2")]
    world.deliver()

    [words] = world.slack.words(OPERATORS)
    assert words.startswith("Alert A-1 could not be told at slack:C1. It was tried for a day.")
    assert "hunter2" not in words


def test_a_deleted_message_is_posted_anew_and_lives_on(world: World) -> None:
    world.put(telling("a", "Medium"))
    world.deliver()
    world.slack.gone.add("C1/0")

    world.put(telling("b", "High", operation=Operation.EDIT))
    world.deliver()
    world.put(telling("c", "Resolved", operation=Operation.EDIT))
    world.deliver()

    assert world.slack.words(BOARD) == ["Medium", "Resolved"]
    assert world.outbox.message(AlertId("A-1"), BOARD) == "C1/1"


def test_an_archived_channel_goes_to_the_fallback_and_the_operators_hear_of_it(
    world: World,
) -> None:
    world.put(telling("a", "Burglary is up"), telling("b", "It is worse"))
    world.slack.faults = [CannotTell("The channel is archived.", hint="Name another one.")]

    world.deliver()

    assert world.slack.words(FALLBACK) == ["Burglary is up"]
    assert world.slack.words(BOARD) == ["It is worse"]
    [words] = world.slack.words(OPERATORS)
    assert words == (
        "Alert A-1 could not be told at slack:C1. The channel is archived. Name another one."
    )


def test_what_one_person_may_know_goes_to_no_channel_instead(world: World) -> None:
    world.put(telling("a", "Rape in Melton: 3", to=CHIEF))
    world.slack.faults = [CannotTell("The account is closed.")]

    world.deliver()

    said = [words for there in world.slack.messages.values() for _, words, _ in there]
    assert not any("Melton" in words for words in said)
    assert len(world.slack.words(OPERATORS)) == 1


def test_operators_who_cannot_be_told_are_not_told_so(world: World) -> None:
    world.put(telling("a", to=OPERATORS))
    world.slack.faults = [CannotTell("The channel is archived.")]

    world.deliver()

    assert world.slack.messages == {}


def test_after_a_day_of_trying_the_operators_get_it(world: World) -> None:
    world.put(telling("a", "Burglary is up"))
    deadline = NOON + GIVEN_UP_AFTER + timedelta(hours=1)

    while world.now < deadline:
        waiting = not world.slack.words(OPERATORS)
        world.slack.faults = [TryLater("down")] if waiting else []
        world.deliver()
        world.now += timedelta(minutes=6)

    assert world.slack.words(BOARD) == []
    assert world.slack.words(FALLBACK) == ["Burglary is up"]
    assert "tried for a day" in world.slack.words(OPERATORS)[0]


def test_two_workers_share_the_work_and_neither_repeats_it(world: World) -> None:
    tellings = [telling(f"{n}", to=CITY if n % 2 else BOARD, message=None) for n in range(10)]
    world.put(*tellings)
    first = world.outbox.claim(
        by="one", now=world.now, until=world.now + LEASE, platforms=("slack",)
    )

    world.deliver("two")  # the board's queue is the first worker's

    assert first is not None
    assert world.slack.words(BOARD) == []
    assert world.slack.words(CITY) == ["1", "3", "5", "7", "9"]


FAULTS: st.SearchStrategy[Callable[[], BaseException] | None] = st.sampled_from(
    [None, None, None, Killed, lambda: TryLater("busy"), lambda: TryLater("no", after=LEASE)]
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=st.lists(FAULTS, max_size=12), after=st.lists(FAULTS, max_size=12))
def test_whatever_fails_and_whoever_dies_everything_is_told_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[Callable[[], BaseException] | None],
    after: list[Callable[[], BaseException] | None],
) -> None:
    world = World(tmp_path_factory.mktemp("chaos") / "threatdesk.db")
    world.put(*(telling(f"{n}", to=CITY if n % 3 else BOARD, message=None) for n in range(9)))
    world.slack.faults = [make() if make else None for make in before]
    world.slack.after = [make() if make else None for make in after]

    for turn in range(60):
        with contextlib.suppress(Killed):
            world.deliver(f"worker {turn % 2}")
        world.now += timedelta(minutes=3)

    assert world.slack.words(BOARD) == ["0", "3", "6"]
    assert world.slack.words(CITY) == ["1", "2", "4", "5", "7", "8"]
    world.database.close()
