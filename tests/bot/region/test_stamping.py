"""A force's messages name it, lead back to it, and are told apart from any other force's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.delivery import Poster
from bot.hearing import hearings
from bot.region.app import RegionApp
from bot.region.faces import Face
from bot.region.stamping import ForcePoster, named, stamped
from bot.replies import Button, Buttons, Field, Footnote, Form, Heading, Menu, Paragraph, Reply
from tests.bot.asked import commands_in

MORNING = datetime(2020, 12, 12, 10, 0, tzinfo=UTC)

REPLY = Reply(
    summary="Boat theft is up.",
    blocks=(
        Heading(text="Boat theft"),
        Paragraph(text="Up."),
        Buttons(items=(Button(label="Why", command="/threatdesk why boats"),)),
        Menu(label="By area", items=(Button(label="Ebb", command="/csp ebb"),)),
        Form(title="Snooze", command="/alert snooze A-1", fields=(Field(name="until", label="u"),)),
    ),
    share="/priority 1",
)


@dataclass
class Board:
    """A platform that writes down what it is given."""

    posted: list[tuple[str, str, Reply]] = field(default_factory=list)

    def post(self, address: str, reply: Reply, *, key: str, under: str = "") -> str:
        self.posted.append((address, key, reply))
        return key

    def edit(self, message: str, reply: Reply) -> None:
        self.posted.append(("", message, reply))

    def find(self, address: str, *, key: str, since: datetime, under: str = "") -> str | None:
        return next((known for _, known, _ in self.posted if known == key), None)

    def is_channel(self, address: str) -> bool:
        return address.startswith("#")

    def close(self) -> None:
        """Nothing is open."""


def test_every_command_of_a_stamped_reply_names_its_force() -> None:
    reply = stamped(REPLY, "shingle")

    assert commands_in(reply) == ["/threatdesk why boats @shingle", "/csp ebb @shingle"]
    assert reply.share == "/priority 1 @shingle"
    assert isinstance(reply.blocks[-1], Form)
    assert reply.blocks[-1].command == "/alert snooze A-1 @shingle"


def test_what_is_not_shared_is_not_shared_for_being_stamped() -> None:
    assert stamped(Reply(summary="No.", blocks=()), "shingle").share == ""


def test_the_forces_name_stands_under_the_heading_and_in_the_summary() -> None:
    reply = named(REPLY, "Shingle Police")

    assert reply.summary == "Shingle Police: Boat theft is up."
    assert reply.blocks[:2] == (Heading(text="Boat theft"), Footnote(text="Shingle Police"))


def test_a_summary_that_names_the_force_is_left_as_it_is() -> None:
    said = Reply(summary="Shingle Police is late.", blocks=())

    assert named(said, "Shingle Police").summary == "Shingle Police is late."


def test_two_forces_messages_with_one_key_are_told_apart_on_the_platform() -> None:
    board = Board()
    one: Poster = ForcePoster(poster=board, force="shingle", name="Shingle Police")
    other: Poster = ForcePoster(poster=board, force="lagoon", name="Lagoon Police")

    one.post("C1", REPLY, key="A-1/posted")

    assert one.find("C1", key="A-1/posted", since=MORNING) == "shingle/A-1/posted"
    assert other.find("C1", key="A-1/posted", since=MORNING) is None


def test_an_edited_message_leads_back_to_its_force_too() -> None:
    board = Board()
    ForcePoster(poster=board, force="shingle", name="Shingle Police").edit("m1", REPLY)

    assert commands_in(board.posted[0][2]) == [
        "/threatdesk why boats @shingle",
        "/csp ebb @shingle",
    ]


# One app of a platform for the whole region.


@pytest.fixture
def with_slack(own_region: RegionApp) -> RegionApp:
    """The region with a Slack app, and a person who is known there to one force."""
    people = own_region.forces["shingle"].settings.people_file
    text = people.read_text(encoding="utf-8")
    known = 'console = "shingle-chief"\n'
    people.write_text(text.replace(known, f'{known}slack = "U0SHIN"\n'), encoding="utf-8")
    tokens = {
        "slack_bot_token": SecretStr("xoxb-1"),
        "slack_signing_secret": SecretStr("s"),
    }
    return RegionApp(settings=own_region.settings.model_copy(update=tokens))


def test_a_slack_user_is_who_their_force_says(with_slack: RegionApp) -> None:
    with with_slack as region:
        person = region.people.person("slack", "U0SHIN", name="x")

        assert isinstance(person, Face)
        assert person.name == "Chief officer, Shingle"
        assert set(person.forces) == {"shingle"}


def test_one_slack_app_hears_for_every_force(with_slack: RegionApp) -> None:
    with with_slack as region:
        assert len(hearings(region)) == 1


def test_every_force_posts_through_the_regions_platforms_as_itself(with_slack: RegionApp) -> None:
    with with_slack as region:
        poster = region.forces["lagoon"].posters["slack"]

        assert isinstance(poster, ForcePoster)
        assert (poster.force, poster.poster) == ("lagoon", region.posters["slack"])


def test_the_manifest_offers_the_comparison(with_slack: RegionApp) -> None:
    with with_slack as region:
        assert region.commands[0].name == "region"


def test_where_the_files_are_is_told_from_the_regions_file(own_region: RegionApp) -> None:
    data = own_region.forces["lagoon"].settings.data

    assert data == Path(own_region.settings.data).resolve() / "data" / "lagoon"
