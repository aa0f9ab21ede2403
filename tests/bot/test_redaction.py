"""Secrets are known by their look, and what was asked by whoever answers it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import REMOVED, SECRETS, unspoken, without_secrets, without_words


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("password=hunter2", "hunter2"),  # at the very beginning as well
        ("?token=hunter2&x=1", "hunter2"),
        ("wss://wss.slack.com/link/?ticket=hunter2&app_id=1", "hunter2"),
        ("https://prod-1.example.com/workflows/a?sv=1.0&sig=hunter2-_x", "hunter2"),
        ("https://hooks.slack.com/commands/T1/2/hunter2", "hunter2"),
        ("https://files.slack.com/upload/v1/hunter2", "hunter2"),
        ("Bearer hunter2hunter2", "hunter2"),
    ],
)
def test_a_secret_is_removed(said: str, secret: str) -> None:
    assert secret not in without_secrets(f"took {said} again")
    assert secret not in without_secrets(said)


@pytest.mark.parametrize(
    "said", ["how is burglary in Charnwood?", "secretary", "R-0B5E55: failed", "1:2", "a token"]
)
def test_what_is_none_stays(said: str) -> None:
    assert without_secrets(said) == said


@given(st.text(max_size=80))
def test_cleaning_twice_removes_no_more(said: str) -> None:
    once = without_secrets(said)

    assert without_secrets(once).replace(REMOVED, "") == once.replace(REMOVED, "")


def test_unspoken_words_are_removed_inside_and_nowhere_else() -> None:
    with unspoken(["/csp Fontwell", "Jane Smith"]):
        assert without_words("no FONTWELL for Jane") == f"no {REMOVED} for {REMOVED}"
        with unspoken(["other"]):
            assert without_words("Fontwell, other") == f"Fontwell, {REMOVED}"
        assert without_words("Fontwell") == REMOVED
    assert without_words("Fontwell") == "Fontwell"


def test_other_threads_keep_their_own_words() -> None:
    with unspoken(["Fontwell"]), ThreadPoolExecutor(1) as pool:
        assert pool.submit(without_words, "Fontwell").result() == "Fontwell"


def test_patterns_are_there() -> None:
    assert len(SECRETS) > 5
