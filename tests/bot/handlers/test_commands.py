"""The table of commands: what its help promises is true."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.answer import Answered, Desk, Request
from bot.app import App
from bot.audit import Entry, Outcome
from bot.figures import find_figures
from bot.handlers.command import Command
from bot.handlers.commands import COMMANDS
from bot.handlers.threatdesk import PARTS
from bot.people import Person, Role
from bot.replies import Footnote, Reply
from tests.bot.asked import Ask

CHIEF = Person(id="chief", name="Chief Constable", role=Role.CHIEF_OFFICER)

EXAMPLES = [
    pytest.param(example.text, id=example.text)
    for command in (*COMMANDS, *PARTS)
    for example in command.examples
]


class NoAudit:
    """An audit log that nobody reads."""

    def record(self, entry: Entry) -> None:
        """Let it go."""


@pytest.fixture(scope="module")
def desk(demonstration_app: App, ask: Ask) -> Desk:
    """The desk over the demonstration's figures."""
    database = demonstration_app.database
    return Desk(
        commands=COMMANDS,
        figures=lambda kind, as_at: find_figures(database, kind=kind, as_at=as_at),
        catalogue=lambda: demonstration_app.catalogue,
        audit=NoAudit(),
    )


def settled(desk: Desk, text: str) -> Answered:
    return desk.settle(Request(text=text, person=CHIEF, at=datetime(2016, 4, 2, 9, tzinfo=UTC)))


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_of_the_help_gives_an_answer(desk: Desk, text: str) -> None:
    answered = settled(desk, text)

    assert answered.outcome is Outcome.ANSWERED, answered.reply.summary
    assert answered.reply.blocks


@pytest.mark.parametrize("text", EXAMPLES)
def test_what_an_answer_shares_gives_an_answer(desk: Desk, text: str) -> None:
    share = settled(desk, text).reply.share

    assert not share or settled(desk, share).outcome is Outcome.ANSWERED, share


@pytest.mark.parametrize("command", [*COMMANDS, *PARTS], ids=lambda one: one.name)
def test_every_command_shows_how_it_is_used(command: Command) -> None:
    assert command.usage.startswith("/")
    assert command.does.endswith(".")
    assert command.examples


def test_no_two_commands_go_by_the_same_name() -> None:
    names = [name for one in COMMANDS for name in (one.name, *one.aliases)]

    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("question", "summary"),
    [
        ("how is burglary in Charnwood?", "Priority 12: Domestic burglary in Charnwood"),
        ("why is burglary high in hinkley?", "Domestic burglary, Hinckley and Bosworth"),
        ("what's happening in nwl", "All crime in North West Leicestershire"),
        ("trend of shoplifting in city", "Shoplifting in City BCU"),
        ("what does YTD mean?", "YTD: Year to date"),
    ],
)
def test_a_question_in_words_is_answered(desk: Desk, question: str, summary: str) -> None:
    answered = settled(desk, question)

    assert answered.outcome is Outcome.ANSWERED
    assert answered.reply.summary.startswith(summary)


def test_invented_figures_are_said_to_be_invented(desk: Desk) -> None:
    def invented(reply: Reply) -> bool:
        return "SYNTHETIC" in repr(reply.blocks)

    assert invented(settled(desk, "/threatdesk why burglary").reply)
    assert invented(settled(desk, "/threatdesk status").reply)
    assert not [
        one for one in settled(desk, "/threatdesk help").reply.blocks if isinstance(one, Footnote)
    ]
