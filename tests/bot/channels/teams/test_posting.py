"""What is told in Teams on the desk's own account, over real sockets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.teams.posting import FOR_PERSON, IN_PLACE, SETTLED, TeamsPoster
from bot.conversations import Conversation
from bot.delivery import CannotLook, CannotTell, MessageGone, TryLater
from bot.replies import Chart, Paragraph, Reply
from bot.replies.charts import Drawing, LongTermChart
from tests.bot.channels.teams.outward import TIMEOUT_S, token
from tests.fakes.teams import (
    AMIR,
    CHANNEL,
    CHAT,
    JANE,
    TENANT,
    FakeTeams,
    Fault,
    Message,
)

NOW = datetime(2013, 12, 11, 9, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 50
PAGE = "<html>The gateway is tired</html>"
STRANGER = "bbbbbbbb-0000-0000-0000-000000000009"

CHART = Chart(
    drawing=LongTermChart(
        title="Burglary",
        subtitle="Charnwood",
        unit="crimes a year",
        years=("2012/13", "2013/14"),
        values=(410.0, 520.0),
    ),
    alt="Burglary rose from 410 to 520.",
    sparkline="▁█",
)


def a_reply(words: str = "Burglary is up") -> Reply:
    return Reply(summary=words, blocks=(Paragraph(text=words),))


def a_picture() -> Reply:
    return Reply(summary="Burglary is up", blocks=(Paragraph(text="Burglary is up"), CHART))


@dataclass
class Heard:
    """Conversations in memory."""

    kept: dict[str, Conversation] = field(default_factory=dict)

    def find(self, address: str) -> Conversation | None:
        return self.kept.get(address)

    def keep(self, address: str, conversation: Conversation, *, now: datetime) -> None:
        self.kept[address] = conversation


@pytest.fixture
def heard() -> Heard:
    return Heard()


def draw(_: Drawing) -> bytes:
    return PNG


def a_poster(teams: FakeTeams, heard: Heard, *, draw: object = draw) -> TeamsPoster:
    return TeamsPoster(
        token,
        tenant=TENANT,
        conversations=heard,
        draw=draw,  # type: ignore[arg-type]
        clock=lambda: NOW,
        service_url=teams.base,
        timeout_s=TIMEOUT_S,
    )


@pytest.fixture
def poster(teams: FakeTeams, heard: Heard) -> Iterator[TeamsPoster]:
    made = a_poster(teams, heard)
    yield made
    made.close()


@pytest.fixture
def posted(poster: TeamsPoster) -> str:
    """A message that is there."""
    return poster.post(CHANNEL, a_reply(), key="a")


def in_place(teams: FakeTeams, place: str = CHANNEL) -> list[str]:
    return [one.words for one in teams.tenant.posted(place)]


def only(teams: FakeTeams) -> Message:
    [message] = teams.tenant.posted(CHANNEL)
    return message


def test_a_channel_that_was_never_heard_is_told_by_its_id(teams: FakeTeams, posted: str) -> None:
    assert in_place(teams) == ["Burglary is up"]


def test_a_channel_that_was_heard_is_told_where_it_was_heard(
    teams: FakeTeams, poster: TeamsPoster, heard: Heard
) -> None:
    elsewhere = FakeTeams()
    elsewhere.start()
    try:
        heard.kept[CHANNEL] = Conversation(id=CHANNEL, service_url=elsewhere.base)
        poster.post(CHANNEL, a_reply(), key="a")

        assert (in_place(elsewhere), in_place(teams)) == (["Burglary is up"], [])
    finally:
        elsewhere.stop()


def test_a_person_who_was_never_heard_is_told_in_a_conversation_that_is_remembered(
    teams: FakeTeams, poster: TeamsPoster, heard: Heard
) -> None:
    poster.post(JANE, a_reply(), key="a")
    poster.post(JANE.upper(), a_reply("Burglary is High"), key="b")

    told = [one.words for one in teams.tenant.told(JANE)]
    assert told == ["Burglary is up", "Burglary is High"]
    assert teams.methods() == ["open", "send", "send"]
    assert list(heard.kept) == [JANE]


def test_a_conversation_that_is_out_of_date_is_opened_again(
    teams: FakeTeams, poster: TeamsPoster, heard: Heard
) -> None:
    heard.kept[JANE] = Conversation(id="a:1gone", service_url=teams.base)

    poster.post(JANE, a_reply(), key="a")

    assert [one.words for one in teams.tenant.told(JANE)] == ["Burglary is up"]


def test_an_edit_needs_nothing_but_the_name_of_the_message(
    teams: FakeTeams, posted: str, heard: Heard
) -> None:
    another = a_poster(teams, heard)
    try:
        another.edit(posted, a_reply("Burglary is High"))
    finally:
        another.close()

    assert in_place(teams) == ["Burglary is High"]


def test_a_follow_up_stands_in_the_thread(
    teams: FakeTeams, poster: TeamsPoster, posted: str
) -> None:
    under = poster.post(CHANNEL, a_reply("It got worse"), key="b", under=posted)
    poster.edit(under, a_reply("It got better"))

    [root, answer] = teams.tenant.posted(CHANNEL)
    assert teams.tenant.thread(root) == [answer]
    assert answer.words == "It got better"


def test_a_group_chat_has_no_threads(teams: FakeTeams, poster: TeamsPoster) -> None:
    root = poster.post(CHAT, a_reply(), key="a")
    poster.post(CHAT, a_reply("It got worse"), key="b", under=root)

    assert in_place(teams, CHAT) == ["Burglary is up", "It got worse"]


def test_teams_cannot_be_asked_what_was_posted(poster: TeamsPoster, posted: str) -> None:
    with pytest.raises(CannotLook):
        poster.find(CHANNEL, key="a", since=NOW)


def test_a_picture_stands_in_the_card(teams: FakeTeams, poster: TeamsPoster) -> None:
    poster.post(CHANNEL, a_picture(), key="a")

    assert "data:image/png;base64," in str(only(teams).card())
    assert teams.methods() == ["send"]


def test_a_chart_that_cannot_be_drawn_never_holds_the_words(
    teams: FakeTeams, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Drawing) -> bytes:
        raise ValueError("nothing to draw")

    poster = a_poster(teams, heard, draw=fail)
    try:
        poster.post(CHANNEL, a_picture(), key="a")
    finally:
        poster.close()

    assert in_place(teams) == ["Burglary is up"]
    assert "a chart could not be drawn" in caplog.text


@pytest.mark.parametrize("status", [400, 413])
def test_a_picture_that_teams_refuses_never_holds_the_words(
    teams: FakeTeams, poster: TeamsPoster, status: int
) -> None:
    teams.fail("send", Fault(status=status))

    poster.post(CHANNEL, a_picture(), key="a")

    assert "data:image" not in str(only(teams).card())
    assert "Burglary is up" in str(only(teams).card())


def test_a_message_that_is_too_big_without_pictures_is_never_told(
    teams: FakeTeams, poster: TeamsPoster
) -> None:
    teams.fail("send", *[Fault(status=413, error="MessageSizeTooBig")] * 2)

    with pytest.raises(CannotTell, match="MessageSizeTooBig"):
        poster.post(CHANNEL, a_picture(), key="a")


def test_a_short_wait_is_waited_for_and_nothing_comes_twice(
    teams: FakeTeams, poster: TeamsPoster
) -> None:
    teams.fail("send", Fault(status=429, headers={"Retry-After": "0.01"}))

    poster.post(CHANNEL, a_reply(), key="a")

    assert in_place(teams) == ["Burglary is up"]


def test_too_many_messages_wait_as_long_as_teams_asks(
    teams: FakeTeams, poster: TeamsPoster
) -> None:
    teams.fail("send", Fault(status=429, headers={"Retry-After": "300"}))

    with pytest.raises(TryLater) as raised:
        poster.post(CHANNEL, a_reply(), key="a")

    assert raised.value.after == timedelta(seconds=300)
    assert in_place(teams) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(status=500), "Teams says ServiceError."),
        (Fault(status=502, body=PAGE), "Teams says HTTP 502."),
        (Fault(status=503, body=PAGE), "Teams says HTTP 503."),
        (Fault(status=200, body=PAGE), "Teams took a message and did not say which."),
        (Fault(late_s=TIMEOUT_S + 0.3, is_done=True), "Teams did not answer: ReadTimeout."),
        (Fault(late_s=TIMEOUT_S + 0.3, status=504), "Teams did not answer: ReadTimeout."),
    ],
)
def test_what_may_have_been_done_is_not_repeated_before_it_has_settled(
    teams: FakeTeams, poster: TeamsPoster, fault: Fault, said: str
) -> None:
    teams.fail("send", fault)

    with pytest.raises(TryLater) as raised:
        poster.post(CHANNEL, a_reply(), key="a")

    assert (str(raised.value), raised.value.after) == (said, SETTLED)
    assert teams.methods() == ["send"]


def test_an_edit_is_tried_again_after_an_outage(
    teams: FakeTeams, poster: TeamsPoster, posted: str
) -> None:
    teams.fail("update", Fault(status=503, headers={"Retry-After": "0.01"}))

    poster.edit(posted, a_reply("Burglary is High"))

    assert in_place(teams) == ["Burglary is High"]


def test_a_channel_that_the_app_was_removed_from_is_never_told_and_says_what_to_do(
    teams: FakeTeams, poster: TeamsPoster
) -> None:
    teams.tenant.places[CHANNEL].has_bot = False

    with pytest.raises(CannotTell, match="BotNotInConversationRoster") as raised:
        poster.post(CHANNEL, a_reply(), key="a")

    assert raised.value.hint == IN_PLACE


def test_a_channel_that_is_gone_is_never_told(teams: FakeTeams, poster: TeamsPoster) -> None:
    del teams.tenant.places[CHANNEL]

    with pytest.raises(CannotTell, match="ConversationNotFound") as raised:
        poster.post(CHANNEL, a_reply(), key="a")

    assert raised.value.hint == IN_PLACE


@pytest.mark.parametrize("heard_before", [False, True])
def test_a_person_without_the_app_is_never_told_and_says_what_to_do(
    teams: FakeTeams,
    poster: TeamsPoster,
    heard: Heard,
    heard_before: bool,  # noqa: FBT001 - a case
) -> None:
    if heard_before:
        there = teams.tenant.personal(AMIR)
        heard.kept[AMIR] = Conversation(id=there, service_url=teams.base)
    teams.tenant.installed.discard(AMIR)

    with pytest.raises(CannotTell) as raised:
        poster.post(AMIR, a_reply(), key="a")

    assert raised.value.hint == FOR_PERSON


def test_nobody_is_never_told(teams: FakeTeams, poster: TeamsPoster) -> None:
    with pytest.raises(CannotTell):
        poster.post(STRANGER, a_reply(), key="a")


def test_a_deleted_message_is_told_to_be_gone(
    teams: FakeTeams, poster: TeamsPoster, posted: str
) -> None:
    teams.tenant.delete(only(teams))

    with pytest.raises(MessageGone):
        poster.edit(posted, a_reply("Burglary is High"))
    with pytest.raises(MessageGone):
        poster.post(CHANNEL, a_reply("It got worse"), key="b", under=posted)


@pytest.mark.parametrize(
    ("address", "many"), [(CHANNEL, True), (CHAT, True), (JANE, False), (JANE.upper(), False)]
)
def test_a_persons_own_messages_are_no_channel(
    poster: TeamsPoster,
    address: str,
    many: bool,  # noqa: FBT001 - a case
) -> None:
    assert poster.is_channel(address) is many


def test_no_address_is_written_to_the_log(
    poster: TeamsPoster, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        poster.post(CHANNEL, a_reply(), key="a")

    assert not [one for one in caplog.records if one.name.startswith("httpx")]


def test_a_poster_that_posted_nothing_closes(teams: FakeTeams, heard: Heard) -> None:
    a_poster(teams, heard).close()
