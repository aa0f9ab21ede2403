"""Forged, replayed, oversized and malformed requests, byte by byte over a real socket."""

from __future__ import annotations

import hmac
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import urlencode

import pytest
import uvicorn
from starlette.applications import Starlette

from bot.app import App
from bot.channels.console.web import routes as console_routes
from bot.channels.slack.web import LARGEST_BODY
from bot.console import make_console
from bot.serving import web
from config.settings import Settings
from store.audit import SqlAudit
from tests.attacks.world import PLAN
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET, FakeSlack

SAID: Final = "the-words-of-a-victim"
"""Typed by somebody; in no log."""

PATIENCE_S: Final = 1.0


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached without a proxy, whatever the machine says."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    """A workspace, started once."""
    fake = FakeSlack(scopes=())
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def app(slack: FakeSlack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The product with Slack set up."""
    folder = tmp_path_factory.mktemp("web")
    settings = Settings(
        database_url=f"sqlite:///{folder / 'desk.db'}",
        plan=str(PLAN),
        data=folder,
        slack_bot_token=BOT_TOKEN,
        slack_signing_secret=SIGNING_SECRET,
        slack_api_url=slack.api_url,
        _env_file=None,
    )
    with App(settings=settings) as made:
        yield made


@contextmanager
def served(made: Starlette) -> Iterator[int]:
    """Serve as `threatdesk web` does, on a port of its own."""
    config = uvicorn.Config(made, host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=40)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def port(app: App) -> Iterator[int]:
    """Where `threatdesk web` listens."""
    with served(web(app)) as found:
        yield found


@pytest.fixture(scope="module")
def console(app: App) -> Iterator[int]:
    """Where the console listens."""
    with served(Starlette(routes=console_routes(make_console(app)))) as found:
        yield found


def sent(port: int, request: bytes) -> bytes:
    """Send bytes as they are; return what comes back before the line is closed or falls silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        answer = b""
        _send(line, request)
        while part := _received(line):
            answer += part
    return answer


def _send(line: socket.socket, request: bytes) -> None:
    with suppress(ConnectionError):  # it may be refused before its end
        line.sendall(request)


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(65_536)
    except (ConnectionError, TimeoutError):
        return b""


def status(answer: bytes) -> int:
    """Return an answer's status; 0 where the line was closed without one."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def a_request(method: str, path: str, body: bytes = b"", /, **headers: object) -> bytes:
    """Write a request; a header of None is left out."""
    all_of_it: dict[str, object] = {"Host": "127.0.0.1", "Content-Length": len(body)}
    all_of_it |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in all_of_it.items() if value is not None]
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "Connection: close", "", ""])
    return head.encode("latin-1") + body


def a_command(slack: FakeSlack, text: str = SAID, *, trigger: str = "1.2") -> tuple[bytes, bytes]:
    """Return a slash command as Slack signs it, whole; and its body."""
    answered_at = f"{slack.base}/response/{slack.workspace.response_url('U9', 'C1', None)}"
    body = urlencode(
        {
            "command": "/csp", "text": text, "user_id": "U9", "channel_id": "C1",
            "team_id": "T1", "trigger_id": trigger, "response_url": answered_at,
        }
    ).encode()  # fmt: skip
    headers = {name.replace("-", "_"): value for name, value in slack.signature(body).items()}
    kind = "application/x-www-form-urlencoded"
    return a_request("POST", "/slack/events", body, Content_Type=kind, **headers), body


def asked(app: App) -> int:
    """Return how many questions were written down."""
    return SqlAudit(app.database).head().length


# Slack.


def test_a_request_of_slack_s_is_answered(app: App, slack: FakeSlack, port: int) -> None:
    """The forgeries below differ from this one in one thing each."""
    before = asked(app)
    request, _ = a_command(slack, trigger="first")

    assert status(sent(port, request)) == 200
    assert slack.wait_for(lambda: asked(app) == before + 1)


