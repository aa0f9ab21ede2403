"""Teams over HTTP: what is not Teams' own is refused before anything reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.body import read_body
from bot.channels.teams import quiet
from bot.channels.teams.app import TeamsApp
from bot.channels.teams.heard import MESSAGES_PATH, Body

log = quiet.logger(__name__)

LARGEST_BODY: Final = 256 * 1024
"""Bytes.  The largest that Teams sends is a long message, twice: as text and as HTML, 100 KB."""


class _Endpoint:
    """Hears one POST of Teams'."""

    def __init__(self, app: TeamsApp) -> None:
        self._door = app.door
        self._listeners = app.listeners

    async def hear(self, request: Request) -> Response:
        """Refuse, or let the listeners hear."""
        try:
            authorization = request.headers.get("authorization", "")
            if not self._door.has_token(authorization):
                return _refuse(401)
            raw = await read_body(request, largest=LARGEST_BODY)
            if raw is None:
                return _refuse(413)
            if (body := _activity(raw)) is None:
                return _refuse(400)
            if refusal := await self._door.refusal(authorization, body):
                return _refuse(refusal)
            answer = await self._listeners.hear(body)
        except ClientDisconnect:
            return _refuse(400)
        except Exception:  # a bug: nobody is shown it
            log.exception("a request of Teams' failed")
            return _refuse(500)
        return Response(status_code=200) if answer is None else JSONResponse(dict(answer))


def _activity(raw: bytes) -> Body | None:
    """Return the activity in a body; None where there is none."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, Mapping) else None


def _refuse(status: int) -> Response:
    return PlainTextResponse("", status_code=status)


def routes(app: TeamsApp) -> list[Route]:
    """Return the route of the messaging endpoint; serve it inside `app.running()`."""
    return [Route(MESSAGES_PATH, _Endpoint(app).hear, methods=["POST"])]
