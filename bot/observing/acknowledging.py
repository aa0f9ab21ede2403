"""How soon platforms are answered over HTTP: they do not wait long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.observing.instruments import Instruments

STARTS: Final = "http.response.start"


class Acknowledging:
    """Times every POST of a platform's to the start of our response."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        platforms: Mapping[str, str],
        instruments: Instruments,
        timer: Callable[[], float] = perf_counter,
    ) -> None:
        """Stand before an application.

        Args:
            app: What responds.
            platforms: The platform that asks under each path, by how the path begins.
            instruments: Where it is counted.
            timer: Gives seconds.
        """
        self._app = app
        self._platforms = dict(platforms)
        self._instruments = instruments
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, and take the time."""
        platform = self._platform(scope)
        if not platform:
            await self._app(scope, receive, send)
            return
        begun = self._timer()

        async def timed(message: Message) -> None:
            if message["type"] == STARTS:
                seconds = self._timer() - begun
                self._instruments.acknowledged(
                    platform=platform, status=message["status"], seconds=seconds
                )
            await send(message)

        await self._app(scope, receive, timed)

    def _platform(self, scope: Scope) -> str:
        if scope["type"] != "http" or scope["method"] != "POST":
            return ""
        path: str = scope["path"]
        found = (name for start, name in self._platforms.items() if path.startswith(start))
        return next(found, "")
