"""Slack's Web API: what is tried again, and what must not be."""

from __future__ import annotations

from typing import Final

import aiohttp
from aiohttp import ClientConnectorError, ClientOSError, ServerConnectionError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack.quiet import sdk_logger

SLACK_API: Final = "https://slack.com/api/"

TIMEOUT_S: Final = 10.0
"""How long one call may take before it counts as failed."""

TROUBLE: Final = (SlackClientError, aiohttp.ClientError, TimeoutError)
"""What a call raises when Slack does not take it."""


class _ServerError(AsyncRetryHandler):
    """Tries again after any fault of the server; the SDK's own does after 500 and 503 only."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the SDK's signature
        request: HttpRequest,  # noqa: ARG002
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002
    ) -> bool:
        return response is not None and response.status_code in {500, 502, 503, 504}


def _patient() -> list[AsyncRetryHandler]:
    return [
        AsyncRateLimitErrorRetryHandler(max_retry_count=3),
        _ServerError(max_retry_count=2),
        AsyncConnectionErrorRetryHandler(
            max_retry_count=2, error_types=[ServerConnectionError, ClientOSError, TimeoutError]
        ),
    ]


def _careful() -> list[AsyncRetryHandler]:
    return [
        AsyncRateLimitErrorRetryHandler(max_retry_count=3),
        AsyncConnectionErrorRetryHandler(max_retry_count=2, error_types=[ClientConnectorError]),
    ]


class Clients:
    """The Web API over one pool of connections, opened and closed with the application."""

    def __init__(
        self, token: str, *, api_url: str = SLACK_API, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._timeout_s = timeout_s
        self.patient = AsyncWebClient(
            token=token,
            base_url=api_url,
            timeout=round(timeout_s) or 1,
            logger=sdk_logger(),
            retry_handlers=_patient(),
        )
        """For what may happen twice without harm."""
        self.careful = AsyncWebClient(
            token=token,
            base_url=api_url,
            timeout=round(timeout_s) or 1,
            logger=sdk_logger(),
            retry_handlers=_careful(),
        )
        """For what a whole channel would see twice: tried again only where nothing was done."""

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections.

        Raises:
            RuntimeError: They are not open.
        """
        if self.patient.session is None:
            raise RuntimeError("Slack's connections are used before they are open")
        return self.patient.session

    async def open(self) -> None:
        """Open the pool of connections, on the running loop."""
        session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self._timeout_s))
        self.patient.session = self.careful.session = session

    async def close(self) -> None:
        """Close it."""
        await self.session.close()
        self.patient.session = self.careful.session = None


def reason(error: BaseException) -> str:
    """Return why a call failed, as Slack's code for it where it gave one; no body, no address."""
    if isinstance(error, SlackApiError):
        return str(error.response.get("error") or f"HTTP {error.response.status_code}")
    return type(error).__name__
