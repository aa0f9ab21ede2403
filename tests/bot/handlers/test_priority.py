"""`/priority`: what the board papers printed, in a chief officer's words."""

from __future__ import annotations

import pytest

from bot.access import Refused, Sight
from bot.handlers.priority import priority
from bot.people import Surface
from bot.replies import Bullets, Chart, Facts, Heading, Paragraph, Standing
from bot.replies.priority import priority_reply
from metrics.classification import ThreatLevel
from metrics.errors import UserError
from tests.bot.asked import STRANGER, Ask, commands_in, every_word

THEN = " as at 11 December 2013"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("12", "Domestic burglary is down 3.5% on last year"),
        ("12", "It is 263 crimes short of the 13% reduction target"),
        ("12", "Crime outcome rate: 16.8%"),
        ("12", "219 more outcomes are required for the 25% target"),
        ("12", "(522 crimes are still under investigation)"),
        ("12", "recorded High · outcomes High"),
        ("12 city", "Domestic burglary in City BCU is down 7.0% on last year"),
        ("12 city", "It is 76 crimes short of the 13% reduction target"),
        ("12 counties", "It is 188 crimes short of the 13% reduction target"),
        ("12", "Blaby −86"),
        ("12", "Hinckley and Bosworth +94 (significant rise)"),
        ("13", "Violence with injury is up 12.8% on last year (3,315 against 2,940)"),
        ("13", "It is 434 crimes short of the 2% reduction target"),
        ("13", "recorded High · outcomes Medium"),
        ("13", "Satisfaction: 78.6%"),
        ("vehicle crime", "Theft from motor vehicle is up 8.0% on last year"),
        ("vehicle crime", "It is 775 crimes short of the 14% reduction target"),
        ("vehicle crime", "37 more outcomes are required for the 9% target"),
        ("vehicle crime", "Theft of motor vehicle is up 4.6% on last year"),
        ("vehicle crime", "It is 109 crimes short of the 10% reduction target"),
        ("vehicle crime", "7 more outcomes are required for the 23% target"),
        ("vehicle crime", "Satisfaction: 87.4%"),
        ("11", "All crime is up 2.8% on last year (42,248 against 41,107)"),
        ("11", "It is 3,197 crimes short of the 5% reduction target"),
        ("7", "68 more outcomes are required for the 55% target"),
        ("9", "All users, satisfaction: 85.0% of 2,026 asked"),
        ("9", "follow up 78.8% (n = 2,026), action 82.8% (n = 2,026)"),
    ],
)
def test_says_what_the_board_read(ask: Ask, words: str, said: str) -> None:
    assert said in every_word(ask(priority, words + THEN))


def test_the_verdict_comes_first_and_is_strong(ask: Ask) -> None:
    reply = ask(priority, "12" + THEN)

    assert isinstance(reply.blocks[1], Paragraph)
    assert reply.blocks[1].strong
    assert reply.blocks[1].text.startswith("Domestic burglary is down 3.5%")
    assert "no more than chance explains (p = 0.31)" in reply.blocks[1].text


def test_both_parts_of_priority_14_have_a_verdict(ask: Ask) -> None:
    reply = ask(priority, "vehicle crime" + THEN)

    strong = [one.text for one in reply.blocks if isinstance(one, Paragraph) and one.strong]
    assert [text.partition(" is ")[0] for text in strong] == [
        "Theft from motor vehicle",
        "Theft of motor vehicle",
    ]


def test_a_locked_phone_tells_the_verdict(ask: Ask) -> None:
    assert ask(priority, "12" + THEN).summary == (
        "Priority 12: Domestic burglary down 3.5%, no more than chance; 263 short, chance of "
        "target under 1%; High (synthetic data)"
    )


@pytest.mark.parametrize("day", ["11 December 2013", "30 September 2014", "31 December 2015"])
def test_every_priority_fits_a_locked_phone_or_says_why_not(ask: Ask, day: str) -> None:
    for number in [str(n) for n in range(1, 19)] + ["14A", "14B"]:
        try:
            reply = ask(priority, f"priority {number}, as at {day}")
        except Refused:
            assert number in ("6", "15")
            continue
        assert 0 < len(reply.summary) <= 150, reply.summary
        assert all(block.rows for block in reply.blocks if isinstance(block, Facts))
        assert all(block.items for block in reply.blocks if isinstance(block, Bullets))
        assert "nan" not in every_word(reply).lower().split()


@pytest.mark.parametrize("number", ["6", "15"])
def test_what_is_not_cited_is_refused_in_the_plans_words_without_a_figure(
    ask: Ask, number: str
) -> None:
    with pytest.raises(Refused, match="no longer cited") as caught:
        ask(priority, f"priority {number}, as at 30 September 2014")

    said = str(caught.value).replace(f"Priority {number}", "")
    assert not any(sign.isdigit() for sign in said)


