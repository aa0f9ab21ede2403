"""`/briefing` shows what would be posted, to whoever asks, as they may see it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.alerts.model import Change, Transition
from bot.handlers.briefing import A_WEEK, briefing_command
from bot.people import Surface
from bot.replies import Heading, Reply
from bot.replies.doing import Doing
from metrics.errors import UnknownName, UserError
from tests.bot.asked import CHIEF, MEMBER, STRANGER, Ask, every_word
from tests.bot.replies.weeks import alert, change

ON_THE_DAY = "as at 11 December 2013"


class Happened:
    """What happened to alerts, and which stretch was asked for."""

    def __init__(self, *changes: Transition) -> None:
        self.there = changes
        self.asked: list[tuple[datetime, datetime]] = []

    def changes(self, *, since: datetime, until: datetime) -> tuple[Transition, ...]:
        self.asked.append((since, until))
        return self.there


def heading(reply: Reply) -> str:
    return next(one.text for one in reply.blocks if isinstance(one, Heading))


@pytest.fixture
def happened() -> Happened:
    return Happened(change(Change.RAISED, alert()))


def asked(ask: Ask, happened: Happened, words: str, **given: object) -> Reply:
    command = briefing_command(happened, lambda _: Doing())
    return ask(command.handler, words, **given)


@pytest.mark.parametrize("words", [ON_THE_DAY, f"weekly {ON_THE_DAY}", f"Weekly {ON_THE_DAY}"])
def test_the_weekly_one_is_the_usual_one(ask: Ask, happened: Happened, words: str) -> None:
    reply = asked(ask, happened, words)

    assert heading(reply) == "Weekly briefing for Chief Constable, 12 December 2013"
    assert "A-1, Domestic burglary" in every_word(reply)


def test_as_at_a_day_it_is_of_the_week_up_to_it(ask: Ask, happened: Happened) -> None:
    asked(ask, happened, ON_THE_DAY)

    [(since, until)] = happened.asked
    assert until == datetime(2013, 12, 12, 9, 0, tzinfo=UTC)
    assert until - since == A_WEEK


def test_in_a_channel_it_is_the_channels(ask: Ask, happened: Happened) -> None:
    reply = asked(ask, happened, ON_THE_DAY, surface=Surface.CHANNEL)

    assert heading(reply) == "Weekly briefing, 12 December 2013"


def test_the_monthly_one_is_of_the_month_end(ask: Ask, happened: Happened) -> None:
    reply = asked(ask, happened, "monthly as at 30 November 2013")

    assert heading(reply) == "Performance briefing: Leicestershire, November 2013 (PB 2013/14-08)"
    assert "threatdesk briefing --month-end 2013-11-30" in every_word(reply)


def test_the_theme_of_the_quarter_is_shown_without_a_name(ask: Ask, happened: Happened) -> None:
    reply = asked(ask, happened, "theme as at 30 November 2013")

    assert "Making Communities and Neighbourhoods Safer" in heading(reply)


def test_a_theme_is_shown_by_words_of_its_name(ask: Ask, happened: Happened) -> None:
    reply = asked(ask, happened, "theme vulnerable as at 30 November 2013")

    assert "Protecting the Vulnerable" in heading(reply)


def test_a_theme_is_as_it_may_be_published_whoever_asks(ask: Ask, happened: Happened) -> None:
    """Drug treatment completions are internal until they are published."""
    said = every_word(asked(ask, happened, "theme reducing as at 30 November 2013", person=CHIEF))

    assert "Successful drug and alcohol treatment completions: " not in said


def test_a_theme_that_there_is_not_offers_those_that_there_are(
    ask: Ask, happened: Happened
) -> None:
    with pytest.raises(UnknownName) as refused:
        asked(ask, happened, "theme parking")

    assert "Protecting the Vulnerable" in refused.value.hint


def test_words_that_mean_nothing_are_not_swallowed(ask: Ask, happened: Happened) -> None:
    with pytest.raises(UserError):
        asked(ask, happened, "weekly trousers")


def test_an_area_has_answers_of_its_own(ask: Ask, happened: Happened) -> None:
    with pytest.raises(UserError, match="not made for one area"):
        asked(ask, happened, "monthly charnwood")


@pytest.mark.parametrize("words", ["monthly as at 30 November 2013", "theme"])
def test_who_is_not_known_is_refused(ask: Ask, happened: Happened, words: str) -> None:
    with pytest.raises(UserError):
        asked(ask, happened, words, person=STRANGER)


def test_a_member_gets_no_internal_figure(ask: Ask, happened: Happened) -> None:
    said = every_word(asked(ask, happened, "monthly as at 30 November 2013", person=MEMBER))

    assert "Successful drug and alcohol treatment completions: " not in said
