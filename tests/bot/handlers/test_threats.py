"""`/threats`: High first, each with its reason; what has no class, with why."""

from __future__ import annotations

import pytest

from bot.access import Refused
from bot.handlers.threats import threats
from bot.people import Surface
from bot.replies import Bullets, Heading, Paragraph
from metrics.classification import ThreatLevel
from tests.bot.asked import STRANGER, Ask, commands_in, every_word

THEN = " as at 11 December 2013"


def test_high_comes_first_each_with_its_reason(ask: Ask) -> None:
    reply = ask(threats, THEN.strip())

    headings = [one.text for one in reply.blocks if isinstance(one, Heading)]
    first = next(one for one in reply.blocks if isinstance(one, Bullets))
    assert headings[1:3] == ["High", "Medium"]
    assert any(
        item.startswith("Domestic burglary: The target is unlikely to be met")
        for item in first.items
    )
    assert reply.level is ThreatLevel.HIGH


def test_every_high_can_be_asked_why(ask: Ask) -> None:
    reply = ask(threats, THEN.strip())

    high = next(one for one in reply.blocks if isinstance(one, Bullets))
    why = [one for one in commands_in(reply) if one.startswith("/threatdesk why ")]
    assert len(why) >= len(high.items)


def test_nothing_high_is_said(ask: Ask) -> None:
    reply = ask(threats, "vehicle crime" + THEN)

    assert isinstance(reply.blocks[1], Paragraph)
    assert reply.blocks[1].text == "Nothing is High; 2 Medium and 5 Low."
    assert "nothing High" in reply.summary


def test_what_has_no_class_says_why(ask: Ask) -> None:
    said = every_word(ask(threats, THEN.strip()))

    assert "told as given, nothing is tested of it" in said
    assert "more recorded or fewer is neither good nor bad here" in said


def test_what_is_not_cited_is_named_without_a_class(ask: Ask) -> None:
    said = every_word(ask(threats, "as at 31 December 2015"))

    assert "measures of this priority are no longer cited" in said
    assert "Sexual offences (crime outcome rate):" not in said


def test_what_is_unpublished_is_not_in_a_channel(ask: Ask) -> None:
    said = every_word(ask(threats, THEN.strip(), surface=Surface.CHANNEL))

    assert "Their owner has not published these figures" in said


def test_who_is_not_known_is_refused_and_not_told_that_nothing_is_high(ask: Ask) -> None:
    with pytest.raises(Refused, match="not known here"):
        ask(threats, THEN.strip(), person=STRANGER)


def test_with_something_withheld_nothing_high_is_said_of_what_is_shown(ask: Ask) -> None:
    reply = ask(threats, "3" + THEN, surface=Surface.CHANNEL)

    assert isinstance(reply.blocks[1], Paragraph)
    assert reply.blocks[1].text.startswith("Nothing that may be shown here is High")
