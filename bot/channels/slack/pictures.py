"""Charts as pictures: drawn off the event loop, uploaded so that only a message shows them.

A picture that fails is left out: its words and its sparkline are already there.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from bot.channels.pencil import Draw, Pencil
from bot.channels.slack import quiet
from bot.channels.slack.clients import TROUBLE, Clients, reason
from bot.replies import Chart, Reply

log = quiet.logger(__name__)

ALT_ROOM: Final = 1_000
"""Characters of alt text that go with a file (docs.slack.dev, files.getUploadURLExternal)."""

FILES_KEPT: Final = 256
"""Drawings whose uploaded file is remembered: those that are asked for at one time."""

LOOKS_S: Final = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 4.0)
"""How long to wait before each look whether Slack has scanned a file.

A message that shows a file which is not scanned yet is refused as `invalid_blocks`
(python-slack-sdk issues 1521 and 1658).
"""


class Pictures:
    """Draws and uploads; the same drawing is uploaded once while it is asked for again."""

    def __init__(self, clients: Clients, draw: Draw) -> None:
        self._clients = clients
        self._pencil = Pencil(draw)
        self._files: OrderedDict[str, asyncio.Task[str]] = OrderedDict()  # of the newest drawings

    def close(self) -> None:
        """Draw nothing more."""
        self._pencil.close()

    async def upload(self, reply: Reply) -> Mapping[int, str]:
        """Return the files of a reply's charts, by the index of the block; those that failed not.

        Nobody can see a file before a message shows it.
        """
        files = {}
        for index, block in enumerate(reply.blocks):
            if isinstance(block, Chart) and (file := await self._file(block)):
                files[index] = file
        return files

    async def _file(self, chart: Chart) -> str:
        """Return the id of a chart's file, uploaded now or not long ago; empty where it failed.

        Who is shown the same drawing is shown the same figures, so they may share a file.
        """
        key = repr(chart)  # figures that are not known are unequal to themselves
        task = self._files.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._upload(chart))
            self._files[key] = task
            while len(self._files) > FILES_KEPT:
                self._files.popitem(last=False)
        file = await task
        if not file:
            self._files.pop(key, None)  # the next one to ask tries again
        return file

    async def _upload(self, chart: Chart) -> str:
        """Return the id of a chart's file; empty where it failed."""
        picture = await self._pencil.draw(chart.drawing)
        if not picture:
            return ""
        try:
            done = await self._clients.patient.files_upload_v2(
                filename="chart.png",
                content=picture,
                title=chart.drawing.title,
                alt_txt=chart.alt[:ALT_ROOM],
            )
            file = str(done["files"][0]["id"])
            return file if await self._is_scanned(file) else ""
        except TROUBLE as error:
            log.warning("a chart could not be uploaded: %s", reason(error))
            return ""

    async def _is_scanned(self, file: str) -> bool:
        for pause in LOOKS_S:
            info = await self._clients.patient.files_info(file=file)
            if info["file"].get("mimetype"):
                return True
            await asyncio.sleep(pause)
        log.warning("a chart was not scanned in time")
        return False
