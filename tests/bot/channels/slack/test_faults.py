"""What happens when Slack, the network or a picture fails: nothing is lost, nothing said twice."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime

import pytest

from bot.channels.slack.app import SlackApp, slack_app
from bot.channels.slack.socket import run_socket
from bot.replies import Reply
from tests.bot.channels.slack.desk import (
    EVERYONE,
    ISSUE,
    VERDICT,
    Desk,
    Pencil,
    by_socket,
    over_http,
    the_clock,
    the_priority,
)
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET, FakeSlack, Fault

WRONG = "xapp-wrong"

BUSY = Fault(status=429, headers={"Retry-After": "0"}, error="ratelimited")
BROKEN = Fault(status=500)
UNREACHED = Fault(late_s=2.6)


def seen(slack: FakeSlack, user: str = "U1") -> str:
    return str(slack.workspace.told(user)) + str(slack.workspace.posted(f"D{user}"))


@pytest.mark.parametrize("fault", [BUSY, BROKEN], ids=["429", "500"])
@pytest.mark.usefixtures("running")
def test_an_answer_comes_after_a_fault(slack: FakeSlack, fault: Fault) -> None:
    slack.fail("response_url", fault)

    slack.slash("/csp charnwood")

    assert slack.wait_for(lambda: slack.workspace.told("U1"))
    assert len(slack.workspace.told("U1")) == 1


@pytest.mark.usefixtures("on_http")
def test_an_answer_comes_after_a_timeout(slack: FakeSlack) -> None:
    slack.fail("response_url", UNREACHED)

    slack.slash("/csp charnwood")

    assert slack.wait_for(lambda: slack.workspace.told("U1"))


@pytest.mark.usefixtures("on_http")
def test_an_answer_takes_another_way_when_its_address_is_closed(slack: FakeSlack) -> None:
    slack.fail("response_url", Fault(status=404, error="expired_url"))

    slack.slash("/csp charnwood")

    assert slack.wait_for(lambda: slack.workspace.told("U1"))
    assert "chat.postEphemeral" in slack.methods()


@pytest.mark.usefixtures("on_http")
def test_an_answer_comes_as_a_direct_message_when_the_bot_is_not_in_the_channel(
    slack: FakeSlack,
) -> None:
    slack.workspace.channels["C1"].members.discard("UBOT")
    slack.fail("response_url", Fault(status=404, error="expired_url"))

    slack.slash("/csp charnwood")

    assert slack.wait_for(lambda: slack.workspace.posted("DU1"))


def test_an_address_for_answers_is_never_used_more_than_five_times(
    slack: FakeSlack, app: SlackApp
) -> None:
    slack.fail("response_url", BROKEN, BROKEN, Fault(), BROKEN, BROKEN, BROKEN, BROKEN)

    with over_http(app, slack):
        slack.slash("/priority 12")

    [url] = slack.workspace.response_urls.values()
    assert VERDICT in seen(slack)
    assert url.uses == 5


def _draw_nothing(slack: FakeSlack, pencil: Pencil) -> None:
    pencil.fails = True


def _upload_nothing(slack: FakeSlack, pencil: Pencil) -> None:
    slack.fail("upload", BROKEN, BROKEN, BROKEN)


def _take_nothing(slack: FakeSlack, pencil: Pencil) -> None:
    slack.fail("files.getUploadURLExternal", Fault(status=200, error="not_allowed"))


def _scan_nothing(slack: FakeSlack, pencil: Pencil) -> None:
    slack.fail("files.info", Fault(status=200, error="file_deleted"))


@pytest.mark.parametrize("fail", [_draw_nothing, _upload_nothing, _take_nothing, _scan_nothing])
@pytest.mark.usefixtures("on_http")
def test_a_picture_that_fails_leaves_the_words(
    slack: FakeSlack, pencil: Pencil, fail: Callable[[FakeSlack, Pencil], None]
) -> None:
    fail(slack, pencil)

    slack.slash("/priority 12")

    assert slack.wait_for(lambda: slack.workspace.told("U1"))
    slack.slash("/csp charnwood")
    assert slack.wait_for(lambda: len(slack.workspace.told("U1")) == 2)
    [first, _] = slack.workspace.told("U1")
    assert VERDICT in str(first.content)
    assert first.replaced == 0


@pytest.mark.usefixtures("on_http")
def test_a_picture_rides_out_faults_of_every_call(slack: FakeSlack) -> None:
    for method in ("files.getUploadURLExternal", "upload", "files.completeUploadExternal"):
        slack.fail(method, BUSY)

    slack.slash("/priority 12")

    assert slack.wait_for(lambda: slack.workspace.told("U1"))
    assert slack.wait_for(lambda: slack.workspace.told("U1")[0].replaced, within_s=12)


@pytest.mark.usefixtures("on_http")
def test_a_share_that_may_have_been_posted_is_not_posted_again(
    slack: FakeSlack, desk: Desk
) -> None:
    slack.slash("/priority 12")
    assert slack.wait_for(lambda: slack.workspace.told("U1"))
    slack.fail("chat.postMessage", Fault(status=500, is_done=True))

    slack.press("Share to channel", slack.workspace.told("U1")[0])

    assert slack.wait_for(lambda: "did not say whether" in seen(slack))
    assert len(slack.workspace.posted("C1")) == 1


@pytest.mark.usefixtures("on_http")
def test_a_dialogue_that_opens_too_late_is_said_in_words(slack: FakeSlack, desk: Desk) -> None:
    desk.replies["/issue new"] = Reply(summary="A new issue", blocks=(ISSUE,))
    slack.fail("views.open", Fault(status=200, error="expired_trigger_id"))

    slack.slash("/issue new")

    assert slack.wait_for(lambda: slack.workspace.told("U1"))
    assert slack.workspace.views == {}


@pytest.mark.usefixtures("running")
def test_what_slack_tells_twice_is_done_once(slack: FakeSlack, desk: Desk) -> None:
    event = slack.an_event(
        {"type": "message", "text": "burglary?", "channel": "DU1", "channel_type": "im"}
    )
    slack.deliver("events_api", event)
    slack.deliver("events_api", event, retry=1)
    slack.direct("and now?")

    assert slack.wait_for(lambda: "and now?" in desk.texts())
    assert desk.texts() == ["burglary?", "and now?"]


@pytest.mark.usefixtures("running")
def test_a_command_and_a_form_that_come_twice_are_done_once(slack: FakeSlack, desk: Desk) -> None:
    command = slack.a_command("/csp charnwood")
    slack.deliver("slash_commands", command)
    slack.deliver("slash_commands", command)
    slack.slash("/csp blaby")

    assert slack.wait_for(lambda: "/csp blaby" in desk.texts())
    assert desk.texts() == ["/csp charnwood", "/csp blaby"]


class Forgetful:
    """Remembers nothing, because its database is away."""

    def first(self, key: str, at: datetime) -> bool:
        """Fail."""
        raise OSError("the database is away")


def test_a_question_is_answered_when_what_was_heard_cannot_be_looked_up(
    slack: FakeSlack, desk: Desk
) -> None:
    app = slack_app(
        settle=desk.settle,
        draw=Pencil().draw,
        people=EVERYONE,
        clock=the_clock,
        bot_token=BOT_TOKEN,
        signing_secret=SIGNING_SECRET,
        once=Forgetful(),
        api_url=slack.api_url,
    )

    with over_http(app, slack):
        slack.slash("/csp charnwood")

    assert len(slack.workspace.told("U1")) == 1


def test_an_app_token_that_is_refused_does_not_hold_up_the_end(
    slack: FakeSlack, app: SlackApp
) -> None:
    async def run() -> None:
        stop = asyncio.Event()
        async with app.running():
            hearing = asyncio.ensure_future(run_socket(app, app_token=WRONG, stop=stop))
            await asyncio.sleep(0.3)
            stop.set()
            async with asyncio.timeout(5):
                await hearing

    asyncio.run(run())

    assert slack.sockets.accepted == 0


def test_what_was_begun_is_finished_before_the_end(
    slack: FakeSlack, app: SlackApp, desk: Desk, pencil: Pencil
) -> None:
    pencil.takes_s = desk.takes_s = 0.4

    with over_http(app, slack):
        slack.slash("/priority 12")

    [answer] = slack.workspace.told("U1")
    assert answer.replaced == 1


def test_what_was_begun_by_socket_is_finished_before_the_end(
    slack: FakeSlack, app: SlackApp, desk: Desk
) -> None:
    desk.takes_s = 0.4

    with by_socket(app, slack):
        slack.slash("/csp charnwood")

    assert len(slack.workspace.told("U1")) == 1


def test_no_command_is_lost_while_slack_asks_to_reconnect(
    slack: FakeSlack, app: SlackApp, desk: Desk
) -> None:
    with by_socket(app, slack):
        for number in range(12):
            if number % 4 == 1:
                slack.sockets.ask_to_reconnect()
            slack.slash(f"/csp {number}")

        assert slack.wait_for(lambda: len(slack.workspace.told("U1")) == 12)
        assert slack.wait_for(lambda: len(slack.sockets.open) == 2)
    assert slack.sockets.accepted > 2


def test_a_connection_that_breaks_is_opened_again(slack: FakeSlack, app: SlackApp) -> None:
    with by_socket(app, slack, connections=1):
        slack.sockets.cut()
        assert slack.wait_for(lambda: slack.sockets.open)

        slack.slash("/csp charnwood")

        assert slack.wait_for(lambda: slack.workspace.told("U1"))


def test_fifty_commands_at_once_are_acknowledged_in_time_and_answered(
    slack: FakeSlack, app: SlackApp, desk: Desk
) -> None:
    desk.replies["/priority 12"] = the_priority()
    statuses: list[int] = []

    def ask(number: int) -> None:
        statuses.append(slack.slash("/priority 12" if number < 5 else "/csp charnwood").status)

    with over_http(app, slack):
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert slack.wait_for(lambda: len(slack.workspace.told("U1")) == 50)
    assert statuses == [200] * 50
