"""What is told in Slack on the desk's own account, over real sockets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient

from bot.channels.slack.posting import NEVER, SETTLED, SlackPoster
from bot.delivery import CannotTell, MessageGone, TryLater
from bot.render.studio import NotDrawn
from bot.replies import Chart, Paragraph, Reply
from bot.replies.charts import Drawing
from tests.bot.channels.slack.desk import Pencil, the_priority
from tests.fakes.slack import BOT_TOKEN, FakeSlack, Fault, Message

LONG_AGO = datetime(2013, 12, 11, tzinfo=UTC)
TIMEOUT_S = 1


def a_reply(words: str = "Burglary is up") -> Reply:
    return Reply(summary=words, blocks=(Paragraph(text=words),))


def a_picture() -> Reply:
    """A reply that shows a chart."""
    reply = the_priority()
    assert any(isinstance(one, Chart) for one in reply.blocks)
    return reply


@pytest.fixture
def poster(slack: FakeSlack, pencil: Pencil) -> SlackPoster:
    return a_poster(slack, pencil.draw)


def a_poster(slack: FakeSlack, draw: object, token: str = BOT_TOKEN) -> SlackPoster:
    client = WebClient(token=token, base_url=slack.api_url, timeout=TIMEOUT_S, retry_handlers=[])
    return SlackPoster(client, draw=draw, sleep=lambda _: None)  # type: ignore[arg-type]


@pytest.fixture
def posted(slack: FakeSlack, poster: SlackPoster) -> str:
    """A message that is there."""
    return poster.post("C1", a_reply(), key="a")


def in_channel(slack: FakeSlack, channel: str = "C1") -> list[str]:
    return [str(one.content["text"]) for one in slack.workspace.posted(channel)]


def message(slack: FakeSlack, id_: str) -> Message:
    channel, ts = id_.split("/")
    found = slack.workspace.message(channel, ts)
    assert found is not None
    return found


def test_a_message_carries_its_key_where_nobody_sees_it(slack: FakeSlack, posted: str) -> None:
    content = message(slack, posted).content

    assert content["metadata"]["event_payload"] == {"key": "a"}
    assert "key" not in str(content["blocks"])


def test_an_edit_replaces_the_words_and_keeps_the_key(
    slack: FakeSlack, poster: SlackPoster, posted: str
) -> None:
    poster.edit(posted, a_reply("Burglary is High"))

    assert in_channel(slack) == ["Burglary is High"]
    assert poster.find("C1", key="a", since=LONG_AGO) == posted


def test_a_follow_up_stands_in_the_thread_and_not_in_the_channel(
    slack: FakeSlack, poster: SlackPoster, posted: str
) -> None:
    under = poster.post("C1", a_reply("It got worse"), key="b", under=posted)

    [answer] = slack.workspace.thread(message(slack, posted))
    assert answer.content["text"] == "It got worse"
    assert poster.find("C1", key="b", since=LONG_AGO, under=posted) == under
    assert poster.find("C1", key="b", since=LONG_AGO) is None


def test_a_person_is_told_in_their_own_messages_and_looked_for_there(
    slack: FakeSlack, poster: SlackPoster
) -> None:
    told = poster.post("U1", a_reply(), key="a")

    assert told.startswith("DU1/")
    assert poster.find("U1", key="a", since=LONG_AGO) == told
    poster.edit(told, a_reply("Burglary is High"))
    assert in_channel(slack, "DU1") == ["Burglary is High"]


def test_a_message_is_found_however_much_was_said_since(
    slack: FakeSlack, poster: SlackPoster, posted: str
) -> None:
    for number in range(450):
        slack.workspace.messages.append(
            Message(channel="C1", ts=slack.workspace.ts(), content={"text": f"chat {number}"})
        )

    assert poster.find("C1", key="a", since=LONG_AGO) == posted
    assert slack.methods().count("conversations.history") == 3


def test_what_was_said_long_before_is_not_looked_through(
    slack: FakeSlack, poster: SlackPoster, posted: str
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    assert poster.find("C1", key="a", since=tomorrow) is None


def test_another_apps_metadata_is_not_ours(slack: FakeSlack, poster: SlackPoster) -> None:
    theirs = {"event_type": "their_event", "event_payload": {"key": "a"}}
    slack.workspace.messages.append(
        Message(channel="C1", ts=slack.workspace.ts(), content={"text": "", "metadata": theirs})
    )

    assert poster.find("C1", key="a", since=LONG_AGO) is None


def test_too_many_messages_wait_as_long_as_slack_asks(
    slack: FakeSlack, poster: SlackPoster
) -> None:
    slack.fail(
        "chat.postMessage", Fault(status=429, headers={"Retry-After": "30"}, error="ratelimited")
    )

    with pytest.raises(TryLater, match="ratelimited") as raised:
        poster.post("C1", a_reply(), key="a")

    assert raised.value.after == timedelta(seconds=30)
    assert in_channel(slack) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(status=500, error="internal_error"), "Slack says internal_error."),
        (Fault(status=503, body="<html>Unavailable, secret-id</html>"), "Slack says HTTP 503."),
        (Fault(status=200, error="fatal_error"), "Slack says fatal_error."),
        (Fault(status=200, body="<html>A proxy</html>"), "Slack says HTTP 200."),
    ],
)
def test_an_outage_is_tried_again_whatever_it_looks_like(
    slack: FakeSlack, poster: SlackPoster, fault: Fault, said: str
) -> None:
    slack.fail("chat.postMessage", fault)

    with pytest.raises(TryLater) as raised:
        poster.post("C1", a_reply(), key="a")

    assert str(raised.value) == said


def test_an_answer_that_comes_too_late_is_looked_for_before_it_is_said_again(
    slack: FakeSlack, poster: SlackPoster
) -> None:
    slack.fail("chat.postMessage", Fault(late_s=TIMEOUT_S + 0.3, is_done=True))

    with pytest.raises(TryLater) as raised:
        poster.post("C1", a_reply(), key="a")

    assert raised.value.after == SETTLED  # it may yet be carried out
    assert poster.find("C1", key="a", since=LONG_AGO) is not None
    assert in_channel(slack) == ["Burglary is up"]


def test_nothing_listens(slack: FakeSlack, pencil: Pencil) -> None:
    client = WebClient(token=BOT_TOKEN, base_url="http://127.0.0.1:9/api/", retry_handlers=[])

    with pytest.raises(TryLater, match="cannot be reached"):
        SlackPoster(client, draw=pencil.draw).post("C1", a_reply(), key="a")


def test_an_archived_channel_is_never_told_and_says_what_to_do(
    slack: FakeSlack, poster: SlackPoster
) -> None:
    slack.workspace.channels["C1"].is_archived = True

    with pytest.raises(CannotTell, match="is_archived") as raised:
        poster.post("C1", a_reply(), key="a")

    assert raised.value.hint == NEVER["is_archived"]


def test_a_channel_that_the_app_was_removed_from_is_never_told(
    slack: FakeSlack, poster: SlackPoster
) -> None:
    slack.workspace.channels["C1"].members.discard("UBOT")

    with pytest.raises(CannotTell, match="not_in_channel"):
        poster.post("C1", a_reply(), key="a")


def test_a_deleted_message_is_told_to_be_gone(
    slack: FakeSlack, poster: SlackPoster, posted: str
) -> None:
    slack.workspace.delete(message(slack, posted))

    with pytest.raises(MessageGone):
        poster.edit(posted, a_reply("Burglary is High"))
    with pytest.raises(MessageGone):
        poster.post("C1", a_reply("It got worse"), key="b", under=posted)
    with pytest.raises(MessageGone):
        poster.find("C1", key="b", since=LONG_AGO, under=posted)


def test_a_picture_follows_its_words(slack: FakeSlack, poster: SlackPoster) -> None:
    told = poster.post("C1", a_picture(), key="a")

    [file] = slack.workspace.files.values()
    assert file.is_complete
    assert file.id in str(message(slack, told).content["blocks"])
    calls = slack.methods()
    assert calls.index("chat.postMessage") < calls.index("files.getUploadURLExternal")
    assert len(slack.workspace.posted("C1")) == 1


@pytest.mark.parametrize(
    "method",
    ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info",
     "chat.update"],
)  # fmt: skip
@pytest.mark.parametrize("fault", [Fault(status=500), Fault(late_s=TIMEOUT_S + 0.3)])
def test_a_picture_that_fails_never_holds_the_words(
    slack: FakeSlack, poster: SlackPoster, method: str, fault: Fault
) -> None:
    slack.fail(method, fault)

    told = poster.post("C1", a_picture(), key="a")

    assert in_channel(slack) == [a_picture().summary]
    assert message(slack, told).content["blocks"]


def test_a_chart_that_cannot_be_drawn_never_holds_the_words(slack: FakeSlack) -> None:
    def draw(drawing: Drawing) -> bytes:
        raise NotDrawn(drawing.title)

    a_poster(slack, draw).post("C1", a_picture(), key="a")

    assert in_channel(slack) == [a_picture().summary]


def test_a_picture_that_slack_never_scans_never_holds_the_words(
    slack: FakeSlack, poster: SlackPoster
) -> None:
    slack.workspace.looks_until_scanned = 1_000

    poster.post("C1", a_picture(), key="a")

    assert in_channel(slack) == [a_picture().summary]


@pytest.mark.parametrize(
    ("address", "many"), [("C1", True), ("G1", True), ("U1", False), ("DU1", False)]
)
def test_a_persons_own_messages_are_no_channel(
    poster: SlackPoster,
    address: str,
    many: bool,  # noqa: FBT001 - a case
) -> None:
    assert poster.is_channel(address) is many
