"""Every command that an answer carries is one that is answered, with the same figures."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.handlers import compare, csp, dashboard, priority, threats, trend
from bot.handlers.command import Handler
from bot.handlers.why import why
from bot.replies import Footnote, Reply
from metrics.errors import UserError
from tests.bot.asked import Ask, commands_in

HANDLERS: Mapping[str, Handler] = {
    "/threatdesk why": why,
    **{
        f"/{one.COMMAND.name}": one.COMMAND.handler
        for one in (compare, csp, dashboard, priority, threats, trend)
    },
}

QUESTIONS = [
    "/priority 12 as at 11 December 2013",
    "/priority vehicle crime charnwood as at 11 December 2013",
    "/csp charnwood as at 11 December 2013 daily",
    "/csp burglary as at 30 November 2013",
    "/threats city as at 11 December 2013",
    "/dashboard plan as at 31 December 2015",
    "/trend burglary as at 31 December 2015",
    "/compare charnwood, melton as at 31 December 2015",
]


def answered(ask: Ask, command: str) -> Reply:
    name = next(one for one in sorted(HANDLERS, key=len, reverse=True) if command.startswith(one))
    return ask(HANDLERS[name], command[len(name) :].strip())


def standing(reply: Reply) -> str:
    """Return the day and kind that a reply's figures are of."""
    notes = [one.text for one in reply.blocks if isinstance(one, Footnote)]
    return notes[-1][notes[-1].index("As at") :].partition(". Snapshot")[0]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_button_gives_figures_of_the_same_day_and_kind(ask: Ask, question: str) -> None:
    reply = answered(ask, question)

    for command in commands_in(reply):
        assert standing(answered(ask, command)) == standing(reply), command


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_shared_gives_the_same_answer(ask: Ask, question: str) -> None:
    reply = answered(ask, question)

    assert answered(ask, reply.share).summary == reply.summary


def test_another_force_is_not_answered_for(ask: Ask) -> None:
    with pytest.raises(UserError):
        answered(ask, "/priority 12 kent as at 11 December 2013")


def test_two_areas_are_too_many_for_one_answer(ask: Ask) -> None:
    with pytest.raises(UserError, match="one area at a time") as caught:
        answered(ask, "/priority 12 melton, rutland as at 11 December 2013")

    assert "/compare" in caught.value.hint


def test_a_misspelling_that_was_read_is_said(ask: Ask) -> None:
    reply = answered(ask, "/priority burglry as at 11 December 2013")

    assert any("burglry" in str(block) for block in reply.blocks)
