"""`/threatdesk`: help, status, why and the glossary."""

from __future__ import annotations

import pytest

from bot.handlers import glossary, status, why
from bot.handlers.command import Asked, Command, Example, Handler
from bot.handlers.commands import command_table
from bot.handlers.threatdesk import threatdesk_command
from bot.names import Names, UnknownWords
from bot.people import Person, Role, Surface
from bot.replies import Bullets, Heading, Menu, Reply, Standing
from metrics.errors import UserError
from metrics.model import Catalogue
from tests.bot.asked import CHIEF, MORNING, Ask, commands_in, every_word


def echo(asked: Asked) -> Reply:
    return Reply(summary=f"{asked.command}|{asked.words}", blocks=())


SAIL = Command(
    name="sail",
    usage="/sail BOAT",
    does="Sails a boat.",
    examples=(Example(text="/sail canoe", gives="a canoe under way"),),
    handler=echo,
    aliases=("row",),
)
PART = Command(
    name="moor", usage="/threatdesk moor BOAT", does="Moors a boat.", examples=(), handler=echo,
    aliases=("tie",), is_slash=False,
)  # fmt: skip
DESK = threatdesk_command((SAIL,), (PART,))


def said(words: str, handler: Handler, catalogue: Catalogue) -> Reply:
    def see(*_: object) -> None:
        raise UserError("There are no figures.")

    return handler(
        Asked(
            command="threatdesk",
            words=words,
            person=Person(id="chief", name="Chief", role=Role.CHIEF_OFFICER),
            surface=Surface.PRIVATE,
            now=MORNING,
            catalogue=catalogue,
            names=Names(catalogue),
            see=see,  # type: ignore[arg-type]
        )
    )


@pytest.mark.parametrize("words", ["moor canoe", "MOOR canoe", "tie canoe", "moo canoe"])
def test_a_part_is_handed_the_words_after_its_name(words: str, saltmarsh: Catalogue) -> None:
    assert said(words, DESK.handler, saltmarsh).summary == "threatdesk moor|canoe"


def test_without_a_word_the_help_comes(saltmarsh: Catalogue) -> None:
    reply = said("", DESK.handler, saltmarsh)

    words = every_word(reply)
    assert all(text in words for text in ("/sail BOAT", "Sails a boat.", "/threatdesk moor BOAT"))


def test_the_help_offers_an_example_of_each_command(saltmarsh: Catalogue) -> None:
    [first, more] = [
        one for one in said("help", DESK.handler, saltmarsh).blocks if isinstance(one, Menu)
    ]

    assert [one.command for one in first.items] == ["/sail canoe", "/threatdesk help"]
    assert [one.label for one in more.items] == ["/sail", "/threatdesk moor", "/threatdesk help"]


@pytest.mark.parametrize("words", ["help sail", "help /sail", "help row", "help SAIL"])
def test_the_help_of_one_command_shows_its_examples(words: str, saltmarsh: Catalogue) -> None:
    reply = said(words, DESK.handler, saltmarsh)

    assert reply.summary == "/sail BOAT: Sails a boat."
    assert commands_in(reply) == ["/sail canoe"]
    assert "a canoe under way" in every_word(reply)


def test_a_command_that_is_added_to_the_table_is_in_its_help(saltmarsh: Catalogue) -> None:
    *_, desk = command_table((SAIL,))

    assert "/sail BOAT" in every_word(said("help", desk.handler, saltmarsh))


def test_a_part_that_is_not_there_says_which_are(saltmarsh: Catalogue) -> None:
    with pytest.raises(UnknownWords, match="does not know “anchor”") as refused:
        said("anchor", DESK.handler, saltmarsh)

    assert [one.words for one in refused.value.options] == [
        "/threatdesk moor", "/threatdesk help",
    ]  # fmt: skip


def test_a_word_of_the_glossary_is_explained(saltmarsh: Catalogue) -> None:
    assert said("lytd", glossary.glossary, saltmarsh).summary == (
        "LYTD: Last year to date: the same days of last year."
    )


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("tfmv", "Theft from motor vehicle: Lower is better."),
        ("asb satisfaction", "Victims of anti-social behaviour: satisfaction: Higher is better."),
        ("nwl", "North West Leicestershire: A Community Safety Partnership (CSP). It lies in"),
        ("priority 12", "Priority 12: Reducing domestic burglary"),
        ("sexual offences", "Sexual offences: Under-reported"),
    ],
)
def test_a_name_of_the_plan_is_explained(
    word: str, meaning: str, leicestershire: Catalogue
) -> None:
    assert said(word, glossary.glossary, leicestershire).summary.startswith(meaning)


def test_a_word_that_is_not_there_offers_what_is_like_it(saltmarsh: Catalogue) -> None:
    with pytest.raises(UnknownWords, match="“projektion” is not in the glossary") as refused:
        said("projektion", glossary.glossary, saltmarsh)

    assert refused.value.options[0].words == "/threatdesk glossary projection"


def test_the_glossary_lists_its_words(saltmarsh: Catalogue) -> None:
    assert "crimes short" in every_word(said("", glossary.glossary, saltmarsh))


def test_why_gives_the_classification_first_and_then_every_step(ask: Ask) -> None:
    reply = ask(why.why, "burglary as at 11 December 2013")

    headings = [one.text for one in reply.blocks if isinstance(one, Heading)]
    assert headings[:2] == ["Why: Domestic burglary, Leicestershire", "The classification"]
    assert "Where it comes from" in headings
    assert reply.summary.startswith("Domestic burglary, Leicestershire: Classification: High.")


def test_why_can_be_shared_as_at_the_same_day(ask: Ask) -> None:
    assert ask(why.why, "burglary city as at 11 dec 2013").share == (
        "/threatdesk why domestic-burglary.recorded city as at 11 December 2013"
    )


def test_why_without_a_measure_says_how_to_ask(ask: Ask) -> None:
    with pytest.raises(UserError, match="Which measure") as refused:
        ask(why.why, "charnwood")

    assert "/threatdesk why burglary charnwood" in refused.value.hint


def test_the_status_says_how_fresh_the_figures_are_and_what_is_late(ask: Ask) -> None:
    reply = ask(status.status)

    words = every_word(reply)
    assert reply.summary.startswith("The newest figures are as at 31 December 2015; ")
    assert reply.standing is Standing.NOTICE
    assert all(source in words for source in ("crimes", "surveys", "returns", "population"))
    late = [item for one in reply.blocks if isinstance(one, Bullets) for item in one.items]
    assert any("Troubled/Supported Families" in item for item in late)


def test_the_status_names_the_snapshot_that_everybody_shares(ask: Ask) -> None:
    member = Person(id="member", name="A member", role=Role.MEMBER)

    def shown(reply: Reply) -> list[str]:
        return [line for line in every_word(reply).splitlines() if "snapshot " in line]

    assert shown(ask(status.status, person=member)) == shown(ask(status.status, person=CHIEF))


def test_no_figures_at_all_is_said(saltmarsh: Catalogue) -> None:
    with pytest.raises(UserError, match="There are no figures"):
        said("", status.status, saltmarsh)
