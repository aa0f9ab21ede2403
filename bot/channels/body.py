"""The body of a request, read no further than it may be long."""

from __future__ import annotations

from starlette.requests import Request


async def read_body(request: Request, *, largest: int) -> bytes | None:
    """Return the body of a request; None if it is larger than `largest` bytes.

    Raises:
        ClientDisconnect: Who sent it went away.
    """
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > largest:
        return None
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > largest:
            return None
    return bytes(body)
