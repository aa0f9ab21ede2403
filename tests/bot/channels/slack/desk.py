"""A desk whose answers are laid down beforehand, and the app over HTTP or by socket."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import uvicorn
from starlette.applications import Starlette

from bot.answer import Answered, Request
from bot.audit import Outcome
from bot.channels.slack.app import SlackApp
from bot.channels.slack.socket import run_socket
from bot.channels.slack.web import EVENTS_PATH, routes
from bot.replies import (
    Button,
    Buttons,
    Chart,
    Field,
    FieldKind,
    Form,
    Paragraph,
    Reply,
    Standing,
)
from bot.replies.charts import Drawing, LongTermChart
from config.people import people_from
from tests.fakes.slack import APP_TOKEN, FakeSlack

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 50

VERDICT = "Burglary in Charnwood is significantly higher than last year."

DRAWING = LongTermChart(
    title="Burglary",
    subtitle="Charnwood",
    unit="crimes a year",
    years=("2012/13", "2013/14"),
    values=(410.0, 520.0),
)

CHART = Chart(drawing=DRAWING, alt="Burglary rose from 410 to 520.", sparkline="▁█")

ISSUE = Form(
    title="New issue",
    command="/issue new",
    fields=(
        Field(name="title", label="What is the matter?"),
        Field(name="more", label="What is known", kind=FieldKind.TEXT, is_required=False),
        Field(name="due", label="Look again on", kind=FieldKind.DATE, is_required=False),
    ),
    submit="Open it",
)


def worded(text: str, *, standing: Standing = Standing.PLAIN) -> Reply:
    """Return a reply of one sentence."""
    return Reply(summary=text, blocks=(Paragraph(text=text),), standing=standing)


def the_priority(*, share: str = "/csp charnwood burglary") -> Reply:
    """Return an answer with everything in it: words, a chart, buttons, and what shares it."""
    buttons = (
        Button(label="Why", command="/threatdesk why burglary"),
        Button(label="Open an issue", command="/issue new"),
    )
    blocks = (Paragraph(text=VERDICT, strong=True), CHART, Buttons(items=buttons))
    return Reply(summary=VERDICT, blocks=blocks, standing=Standing.WORSE, share=share)


@dataclass
class Desk:
    """Answers as laid down; keeps what it was asked."""

    replies: dict[str, Reply | Callable[[Request], Answered]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    takes_s: float = 0.0

    def settle(self, request: Request) -> Answered:
        """Answer."""
        self.asked.append(request)
        time.sleep(self.takes_s)
        reply = self.replies.get(request.text, worded(f"You asked: {request.text}"))
        if isinstance(reply, Reply):
            return Answered(reply=reply, outcome=Outcome.ANSWERED)
        return reply(request)

    def texts(self) -> list[str]:
        """Return what was asked, in order."""
        return [request.text for request in self.asked]


def refusing(words: str) -> Callable[[Request], Answered]:
    """Return an answer that refuses."""

    def refuse(_: Request) -> Answered:
        reply = worded(words, standing=Standing.NOTICE)
        return Answered(reply=reply, outcome=Outcome.REFUSED)

    return refuse


@dataclass
class Pencil:
    """Draws the same picture, or fails; may take its time."""

    takes_s: float = 0.0
    fails: bool = False
    drawn: list[Drawing] = field(default_factory=list)

    def draw(self, drawing: Drawing) -> bytes:
        """Draw."""
        time.sleep(self.takes_s)
        self.drawn.append(drawing)
        if self.fails:
            raise ValueError("nothing to draw")
        return PNG


EVERYONE: Final = people_from(
    """
    [defaults]
    unknown = "member"

    [[person]]
    id = "priya.patel"
    name = "Priya Patel"
    role = "chief_officer"
    slack = "U03"

    [[group]]
    slack = "S01"
    role = "analyst"
    """
)
"""One who is named, a group of analysts, and members."""


def the_clock() -> datetime:
    """Return the moment."""
    return datetime.now(tz=UTC)


@contextmanager
def over_http(app: SlackApp, slack: FakeSlack) -> Iterator[None]:
    """Serve the app on a port of its own."""
    web = Starlette(routes=routes(app), lifespan=lambda _: app.running())
    config = uvicorn.Config(web, host="127.0.0.1", port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert slack.wait_for(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    slack.request_url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        assert not thread.is_alive()


@contextmanager
def by_socket(app: SlackApp, slack: FakeSlack, *, connections: int = 2) -> Iterator[None]:
    """Let the app open its connections."""
    stop = asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def run() -> None:
        loops.append(asyncio.get_running_loop())
        async with app.running():
            await run_socket(
                app, app_token=APP_TOKEN, stop=stop, connections=connections, ping_s=0.5
            )

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert slack.wait_for(lambda: len(slack.sockets.open) == connections)
    try:
        yield
    finally:
        loops[0].call_soon_threadsafe(stop.set)
        thread.join(timeout=30)
        assert not thread.is_alive()
