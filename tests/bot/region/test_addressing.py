"""@saltmarsh is found wherever it stands, and nothing else is taken for a force."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.region.addressing import addressed, to_force

KNOWN = ("saltmarsh", "north-bay")


@pytest.mark.parametrize(
    ("text", "rest", "named"),
    [
        ("/priority 12 @saltmarsh", "/priority 12", ("saltmarsh",)),
        ("@Saltmarsh how is burglary?", "how is burglary?", ("saltmarsh",)),
        ("/priority @north-bay 12", "/priority 12", ("north-bay",)),
        ("how is @north-bay?", "how is ?", ("north-bay",)),
        ("/priority 12 @saltmarsh @north-bay", "/priority 12", ("saltmarsh", "north-bay")),
        ("/priority 12 @atlantis", "/priority 12 @atlantis", ()),
        ("write to clerk@saltmarsh today", "write to clerk@saltmarsh today", ()),
        ("@saltmarshes", "@saltmarshes", ()),
        ("/priority 12", "/priority 12", ()),
        ("", "", ()),
    ],
)
def test_a_force_is_read_out_of_the_words(text: str, rest: str, named: tuple[str, ...]) -> None:
    found = addressed(text, KNOWN)

    assert (found.text, found.named) == (rest, named)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab /@-\n1", max_size=30), st.sampled_from(KNOWN))
def test_a_command_that_was_stamped_always_leads_back(text: str, force: str) -> None:
    found = addressed(to_force(text, force), KNOWN)

    assert found.named == (force,)
    assert "@" + force not in found.text


def test_lines_of_a_text_stay_lines() -> None:
    assert addressed("/issue note 3 one\ntwo @saltmarsh", KNOWN).text == "/issue note 3 one\ntwo"