def test_a_request_that_is_sent_again_is_not_answered_again(
    app: App, slack: FakeSlack, port: int
) -> None:
    """Whoever has overheard one can send it for five minutes: its signature holds."""
    request, _ = a_command(slack, trigger="again")
    before = asked(app)

    answers = [status(sent(port, request)) for _ in range(5)]

    assert answers == [200] * 5
    assert slack.wait_for(lambda: asked(app) > before)
    time.sleep(0.3)  # a second answer would come as soon as the first
    assert asked(app) == before + 1


def test_a_signature_is_compared_in_constant_time(
    slack: FakeSlack, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    whole = hmac.compare_digest

    def compare(one: str, other: str) -> bool:
        compared.append((one, other))
        return whole(one, other)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    sent(port, MALFORMED["a signature of noughts"](slack))

    assert compared
    assert all(one.startswith("v0=") for one, _ in compared)


def _signed(slack: FakeSlack, change: Callable[[bytes], bytes]) -> bytes:
    request, _ = a_command(slack)
    return change(request)


MALFORMED: Final[dict[str, Callable[[FakeSlack], bytes]]] = {
    "one bit of the body": lambda slack: _signed(slack, lambda r: r.replace(b"csp", b"csq")),
    "a signature of noughts": lambda slack: _signed(
        slack, lambda r: r.split(b"v0=")[0] + b"v0=" + b"0" * 64 + r.split(b"v0=")[1][64:]
    ),
    "two signatures": lambda slack: _signed(
        slack, lambda r: r.replace(b"X-Slack-Sig", b"X-Slack-Signature: v0=x\r\nX-Slack-Sig")
    ),
    "two lengths": lambda slack: _signed(
        slack, lambda r: r.replace(b"Content-Length", b"Content-Length: 5\r\nContent-Length")
    ),
    "a length and chunks": lambda slack: _signed(
        slack, lambda r: r.replace(b"Host", b"Transfer-Encoding: chunked\r\nHost")
    ),
    "a length below nought": lambda _: a_request("POST", "/slack/events", Content_Length=-1),
    "a length of letters": lambda _: a_request("POST", "/slack/events", Content_Length="abc"),
    "an endless length": lambda _: a_request("POST", "/slack/events", Content_Length="9" * 5_000),
    "a length in other digits": lambda _: a_request("POST", "/slack/events", Content_Length="\xb2"),
    "too large by its length": lambda _: a_request(
        "POST", "/slack/events", Content_Length=LARGEST_BODY + 1
    ),
    "too large in chunks": lambda _: a_request(
        "POST", "/slack/events", Content_Length=None, Transfer_Encoding="chunked"
    ) + b"10000\r\n" + b"x" * 65_536 + b"\r\n" + (b"10000\r\n" + b"x" * 65_536 + b"\r\n") * 9,
    "half a body": lambda slack: _signed(slack, lambda r: r[:-20]),
    "a bad chunk": lambda _: a_request(
        "POST", "/slack/events", Content_Length=None, Transfer_Encoding="chunked"
    ) + b"zz\r\n",
    "headers without end": lambda _: b"POST /slack/events HTTP/1.1\r\n" + b"A: b\r\n" * 40_000,
    "one endless header": lambda _: a_request("POST", "/slack/events", X="y" * 200_000),
    "not HTTP": lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
    "another method": lambda _: a_request("PUT", "/slack/events"),
    "a look": lambda _: a_request("GET", "/slack/events"),
    "a folder above": lambda _: a_request("GET", "/slack/../../etc/passwd"),
    "nothing": lambda _: b"",
}  # fmt: skip


@pytest.mark.parametrize("how", MALFORMED)
def test_what_is_malformed_is_refused_answers_nobody_and_leaves_no_words(
    app: App, slack: FakeSlack, port: int, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = asked(app)

    answer = sent(port, MALFORMED[how](slack))

    assert status(answer) == 0 or 400 <= status(answer) < 500
    assert asked(app) == before
    assert b"Traceback" not in answer
    assert SAID not in caplog.text + answer.decode("latin-1")
    assert "Traceback" not in caplog.text


def test_it_still_answers_after_all_of_that(slack: FakeSlack, port: int) -> None:
    for how in MALFORMED.values():
        sent(port, how(slack))

    assert status(sent(port, a_request("GET", "/healthz"))) == 200


def test_what_was_asked_is_in_no_log(
    app: App, slack: FakeSlack, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    before = asked(app)
    request, _ = a_command(slack, trigger="quiet")

    sent(port, request)

    assert slack.wait_for(lambda: asked(app) == before + 1)
    assert SAID not in caplog.text


# The console.

OWN: Final = {"X_Threat_Desk": "console", "Content_Type": "application/json"}


def a_question(port: int, **headers: object) -> bytes:
    body = json.dumps({"text": f"/csp {SAID}", "as": "chief-officer"}).encode()
    return a_request("POST", "/console/ask", body, **({"Host": f"127.0.0.1:{port}"} | headers))


def test_the_console_s_own_page_is_answered(app: App, console: int) -> None:
    before = asked(app)

    assert status(sent(console, a_question(console, **OWN))) == 200
    assert asked(app) == before + 1


CROSSED: Final[dict[str, Callable[[int], bytes]]] = {
    "a form of another site": lambda port: a_question(port, Content_Type="text/plain"),
    "another origin": lambda port: a_question(port, Origin="http://evil.example", **OWN),
    "an origin of another port": lambda port: a_question(port, Origin="http://127.0.0.1:1", **OWN),
    "no origin that is one": lambda port: a_question(port, Origin="null", **OWN),
    "another site by its word": lambda port: a_question(port, Sec_Fetch_Site="cross-site", **OWN),
    "a name that leads here": lambda port: a_question(port, **OWN | {"Host": f"evil.co:{port}"}),
    "a name with ours in it": lambda port: a_question(
        port, **OWN | {"Host": f"127.0.0.1:{port}.evil.example"}
    ),
    "a name before ours": lambda port: a_question(port, **OWN | {"Host": f"x@127.0.0.1:{port}"}),
    "two names": lambda port: a_question(port, **OWN).replace(
        b"Host:", b"Host: evil.example\r\nHost:", 1
    ),
    "no name": lambda port: a_question(port, **OWN | {"Host": None}),
    "a whole address": lambda port: a_question(port, **OWN | {"Host": "evil.example"}).replace(
        b"POST /", f"POST http://127.0.0.1:{port}/".encode(), 1
    ),
    "an endless length": lambda port: a_question(port, **OWN | {"Content_Length": "9" * 5_000}),
    "a folded header": lambda port: a_question(port, **OWN).replace(
        b"X-Threat-Desk: console", b"X-Threat-Desk:\r\n evil", 1
    ),
    "another method by a header": lambda port: a_request(
        "GET", "/console/ask", Host=f"127.0.0.1:{port}", X_HTTP_Method_Override="POST", **OWN
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", CROSSED)
def test_another_site_s_page_gets_nothing_done(
    app: App, console: int, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = asked(app)

    answer = sent(console, CROSSED[how](console))

    assert status(answer) == 0 or 400 <= status(answer) < 500
    assert asked(app) == before
    assert b"access-control-allow" not in answer.lower()
    assert SAID not in caplog.text


def test_a_browser_is_never_told_that_it_may_ask_from_elsewhere(console: int) -> None:
    answer = sent(
        console,
        a_request(
            "OPTIONS", "/console/ask", Host=f"127.0.0.1:{console}", Origin="http://evil.example",
            Access_Control_Request_Method="POST", Access_Control_Request_Headers="x-threat-desk",
        ),
    )  # fmt: skip

    assert status(answer) >= 400
    assert b"access-control-allow" not in answer.lower()
