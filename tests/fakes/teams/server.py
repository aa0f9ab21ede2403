"""The fake's own server: it is called as Teams' connector is, and publishes its keys."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.fakes.faults import Fault, Faults
from tests.fakes.teams.connector_api import BOT_LIMIT, Call, ConnectorApi, Refusal
from tests.fakes.teams.delivery import Deliveries
from tests.fakes.teams.keys import key_set, published
from tests.fakes.teams.tenant import Json, Tenant

BOT_TOKEN: Final = "fake-connector-token"  # noqa: S105 - of the fake
CLIENT_SECRET: Final = "fake-client-secret"  # noqa: S105

Endpoint = Callable[[Request], Awaitable[Response]]
Method = Callable[[ConnectorApi, Call, bytes], Json]


class FakeTeams(Deliveries):
    """A tenant on loopback, with one bot installed.

    Faults are planned by method: "send", "update", "delete", "open", "members", and "openid" and
    "keys" of what proves who calls.
    """

    def __init__(self, *, limit: int = BOT_LIMIT) -> None:
        """Make a tenant.

        Args:
            limit: How many bytes of a message are taken, pictures not counted.
        """
        self._limit = limit
        self.reset()
        there = "/v3/conversations/{conversation:path}"
        app = Starlette(
            routes=[
                Route("/v1/.well-known/openidconfiguration", self._on_openid),
                Route("/v1/.well-known/keys", self._on_keys),
                self._route(f"{there}/activities/{{message}}", "PUT", "update"),
                self._route(f"{there}/activities/{{message}}", "DELETE", "delete"),
                self._route(f"{there}/activities/{{message}}", "POST", "send"),
                self._route(f"{there}/activities", "POST", "send"),
                self._route(f"{there}/members/{{message}}", "GET", "members"),
                self._route(f"{there}/members", "GET", "members"),
                self._route("/v3/conversations", "POST", "open"),
            ]
        )
        self._server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def reset(self) -> None:
        """Begin with an empty tenant, without faults; the server stays."""
        self.tenant = Tenant()
        self.calls: list[Call] = []
        self.key_fetches = 0
        self.faults = Faults()
        self.request_url = ""  # where the bot hears
        self._api = ConnectorApi(self.tenant, limit=self._limit)

    def start(self) -> None:
        """Listen on a port of its own."""
        self._thread.start()
        self.wait_for(lambda: self._server.started)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.openid_url = f"{self.base}/v1/.well-known/openidconfiguration"

    def stop(self) -> None:
        """Stop listening."""
        self._server.should_exit = True
        self._thread.join(timeout=10)

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method go wrong."""
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

    async def _on_openid(self, _: Request) -> Response:
        return await self._faulty("openid", lambda: JSONResponse(published(self.base)))

    async def _on_keys(self, _: Request) -> Response:
        self.key_fetches += 1
        return await self._faulty("keys", lambda: JSONResponse(key_set()))

    def _route(self, path: str, verb: str, method: str) -> Route:
        async def called(request: Request) -> Response:
            try:
                raw = await request.body()
            except ClientDisconnect:  # the caller died in the middle of a word
                return Response(status_code=400)
            call = _call(method, request, raw)
            self.calls.append(call)
            return await self._faulty(method, lambda: self._answer(call, request, raw))

        return Route(path, called, methods=[verb])

    def _answer(self, call: Call, request: Request, raw: bytes) -> Response:
        if request.headers.get("authorization") != f"Bearer {BOT_TOKEN}":
            return JSONResponse({"message": "Authorization has been denied."}, 401)
        do: Method = getattr(ConnectorApi, call.method)
        try:
            done = do(self._api, call, raw)
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        if call.method == "open":
            done |= {"serviceUrl": self.base}
        if "members" in done:
            return JSONResponse(done["members"])
        return JSONResponse(done, 201 if call.method in ("send", "open") else 200)

    async def _faulty(self, method: str, do: Callable[[], Response]) -> Response:
        fault = self.faults.next(method)
        if fault is None:
            return do()
        done = do() if fault.is_done else None
        await asyncio.sleep(fault.late_s)
        return _wrong(fault) if fault.status else done or do()


def _wrong(fault: Fault) -> Response:
    headers = dict(fault.headers)
    if fault.body:
        return PlainTextResponse(fault.body, fault.status, headers=headers, media_type="text/html")
    body = {"error": {"code": fault.error or "ServiceError", "message": "planned"}}
    return JSONResponse(body, fault.status, headers=headers)


def _call(method: str, request: Request, raw: bytes) -> Call:
    return Call(
        method=method,
        conversation=request.path_params.get("conversation", ""),
        message=request.path_params.get("message", ""),
        activity=json.loads(raw or b"{}"),
        is_targeted=request.query_params.get("isTargetedActivity") == "true",
    )
