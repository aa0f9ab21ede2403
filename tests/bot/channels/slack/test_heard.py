"""What Slack says is read for what it is."""

from __future__ import annotations

import pytest

from bot.channels.slack.heard import key_of


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"event_id": "Ev1", "event": {}}, "Ev1"),
        ({"trigger_id": "1.2.3", "command": "/csp"}, "1.2.3"),
        ({}, ""),
    ],
)
def test_a_delivery_is_known_by_what_stays_the_same(body: dict[str, object], key: str) -> None:
    assert key_of(body) == key
