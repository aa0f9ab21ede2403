"""The local console over HTTP: one page, what it asks, and what it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.answer import Answered, Request
from bot.audit import Outcome
from bot.channels.console import showing
from bot.channels.console.gallery import Draw, Gallery
from bot.channels.console.guard import Guard, problem, read_body
from bot.channels.console.sharing import SHARED, shared
from bot.channels.console.vocabulary import SHOWING, Vocabulary, invitations, vocabulary
from bot.delivery import Telling
from bot.feed import Feed
from bot.handlers.command import Command
from bot.people import Person, Surface
from metrics.calendar import say_date
from metrics.errors import ThreatDeskError
from metrics.model import Catalogue
from metrics.snapshot import Figures, SnapshotKind

STATIC: Final = Path(__file__).parent / "static"

SHOWN_AT_MOST: Final = 60
"""Messages of the feed that are shown: some weeks of a busy force."""

LONGEST_TEXT: Final = 2_000
"""Characters of a question."""

LONGEST_FIELD: Final = 10_000
"""Characters of one field of a form."""

A_PICTURE_STAYS: Final = "private, max-age=3600, immutable"
"""A chart's address is made from what it shows, so that the picture there never changes."""


FIRMNESS: Final = {
    SnapshotKind.DAILY: "provisional",
    SnapshotKind.MONTH_END: "month end",
}
"""How firm the newest figures are, in the little room that a phone's first line has."""


class Outbox(Protocol):
    """Where what is shared is put in."""

    def put(self, tellings: Iterable[Telling], *, now: datetime) -> int:
        """Put in what is to be told by itself; return how much is new."""


@dataclass(frozen=True, kw_only=True)
class Console:
    """What the console works with."""

    settle: Callable[[Request], Answered]
    people: Mapping[str, Person]  # whose eyes can be borrowed, by their id on the console
    commands: Sequence[Command]
    catalogue: Callable[[], Catalogue]
    figures: Callable[[SnapshotKind | None, date | None], Figures]  # raises where there are none
    draw: Draw
    feed: Feed
    outbox: Outbox
    outboxes: Mapping[str, Outbox] = field(default_factory=dict)  # in a region: each force's own
    clock: Callable[[], datetime]  # timezone-aware
    anywhere: bool = False  # whether other machines may use it too


class AsSomeone(BaseModel):
    """What the page sends, and as whom."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seen_as: str = Field(alias="as", max_length=200)


class Question(AsSomeone):
    """What the page asks."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    fields: dict[str, Annotated[str, Field(max_length=LONGEST_FIELD)]] = Field(
        default_factory=dict, max_length=50
    )


class Sharing(AsSomeone):
    """What the page shares."""

    command: str = Field(min_length=1, max_length=LONGEST_TEXT)


_Asked = TypeVar("_Asked", bound=AsSomeone)


