"""How Teams names places, people and messages."""

from __future__ import annotations

import pytest

from bot.channels.teams.addresses import (
    has_threads,
    in_thread,
    is_person,
    is_safe,
    name_message,
    read_message,
)
from bot.conversations import Conversation
from tests.fakes.teams import CHANNEL, CHAT, JANE


@pytest.mark.parametrize("place", [CHANNEL, "19:old@thread.skype", f"{CHANNEL};messageid=1"])
def test_a_channel_has_threads(place: str) -> None:
    assert has_threads(place)


@pytest.mark.parametrize("place", [CHAT, "a:1xyz", "19:meeting_x@thread.v2", ""])
def test_a_chat_has_none(place: str) -> None:
    assert not has_threads(place)


def test_a_thread_is_named_after_its_channel_and_not_after_another_thread() -> None:
    assert in_thread(f"{CHANNEL};messageid=1", "2") == f"{CHANNEL};messageid=2"


def test_a_person_is_an_entra_id() -> None:
    assert is_person(JANE.upper())
    assert not is_person(f"29:{JANE}")


def test_a_message_is_found_again_by_its_name_alone() -> None:
    place = Conversation(id=f"{CHANNEL};messageid=1", service_url="https://smba.example/uk/")

    found = read_message(name_message(place, "17"))

    assert found == (Conversation(id=CHANNEL, service_url="https://smba.example/uk/"), "17")


@pytest.mark.parametrize(
    "url", ["https://smba.example/uk", "http://127.0.0.1:1/", "http://localhost/", "http://[::1]/"]
)
def test_the_token_may_go_where_nobody_listens_in(url: str) -> None:
    assert is_safe(url)


@pytest.mark.parametrize(
    "url",
    ["http://smba.example", "http://127.0.0.1.evil.example", "ws://127.0.0.1", "", "http://["],
)
def test_the_token_may_go_nowhere_else(url: str) -> None:
    assert not is_safe(url)
