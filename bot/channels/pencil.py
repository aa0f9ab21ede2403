"""Charts drawn off the event loop, one after the other, and no more in waiting than are any use.

Words never wait for a chart, so where many wait already another one is left out: whoever asks again
in a while is given it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from bot.replies.charts import Drawing

log = logging.getLogger(__name__)

Draw = Callable[[Drawing], bytes]
"""A drawing to a PNG."""

WAITING: Final = 32
"""Drawings that may wait, of some 100 ms each: the last is drawn within a few seconds."""


class Pencil:
    """Draws one chart at a time; for one event loop."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._waiting = 0
        # One thread: more draw no faster, and take time from the answers (both hold the GIL).
        self._hand = ThreadPoolExecutor(max_workers=1, thread_name_prefix="chart")

    def close(self) -> None:
        """Draw nothing more."""
        self._hand.shutdown(wait=False, cancel_futures=True)

    async def draw(self, drawing: Drawing) -> bytes:
        """Return a chart as PNG; empty where it failed, or where too many wait before it."""
        if self._waiting >= WAITING:
            log.warning("a chart was left out: %d wait to be drawn", self._waiting)
            return b""
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._hand, self._draw, drawing)
        except Exception:  # whatever is wrong with a drawing, the words stand
            log.exception("a chart could not be drawn")
            return b""
        finally:
            self._waiting -= 1
