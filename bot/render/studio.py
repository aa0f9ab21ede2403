"""Where charts are drawn for a service: one process beside it, so that words never wait.

Drawing takes some 100 ms of a processor and does not get faster in threads; done in the service's
own process it would hold up every answer.  The process starts with the first drawing, is replaced
when it dies or hangs, and ends with the service, however that ends.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import threading
import time
from collections import OrderedDict
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import Final

from bot.replies.charts import Drawing
from metrics.errors import ThreatDeskError

KEPT: Final = 64
"""Pictures that are kept, the latest asked for: of some 100 kB each."""

STUCK_AFTER_S: Final = 20.0
"""A drawing takes a tenth of a second, the first one a second or two: this one will not end."""

NICENESS: Final = 5
"""How far the drawing process stands back when the service needs the processor."""

ENDING: Final = "No charts are drawn any more: the service is ending."


class NotDrawn(ThreatDeskError):  # noqa: N818 - named after the fact, like its siblings
    """There is no picture, or not in time: the words go without it."""


class Studio:
    """Draws one chart at a time, in a process of its own; safe to ask from any thread."""

    def __init__(self, *, stuck_after_s: float = STUCK_AFTER_S) -> None:
        self._stuck_after_s = stuck_after_s
        self._turn = threading.Lock()  # held while the process draws
        # Guards everything below; never held while waiting, nor while anything is asked of the
        # pool: a pool whose process has died calls back while it is locked itself.
        self._state = threading.Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._pool: ProcessPoolExecutor | None = None
        self._begun = 0  # how many pools there have been; of the last one follows:
        self._has_died = False  # its process
        self._process = 0  # the id of that; 0: not known yet
        self._since = 0.0  # when the drawing in hand was begun
        self._is_closed = False

    def draw(self, drawing: Drawing, timeout_s: float) -> bytes:
        """Return a chart as a PNG.

        A drawing that is late goes on, and its picture is kept for whoever asks next.

        Raises:
            NotDrawn: It took longer than asked for, or it cannot be drawn.
        """
        deadline = time.monotonic() + timeout_s
        key = hashlib.sha256(repr(drawing).encode(errors="replace")).hexdigest()
        try:
            return self._attempt(key, drawing, deadline)
        except BrokenExecutor:
            pass  # the process had died, of this drawing or of something else: once more
        try:
            return self._attempt(key, drawing, deadline)
        except BrokenExecutor as error:
            raise NotDrawn("The chart was not drawn: drawing it ended its process.") from error

    def close(self) -> None:
        """End the process; nothing can be drawn afterwards.  May be called again."""
        with self._state:
            self._is_closed = True
            pool = self._pool
            self._pool = None
            process = self._process
        if pool is not None:
            _end(process)
            pool.shutdown(wait=True, cancel_futures=True)

    def _attempt(self, key: str, drawing: Drawing, deadline: float) -> bytes:
        picture = self._find(key)
        if picture is not None:
            return picture
        if not self._turn.acquire(timeout=max(deadline - time.monotonic(), 0.0)):
            self._end_if_stuck()
            raise NotDrawn("The chart was not drawn in time: another one was before it.")
        picture = self._find(key)  # the one before may have been the same
        if picture is not None:
            self._turn.release()
            return picture
        try:
            future, begun = self._submit(drawing)
        except BaseException:
            self._turn.release()
            raise
        future.add_done_callback(lambda _: self._turn.release())
        future.add_done_callback(lambda done: self._keep(key, begun, done))
        return self._result(future, deadline)

    def _result(self, future: Future[bytes], deadline: float) -> bytes:
        try:
            return future.result(timeout=max(deadline - time.monotonic(), 0.0))
        except TimeoutError as error:
            self._end_if_stuck()
            raise NotDrawn("The chart was not drawn in time.") from error
        except BrokenExecutor:
            raise
        except Exception as error:  # a mistake in the drawing must not cost the words
            raise NotDrawn(f"The chart cannot be drawn: {type(error).__name__}.") from error

    def _submit(self, drawing: Drawing) -> tuple[Future[bytes], int]:
        """Hand a drawing to the process, which is started where there is none."""
        pool, begun, is_new = self._living()
        try:
            if is_new:
                pool.submit(os.getpid).add_done_callback(self._started)
            return pool.submit(_draw, drawing), begun
        except BrokenExecutor:
            self._died(begun)
            raise
        except RuntimeError as error:  # closed since
            raise NotDrawn(ENDING) from error

    def _living(self) -> tuple[ProcessPoolExecutor, int, bool]:
        """Return a pool, which pool that is, and whether it has only just been made."""
        died: ProcessPoolExecutor | None = None  # let go when nothing is locked any more
        with self._state:
            if self._is_closed:
                raise NotDrawn(ENDING)
            if self._has_died:
                died, self._pool = self._pool, None
            is_new = self._pool is None
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    max_workers=1,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=_settle,
                )
                self._begun += 1
                self._has_died = False
                self._process = 0
            self._since = time.monotonic()
            found = self._pool, self._begun, is_new
        del died
        return found

    def _died(self, begun: int) -> None:
        """Note that the process of a pool has died; the pool is let go by the next drawing."""
        with self._state:
            if begun == self._begun:
                self._has_died = True

    def _started(self, process: Future[int]) -> None:
        with self._state:
            if process.exception() is None:
                self._process = process.result()

    def _find(self, key: str) -> bytes | None:
        with self._state:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: str, begun: int, done: Future[bytes]) -> None:
        """Keep a picture, or note that the process died of it."""
        error = None if done.cancelled() else done.exception()
        if isinstance(error, BrokenExecutor):
            self._died(begun)
        elif error is None and not done.cancelled():
            with self._state:
                self._kept[key] = done.result()
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)

    def _end_if_stuck(self) -> None:
        """End a process that will never come to an end by itself; the next drawing starts anew."""
        with self._state:
            is_stuck = time.monotonic() - self._since > self._stuck_after_s
            process = self._process
        if is_stuck:
            _end(process)


def _end(process: int) -> None:
    """Kill a child of ours by its id; one that has ended is left alone, whoever has its id now."""
    for child in multiprocessing.active_children():
        if child.pid == process:
            child.kill()


def _draw(drawing: Drawing) -> bytes:
    """Draw, in the process of its own: only there is Matplotlib loaded."""
    from bot.render.charts import draw

    return draw(drawing)


def _settle() -> None:
    """Make a new process a good neighbour.

    It leaves Ctrl-C to the service, stands back for it, and ends with it even if that is killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
