"""The fake's own server: it is called as Slack is, and calls the app as Slack does."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.fakes.faults import Fault, Faults
from tests.fakes.slack.delivery import Deliveries
from tests.fakes.slack.sockets import Sockets
from tests.fakes.slack.web_api import NEEDS, Refusal, WebApi
from tests.fakes.slack.workspace import Json, ResponseUrl, Shown, Workspace

BOT_TOKEN: Final = "xoxb-1111-fake-bot"  # noqa: S105 - of the fake
APP_TOKEN: Final = "xapp-1-fake-app"  # noqa: S105
SIGNING_SECRET: Final = "fake-signing-secret"  # noqa: S105

USES: Final = 5
"""How often a response_url is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a method."""

    method: str
    arguments: Json


class FakeSlack(Deliveries):
    """A workspace on loopback, with one app installed."""

    def __init__(self, *, scopes: Iterable[str]) -> None:
        """Make a workspace.

        Args:
            scopes: What the app's manifest asks for: nothing else is granted.
        """
        self._scopes = frozenset(scopes)
        self.reset()
        app = Starlette(
            routes=[
                Route("/api/{method}", self._on_call, methods=["GET", "POST"]),
                Route("/upload/{file}", self._on_upload, methods=["POST"]),
                Route("/response/{name}", self._on_response, methods=["POST"]),
                WebSocketRoute("/link/", self._on_socket),
            ]
        )
        self._server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def reset(self) -> None:
        """Begin with an empty workspace, without faults; the server stays."""
        self.workspace = Workspace()
        self.calls: list[Call] = []
        self.faults = Faults()
        self.sockets = Sockets()
        self.signing_secret = SIGNING_SECRET
        self.request_url = ""  # where the app hears HTTP; empty: Socket Mode
        self._api = WebApi(self.workspace, lambda: self.base)

    def start(self) -> None:
        """Listen on a port of its own."""
        self._thread.start()
        self.wait_for(lambda: self._server.started)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.api_url = f"{self.base}/api/"

    def stop(self) -> None:
        """Stop listening."""
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method, an "upload" or a "response_url" go wrong."""
        self.faults.plan(method, *faults)

    def methods(self) -> list[str]:
        """Return the methods that were called, in order."""
        return [call.method for call in self.calls]

    @staticmethod
    def wait_for(is_so: Callable[[], object], *, within_s: float = 8.0) -> bool:
        """Wait until something is so; whether it came."""
        deadline = time.monotonic() + within_s
        while not is_so():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    async def _on_socket(self, socket: WebSocket) -> None:
        await self.sockets.accept(socket)

    async def _on_call(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            arguments = await _arguments(request)
        except ClientDisconnect:  # the caller died in the middle of a word
            return Response(status_code=400)
        self.calls.append(Call(method=method, arguments=arguments))
        return await self._faulty(method, lambda: self._answer(method, request, arguments))

    def _answer(self, method: str, request: Request, arguments: Json) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                return JSONResponse({"ok": False, "error": "invalid_auth"})
            return JSONResponse({"ok": True, "url": self._socket_url()})
        if token != BOT_TOKEN:
            return JSONResponse({"ok": False, "error": "invalid_auth"})
        needed = NEEDS.get(method, "")
        if needed and needed not in self._scopes:
            return JSONResponse({"ok": False, "error": "missing_scope", "needed": needed})
        answer = self._api.call(method, arguments)
        return JSONResponse(answer, headers={"x-oauth-scopes": ",".join(sorted(self._scopes))})

    def _socket_url(self) -> str:
        ticket = f"T{self.workspace.number()}"
        return f"{self.base.replace('http', 'ws')}/link/?ticket={ticket}"

    async def _faulty(self, method: str, do: Callable[[], Response]) -> Response:
        fault = self.faults.next(method)
        if fault is None:
            return do()
        done = do() if fault.is_done else None
        await asyncio.sleep(fault.late_s)
        if not fault.status:
            return done or do()
        if fault.body:
            return PlainTextResponse(fault.body, fault.status, headers=dict(fault.headers))
        body = {"ok": False, "error": fault.error or "internal_error"}
        return JSONResponse(body, fault.status, headers=dict(fault.headers))

    async def _on_upload(self, request: Request) -> Response:
        body = await request.body()
        file = self.workspace.files[request.path_params["file"]]

        def keep() -> Response:
            file.content = body
            return PlainTextResponse(f"OK - {len(body)}")

        return await self._faulty("upload", keep)

    async def _on_response(self, request: Request) -> Response:
        message = await request.json()
        url = self.workspace.response_urls[request.path_params["name"]]
        url.uses += 1  # whatever becomes of it
        return await self._faulty("response_url", lambda: self._respond(url, message))

    def _respond(self, url: ResponseUrl, message: Json) -> Response:
        """Take one of five answers."""
        if url.uses > USES:
            return JSONResponse({"ok": False, "error": "used_url"}, 404)
        replaces = message.pop("replace_original", True)
        if message.pop("response_type", "ephemeral") != "ephemeral":
            return JSONResponse({"ok": False, "error": "not_expected_here"}, 400)
        try:
            content = self._api.checked(message)
        except Refusal as refusal:
            return JSONResponse(refusal.answer, 400)
        original = url.source if url.source is not None else url.own
        if replaces and original is not None:
            original.content = content
            if isinstance(original, Shown):
                original.replaced += 1
        else:
            shown = Shown(
                user=url.user, channel=url.channel, ts=self.workspace.ts(), content=content
            )
            self.workspace.shown.append(shown)
            url.own = url.own or shown
        return PlainTextResponse("ok")


async def _arguments(request: Request) -> Json:
    """Return what a method was called with: as JSON, as a form, or in the address."""
    raw = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(json.loads(raw or b"{}"))
    arguments: Json = {**dict(parse_qsl(raw.decode())), **dict(request.query_params)}
    for name in ("blocks", "view", "metadata", "files"):
        if isinstance(arguments.get(name), str):
            arguments[name] = json.loads(arguments[name])
    return arguments
