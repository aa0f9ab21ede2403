"""No secret reaches a log, and no library says in passing what it calls."""

from __future__ import annotations

import logging

import pytest

from bot.channels.hiding import hush, logger
from bot.channels.teams.quiet import TALKATIVE, hush_libraries

SECRET = "https://prod-01.logic.azure.com/workflows/1?sig=s3cret-signature"  # noqa: S105


def test_a_secret_is_hidden_in_a_message_and_in_its_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    try:
        int(SECRET)
    except ValueError:
        logger("bot.channels.test_hiding").exception("failed at %s", SECRET)

    assert "s3cret" not in caplog.text
    assert "ValueError" in caplog.text


def test_a_library_is_heard_only_in_trouble_whatever_level_it_sets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hush("some.library")
    library = logging.getLogger("some.library")
    library.setLevel(logging.NOTSET)
    with caplog.at_level(logging.DEBUG):
        library.info("called %s", SECRET)
        library.warning("in trouble at %s", SECRET)

    [record] = caplog.records
    assert "in trouble" in record.getMessage()
    assert "s3cret" not in record.getMessage()


def test_what_is_below_a_library_is_hushed_with_it(caplog: pytest.LogCaptureFixture) -> None:
    hush("some.library")
    logging.getLogger("some.library.part").info("called %s", SECRET)

    assert caplog.records == []


def test_libraries_are_hushed_once_however_often_that_is_asked_for() -> None:
    hush_libraries()
    hush_libraries()

    for name in TALKATIVE:
        assert len(logging.getLogger(name).filters) == 1
