"""Keeps the console to the person at this machine: nothing else may reach it or act through it.

A page of any site can send requests to this machine, and can call this machine by a name of its
own (DNS rebinding).  So the Host must be this machine's, and whatever does something must carry a
header that another site's page cannot send without being asked about it first.
"""

from __future__ import annotations

import ipaddress
import logging
import secrets
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

OWN_HEADER: Final = "x-threat-desk"
OWN_VALUE: Final = "console"
"""Sent by the console's own page with whatever does something."""

LARGEST_BODY: Final = 64 * 1024
"""Bytes.  A question is a line; the largest is a form with a few paragraphs in it."""

NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""What a browser calls this machine."""

READING: Final = frozenset({"GET", "HEAD"})

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere and nothing inline: words that came from data can never run."""

HEADERS: Final = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Guard:
    """Stands before every route of the console."""

    def __init__(self, app: ASGIApp, *, anywhere: bool = False) -> None:
        """Guard an application.

        Args:
            app: What is guarded.
            anywhere: Whether other machines may use it too, by whatever name: only where someone
                has decided so, as whoever reaches it may take any role.
        """
        self._app = app
        self._anywhere = anywhere

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or let through; either way with headers that keep a browser strict."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        begun = False

        async def strictly(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, strictly)
            return
        try:
            await self._app(scope, receive, strictly)
        except HTTPException as known:  # there is no such page, or it is not asked so
            await problem(known.status_code, "There is nothing here.")(scope, receive, strictly)
        except Exception:  # a bug: never show its details, never lose them
            reference = f"R-{secrets.token_hex(2).upper()}"
            log.exception("%s: a request of the console failed", reference)
            if not begun:
                said = f"Something went wrong on our side. Quote the reference {reference}."
                await problem(500, said)(scope, receive, strictly)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._anywhere and not (is_near(scope) and is_ours(host, scope)):
            return problem(403, "The console answers only on the machine that it runs on.")
        if scope["method"] in READING:
            return None
        if headers.get(OWN_HEADER) != OWN_VALUE or not _same_origin(headers, host):
            return problem(403, "Only the console's own page may do this.")
        declared = headers.get("content-length", "0")
        if not declared.isdecimal() or int(declared) > LARGEST_BODY:
            return problem(413, "That is too much at once.")
        return None


def is_ours(host: str, scope: Scope) -> bool:
    """Whether a Host header names this machine and the port that was connected to."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, "80"
    served = (scope.get("server") or ("", None))[1]
    return name.lower() in NAMES and (served is None or port == str(served))


def is_near(scope: Scope) -> bool:
    """Whether a request comes from this machine."""
    client = scope.get("client")
    return client is None or is_loopback(client[0])


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own, which no other can reach."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _same_origin(headers: Headers, host: str) -> bool:
    """Whether what a browser says of a request's origin, if it does, is the page itself."""
    origin = headers.get("origin")
    site = headers.get("sec-fetch-site", "same-origin")
    return site == "same-origin" and origin in (None, f"http://{host}", f"https://{host}")


async def read_body(request: Request) -> bytes | None:
    """Return the body; None if it is too large, whatever length was declared."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def problem(status: int, words: str) -> Response:
    """Return a refusal in words."""
    return JSONResponse({"problem": words}, status_code=status)
