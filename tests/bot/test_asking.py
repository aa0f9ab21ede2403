"""A text becomes a command: the same words always the same command."""

from __future__ import annotations

from datetime import date

import pytest

from bot.asking import EXAMPLES, understand
from bot.handlers.command import Asked, Command
from bot.names import Ambiguous, Names, UnknownWords
from bot.replies import Reply
from metrics.model import Catalogue

TODAY = date(2014, 4, 10)


def unheard(asked: Asked) -> Reply:
    raise AssertionError(f"{asked.command} was carried out, not only understood")


TABLE = tuple(
    Command(
        name=name, usage=f"/{name}", does="It answers.", examples=(), handler=unheard,
        aliases=aliases,
    )
    for name, aliases in {
        "priority": (), "csp": ("partnership",), "dashboard": (), "threats": ("threat",),
        "trend": ("chart",), "compare": (), "briefing": (), "alert": (), "threatdesk": (),
    }.items()
)  # fmt: skip


@pytest.fixture(scope="module")
def names(leicestershire: Catalogue) -> Names:
    return Names(leicestershire)


def asked(text: str, names: Names) -> str:
    return understand(text, commands=TABLE, names=names, today=TODAY).text


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/priority 12", "/priority 12"),
        ("  /priority   12  charnwood ", "/priority 12 charnwood"),
        ("/PRIORITY 12", "/priority 12"),
        ("/pri 12", "/priority 12"),
        ("/partnership blaby", "/csp blaby"),
        ("priority 12", "/priority 12"),
        ("Chart burglary", "/trend burglary"),
        ("/help", "/threatdesk help"),
        ("/why burglary", "/threatdesk why burglary"),
        ("help", "/threatdesk help"),
        ("", "/threatdesk help"),
        ("Hello!", "/threatdesk help"),
        ("status", "/threatdesk status"),
        ("How old are the figures?", "/threatdesk status"),
        ("threats", "/threats"),
        ("What are the threats in Charnwood?", "/threats Charnwood"),
        ("what should I worry about", "/threats"),
        ("@Threat Desk how is burglary in Charnwood?", "/priority 12 charnwood"),
        ("Threat Desk, how are we doing on violence?", "/priority 13"),
        ("how are we doing?", "/dashboard targets"),
        ("are we going to hit our targets?", "/dashboard targets"),
        ("will we meet the target for vehicle crime?", "/priority 14"),
        ("what's happening in nwl", "/csp north west leicestershire"),
        ("how is the city doing", "/dashboard all-crime city bcu"),
        ("compare charnwood and blaby", "/compare charnwood vs blaby"),
        ("compare blaby and hinckley", "/compare blaby vs hinckley"),
        ("compare oadby and wigston with blaby", "/compare oadby and wigston with blaby"),
        ("how does charnwood compare with blaby on drugs", "/compare charnwood vs blaby on drugs"),
        ("why is burglary high", "/threatdesk why burglary"),
        ("Why is burglary classified as High in the city?", "/threatdesk why burglary in the city"),
        ("what's driving vehicle crime in nwl?", "/threatdesk why vehicle crime in nwl"),
        ("why burglary.satisfaction.follow-up", "/threatdesk why burglary.satisfaction.follow-up"),
        ("why did A-17 fire?", "/alert why A-17"),
        ("trend of shoplifting in city", "/trend of shoplifting in city"),
        ("show me a chart of burglary in nwl", "/trend burglary in nwl"),
        ("show me the targets dashboard for the city", "/dashboard targets city"),
        ("dashboard targets city", "/dashboard targets city"),
        ("what is the scorecard for the counties", "/dashboard scorecard counties"),
        ("what does YTD mean?", "/threatdesk glossary YTD"),
        ("what is a target level?", "/threatdesk glossary target level"),
        ("what is burglary like in rutland", "/priority 12 rutland"),
        ("is 14a getting worse?", "/priority 14A"),
        ("12", "/priority 12"),
        ("dv", "/priority 5"),
        ("burglary satisfaction", "/priority 12"),
        ("is shoplifting up in blaby", "/csp blaby shoplifting"),
        ("is shoplifting up in the city", "/trend shoplifting.recorded city bcu"),
        ("shoplifting", "/trend shoplifting.recorded"),
        ("charnwood or blaby?", "/compare charnwood blaby"),
        ("burglary in charnwood vs blaby", "/compare charnwood blaby domestic-burglary"),
        ("burglaries in rutland as at 31/3/2014", "/priority 12 rutland as at 31 March 2014"),
        ("how many burglaries in rutland", "/priority 12 rutland"),
        ("burglry in hinkley last month end",
         "/priority 12 hinckley and bosworth as at 31 March 2014 month end"),
        ("is the 1-1 ready", "/briefing"),
    ],
)  # fmt: skip
def test_a_text_is_a_command(text: str, command: str, names: Names) -> None:
    assert asked(text, names) == command


@pytest.mark.parametrize("text", ["weather?", "tell me a joke", "how is it going"])
def test_what_is_not_understood_is_answered_with_three_that_are(text: str, names: Names) -> None:
    with pytest.raises(UnknownWords) as refused:
        asked(text, names)

    assert tuple(one.words for one in refused.value.options) == EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_offered_are_understood(example: str, names: Names) -> None:
    assert asked(example, names).startswith(("/priority", "/csp"))


def test_a_command_that_is_not_there_offers_those_that_begin_so(names: Names) -> None:
    with pytest.raises(UnknownWords, match="no command /thr") as refused:
        asked("/thr charnwood", names)

    assert [one.words for one in refused.value.options] == [
        "/threats charnwood", "/threatdesk charnwood",
    ]  # fmt: skip


def test_a_command_that_is_nowhere_points_to_the_help(names: Names) -> None:
    with pytest.raises(UnknownWords) as refused:
        asked("/weather", names)

    assert "/threatdesk help" in refused.value.hint


def test_a_phrase_never_gives_a_command_that_is_not_in_the_table(names: Names) -> None:
    without = tuple(one for one in TABLE if one.name != "trend")

    with pytest.raises(UnknownWords):
        understand("trend of 12", commands=without, names=names, today=TODAY)


def test_two_subjects_are_asked_one_at_a_time(names: Names) -> None:
    with pytest.raises(Ambiguous) as doubt:
        asked("how are burglary and violence in blaby", names)

    assert [one.words for one in doubt.value.options] == [
        "/priority 12 blaby",
        "/priority 13 blaby",
    ]


def test_a_choice_of_a_doubtful_question_is_a_whole_question(names: Names) -> None:
    with pytest.raises(Ambiguous) as doubt:
        asked("how is theft in charnwood?", names)

    first = doubt.value.options[0]
    assert asked(first.words, names) == "/priority 14B charnwood"
