"""How long a slash command takes, beside a bolt app whose handler says one constant word.

    python -m bench.latency [--questions 200]

Both are real servers in processes of their own; commands are signed and sent over HTTP, and the
answer is waited for at its `response_url`.  Told for one at a time and for 50 at a time: the time
to the acknowledgement and to the complete private answer (its words; the picture follows).  Then
the acknowledgements again while charts are drawn and the daily run goes on.

Aims: the median answer at most 1.5 times the constant's; 99 of 100 acknowledgements within 250 ms.
The demonstration is made first where it is not in the data folder.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from bot import demo
from bot.app import App
from bot.channels.slack.manifest import BOT_SCOPES
from config.settings import Settings
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET, FakeSlack

QUESTIONS: Final = ("12", "13 charnwood", "9", "burglary city", "11", "vehicle crime blaby")
AT_ONCE: Final = (1, 50)
READY_WITHIN_S: Final = 120.0
ANSWERED_WITHIN_S: Final = 60.0

PEOPLE: Final = """\
[[person]]
id = "bench"
name = "Bench"
role = "chief_officer"
slack = "U0BENCH"
"""


@dataclass
class Times:
    """Seconds of each command of one round."""

    acks: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)


class Asker:
    """Sends signed commands to a port and waits for their answers."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[str]] = {}
        self._number = 0
        self._run = secrets.token_hex(4)  # what is asked twice is answered once
        self._url = ""

    async def listen(self) -> web.AppRunner:
        """Serve the addresses that answers are sent to."""
        application = web.Application()
        application.router.add_post("/answers/{number}", self._answered)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self._url = f"http://{host}:{port}/answers"
        return runner

    async def _answered(self, request: web.Request) -> web.Response:
        waiting = self._waiting.get(request.match_info["number"])
        if waiting is not None and not waiting.done():
            waiting.set_result(await request.text())
        return web.json_response({"ok": True})

    async def ask(
        self, session: aiohttp.ClientSession, port: int, command: str, text: str, times: Times
    ) -> str:
        """Send one command, wait for its acknowledgement and its answer, and return that."""
        self._number += 1
        number = str(self._number)
        waiting: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        body = urlencode(
            {
                "command": command,
                "text": text,
                "user_id": "U0BENCH",
                "user_name": "bench",
                "team_id": "T1",
                "channel_id": "D1",
                "trigger_id": f"{self._run}-{number}",
                "response_url": f"{self._url}/{number}",
                "api_app_id": "A1",
            }
        )
        began = time.perf_counter()
        url = f"http://127.0.0.1:{port}/slack/events"
        async with session.post(url, data=body, headers=_signed(body)) as response:
            await response.read()
            if response.status != 200:
                raise SystemExit(f"{command} {text}: HTTP {response.status}")
        times.acks.append(time.perf_counter() - began)
        said = await asyncio.wait_for(waiting, ANSWERED_WITHIN_S)
        times.answers.append(time.perf_counter() - began)
        del self._waiting[number]
        return said

    async def round(
        self, port: int, command: str, *, questions: int, at_once: int, text: str = ""
    ) -> Times:
        """Send so many commands, so many at a time."""
        times = Times()
        room = asyncio.Semaphore(at_once)
        connector = aiohttp.TCPConnector(limit=at_once)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def one(number: int) -> None:
                async with room:
                    words = text or QUESTIONS[number % len(QUESTIONS)]
                    await self.ask(session, port, command, words, times)

            await asyncio.gather(*(one(number) for number in range(questions)))
        return times


def _signed(body: str) -> dict[str, str]:
    stamp = str(int(time.time()))
    digest = hmac.new(SIGNING_SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256)
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }


CONSTANT: Final = """
import sys, uvicorn
from slack_bolt.async_app import AsyncApp
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

token, secret, port = sys.argv[1:]

async def authorize(enterprise_id, team_id):
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)

app = AsyncApp(client=AsyncWebClient(token=token), signing_secret=secret, authorize=authorize)

@app.command("/constant")
async def say(ack, respond):
    await ack()
    await respond("word")

handler = AsyncSlackRequestHandler(app)
routes = [Route("/slack/events", handler.handle, methods=["POST"])]
uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=int(port), log_level="error")
"""


