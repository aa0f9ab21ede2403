"""Slack by Socket Mode: the same listeners over connections that we open ourselves."""

from __future__ import annotations

import asyncio
from typing import Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.slack import quiet
from bot.channels.slack.app import SlackApp

CONNECTIONS: Final = 2
"""Slack closes each connection every few hours, and tells what it hears to any one of up to ten:
with two, one is always open (docs.slack.dev, Socket Mode, "Using multiple connections")."""

PING_S: Final = 5.0
"""How often a connection is tried; after a cut line it is opened again within this time."""


async def run_socket(
    app: SlackApp,
    *,
    app_token: str,
    stop: asyncio.Event,
    connections: int = CONNECTIONS,
    ping_s: float = PING_S,
) -> None:
    """Hear Slack by Socket Mode until told to stop.  Run it inside `app.running()`.

    Args:
        app: What hears and answers.
        app_token: "xapp-…", with the scope connections:write.
        stop: Set when nothing more is to be heard.
        connections: How many are kept open.
        ping_s: How often each is tried.
    """
    handlers = [_handler(app, app_token, ping_s) for _ in range(connections)]
    # Slack's client tries to connect for ever: the wish to stop must not wait for it.
    connecting = [asyncio.ensure_future(_connect(one)) for one in handlers]
    try:
        await stop.wait()
    finally:
        for one in connecting:
            one.cancel()
        await asyncio.gather(*connecting, return_exceptions=True)
        await asyncio.gather(*(_close(one) for one in handlers), return_exceptions=True)


async def _connect(handler: AsyncSocketModeHandler) -> None:
    await handler.connect_async()  # type: ignore[no-untyped-call]  # slack_bolt gives no types


async def _close(handler: AsyncSocketModeHandler) -> None:
    await handler.close_async()  # type: ignore[no-untyped-call]


def _handler(app: SlackApp, app_token: str, ping_s: float) -> AsyncSocketModeHandler:
    patient = app.clients.patient
    client = AsyncWebClient(
        token=app_token,
        base_url=patient.base_url,
        timeout=patient.timeout,
        logger=quiet.sdk_logger(),
        retry_handlers=list(patient.retry_handlers),
    )
    return AsyncSocketModeHandler(
        app.bolt,
        app_token,
        logger=quiet.sdk_logger(),
        web_client=client,
        ping_interval=ping_s,
    )
