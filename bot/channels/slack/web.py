"""Slack over HTTP: what is not Slack's own is refused before anything reads it."""

from __future__ import annotations

import re
from typing import Final

from slack_bolt.adapter.starlette.async_handler import (
    to_async_bolt_request,
    to_starlette_response,
)
from slack_sdk.signature import SignatureVerifier
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.body import read_body
from bot.channels.slack import quiet
from bot.channels.slack.app import SlackApp

log = quiet.logger(__name__)

EVENTS_PATH: Final = "/slack/events"

LARGEST_BODY: Final = 512 * 1024
"""Bytes.  The largest that Slack sends is a press, with the whole message (50 blocks) in it."""

_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
"""Slack's verifier raises on anything else (slack_sdk 3.47, signature)."""

_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
"""HMAC-SHA256; comparing it raises where it is not ASCII."""

_TIMESTAMP_HEADER: Final = "x-slack-request-timestamp"
_SIGNATURE_HEADER: Final = "x-slack-signature"


class _Endpoint:
    """Hears one POST of Slack's."""

    def __init__(self, app: SlackApp) -> None:
        self._bolt = app.bolt
        self._verifier = SignatureVerifier(app.signing_secret)

    async def hear(self, request: Request) -> Response:
        """Refuse, or let the listeners hear."""
        try:
            body = await read_body(request, largest=LARGEST_BODY)
            if body is None:
                return _refuse(413)
            if refusal := self._refusal(request, body):
                return _refuse(refusal)
            return await self._heard(request, body)
        except ClientDisconnect:
            return _refuse(400)
        except Exception:  # a bug: Slack tells it again, and nobody is shown it
            log.exception("a request of Slack's failed")
            return _refuse(500)

    def _refusal(self, request: Request, body: bytes) -> int:
        """Return the status with which a request is refused; 0 if it is Slack's own."""
        timestamp = request.headers.get(_TIMESTAMP_HEADER, "")
        signature = request.headers.get(_SIGNATURE_HEADER, "")
        if not timestamp or not signature:
            return 401
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            return 400
        if not _is_text(body):
            return 400
        return 0 if self._verifier.is_valid(body, timestamp, signature) else 401

    async def _heard(self, request: Request, body: bytes) -> Response:
        try:
            asked = to_async_bolt_request(request, body)
        except (ValueError, TypeError, AttributeError):  # signed, and yet nothing that Slack sends
            return _refuse(400)
        return to_starlette_response(await self._bolt.async_dispatch(asked))


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse(status: int) -> Response:
    return PlainTextResponse("", status_code=status)


def routes(app: SlackApp) -> list[Route]:
    """Return the routes that Slack's request URLs lead to; serve them inside `app.running()`.

    Raises:
        ValueError: There is no signing secret: anyone could ask.
    """
    if not app.signing_secret:
        raise ValueError("Slack over HTTP needs a signing secret")
    return [Route(EVENTS_PATH, _Endpoint(app).hear, methods=["POST"])]
