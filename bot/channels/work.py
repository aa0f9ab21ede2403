"""What goes on after a platform has been told that it was heard."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Final

DRAIN_S: Final = 20.0
"""How long work that was begun may take at shutdown; platforms kill after 30 s or more."""


class Work:
    """Tasks that outlive the request that began them, and are finished before the end."""

    def __init__(self, platform: str, log: logging.Logger) -> None:
        """Begin with nothing to do.

        Args:
            platform: What failures are logged under.
            log: Hides what that platform keeps secret.
        """
        self._platform = platform
        self._log = log
        self._running: set[asyncio.Task[None]] = set()

    def start(self, what: str, doing: Coroutine[None, None, None]) -> None:
        """Begin something.  A failure is logged under `what`, and nobody is shown it."""
        task = asyncio.get_running_loop().create_task(self._do(what, doing))
        self._running.add(task)  # the loop itself keeps no reference
        task.add_done_callback(self._running.discard)

    async def drain(self, *, within_s: float = DRAIN_S) -> int:
        """Wait for what is going on, and for what that begins; return how much was cut off."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        while self._running and loop.time() < deadline:
            await asyncio.wait(set(self._running), timeout=deadline - loop.time())
        cut_off = set(self._running)
        for task in cut_off:
            task.cancel()
        await asyncio.gather(*cut_off, return_exceptions=True)
        return len(cut_off)

    async def _do(self, what: str, doing: Coroutine[None, None, None]) -> None:
        try:
            await doing
        except Exception:
            self._log.exception("%s: %s failed", self._platform, what)