def test_in_2014_15_no_number_is_asked_for(ask: Ask) -> None:
    said = every_word(ask(priority, "12 as at 30 September 2014"))

    assert "a significant reduction and continuous improvement, without a number" in said
    assert "chance of meeting" not in said
    assert "short of" not in said


def test_in_2015_16_the_baseline_year_is_what_counts(ask: Ask) -> None:
    said = every_word(ask(priority, "12 as at 31 December 2015"))

    assert "is up 2.0% on 2012/13 (4,014 in the last 12 months against 3,935)" in said
    assert "no statistically significant change" in said
    assert "7th of 8" in said


def test_a_priority_without_measures_says_so(ask: Ask) -> None:
    assert "no measure of this priority is kept here" in every_word(ask(priority, "16" + THEN))


def test_a_return_is_told_as_given_with_who_supplies_it_and_up_to_when(ask: Ask) -> None:
    said = every_word(ask(priority, "1" + THEN))

    assert "228 from 1 April 2013 to 30 September 2013" in said
    assert "as given by Leicester City and Counties BCU" in said


def test_money_is_told_in_millions(ask: Ask) -> None:
    assert "£26.4m, as given to 31 December 2015" in every_word(
        ask(priority, "18 as at 31 December 2015")
    )


@pytest.mark.parametrize("words", ["hate crime", "domestic abuse"])
def test_more_recorded_is_never_worse_where_reporting_is_wanted(ask: Ask, words: str) -> None:
    reply = ask(priority, words + THEN)

    lines = [item for one in reply.blocks if isinstance(one, Bullets) for item in one.items]
    recorded = [line for line in lines if " on last year (" in line]
    assert recorded
    assert not any("deteriorat" in line or "improve" in line for line in recorded)


def test_high_alone_is_no_deterioration(ask: Ask) -> None:
    reply = ask(priority, "13" + THEN)

    assert reply.level is ThreatLevel.HIGH
    assert reply.standing is Standing.PLAIN


def test_why_high_asks_for_the_reasons_as_at_the_same_day(ask: Ask) -> None:
    assert "/threatdesk why domestic-burglary.recorded charnwood as at 11 December 2013" in (
        commands_in(ask(priority, "12 charnwood" + THEN))
    )


def test_what_is_shared_pins_the_day(ask: Ask) -> None:
    assert ask(priority, "burglary charnwood" + THEN).share == (
        "/priority 12 charnwood as at 11 December 2013"
    )


def test_a_day_without_figures_is_answered_with_the_newest_before_and_says_so(ask: Ask) -> None:
    said = every_word(ask(priority, "12 as at 15 December 2013"))

    assert "No figures were published as at 15 December 2013" in said
    assert "as at 11 December 2013, are the newest before it" in said


def test_the_notes_that_bear_on_it_are_told(ask: Ask) -> None:
    assert "taken into consideration (TICs)" in every_word(ask(priority, "vehicle crime" + THEN))


def test_the_year_is_drawn_with_its_target(ask: Ask) -> None:
    [chart] = [one for one in ask(priority, "12" + THEN).blocks if isinstance(one, Chart)]

    assert chart.alt
    assert chart.drawing.title == "Domestic burglary, this year and last"


def test_without_a_priority_it_asks_which(ask: Ask) -> None:
    with pytest.raises(UserError, match="Which priority") as caught:
        ask(priority, "charnwood" + THEN)

    assert "/priority 12" in caught.value.hint


def test_for_a_channel_it_tells_no_more_than_the_gate_lets_through(ask: Ask) -> None:
    said = every_word(ask(priority, "3" + THEN, surface=Surface.CHANNEL))

    assert "Not shown: Successful drug and alcohol treatment completions" in said
    assert "completions:" not in said


def test_what_is_being_done_has_its_place_after_what_drives_it(published: Sight) -> None:
    doing = (Heading(text="What is being done"), Bullets(items=("Operation Tiger.",)))
    catalogue = published.catalogue

    reply = priority_reply(published, catalogue.priorities["12"], catalogue.force, doing=doing)

    headings = [one.text for one in reply.blocks if isinstance(one, Heading)]
    assert headings[1:3] == ["What drives it", "What is being done"]


def test_who_is_not_known_is_told_nothing(ask: Ask) -> None:
    with pytest.raises(Refused, match="not known here") as caught:
        ask(priority, "12" + THEN, person=STRANGER)

    assert "2,676" not in str(caught.value)
