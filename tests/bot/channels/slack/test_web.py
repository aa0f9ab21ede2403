"""What is not Slack's own is refused, quietly, before anything reads it."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable

import pytest

from bot.channels.slack.app import SlackApp, slack_app
from bot.channels.slack.web import LARGEST_BODY, routes
from tests.bot.channels.slack.desk import EVERYONE, Desk, Pencil, the_clock
from tests.fakes.slack import BOT_TOKEN, FakeSlack

BODY = b"command=%2Fcsp&text=secret-question&user_id=U1"
ANOTHER = "another"
FORM = "application/x-www-form-urlencoded"

Headers = dict[str, str]
Change = Callable[[FakeSlack], Headers]


def signed(slack: FakeSlack, **more: object) -> Headers:
    return {**slack.signature(BODY), **{k.replace("_", "-"): str(v) for k, v in more.items()}}


REFUSED: dict[str, tuple[Change, int]] = {
    "no signature": (lambda _: {}, 401),
    "another secret": (lambda slack: slack.signature(BODY, secret=ANOTHER), 401),
    "another body": (lambda slack: slack.signature(b"other"), 401),
    "too old": (lambda slack: slack.signature(BODY, at=time.time() - 301), 401),
    "from the future": (lambda slack: slack.signature(BODY, at=time.time() + 301), 401),
    "a timestamp of letters": (lambda s: signed(s, X_Slack_Request_Timestamp="abc"), 400),
    "a timestamp with a sign": (lambda s: signed(s, X_Slack_Request_Timestamp="-1"), 400),
    "an endless timestamp": (lambda s: signed(s, X_Slack_Request_Timestamp="9" * 5000), 400),
    "a foreign digit": (lambda s: signed(s, X_Slack_Request_Timestamp="\u00b2"), 400),
    "a signature of letters": (lambda s: signed(s, X_Slack_Signature="v0=zz"), 400),
    "a signature beyond ASCII": (lambda s: signed(s, X_Slack_Signature="v0=\u00e9"), 400),
}


@pytest.mark.usefixtures("on_http")
@pytest.mark.parametrize("how", REFUSED)
def test_a_request_that_is_not_slacks_is_refused_and_leaves_no_trace(
    slack: FakeSlack, desk: Desk, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    caplog.set_level(logging.DEBUG)
    headers, status = REFUSED[how][0](slack), REFUSED[how][1]

    ack = slack.post(BODY, FORM, headers=headers)

    assert (ack.status, ack.body) == (status, "")
    assert desk.asked == []
    assert "secret-question" not in caplog.text


@pytest.mark.usefixtures("on_http")
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"x" * (LARGEST_BODY + 1), FORM, 413),
        (b"\xff\xfe\xfd", FORM, 400),
        (b'{"type": ', "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"payload=%7Bnot-json", FORM, 400),
        (b"", FORM, 404),
        (b"{}", "application/json", 404),
    ],
    ids=["too large", "not text", "half of JSON", "a list", "half a payload", "nothing", "empty"],
)
def test_a_signed_body_that_makes_no_sense_is_refused(
    slack: FakeSlack, body: bytes, content_type: str, status: int
) -> None:
    ack = slack.post(body, content_type)

    assert ack.status == status
    assert "Traceback" not in str(ack.body)


@pytest.mark.usefixtures("on_http")
def test_slack_is_shown_that_the_address_is_ours(slack: FakeSlack) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()

    assert slack.post(body).body in ("abc", {"challenge": "abc"})


@pytest.mark.usefixtures("on_http")
def test_an_event_that_nobody_asked_for_is_acknowledged(slack: FakeSlack) -> None:
    assert slack.event({"type": "reaction_added"}).status == 200


@pytest.mark.usefixtures("running")
def test_the_log_holds_neither_questions_nor_secrets(
    slack: FakeSlack, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    slack.slash("/csp secret-question")
    assert slack.wait_for(lambda: slack.workspace.told("U1"))
    slack.direct("secret-question")
    assert slack.wait_for(lambda: slack.workspace.posted("DU1"))

    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("uvicorn")]
    written = "\n".join(line for line in ours if line)
    for secret in ("secret-question", "xoxb-", "xapp-", "fake-signing-secret", "/response/R"):
        assert secret not in written


def test_http_without_a_signing_secret_is_not_served(slack: FakeSlack) -> None:
    app: SlackApp = slack_app(
        settle=Desk().settle,
        draw=Pencil().draw,
        people=EVERYONE,
        clock=the_clock,
        bot_token=BOT_TOKEN,
    )

    with pytest.raises(ValueError, match="signing secret"):
        routes(app)
