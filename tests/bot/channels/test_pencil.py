"""Charts are drawn one after the other, and none waits for ever."""

from __future__ import annotations

import asyncio
import threading
from typing import cast

import pytest

from bot.channels.pencil import WAITING, Pencil
from bot.replies.charts import Drawing

A_DRAWING = cast("Drawing", "a drawing")


def test_where_too_many_wait_another_one_is_left_out_and_later_ones_are_drawn(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asyncio.run(_too_many())

    assert f"{WAITING} wait to be drawn" in caplog.text


async def _too_many() -> None:
    may_go = threading.Event()

    def slowly(_: Drawing) -> bytes:
        may_go.wait()
        return b"a picture"

    pencil = Pencil(slowly)
    waiting = [asyncio.create_task(pencil.draw(A_DRAWING)) for _ in range(WAITING)]
    await asyncio.sleep(0)

    assert await pencil.draw(A_DRAWING) == b""
    may_go.set()
    assert set(await asyncio.gather(*waiting)) == {b"a picture"}
    assert await pencil.draw(A_DRAWING) == b"a picture"
    pencil.close()


def test_one_that_fails_is_left_out_and_takes_no_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asyncio.run(_all_fail())

    assert "wait to be drawn" not in caplog.text


async def _all_fail() -> None:
    def badly(_: Drawing) -> bytes:
        raise ValueError("no such colour")

    pencil = Pencil(badly)

    drawn = await asyncio.gather(*(pencil.draw(A_DRAWING) for _ in range(WAITING)))

    assert set(drawn) == {b""}
    assert await pencil.draw(A_DRAWING) == b""
    pencil.close()
