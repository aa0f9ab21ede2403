"""Whether a process would answer now: its figures are at hand, and its database is there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

log = logging.getLogger(__name__)

LOOKED_WITHIN_S: Final = 2.0
"""A database that takes longer to say that it is there would keep every answer waiting."""


class Readiness:
    """Answers a load balancer."""

    def __init__(
        self,
        *,
        is_warm: Callable[[], bool],
        is_there: Callable[[], bool],
        looking: Executor,
        within_s: float = LOOKED_WITHIN_S,
    ) -> None:
        """Prepare to answer.

        Args:
            is_warm: Whether figures are at hand.
            is_there: Whether the database can be used; may take its time, and may raise.
            looking: Where it is looked.
            within_s: How long that may take.
        """
        self._is_warm = is_warm
        self._is_there = is_there
        self._looking = looking
        self._within_s = within_s
        self._look: asyncio.Future[bool] | None = None

    async def readyz(self, _: Request) -> Response:
        """Say whether the first questions would be answered at once."""
        if not self._is_warm():
            return _not_ready("figures are being made ready")
        if not await self._found():
            return _not_ready("the database is away")
        return PlainTextResponse("ready")

    async def _found(self) -> bool:
        """Look, and wait for the answer a little; who asks meanwhile waits for the same look."""
        if self._look is None or self._look.done():
            loop = asyncio.get_running_loop()
            self._look = loop.run_in_executor(self._looking, self._safely)
        try:
            return await asyncio.wait_for(asyncio.shield(self._look), self._within_s)
        except TimeoutError:
            return False

    def _safely(self) -> bool:
        try:
            return self._is_there()
        except Exception:  # whatever it is, no answer could be given
            log.exception("the database could not be looked at")
            return False


def _not_ready(why: str) -> Response:
    return PlainTextResponse(why, status_code=503)
