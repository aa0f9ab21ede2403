"""What Teams says is read for what it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.teams.heard import (
    HELP,
    is_from_person,
    is_installed,
    key_of,
    pressed,
    read,
    tenants,
)

BOT = "28:app"


def message(text: str, *mentioned: tuple[str, str]) -> dict[str, Any]:
    entities = [
        {"type": "mention", "text": said, "mentioned": {"id": id_}} for said, id_ in mentioned
    ]
    return {
        "type": "message",
        "text": text,
        "recipient": {"id": BOT},
        "entities": [*entities, {"type": "clientInfo"}],
    }


OURS = ("<at>Threat Desk</at>", BOT)
JANE = ("<at>Jane O&apos;Neill</at>", "29:jane")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (message("<at>Threat Desk</at> priority 12\n", OURS), "priority 12"),
        (message("priority <at>Threat Desk</at>12", OURS), "priority 12"),
        (message("<at>Threat Desk</at>&nbsp;burglary &amp; robbery", OURS), "burglary & robbery"),
        (message("a &lt;b&gt; c"), "a <b> c"),
        (message("what is &amp;lt;?"), "what is &lt;?"),
        (message("<p>how is<br/>burglary?</p>"), "how is burglary?"),
        (
            message("<at>Threat Desk</at> give I-3 to <at>Jane O&apos;Neill</at>", OURS, JANE),
            "give I-3 to Jane O'Neill",
        ),
        (message("<at>Threat Desk</at>", OURS), HELP),
        (message(""), HELP),
        ({"type": "message"}, HELP),
    ],
)
def test_a_message_is_read_as_it_was_typed(body: dict[str, Any], text: str) -> None:
    assert read(body).text == text


def test_a_thread_is_told_apart_from_its_channel() -> None:
    heard = read(
        {
            "conversation": {"id": "19:a@thread.tacv2;messageid=5", "conversationType": "channel"},
            "serviceUrl": "https://smba.example/",
        }
    )

    assert (heard.conversation.id, heard.thread) == ("19:a@thread.tacv2", "5")
    assert (heard.place, heard.address) == ("teams:19:a@thread.tacv2", "19:a@thread.tacv2")


def test_the_chat_with_the_bot_is_kept_under_the_person_and_is_no_place() -> None:
    heard = read(
        {
            "conversation": {"id": "a:1", "conversationType": "personal"},
            "from": {"id": "29:x", "aadObjectId": "AAAA"},
        }
    )

    assert (heard.place, heard.address, heard.with_bot) == ("", "aaaa", True)


def test_a_conversation_that_does_not_say_what_it_is_counts_as_one_that_many_read() -> None:
    assert not read({"conversation": {"id": "19:a"}}).with_bot


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"id": "5", "conversation": {"id": "a:1"}}, "a:1/5"),
        ({"conversation": {"id": "a:1"}}, ""),
        ({}, ""),
    ],
)
def test_an_activity_is_known_by_what_stays_the_same(body: dict[str, Any], key: str) -> None:
    assert key_of(body) == key


def test_an_update_of_the_app_is_not_its_arrival() -> None:
    update = {"type": "installationUpdate", "recipient": {"id": BOT}}

    assert is_installed({**update, "action": "add"})
    assert not is_installed({**update, "action": "add-upgrade"})
    assert not is_installed({"type": "conversationUpdate", "membersAdded": [{"id": "29:jane"}]})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "type",
                    "text",
                    "value",
                    "action",
                    "data",
                    "verb",
                    "from",
                    "tenant",
                    "entities",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(
    body=st.dictionaries(
        st.sampled_from(
            [
                "type",
                "id",
                "text",
                "from",
                "conversation",
                "channelData",
                "entities",
                "value",
                "name",
                "recipient",
                "membersAdded",
                "replyToId",
            ]
        ),
        JSON,
    )
)
def test_whatever_stands_in_an_activity_is_read_without_a_fault(body: dict[str, Any]) -> None:
    for look in (read, pressed, is_from_person, is_installed, key_of, tenants):
        look(body)
