"""What is to be told: once for each key, in order at each destination, by one worker at a time."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from bot.alerts.model import AlertId, Destination, Notification, Operation
from bot.delivery import Claimed, Telling, notice
from store import outbox
from store.database import Database
from store.outbox import SqlOutbox
from store.telling import backlog

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
BOARD = Destination(platform="slack", address="C1")
CITY = Destination(platform="slack", address="C2")
TEAMS = Destination(platform="teams", address="T1")


def telling(
    key: str,
    *,
    to: Destination = BOARD,
    operation: Operation = Operation.POST,
    at: datetime = NOON,
    message: str | None = "A-1",
) -> Telling:
    return Notification(
        key=key,
        alert=AlertId("A-1"),
        message=AlertId(message) if message else None,
        destination=to,
        operation=operation,
        reply=notice(key),
        at=at,
    )


@pytest.fixture
def box(database: Database) -> SqlOutbox:
    return SqlOutbox(database)


def claim(box: SqlOutbox, by: str = "one", now: datetime = NOON) -> Claimed | None:
    return box.claim(by=by, now=now, until=now + LEASE, platforms=("slack",))


def tell(box: SqlOutbox, by: str = "one", now: datetime = NOON) -> str:
    """Tell what is next; return its key."""
    claimed = claim(box, by, now)
    assert claimed is not None
    there = f"{claimed.telling.destination.address}/{claimed.number}"
    assert box.told(claimed.number, by=by, message=there, now=now)
    return claimed.telling.key


def test_what_was_put_in_comes_out_as_it_was(box: SqlOutbox) -> None:
    box.put([telling("a")], now=NOON)

    claimed = claim(box)

    assert claimed is not None
    assert claimed.telling == telling("a")
    assert (claimed.attempts, claimed.made_at) == (1, NOON)


def test_a_key_is_put_in_once_for_ever(box: SqlOutbox) -> None:
    assert box.put([telling("a"), telling("a")], now=NOON) == 1
    tell(box)

    assert box.put([telling("a")], now=NOON) == 0
    assert claim(box) is None


def test_a_destination_has_its_order_and_holds_up_no_other(box: SqlOutbox) -> None:
    box.put([telling("a"), telling("b"), telling("c", to=CITY)], now=NOON)
    first = claim(box)

    assert first is not None
    assert tell(box, "two") == "c"
    assert claim(box, "two") is None
    box.told(first.number, by="one", message="C1/1", now=NOON)
    assert tell(box, "two") == "b"


def test_what_is_not_yet_due_holds_up_what_follows_it(box: SqlOutbox) -> None:
    box.put([telling("a", at=NOON + LEASE), telling("b")], now=NOON)

    assert claim(box) is None
    assert tell(box, now=NOON + LEASE) == "a"


def test_a_platform_that_is_not_set_up_waits(box: SqlOutbox) -> None:
    box.put([telling("a", to=TEAMS), telling("b")], now=NOON)

    assert tell(box) == "b"
    assert claim(box) is None


def test_a_dead_workers_claim_ends_with_its_lease_and_its_word_no_longer_counts(
    box: SqlOutbox,
) -> None:
    box.put([telling("a")], now=NOON)
    dead = claim(box, "dead")
    later = NOON + LEASE

    assert claim(box, "living", later - timedelta(microseconds=1)) is None
    taken = claim(box, "living", later)

    assert dead is not None
    assert taken is not None
    assert taken.attempts == 2
    assert not box.told(dead.number, by="dead", message="C1/9", now=later)
    assert not box.later(dead.number, by="dead", at=later, why="")
    assert not box.failed(dead.number, by="dead", now=later, why="", instead=[telling("x")])
    assert box.told(taken.number, by="living", message="C1/1", now=later)
    assert claim(box, now=later + LEASE) is None


def test_what_is_put_off_comes_back_at_its_time_before_what_follows(box: SqlOutbox) -> None:
    box.put([telling("a"), telling("b")], now=NOON)
    claimed = claim(box)
    assert claimed is not None
    box.later(claimed.number, by="one", at=NOON + timedelta(seconds=30), why="Slack says wait.")

    assert claim(box, "two", NOON + timedelta(seconds=29)) is None
    assert tell(box, "two", NOON + timedelta(seconds=30)) == "a"


def test_what_cannot_be_told_gives_way_to_what_is_told_instead(box: SqlOutbox) -> None:
    box.put([telling("a"), telling("b")], now=NOON)
    claimed = claim(box)
    assert claimed is not None

    box.failed(claimed.number, by="one", now=NOON, why="archived", instead=[telling("x", to=CITY)])

    assert [tell(box), tell(box)] == ["b", "x"]


def test_the_living_message_is_the_one_posted_or_edited_last(box: SqlOutbox) -> None:
    alert = AlertId("A-1")
    assert box.message(alert, BOARD) is None
    box.put([telling("a"), telling("b", operation=Operation.THREAD)], now=NOON)

    first = claim(box)
    assert first is not None
    box.told(first.number, by="one", message="C1/first", now=NOON)
    tell(box)

    assert box.message(alert, BOARD) == "C1/first"
    assert box.message(alert, CITY) is None


def test_what_is_told_or_waits_is_known_to_whoever_decides(
    box: SqlOutbox, database: Database
) -> None:
    box.put([telling("a"), telling("b", to=CITY), telling("c", message=None)], now=NOON)
    tell(box)

    with database.reading() as session:
        told = outbox.told(session, day=NOON.date())

    assert told.messages == {(AlertId("A-1"), one): NOON.date() for one in (BOARD, CITY)}
    assert told.posted_today == {BOARD: 1, CITY: 1}


def test_of_many_who_claim_at_once_each_notification_goes_to_one(
    box: SqlOutbox, database: Database
) -> None:
    destinations = [Destination(platform="slack", address=f"C{n}") for n in range(8)]
    box.put([telling(f"{n}/{one}", to=one) for n in range(3) for one in destinations], now=NOON)
    together = Barrier(4)

    def go(name: str) -> list[str]:
        together.wait()
        mine = []
        while (claimed := claim(box, name)) is not None:
            mine.append(claimed.telling.key)
            box.told(claimed.number, by=name, message="C/1", now=NOON)
        return mine

    with ThreadPoolExecutor(4) as workers:
        keys = [key for found in workers.map(go, "abcd") for key in found]

    assert Counter(keys) == Counter(f"{n}/{one}" for n in range(3) for one in destinations)


def test_of_two_who_put_in_the_same_at_once_one_does(box: SqlOutbox) -> None:
    together = Barrier(2)

    def go(_: int) -> int:
        together.wait()
        return box.put([telling("a")], now=NOON)

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(go, range(2))) == [0, 1]


def test_the_backlog_says_what_waits_since_when_and_why(box: SqlOutbox, database: Database) -> None:
    box.put([telling("a"), telling("b"), telling("c", at=NOON + LEASE)], now=NOON)
    first = claim(box)
    assert first is not None
    box.failed(first.number, by="one", now=NOON, why="archived", instead=[])
    second = claim(box)
    assert second is not None
    box.later(second.number, by="one", at=NOON + LEASE, why="Slack says wait.")

    found = backlog(database, now=NOON, failed_since=NOON)

    assert (found.waiting, found.overdue, found.failed) == (2, 1, 1)
    assert (found.due_since, found.why) == (NOON, "Slack says wait.")
