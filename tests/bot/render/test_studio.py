"""Drawing in a process beside the service: with the real process, killed and hung."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.render.studio import NotDrawn, Studio
from bot.replies.charts import LongTermChart

PATIENCE_S = 30.0


def chart(value: float = 3.0) -> LongTermChart:
    return LongTermChart(
        title="Total", subtitle="", unit="crimes", years=("2013/14",), values=(value,)
    )


def worker() -> int:
    """Return the id of the only process that draws."""
    (child,) = multiprocessing.active_children()
    assert child.pid is not None
    return child.pid


@pytest.fixture(scope="module")
def shared() -> Iterator[Studio]:
    studio = Studio()
    yield studio
    studio.close()


def test_a_chart_is_drawn_by_another_process(shared: Studio) -> None:
    assert shared.draw(chart(), PATIENCE_S).startswith(b"\x89PNG")
    assert worker() != os.getpid()


def test_a_chart_asked_for_again_is_not_drawn_again(shared: Studio) -> None:
    first = shared.draw(chart(float("nan")), PATIENCE_S)
    # No time at all is enough for what is kept, also where figures are not recorded.
    assert shared.draw(chart(float("nan")), 0.0) is first


def test_a_process_that_was_killed_is_replaced(shared: Studio) -> None:
    shared.draw(chart(), PATIENCE_S)
    killed = worker()
    os.kill(killed, signal.SIGKILL)
    assert shared.draw(chart(4.0), PATIENCE_S).startswith(b"\x89PNG")
    assert worker() != killed


def test_a_process_killed_while_it_draws_is_replaced_and_the_chart_is_drawn(
    shared: Studio,
) -> None:
    shared.draw(chart(), PATIENCE_S)
    stopped = worker()
    os.kill(stopped, signal.SIGSTOP)
    threading.Timer(0.3, os.kill, (stopped, signal.SIGKILL)).start()
    assert shared.draw(chart(5.0), PATIENCE_S).startswith(b"\x89PNG")


def test_no_time_is_not_enough_and_the_picture_is_there_for_whoever_asks_next(
    shared: Studio,
) -> None:
    with pytest.raises(NotDrawn, match="in time"):
        shared.draw(chart(6.0), 0.0)
    drawn = shared.draw(chart(6.0), PATIENCE_S)
    assert shared.draw(chart(6.0), 0.0) is drawn


def test_what_cannot_be_drawn_is_said_and_the_next_is_drawn(shared: Studio) -> None:
    with pytest.raises(NotDrawn, match="cannot be drawn"):
        shared.draw("not a drawing", PATIENCE_S)  # type: ignore[arg-type]
    assert shared.draw(chart(7.0), PATIENCE_S).startswith(b"\x89PNG")


def test_many_threads_get_their_own_pictures(shared: Studio) -> None:
    charts = [chart(float(at)) for at in range(10, 14)] * 2
    with ThreadPoolExecutor(8) as threads:
        drawn = list(threads.map(lambda one: shared.draw(one, PATIENCE_S), charts))
    assert drawn[:4] == drawn[4:]
    assert len(set(drawn)) == 4


def test_a_process_that_hangs_is_ended_and_replaced() -> None:
    studio = Studio(stuck_after_s=0.2)
    try:
        studio.draw(chart(), PATIENCE_S)
        (hung,) = [one.pid for one in multiprocessing.active_children() if _is_of(one, studio)]
        assert hung is not None
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(NotDrawn, match="in time"):
            studio.draw(chart(8.0), 0.5)
        assert studio.draw(chart(9.0), PATIENCE_S).startswith(b"\x89PNG")
    finally:
        studio.close()


def test_a_closed_studio_draws_nothing_and_leaves_no_process() -> None:
    studio = Studio()
    studio.draw(chart(), PATIENCE_S)
    before = set(multiprocessing.active_children())
    studio.close()
    studio.close()
    assert len(before - set(multiprocessing.active_children())) == 1
    with pytest.raises(NotDrawn, match="ending"):
        studio.draw(chart(11.5), PATIENCE_S)


def test_the_process_ends_with_a_service_that_is_killed() -> None:
    service = textwrap.dedent("""
        import multiprocessing, time
        from bot.render.studio import Studio
        from bot.replies.charts import LongTermChart
        if __name__ == "__main__":
            chart = LongTermChart(title="", subtitle="", unit="", years=(), values=())
            Studio().draw(chart, 60.0)
            print(multiprocessing.active_children()[0].pid, flush=True)
            time.sleep(60.0)
    """)
    with subprocess.Popen([sys.executable, "-c", service], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        drawing = int(running.stdout.readline())
        running.kill()
    deadline = time.monotonic() + PATIENCE_S
    while _is_alive(drawing) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_alive(drawing)


def _is_of(child: multiprocessing.process.BaseProcess, studio: Studio) -> bool:
    return child.pid == studio._process


def _is_alive(process: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        with open(f"/proc/{process}/stat") as about:  # noqa: PTH123
            return about.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
