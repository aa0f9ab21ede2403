"""What is posted by a workflow, over real TLS."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpcore
import pytest
from pydantic import SecretStr

from bot.channels.workflows.outside import Outside
from bot.channels.workflows.posting import LIMIT, RENEW, SETTLED, WorkflowPoster
from bot.delivery import CannotLook, CannotTell, TryLater
from bot.replies import Button, Buttons, Paragraph, Reply
from tests.fakes.faults import Fault
from tests.fakes.workflow import HOST, PUBLIC, SECRET, URL, FakeWorkflow

NOW = datetime(2013, 12, 11, tzinfo=UTC)
TIMEOUT_S = 0.5


def a_reply(words: str = "Alert A-17: burglary is up") -> Reply:
    buttons = Buttons(items=(Button(label="Why", command="/threatdesk why burglary"),))
    return Reply(summary=words, blocks=(Paragraph(text=words), buttons))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeWorkflow]:
    """The fake's server, started once."""
    server = FakeWorkflow(tmp_path_factory.mktemp("workflow"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def workflow(made: FakeWorkflow) -> FakeWorkflow:
    """A workflow that posted nothing yet."""
    made.reset()
    return made


def a_poster(workflow: FakeWorkflow, url: str = URL, address: str = PUBLIC) -> WorkflowPoster:
    """Return a poster by one workflow, whose name has an address."""
    return WorkflowPoster(
        {"performance": SecretStr(url)},
        network=Outside(resolve=lambda *_: [address], inner=workflow.network),
        trusted=workflow.trusted,
        timeout_s=TIMEOUT_S,
    )


@pytest.fixture
def poster(workflow: FakeWorkflow) -> Iterator[WorkflowPoster]:
    one = a_poster(workflow)
    yield one
    one.close()


def post(poster: WorkflowPoster, reply: Reply | None = None, *, under: str = "") -> str:
    return poster.post("performance", reply or a_reply(), key="a", under=under)


def test_a_message_is_one_card(workflow: FakeWorkflow, poster: WorkflowPoster) -> None:
    post(poster)

    [message] = workflow.posted
    [attachment] = message["attachments"]
    assert message["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["contentUrl"] is None
    assert "Alert A-17: burglary is up" in str(attachment["content"])


def test_there_is_nothing_to_press_and_what_to_ask_for_is_printed(
    workflow: FakeWorkflow, poster: WorkflowPoster
) -> None:
    post(poster)

    [card] = workflow.words()
    assert "Action." not in card
    assert "/threatdesk why burglary" in card


def test_an_edit_says_nothing(workflow: FakeWorkflow, poster: WorkflowPoster) -> None:
    poster.edit(post(poster), a_reply("Alert A-17: burglary is High"))

    assert workflow.calls == 1


def test_a_follow_up_is_a_message_of_its_own(
    workflow: FakeWorkflow, poster: WorkflowPoster
) -> None:
    first = post(poster)
    post(poster, a_reply("Alert A-17 got worse"), under=first)

    assert len(workflow.posted) == 2
    assert "A-17 got worse" in workflow.words()[1]


def test_a_workflow_cannot_be_asked(poster: WorkflowPoster) -> None:
    with pytest.raises(CannotLook):
        poster.find("performance", key="a", since=NOW)


def test_a_workflow_posts_where_many_read(poster: WorkflowPoster) -> None:
    assert poster.is_channel("performance")


def test_a_long_message_fits(workflow: FakeWorkflow, poster: WorkflowPoster) -> None:
    long = Reply(summary="Long", blocks=(Paragraph(text="Burglary – “more” " * 4_000),))

    post(poster, long)

    [message] = workflow.posted
    assert len(json.dumps(message, ensure_ascii=False).encode()) <= LIMIT


@pytest.mark.parametrize(
    ("fault", "said", "after"),
    [
        (Fault(status=429, headers={"Retry-After": "7"}), "HTTP 429", timedelta(seconds=7)),
        (Fault(status=429), "HTTP 429", None),
        (Fault(status=408), "HTTP 408", None),
        (Fault(status=500), "HTTP 500", SETTLED),
        (Fault(status=502, is_done=True), "HTTP 502", SETTLED),
        (Fault(status=503, headers={"Retry-After": "90"}), "HTTP 503", timedelta(seconds=90)),
        (Fault(status=504, headers={"Retry-After": "1"}), "HTTP 504", SETTLED),
        (Fault(late_s=TIMEOUT_S + 0.2), "ReadTimeout", SETTLED),
        (Fault(late_s=TIMEOUT_S + 0.2, is_done=True), "ReadTimeout", SETTLED),
    ],
)
def test_what_may_pass_is_tried_later(
    workflow: FakeWorkflow,
    poster: WorkflowPoster,
    fault: Fault,
    said: str,
    after: timedelta | None,
) -> None:
    workflow.fail(fault)

    with pytest.raises(TryLater, match=said) as raised:
        post(poster)

    assert raised.value.after == after
    assert workflow.calls == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_what_will_not_pass_says_what_to_do(
    workflow: FakeWorkflow, poster: WorkflowPoster, status: int
) -> None:
    workflow.fail(Fault(status=status))

    with pytest.raises(CannotTell, match=f"HTTP {status}") as raised:
        post(poster)

    assert raised.value.hint == RENEW


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_is_not_followed(
    workflow: FakeWorkflow, poster: WorkflowPoster, status: int
) -> None:
    workflow.fail(Fault(status=status, headers={"Location": URL}))

    with pytest.raises(CannotTell, match="leads elsewhere"):
        post(poster)

    assert workflow.calls == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
def test_a_name_that_leads_into_a_private_network_is_not_called(
    workflow: FakeWorkflow, address: str
) -> None:
    one = a_poster(workflow, address=address)
    try:
        with pytest.raises(CannotTell, match="private network"):
            post(one)
    finally:
        one.close()

    assert workflow.calls == 0


def test_a_certificate_for_another_name_is_not_believed(workflow: FakeWorkflow) -> None:
    one = a_poster(workflow, url=URL.replace(HOST, "other.example"))
    try:
        with pytest.raises(TryLater, match="cannot be reached"):
            post(one)
    finally:
        one.close()

    assert workflow.calls == 0


def test_a_workflow_that_is_not_named_is_never_told(poster: WorkflowPoster) -> None:
    with pytest.raises(CannotTell, match="no workflow “board”"):
        poster.post("board", a_reply(), key="a")


@pytest.mark.parametrize(
    "fault", [Fault(), Fault(status=404), Fault(status=503), Fault(late_s=TIMEOUT_S + 0.2)]
)
def test_the_address_stands_in_no_log_and_no_error(
    workflow: FakeWorkflow,
    poster: WorkflowPoster,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    workflow.fail(fault)

    told = ""
    with caplog.at_level(logging.DEBUG):
        try:
            told = post(poster)
        except (TryLater, CannotTell) as error:
            told = "".join(traceback.format_exception(error))

    assert SECRET not in f"{told} {caplog.text} {vars(poster)}"
    assert HOST not in f"{told} {caplog.text}"


def test_a_strange_address_is_refused_and_not_repeated(workflow: FakeWorkflow) -> None:
    one = a_poster(workflow, url=f"https://{HOST}:8443/?sig={SECRET}")
    try:
        with pytest.raises(CannotTell, match="port 443") as raised:
            post(one)
    finally:
        one.close()

    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_nobody_listens(workflow: FakeWorkflow) -> None:
    class Silent(httpcore.NetworkBackend):
        def connect_tcp(self, *_: object, **__: object) -> httpcore.NetworkStream:
            raise httpcore.ConnectError("refused")

    one = WorkflowPoster(
        {"performance": SecretStr(URL)},
        network=Outside(resolve=lambda *_: [PUBLIC], inner=Silent()),
    )
    try:
        with pytest.raises(TryLater, match="cannot be reached"):
            post(one)
    finally:
        one.close()
