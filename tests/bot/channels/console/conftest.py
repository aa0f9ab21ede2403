"""The console over fakes: what it asks is written down, what it is told is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.answer import Answered, Request
from bot.audit import Outcome
from bot.channels.console.web import Console, routes
from bot.delivery import Telling
from bot.feed import Post
from bot.handlers.commands import COMMANDS
from bot.people import Person, Role
from bot.replies import Chart, Heading, Paragraph, Reply
from bot.replies.charts import Drawing, LongTermChart
from metrics.errors import UserError
from metrics.model import Catalogue
from metrics.snapshot import Figures, SnapshotKind

MORNING = datetime(2016, 4, 4, 9, 0, tzinfo=UTC)

PORT = 8765

OWN = {"x-threat-desk": "console"}

CHIEF = Person(id="chief-officer", name="Chief officer", role=Role.CHIEF_OFFICER)
MEMBER = Person(id="member", name="Member", role=Role.MEMBER)

DRAWING = LongTermChart(
    title="All crime", subtitle="", unit="crimes", years=("2012/13", "2013/14"), values=(2.0, 1.0)
)

REPLY = Reply(
    summary="Burglary is down.",
    blocks=(
        Heading(text="Burglary"),
        Paragraph(text="Burglary is down.", strong=True),
        Chart(drawing=DRAWING, alt="All crime fell from 2 to 1.", sparkline="█▁"),
    ),
    share="/priority 12",
)


@dataclass
class World:
    """What is behind the console, and what it was asked."""

    reply: Reply = REPLY
    outcome: Outcome = Outcome.ANSWERED
    posts: tuple[Post, ...] = ()
    mark_now: str = "1"
    draw: Callable[[Drawing], bytes] = lambda _: b"\x89PNG"
    asked: list[Request] = field(default_factory=list)
    put_in: list[Telling] = field(default_factory=list)
    read_by: list[str] = field(default_factory=list)

    def settle(self, request: Request) -> Answered:
        self.asked.append(request)
        return Answered(reply=self.reply, outcome=self.outcome)

    def put(self, tellings: Iterable[Telling], *, now: datetime) -> int:
        self.put_in += tellings
        return len(self.put_in)

    def posts_of(self, reader: str, *, at_most: int) -> tuple[Post, ...]:
        self.read_by.append(reader)
        return self.posts[:at_most]


@dataclass
class Fed:
    world: World

    def posts(self, reader: str, *, at_most: int) -> tuple[Post, ...]:
        return self.world.posts_of(reader, at_most=at_most)

    def mark(self) -> str:
        return self.world.mark_now


def no_figures(kind: SnapshotKind | None, as_at: date | None) -> Figures:
    raise UserError("There are no figures.")


@dataclass
class Browser:
    """A browser on some machine, which calls the console by some name."""

    app: Starlette
    host: str
    client: str

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.request("POST", path, **given)

    def request(self, method: str, path: str, **given: Any) -> httpx.Response:
        given["headers"] = {"host": self.host, **given.get("headers", {})}
        return asyncio.run(self._send(method, path, given))

    async def _send(self, method: str, path: str, given: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(
            self.app, raise_app_exceptions=False, client=(self.client, 50_000)
        )
        base = f"http://127.0.0.1:{PORT}"
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return await client.request(method, path, **given)


Visit = Callable[..., Browser]
"""(host=..., client=..., anywhere=...) to a browser at the console."""


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def visit(world: World, saltmarsh: Catalogue) -> Visit:
    """Open the console."""
    console = Console(
        settle=world.settle,
        people={"chief-officer": CHIEF, "member": MEMBER},
        commands=COMMANDS,
        catalogue=lambda: saltmarsh,
        figures=no_figures,
        draw=lambda drawing: world.draw(drawing),
        feed=Fed(world),
        outbox=world,
        clock=lambda: MORNING,
    )

    def open_it(
        host: str = f"127.0.0.1:{PORT}", client: str = "127.0.0.1", *, anywhere: bool = False
    ) -> Browser:
        app = Starlette(routes=routes(replace(console, anywhere=anywhere)))
        return Browser(app, host, client)

    return open_it


@pytest.fixture
def browser(visit: Visit) -> Browser:
    """The browser on this machine."""
    return visit()
