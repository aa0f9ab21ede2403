"""Metrics over HTTP, for Prometheus and nobody else.

With a token they are for whoever presents it; without one for this machine alone, on a socket that
no other machine can reach.  A request that comes from this machine proves nothing by itself: a
proxy in front of a public port comes from here too.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

import uvicorn
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.console.guard import is_loopback, is_ours
from metrics.errors import UserError

log = logging.getLogger(__name__)

PATH: Final = "/metrics"

STARTS_WITHIN_S: Final = 10.0
ENDS_WITHIN_S: Final = 5.0


class Scrape:
    """Answers Prometheus."""

    def __init__(self, registry: CollectorRegistry, *, token: str, looking: Executor) -> None:
        """Offer a registry.

        Args:
            registry: What is offered.
            token: What must be presented; empty: nothing, where only this machine can ask.
            looking: Where it is looked, off the event loop: the database may take its time.
        """
        self._registry = registry
        self._token = token
        self._looking = looking

    async def scrape(self, request: Request) -> Response:
        """Give every metric, or refuse."""
        if not self._may(request):
            return PlainTextResponse(
                "Metrics are for whoever presents the token.",
                status_code=401,
                headers={"www-authenticate": "Bearer"},
            )
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        loop = asyncio.get_running_loop()
        content = await loop.run_in_executor(self._looking, encode, self._registry)
        return Response(content, headers={"content-type": content_type})

    def _may(self, request: Request) -> bool:
        if not self._token:  # by a name of this machine's: no page of another site calls it so
            return is_ours(request.headers.get("host", ""), request.scope)
        scheme, _, presented = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(presented.strip().encode(), self._token.encode())
        return scheme.casefold() == "bearer" and same

    def routes(self) -> list[Route]:
        """Return where Prometheus asks."""
        return [Route(PATH, self.scrape, methods=["GET"])]


@contextmanager
def offering(
    registry: CollectorRegistry, *, host: str, port: int, token: str
) -> Iterator[tuple[str, int]]:
    """Offer metrics on a port of their own while something else goes on; give the address.

    Args:
        registry: What is offered.
        host: The address to listen on.
        port: The port; 0 takes any.
        token: What must be presented; empty only where no other machine can ask.

    Raises:
        UserError: Everyone could read them, or the port cannot be had.
    """
    if not token and not is_loopback(host):
        raise UserError(
            f"The metrics at {host} would be everyone's to read.",
            hint="Set THREATDESK_METRICS_TOKEN, or THREATDESK_HOST=127.0.0.1.",
        )
    with (
        _listening(host, port) as listening,
        ThreadPoolExecutor(max_workers=1, thread_name_prefix="metrics") as looking,
    ):
        scrape = Scrape(registry, token=token, looking=looking)
        config = uvicorn.Config(
            Starlette(routes=scrape.routes()),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=int(ENDS_WITHIN_S),
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, name="metrics", daemon=True
        )
        thread.start()
        try:
            address = listening.getsockname()
            yield address[0], address[1]
        finally:
            server.should_exit = True
            thread.join(timeout=STARTS_WITHIN_S + ENDS_WITHIN_S)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        if os.name == "posix":  # elsewhere it would share the port with whoever has it
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as error:
            raise UserError(
                f"The metrics cannot be offered on port {port}: {error.strerror or error}.",
                hint="Give THREATDESK_METRICS_PORT another one.",
            ) from error
        yield listening
