"""A connector to the fake, and what the tests of posting say with it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from bot.channels.teams.connector import Connector
from bot.conversations import Conversation
from tests.fakes.teams import BOT_TOKEN, CHANNEL, TENANT, FakeTeams

Result = TypeVar("Result")

TIMEOUT_S = 0.5

CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "TextBlock", "text": "Burglary is up", "wrap": True}],
}


async def token() -> str:
    """Return what the fake takes."""
    return BOT_TOKEN


async def wrong_token() -> str:
    """Return what it does not take."""
    return "wrong"


def there(teams: FakeTeams, place: str = CHANNEL) -> Conversation:
    """Return a place of the fake."""
    return Conversation(id=place, service_url=teams.base)


def connected(teams: FakeTeams, *, attempts: int = 4) -> Connector:
    """Return a connector to the fake."""
    return Connector(
        token,
        tenant=TENANT,
        service_url=teams.base,
        timeout_s=TIMEOUT_S,
        attempts=attempts,
    )


def run(doing: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end, on a loop of its own, in a thread that has no other.

    Tests with a browser leave one running in the main thread.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, doing).result()
