"""Charts of the replies that were shown: drawn when the page asks for them, and not before."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Final

from bot.replies import Chart, Reply
from bot.replies.charts import Drawing
from metrics.errors import ThreatDeskError

log = logging.getLogger(__name__)

Draw = Callable[[Drawing], bytes]
"""A drawing to a PNG."""

KEPT: Final = 256
"""Drawings that can still be asked for: figures without a picture, of a few kilobytes each."""


class Gallery:
    """Gives each drawing a place that only whoever was shown its reply can know."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._secret = secrets.token_bytes(32)
        self._lock = Lock()
        self._kept: OrderedDict[str, Drawing] = OrderedDict()
        # Threads of their own: words must not wait behind pictures for one that is free.
        self._pencils = ThreadPoolExecutor(max_workers=2, thread_name_prefix="chart")

    def hang(self, reply: Reply) -> Mapping[int, str]:
        """Return where the picture of each chart is, by the chart's place in the reply."""
        return {
            place: f"/console/charts/{self._keep(block.drawing)}.png"
            for place, block in enumerate(reply.blocks)
            if isinstance(block, Chart)
        }

    async def picture(self, key: str) -> bytes | None:
        """Return a picture, drawn in another thread; None where there is none."""
        with self._lock:
            drawing = self._kept.get(key)
        if drawing is None:
            return None
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pencils, self._draw, drawing)
        except ThreatDeskError as late:  # it goes on being drawn, and the page asks again
            log.warning("a chart was not drawn: %s", late)
            return None
        except Exception:  # whatever is wrong with a drawing, its words stand
            log.exception("a chart could not be drawn")
            return None

    def _keep(self, drawing: Drawing) -> str:
        """Keep a drawing; the same one has the same key for as long as this process lives."""
        written = repr(drawing).encode(errors="replace")
        key = hashlib.blake2b(written, key=self._secret, digest_size=16).hexdigest()
        with self._lock:
            self._kept[key] = drawing
            self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return key
