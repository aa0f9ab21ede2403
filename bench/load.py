"""Many people at once: 200 users who ask mixed commands of `threatdesk web`, beside a daily run.

    python -m bench.load [--users 200] [--minutes 5] [--think 5] [--processes 1] [--data FOLDER]
        [--database postgresql://…]

Each user asks, waits for the whole answer, thinks (seconds, on average; 0: asks again at once) and
asks something else; charts are among it.  The daily run is begun again whenever it ends.  An error
is whatever is not acknowledged within Slack's three seconds, not answered, or answered with an
apology.  Told are the acknowledgements and answers by their percentiles, and the memory of the web
processes when they were ready and at the end.

The demonstration is made first where it is not in the data folder.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import aiohttp
import psutil

from bench.latency import Asker, Times, environment, free_port, milliseconds, prepare, ready
from bot.channels.slack.manifest import BOT_SCOPES
from tests.fakes.slack import FakeSlack

ACK_LIMIT_S: Final = 3.0
"""Slack shows its own error to whoever asked after that."""

COMMANDS: Final = (
    ("/priority", ("12", "13 charnwood", "9", "burglary city", "11", "vehicle crime blaby")),
    ("/csp", ("charnwood", "blaby", "city burglary", "melton")),
    ("/threats", ("", "charnwood", "city")),
    ("/dashboard", ("targets", "all-crime", "targets city")),
    ("/compare", ("charnwood blaby",)),
    ("/trend", ("burglary charnwood", "vehicle crime city", "all crime")),
    ("/threatdesk", ("why burglary charnwood", "status", "help", "glossary iqr")),
)
SORRY: Final = ("went wrong", "record failed")


@dataclass
class Outcome:
    """What became of everything that was asked."""

    times: Times = field(default_factory=Times)
    errors: Counter[str] = field(default_factory=Counter)


async def be_a_user(
    number: int, asker: Asker, session: aiohttp.ClientSession, port: int, *, until: float,
    think: float, outcome: Outcome,
) -> None:  # fmt: skip
    """Ask, wait, think, ask again."""
    random = Random(number)  # noqa: S311 - the same questions every time
    await asyncio.sleep(random.uniform(0, think))
    while time.monotonic() < until:
        command, words = random.choice(COMMANDS)
        times = Times()
        try:
            said = await asker.ask(session, port, command, random.choice(words), times)
        except TimeoutError:
            outcome.errors["not answered"] += 1
        except (aiohttp.ClientError, SystemExit) as error:
            outcome.errors[f"refused: {error}"] += 1
        else:
            if any(one in said for one in SORRY):
                outcome.errors[f"apologised: {command}"] += 1
        if times.acks and times.acks[0] > ACK_LIMIT_S:
            outcome.errors["acknowledged too late"] += 1
        outcome.times.acks += times.acks
        outcome.times.answers += times.answers
        if think:
            await asyncio.sleep(random.expovariate(1 / think))


def memory(process: subprocess.Popen[bytes]) -> float:
    """Return the megabytes of a process and all it began."""
    parent = psutil.Process(process.pid)
    total = 0
    for one in (parent, *parent.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            total += one.memory_info().rss
    return total / 2**20


async def run_daily(environ: dict[str, str], stop: asyncio.Event) -> int:
    """Begin the daily run again and again; return how many ended well."""
    done = 0
    while not stop.is_set():
        run = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=environ, stdout=asyncio.subprocess.DEVNULL
        )
        ending = asyncio.create_task(run.wait())
        await asyncio.wait(
            {ending, asyncio.create_task(stop.wait())}, return_when="FIRST_COMPLETED"
        )
        if not ending.done():
            run.terminate()
        done += await ending == 0
    return done


async def measure(options: argparse.Namespace, folder: Path) -> int:
    """Let the users ask; print what came of it, and return how many errors there were."""
    slack = FakeSlack(scopes=BOT_SCOPES)
    slack.start()
    port = free_port()
    environ = environment(folder, slack.api_url, port)
    environ["THREATDESK_WEB_PROCESSES"] = str(options.processes)
    if options.database:
        environ["THREATDESK_DATABASE_URL"] = options.database
    web = subprocess.Popen([sys.executable, "-m", "bot", "web"], env=environ)
    asker, outcome, stop = Asker(), Outcome(), asyncio.Event()
    runner = await asker.listen()
    try:
        await ready(port, "/readyz", 200)
        await asker.round(port, "/priority", questions=30, at_once=2)  # warm
        at_start = memory(web)
        running = asyncio.create_task(run_daily(environ, stop))
        until = time.monotonic() + 60 * options.minutes
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as session:
            await asyncio.gather(
                *(
                    be_a_user(
                        number,
                        asker,
                        session,
                        port,
                        until=until,
                        think=options.think,
                        outcome=outcome,
                    )
                    for number in range(options.users)
                )
            )
        at_end = memory(web)
        stop.set()
        runs = await running
    finally:
        web.terminate()
        web.wait()
        await runner.cleanup()
        slack.stop()
    tell(outcome, options, runs=runs, at_start=at_start, at_end=at_end)
    return outcome.errors.total()


def tell(
    outcome: Outcome, options: argparse.Namespace, *, runs: int, at_start: float, at_end: float
) -> None:
    """Print what came of it."""
    acks, answers = outcome.times.acks, outcome.times.answers
    print(
        f"{options.users} users, {options.minutes:g} minutes, {options.processes} web processes, "
        f"{os.cpu_count()} cores, daily runs that ended: {runs}"
    )
    print(f"asked {len(acks):,} times, {len(acks) / options.minutes / 60:.1f} a second")
    for what, seconds in (("acknowledged", acks), ("answered", answers)):
        print(f"{what}: {_percentiles(seconds)}")
    print(f"memory: {at_start:,.0f} MB when ready, {at_end:,.0f} MB at the end")
    print(f"errors: {json.dumps(dict(outcome.errors)) if outcome.errors else 'none'}")


def _percentiles(seconds: Sequence[float]) -> str:
    return ", ".join(f"p{one} {milliseconds(seconds, one)}" for one in (50, 95, 99, 100))


def main() -> None:
    """Make the demonstration, and let everyone ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--think", type=float, default=5.0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--data", type=Path, help="A data folder with a demonstration made.")
    parser.add_argument("--database", help="PostgreSQL that holds it; by default SQLite there.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="load-") as made:
        folder = options.data or Path(made)
        if options.data is None:
            prepare(folder)
        sys.exit(1 if asyncio.run(measure(options, folder)) else 0)


if __name__ == "__main__":
    main()
