"""What the composer completes is what the desk understands."""

from __future__ import annotations

from datetime import date

from bot.channels.console.vocabulary import SHOWING, invitations, vocabulary
from bot.handlers.command import Command
from bot.handlers.commands import COMMANDS
from bot.names import Kind, Names
from metrics.model import Catalogue

TODAY = date(2016, 4, 4)

KINDS = {
    "areas": Kind.AREA,
    "partnerships": Kind.AREA,
    "priorities": Kind.PRIORITY,
    "measures": Kind.MEASURE,
    "crime types": Kind.CRIME_TYPE,
}


def test_every_name_that_is_offered_is_read_as_itself(leicestershire: Catalogue) -> None:
    names = Names(leicestershire)
    lists = vocabulary(COMMANDS, leicestershire)["lists"]

    for name, kind in KINDS.items():
        assert lists[name]
        for one in lists[name]:
            read = names.read(one["words"], today=TODAY, wanted=(kind,))
            things = (read.areas, read.priorities, read.measures, read.crime_types)
            [found] = [each.name for kinds in things for each in kinds]
            assert found in (one["label"], one["about"])


def test_what_a_command_takes_is_read_from_its_usage(leicestershire: Catalogue) -> None:
    made = vocabulary(COMMANDS, leicestershire)
    takes = {one["name"]: one["takes"] for one in made["commands"]}

    assert takes["priority"] == ["priorities", "areas"]
    assert takes["csp"] == ["partnerships", "crime types"]
    assert takes["compare"] == ["areas", "areas", "crime types"]
    assert takes["trend"] == ["measures", "areas"]
    chosen = made["lists"][takes["dashboard"][0]]
    assert [one["words"] for one in chosen][:2] == ["all-crime", "targets"]


def test_every_list_that_a_command_takes_is_there(leicestershire: Catalogue) -> None:
    made = vocabulary(COMMANDS, leicestershire)

    assert {name for one in made["commands"] for name in one["takes"]} <= made["lists"].keys()


def test_there_are_five_questions_to_begin_with(leicestershire: Catalogue) -> None:
    offered = [one["text"] for one in invitations(COMMANDS)]

    assert len(offered) == 5
    assert "/csp charnwood" in offered


def test_a_link_never_asks_a_command_that_does_something() -> None:
    doing = {"alert", "issue", "action", "subscribe"}

    assert not SHOWING & doing
    assert all(isinstance(one, Command) for one in COMMANDS)
