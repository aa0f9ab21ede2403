"""What may be posted to, and what opens doors, never reaches a log."""

from __future__ import annotations

import logging

import pytest

from bot.channels.slack import quiet


@pytest.mark.parametrize(
    "secret",
    [
        "xoxb-12-34-abcDEF",
        "xapp-1-A0-99-ffee",
        "https://hooks.slack.com/commands/T1/22/333",
        "https://hooks.slack.com/actions/T1/22/333",
        "https://files.slack.com/upload/v1/ABC",
    ],
)
def test_a_secret_is_hidden(secret: str) -> None:
    assert quiet.hide(f"failed at {secret} again") == f"failed at {quiet.HIDDEN} again"


def test_a_socket_ticket_is_hidden() -> None:
    assert "abc" not in quiet.hide("wss://wss.slack.com/link/?ticket=abc&app_id=1")


def test_a_secret_in_a_traceback_is_hidden(caplog: pytest.LogCaptureFixture) -> None:
    try:
        int("xoxb-12-34")
    except ValueError:
        quiet.logger("bot.channels.slack.test").exception("failed")

    assert "xoxb" not in caplog.text
    assert "ValueError" in caplog.text


def test_slacks_own_libraries_say_nothing_below_an_error() -> None:
    assert quiet.sdk_logger().level == logging.ERROR
