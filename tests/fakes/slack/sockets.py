"""Socket Mode: connections that the app opened, and envelopes that are sent down one of them."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from concurrent.futures import Future
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fakes.slack.workspace import Json


class Sockets:
    """The open connections.  An envelope goes to each of them in turn."""

    def __init__(self) -> None:
        self.open: list[WebSocket] = []
        self.accepted = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._acks: dict[str, Future[Any]] = {}
        self._numbers = itertools.count(1)

    async def accept(self, socket: WebSocket) -> None:
        """Serve one connection until it is closed."""
        await socket.accept()
        self._loop = asyncio.get_running_loop()
        self.open.append(socket)
        self.accepted += 1
        await socket.send_json({"type": "hello", "num_connections": len(self.open)})
        try:
            while True:
                said = json.loads(await socket.receive_text())
                ack = self._acks.get(said.get("envelope_id", ""))
                if ack is not None and not ack.done():
                    ack.set_result(said.get("payload"))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            if socket in self.open:
                self.open.remove(socket)

    def send(self, kind: str, payload: Json, *, within_s: float) -> Any:
        """Send an envelope; return what it was acknowledged with.

        Raises:
            TimeoutError: It was not, in time.
        """
        number = next(self._numbers)
        ack: Future[Any] = Future()
        self._acks[f"E{number}"] = ack
        envelope = {
            "envelope_id": f"E{number}",
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        self._down_one(number, envelope, within_s)
        return ack.result(timeout=within_s)

    def _down_one(self, number: int, envelope: Json, within_s: float) -> None:
        """Send an envelope down a connection that takes it: one may be closing at this moment."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            there = list(self.open)
            for place in range(len(there)):
                socket = there[(number + place) % len(there)]
                try:
                    self._run(socket.send_json(envelope))
                except (WebSocketDisconnect, RuntimeError):
                    continue
                return
            time.sleep(0.02)
        raise TimeoutError("no connection is open")

    def ask_to_reconnect(self, *, at: int = 0) -> None:
        """Do what Slack does every few hours: ask the app to open another connection."""
        self._run(self.open[at].send_json({"type": "disconnect", "reason": "refresh_requested"}))

    def cut(self, *, at: int = 0) -> None:
        """Close a connection without a warning, and send nothing more down it."""
        socket = self.open.pop(at)
        self._run(socket.close(code=1001))

    def _run(self, doing: Any) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(doing, self._loop).result(timeout=5)