class _Pages:
    """Answers each request of the page.  What takes time is done in another thread."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._gallery = Gallery(console.draw)

    async def page(self, _: HttpRequest) -> Response:
        """The page."""
        catalogue = self._console.catalogue()
        said, _found = await asyncio.to_thread(self._standing)
        return HTMLResponse(
            showing.page(
                force=catalogue.name,
                standing=said,
                is_synthetic=catalogue.synthetic,
                people=self._console.people,
                invitations=invitations(self._console.commands),
                showing=SHOWING,
            )
        )

    async def ask(self, http: HttpRequest) -> Response:
        """A question, an order, a press of a button, or a form."""
        asked = await self._read(http, Question)
        if isinstance(asked, Response):
            return asked
        request = Request(
            text=asked.text,
            person=self._console.people[asked.seen_as],
            at=self._console.clock(),
            fields=asked.fields,
        )
        return JSONResponse(await asyncio.to_thread(self._answer, request))

    async def share(self, http: HttpRequest) -> Response:
        """An answer is asked again for everyone in the channel, and put there if it is one."""
        asked = await self._read(http, Sharing)
        if isinstance(asked, Response):
            return asked
        request = Request(
            text=asked.command,
            person=self._console.people[asked.seen_as],
            at=self._console.clock(),
            surface=Surface.CHANNEL,
            place=str(SHARED),
        )
        return JSONResponse(await asyncio.to_thread(self._share, request))

    async def chart(self, http: HttpRequest) -> Response:
        """The picture of a chart that a reply has shown."""
        picture = await self._gallery.picture(http.path_params["key"])
        if picture is None:
            return problem(404, "There is no picture; its words are in the reply.")
        return Response(picture, media_type="image/png", headers={"cache-control": A_PICTURE_STAYS})

    async def feed(self, http: HttpRequest) -> Response:
        """What was told in the channels and to one person, unless nothing has changed."""
        reader = http.query_params.get("as", "")
        if reader not in self._console.people:
            return _unknown()
        said, found = await asyncio.to_thread(self._standing)
        mark = f'"{await asyncio.to_thread(self._console.feed.mark)}.{found}"'
        headers = {"etag": mark}
        if http.headers.get("if-none-match") == mark:
            return Response(status_code=304, headers=headers)
        shown = await asyncio.to_thread(self._feed, reader)
        return JSONResponse({"standing": said, "messages": shown}, headers=headers)

    async def names(self, _: HttpRequest) -> Response:
        """What can be typed."""
        return JSONResponse(await asyncio.to_thread(lambda: self._vocabulary))

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return vocabulary(self._console.commands, self._console.catalogue())

    async def _read(self, http: HttpRequest, kind: type[_Asked]) -> _Asked | Response:
        """Return what the page sent, or why it is not taken."""
        body = await read_body(http)
        if body is None:
            return problem(413, "That is too much at once.")
        try:
            asked = kind.model_validate_json(body)
        except ValidationError:
            return problem(400, "That was not understood. Load the page again.")
        return asked if asked.seen_as in self._console.people else _unknown()

    def _answer(self, request: Request) -> dict[str, object]:
        settled = self._console.settle(request)
        return {
            "html": showing.reply_html(settled.reply, self._gallery),
            "summary": settled.reply.summary,
            "outcome": settled.outcome.value,
        }

    def _share(self, request: Request) -> dict[str, object]:
        settled = self._console.settle(request)
        if settled.outcome is not Outcome.ANSWERED:
            return {
                "shared": False,
                "summary": settled.reply.summary,
                "html": showing.reply_html(settled.reply, self._gallery),
            }
        telling = shared(settled.reply, request.person, at=request.at)
        outbox = self._console.outboxes.get(settled.force, self._console.outbox)
        outbox.put([telling], now=request.at)
        return {"shared": True, "summary": f"Shared to {SHARED.address}."}

    def _feed(self, reader: str) -> list[showing.Shown]:
        posts = self._console.feed.posts(reader, at_most=SHOWN_AT_MOST)
        return showing.feed_html(
            posts, reader=reader, people=self._console.people, gallery=self._gallery
        )

    def _standing(self) -> tuple[str, str]:
        """Return as at when the newest figures are, and which snapshot they are."""
        try:
            snapshot = self._console.figures(None, None).snapshot
        except ThreatDeskError as error:
            return str(error), ""
        return f"As at {say_date(snapshot.as_at)}, {FIRMNESS[snapshot.kind]}", snapshot.id


def routes(console: Console) -> list[BaseRoute]:
    """Return the routes of the console; every one is guarded."""
    pages = _Pages(console)
    guarded = [Middleware(Guard, anywhere=console.anywhere)]
    return [
        Route("/", pages.page, methods=["GET"], middleware=guarded),
        Mount(
            "/console",
            routes=[
                Route("/ask", pages.ask, methods=["POST"]),
                Route("/share", pages.share, methods=["POST"]),
                Route("/feed", pages.feed, methods=["GET"]),
                Route("/names.json", pages.names, methods=["GET"]),
                Route("/charts/{key}.png", pages.chart, methods=["GET"]),
                Mount("/static", app=StaticFiles(directory=STATIC)),
            ],
            middleware=guarded,
        ),
    ]


def _unknown() -> Response:
    return problem(403, "The console knows nobody by that name. Load the page again.")
