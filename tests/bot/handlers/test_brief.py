"""`/brief` notes what is coming, for those who may, in private."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from bot.access import Refused
from bot.handlers.brief import LONGEST, brief_command
from bot.handlers.command import Asked
from bot.people import Person, Role, Surface
from bot.replies import Reply
from bot.replies.doing import HorizonItem
from metrics.calendar import london_day
from metrics.errors import UnknownName, UserError
from metrics.model import Catalogue
from tests.bot.asked import CHIEF, MEMBER, STRANGER, every_word

NOW = datetime(2013, 12, 3, 9, 0, tzinfo=UTC)


@dataclass
class Kept:
    """Items in memory."""

    there: list[HorizonItem] = field(default_factory=list)

    def items(self) -> tuple[HorizonItem, ...]:
        return tuple(self.there)

    def add(self, words: str, *, by: Person, now: datetime) -> HorizonItem:
        item = HorizonItem(number=len(self.there) + 1, text=words, by=by.name, day=london_day(now))
        self.there.append(item)
        return item

    def remove(self, number: int, *, by: Person, now: datetime) -> HorizonItem:
        for one in self.there:
            if one.number == number:
                self.there.remove(one)
                return one
        raise UnknownName(f"There is no horizon-scanning item {number}.")


@dataclass
class Desk:
    """Asks /brief."""

    catalogue: Catalogue
    kept: Kept = field(default_factory=Kept)

    def ask(
        self, words: str, *, person: Person = CHIEF, surface: Surface = Surface.PRIVATE
    ) -> Reply:
        return brief_command(self.kept).handler(
            Asked(
                command="brief",
                words=words,
                person=person,
                surface=surface,
                now=NOW,
                catalogue=self.catalogue,
                names=cast("Any", None),
                see=cast("Any", None),
            )
        )


@pytest.fixture
def desk(saltmarsh: Catalogue) -> Desk:
    return Desk(saltmarsh)


def test_an_item_is_noted_with_who_and_when(desk: Desk) -> None:
    reply = desk.ask("add  Clare’s Law   begins in March")

    assert "Noted as item 1" in reply.summary
    assert "1. Clare’s Law begins in March (Chief Constable, 3 December 2013)" in every_word(reply)


def test_without_a_word_the_items_are_listed(desk: Desk) -> None:
    assert "Nothing is noted" in desk.ask("").summary
    desk.ask("add One")
    assert desk.ask("list").summary == "1 item noted for the briefing."


def test_an_item_is_taken_away_by_its_number(desk: Desk) -> None:
    desk.ask("add One")

    assert "Item 1 is taken away: One" in desk.ask("remove 1").summary
    assert not desk.kept.there


@pytest.mark.parametrize(
    "words",
    ["add", "remove", "remove one", "remove 99999999999", "delete 1", f"add {'x' * (LONGEST + 1)}"],
)
def test_what_cannot_be_done_says_what_to_write(desk: Desk, words: str) -> None:
    with pytest.raises(UserError) as refused:
        desk.ask(words)

    assert refused.value.hint


@pytest.mark.parametrize("words", ["add One", "remove 1"])
@pytest.mark.parametrize("role", [Role.MEMBER, Role.AREA_LEAD])
def test_a_paper_of_the_board_is_written_by_few(desk: Desk, words: str, role: Role) -> None:
    person = Person(id="p", name="P", role=role)

    with pytest.raises(Refused, match="chief officers and analysts"):
        desk.ask(words, person=person)


def test_a_member_may_read(desk: Desk) -> None:
    desk.ask("add One")

    assert "1. One" in every_word(desk.ask("list", person=MEMBER))


def test_who_is_not_known_may_not(desk: Desk) -> None:
    with pytest.raises(Refused):
        desk.ask("list", person=STRANGER)


def test_free_text_is_not_shown_in_a_channel(desk: Desk) -> None:
    with pytest.raises(Refused, match="in private"):
        desk.ask("list", surface=Surface.CHANNEL)
