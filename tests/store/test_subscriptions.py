"""Who follows what is kept, each thing once."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.alerts.subscriptions import Subscription
from store.database import Database
from store.subscriptions import SqlSubscriptions

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

BURGLARY = Subscription(person="jane", priority="12")
CHARNWOOD = Subscription(person="jane", area="charnwood")


def test_what_is_followed_is_kept_for_each_person(database: Database) -> None:
    followed = SqlSubscriptions(database)

    assert followed.add(BURGLARY, now=NOW)
    assert followed.add(CHARNWOOD, now=NOW)
    assert followed.add(Subscription(person="john", priority="12"), now=NOW)

    assert followed.of("jane") == (CHARNWOOD, BURGLARY)
    assert len(followed.all()) == 3


def test_following_twice_is_following_once(database: Database) -> None:
    followed = SqlSubscriptions(database)
    followed.add(BURGLARY, now=NOW)

    assert not followed.add(BURGLARY, now=NOW)
    assert followed.all() == (BURGLARY,)


def test_what_is_given_up_is_gone_and_only_that(database: Database) -> None:
    followed = SqlSubscriptions(database)
    followed.add(BURGLARY, now=NOW)
    followed.add(CHARNWOOD, now=NOW)

    assert followed.remove(BURGLARY)
    assert not followed.remove(BURGLARY)
    assert followed.all() == (CHARNWOOD,)
