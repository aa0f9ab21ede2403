"""The feed: what was told on the console, as it now stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.alerts.model import AlertId, Destination, Notification, Operation
from bot.delivery import LEASE, Telling
from bot.replies import Paragraph, Reply
from store.database import Database
from store.feed import SqlFeed
from store.outbox import SqlOutbox

NOW = datetime(2016, 4, 4, 9, 0, tzinfo=UTC)


def a_telling(
    key: str,
    words: str,
    *,
    operation: Operation = Operation.POST,
    alert: str | None = "A-1",
    to: str = "chief",
    platform: str = "console",
    at: datetime = NOW,
) -> Telling:
    id_ = AlertId(alert) if alert else None
    return Notification(
        key=key,
        alert=id_,
        message=id_,
        destination=Destination(platform=platform, address=to),
        operation=operation,
        reply=Reply(summary=words, blocks=(Paragraph(text=words),)),
        at=at,
    )


def put(database: Database, *tellings: Telling, now: datetime = NOW) -> None:
    SqlOutbox(database).put(tellings, now=now)


def tell(database: Database, *, now: datetime = NOW) -> None:
    """Tell everything that is due."""
    outbox = SqlOutbox(database)
    while claimed := outbox.claim(by="t", now=now, until=now + LEASE, platforms=("console",)):
        outbox.told(claimed.number, by="t", message=claimed.telling.key, now=now)


def seen(database: Database, reader: str = "chief") -> list[str]:
    feed = SqlFeed(database, platform="console")
    return [one.reply.summary for one in feed.posts(reader, at_most=10)]


def test_a_living_message_stands_as_it_was_last_told(database: Database) -> None:
    put(database, a_telling("1", "new"))
    put(
        database,
        a_telling("2", "acknowledged", operation=Operation.EDIT),
        now=NOW + timedelta(hours=1),
    )
    tell(database)

    [post] = SqlFeed(database, platform="console").posts("chief", at_most=10)

    assert post.reply.summary == "acknowledged"
    assert (post.at, post.edited_at) == (NOW, NOW + timedelta(hours=1))
    assert (post.alert, post.is_told) == ("A-1", True)


def test_what_follows_stands_in_its_thread(database: Database) -> None:
    put(
        database,
        a_telling("1", "new"),
        a_telling("2", "worse", operation=Operation.THREAD),
        a_telling("3", "ended", operation=Operation.THREAD),
    )
    tell(database)

    [post] = SqlFeed(database, platform="console").posts("chief", at_most=10)

    assert post.reply.summary == "new"
    assert [one.reply.summary for one in post.thread] == ["worse", "ended"]


def test_what_waits_says_until_when(database: Database) -> None:
    later = NOW + timedelta(hours=10)
    put(database, a_telling("1", "new", at=later))

    [post] = SqlFeed(database, platform="console").posts("chief", at_most=10)

    assert (post.is_told, post.waits_until) == (False, later)


def test_an_edit_that_waits_does_not_change_what_was_told(database: Database) -> None:
    put(database, a_telling("1", "new"))
    tell(database)
    put(database, a_telling("2", "changed", operation=Operation.EDIT))

    assert seen(database) == ["new"]


def test_everyone_reads_channels_and_their_own_messages_the_newest_first(
    database: Database,
) -> None:
    put(
        database,
        a_telling("1", "to the chief"),
        a_telling("2", "to the lead", to="lead"),
        a_telling("3", "to all", to="#shared", alert=None),
        a_telling("4", "on another platform", platform="slack", to="#shared"),
    )

    assert seen(database, "chief") == ["to all", "to the chief"]
    assert seen(database, "lead") == ["to all", "to the lead"]
    assert seen(database, "nobody") == ["to all"]


def test_one_alert_at_two_places_is_two_messages(database: Database) -> None:
    put(
        database,
        a_telling("1", "to the chief"),
        a_telling("2", "to all", to="#performance"),
        a_telling("3", "to all, changed", to="#performance", operation=Operation.EDIT),
    )
    tell(database)

    assert seen(database) == ["to all, changed", "to the chief"]


def test_only_so_many_are_read_and_none_of_them_is_cut(database: Database) -> None:
    put(
        database,
        a_telling("1", "old", alert="A-1"),
        a_telling("2", "new", alert="A-2"),
        a_telling("3", "said under the new one", alert="A-2", operation=Operation.THREAD),
        a_telling("4", "said under the old one", alert="A-1", operation=Operation.THREAD),
    )

    [post] = SqlFeed(database, platform="console").posts("chief", at_most=1)

    assert [post.reply.summary, *(one.reply.summary for one in post.thread)] == [
        "new",
        "said under the new one",
    ]


def test_what_failed_is_not_shown(database: Database) -> None:
    put(database, a_telling("1", "lost"))
    outbox = SqlOutbox(database)
    claimed = outbox.claim(by="t", now=NOW, until=NOW + LEASE, platforms=("console",))
    assert claimed
    outbox.failed(claimed.number, by="t", now=NOW, why="gone", instead=())

    assert seen(database) == []


def test_the_mark_changes_with_whatever_is_put_in_or_told(database: Database) -> None:
    feed = SqlFeed(database, platform="console")
    marks = [feed.mark()]
    put(database, a_telling("1", "new"))
    marks.append(feed.mark())
    tell(database)
    marks.append(feed.mark())
    put(database, a_telling("2", "elsewhere", platform="slack"))
    marks.append(feed.mark())

    assert len(set(marks[:3])) == 3
    assert marks[3] == marks[2]
