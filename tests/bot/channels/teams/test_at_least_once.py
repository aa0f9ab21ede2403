"""Where a platform cannot be asked, what may have been told is told again, and says so.

The rule, whole: the outbox, delivery, the poster and Teams' connector over real sockets.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.alerts.model import AlertId, Destination, Notification, Operation
from bot.channels.teams.addresses import TEAMS
from bot.channels.teams.posting import SETTLED, TeamsPoster
from bot.delivery import LEASE, MAYBE_TOLD, Delivery, Elsewhere
from bot.replies import Paragraph, Reply
from store.conversations import SqlConversations
from store.database import Database
from store.outbox import SqlOutbox
from tests.bot.channels.teams.outward import TIMEOUT_S, token
from tests.fakes.teams import CHANNEL, TENANT, FakeTeams, Fault

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
THERE = Destination(platform=TEAMS, address=CHANNEL)


class Killed(BaseException):
    """The process died: no code of ours runs after it."""


class World:
    """A database, one platform, and any number of workers one after another."""

    def __init__(self, file: Path, teams: FakeTeams) -> None:
        self.database = Database(f"sqlite:///{file}")
        self.database.upgrade()
        self.outbox = SqlOutbox(self.database)
        self.now = NOON
        self.poster = TeamsPoster(
            token,
            tenant=TENANT,
            conversations=SqlConversations(self.database, platform=TEAMS),
            draw=lambda _: b"",
            clock=lambda: self.now,
            service_url=teams.base,
            timeout_s=TIMEOUT_S,
        )

    def close(self) -> None:
        self.poster.close()
        self.database.close()

    def decide(self, key: str, words: str, operation: Operation = Operation.POST) -> None:
        """Put something into the outbox."""
        told = Notification(
            key=key,
            alert=AlertId("A-17"),
            message=AlertId("A-17"),
            destination=THERE,
            operation=operation,
            reply=Reply(summary=words, blocks=(Paragraph(text=words),)),
            at=self.now,
        )
        self.outbox.put([told], now=self.now)

    def deliver(self, name: str = "one") -> None:
        """Tell what is due."""
        nobody = Elsewhere(operators=None, fallback=None)
        clock = lambda: self.now  # noqa: E731
        Delivery(
            self.outbox, {TEAMS: self.poster}, elsewhere=nobody, name=name, clock=clock
        ).deliver()


@pytest.fixture
def world(tmp_path: Path, teams: FakeTeams) -> Iterator[World]:
    made = World(tmp_path / "threatdesk.db", teams)
    yield made
    made.close()


def cards(teams: FakeTeams) -> list[str]:
    return [str(one.card()) for one in teams.tenant.posted(CHANNEL)]


def test_what_is_told_at_once_says_nothing_of_before(world: World, teams: FakeTeams) -> None:
    world.decide("a", "Alert A-17: burglary is up")
    world.deliver()

    [card] = cards(teams)
    assert MAYBE_TOLD.text not in card


def test_an_answer_that_was_lost_is_said_again_with_the_same_number(
    world: World, teams: FakeTeams
) -> None:
    teams.fail("send", Fault(late_s=TIMEOUT_S + 0.2, is_done=True))
    world.decide("a", "Alert A-17: burglary is up")
    world.deliver()
    world.now += SETTLED
    world.deliver()

    first, second = cards(teams)
    assert "A-17" in first
    assert "A-17" in second
    assert (MAYBE_TOLD.text in first, MAYBE_TOLD.text in second) == (False, True)


def test_nothing_is_lost_where_teams_did_not_do_it(world: World, teams: FakeTeams) -> None:
    teams.fail("send", Fault(status=502, body="<html>Bad gateway</html>"))
    world.decide("a", "Alert A-17: burglary is up")
    world.deliver()
    world.now += SETTLED
    world.deliver()
    world.deliver()

    assert len(cards(teams)) == 1


def test_a_worker_that_died_after_telling_is_followed_by_one_that_tells_again(
    world: World, teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> bool:
        raise Killed

    world.decide("a", "Alert A-17: burglary is up")
    with monkeypatch.context() as patched:
        patched.setattr(world.outbox, "told", die)
        with pytest.raises(Killed):
            world.deliver()
    world.now += LEASE + timedelta(seconds=1)
    world.deliver("two")

    assert [MAYBE_TOLD.text in card for card in cards(teams)] == [False, True]


def test_what_is_edited_later_is_the_message_that_was_told_last(
    world: World, teams: FakeTeams
) -> None:
    teams.fail("send", Fault(late_s=TIMEOUT_S + 0.2, is_done=True))
    world.decide("a", "Alert A-17: burglary is up")
    world.deliver()
    world.now += SETTLED
    world.deliver()
    world.decide("b", "Alert A-17: burglary is High", Operation.EDIT)
    world.deliver()

    _, second = teams.tenant.posted(CHANNEL)
    assert (second.words, second.edits) == ("Alert A-17: burglary is High", 1)
    assert MAYBE_TOLD.text not in str(second.card())
