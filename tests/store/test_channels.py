"""What platforms told is kept for every process that hears them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.conversations import Conversation
from store.conversations import SqlConversations
from store.database import Database
from store.heard import SqlOnce

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
KEPT_FOR = timedelta(hours=2)

OPS = Conversation(id="19:ops@thread.tacv2", service_url="https://smba.example/uk/")


def hears(database: Database, platform: str = "slack") -> SqlOnce:
    return SqlOnce(database, platform=platform, kept_for=KEPT_FOR)


def test_what_one_process_heard_is_not_new_to_another(database: Database) -> None:
    assert hears(database).first("Ev1", NOW)
    assert not hears(database).first("Ev1", NOW)


def test_platforms_have_keys_of_their_own(database: Database) -> None:
    assert hears(database).first("1", NOW)
    assert hears(database, "teams").first("1", NOW)


def test_what_can_no_longer_be_repeated_is_forgotten(database: Database) -> None:
    once = hears(database)
    once.first("Ev1", NOW)

    assert not once.first("Ev1", NOW + KEPT_FOR)
    assert once.first("Ev1", NOW + KEPT_FOR + timedelta(seconds=1))


def test_a_place_is_found_where_it_was_heard_last(database: Database) -> None:
    places = SqlConversations(database, platform="teams")
    moved = Conversation(id=OPS.id, service_url="https://smba.example/emea/")
    places.keep("19:ops", OPS, now=NOW)
    places.keep("19:ops", moved, now=NOW)

    assert places.find("19:ops") == moved
    assert SqlConversations(database, platform="slack").find("19:ops") is None
