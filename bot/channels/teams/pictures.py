"""Charts as pictures: drawn off the event loop; a card carries them itself.

A picture that fails is left out: its words and its sparkline are already there.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from bot.channels.pencil import Draw, Pencil
from bot.replies import Chart, Reply

Drawn = Mapping[int, bytes]
"""PNGs, by the index of the chart's block."""

KEPT: Final = 64
"""Drawings that are remembered, of some 30 KB each: those that are asked for at one time."""

PATIENCE_S: Final = 0.6
"""How long words wait for their picture; a later one is put in, or follows."""


class Pictures:
    """Draws; the same drawing is drawn once while it is asked for again."""

    def __init__(self, draw: Draw) -> None:
        self._pencil = Pencil(draw)
        self._drawn: OrderedDict[str, asyncio.Task[bytes]] = OrderedDict()  # the newest

    def close(self) -> None:
        """Draw nothing more."""
        self._pencil.close()

    def begin(self, reply: Reply) -> asyncio.Task[Drawn]:
        """Begin to draw a reply's charts; those that fail are left out."""
        return asyncio.get_running_loop().create_task(self._all(reply))

    async def _all(self, reply: Reply) -> Drawn:
        drawn = {}
        for index, block in enumerate(reply.blocks):
            if isinstance(block, Chart) and (picture := await self._one(block)):
                drawn[index] = picture
        return drawn

    async def _one(self, chart: Chart) -> bytes:
        """Return a chart as PNG, drawn now or not long ago; empty where it failed.

        Who is shown the same drawing is shown the same figures, so they may share a picture.
        """
        key = repr(chart.drawing)  # figures that are not known are unequal to themselves
        task = self._drawn.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._pencil.draw(chart.drawing))
            self._drawn[key] = task
            while len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        picture = await asyncio.shield(task)  # who goes away takes it from nobody else
        if not picture:
            self._drawn.pop(key, None)  # the next one to ask tries again
        return picture


async def ready(drawing: asyncio.Task[Drawn]) -> Drawn | None:
    """Return the pictures if they are drawn soon; None if the words go first."""
    done, _ = await asyncio.wait({drawing}, timeout=PATIENCE_S)
    return drawing.result() if done else None
