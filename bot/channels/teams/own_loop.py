"""An event loop of its own, in a thread: for who posts without one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from threading import Lock, Thread
from typing import Any, Final, TypeVar

Result = TypeVar("Result")

END_S: Final = 10.0
"""How long closing waits for the thread."""


class OwnLoop:
    """Runs coroutines to their end, from any thread but its own.  Begun when first needed."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._lock = Lock()

    @property
    def is_begun(self) -> bool:
        """Whether anything was run on it."""
        return self._loop is not None

    def run(self, doing: Coroutine[Any, Any, Result]) -> Result:
        """Run to the end; who is interrupted while waiting takes it back."""
        running = asyncio.run_coroutine_threadsafe(doing, self._begun())
        try:
            return running.result()
        finally:
            running.cancel()  # of no effect on what has ended

    def close(self) -> None:
        """End the loop and its thread; nothing runs on it any more."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=END_S)
        loop.close()

    def _begun(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._loop.run_forever, name=self._name, daemon=True)
                self._thread.start()
            return self._loop