async def measure(questions: int, folder: Path) -> None:
    """Run every round and print what came of it."""
    slack = FakeSlack(scopes=BOT_SCOPES)
    slack.start()
    product_port, constant_port = free_port(), free_port()
    environ = environment(folder, slack.api_url, product_port)
    product = subprocess.Popen([sys.executable, "-m", "bot", "web"], env=environ)
    constant = subprocess.Popen(
        [sys.executable, "-c", CONSTANT, BOT_TOKEN, SIGNING_SECRET, str(constant_port)]
    )
    asker = Asker()
    runner = await asker.listen()
    try:
        await asyncio.gather(ready(product_port, "/readyz", 200), ready(constant_port, "/", 404))
        for port, command in ((product_port, "/priority"), (constant_port, "/constant")):
            await asker.round(port, command, questions=30, at_once=1)  # warm
        for at_once in AT_ONCE:
            ours = await asker.round(
                product_port, "/priority", questions=questions, at_once=at_once
            )
            theirs = await asker.round(
                constant_port, "/constant", questions=questions, at_once=at_once
            )
            _tell(f"{at_once} at a time", ours, theirs)
        run = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], env=environ, stdout=subprocess.DEVNULL
        )
        busy = await asker.round(product_port, "/trend", questions=questions, at_once=4,
                                 text="burglary charnwood")  # fmt: skip
        going_on = run.poll() is None
        run.wait()
        word = "all the while" if going_on else "for a part of it"
        print(
            f"charts being drawn, a daily run {word}: acknowledged in "
            f"{milliseconds(busy.acks, 50)} (p50), {milliseconds(busy.acks, 99)} (p99)"
        )
    finally:
        for process in (product, constant):
            process.terminate()
            process.wait()
        await runner.cleanup()
        slack.stop()


def _tell(what: str, ours: Times, theirs: Times) -> None:
    ratio = statistics.median(ours.answers) / statistics.median(theirs.answers)
    print(
        f"{what}: answered in {milliseconds(ours.answers, 50)} (p50), "
        f"{milliseconds(ours.answers, 99)} (p99); "
        f"the constant in {milliseconds(theirs.answers, 50)}, {milliseconds(theirs.answers, 99)}; "
        f"ratio at p50 {ratio:.2f}; acknowledged in {milliseconds(ours.acks, 99)} (p99)"
    )


def milliseconds(seconds: Sequence[float], per_cent: int) -> str:
    """Return a percentile in words."""
    ordered = sorted(seconds)
    place = min(len(ordered) - 1, round(len(ordered) * per_cent / 100))
    return f"{1000 * ordered[place]:.1f} ms"


async def ready(port: int, path: str, status: int) -> None:
    """Wait until a server answers as it does when it is ready."""
    deadline = time.monotonic() + READY_WITHIN_S
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < deadline:
            try:
                async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                    if response.status == status:
                        return
            except aiohttp.ClientConnectorError:
                pass
            await asyncio.sleep(0.2)
    raise SystemExit(f"what listens on port {port} is not ready")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def environment(folder: Path, api_url: str, port: int) -> dict[str, str]:
    """Return the settings of a desk that hears a fake Slack."""
    people = folder / "people.toml"
    people.write_text(PEOPLE)
    return {
        **os.environ,
        "THREATDESK_DATABASE_URL": f"sqlite:///{folder / 'threatdesk.db'}",
        "THREATDESK_DATA": str(folder),
        "THREATDESK_PEOPLE": str(people),
        "THREATDESK_PORT": str(port),
        "THREATDESK_SLACK_BOT_TOKEN": BOT_TOKEN,
        "THREATDESK_SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "THREATDESK_SLACK_API_URL": api_url,
    }


def prepare(folder: Path) -> None:
    """Make the demonstration."""
    settings = Settings.model_validate(
        {"database_url": f"sqlite:///{folder / 'threatdesk.db'}", "data": folder}
    )
    with App(settings=settings) as app:
        demo.prepare(app, now=datetime.now(UTC), progress=lambda _: None)


def main() -> None:
    """Make the demonstration and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--data", type=Path, help="A data folder with a demonstration made.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="latency-") as made:
        folder = options.data or Path(made)
        if options.data is None:
            prepare(folder)
        asyncio.run(measure(options.questions, folder))


if __name__ == "__main__":
    main()
