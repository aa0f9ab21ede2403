"""`threatdesk web` in several processes behind one address is one desk."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families as families

from bot.channels.slack.manifest import BOT_SCOPES
from bot.channels.slack.web import EVENTS_PATH
from bot.commands.several import HANGS_S
from tests.fakes.slack import FakeSlack
from tests.operations.fake_desk import JANE, a_workspace, comes, installation, status_of

PROCESSES = 3
STARTS_S = 120.0
ENDS_S = 40.0
LOOKED_EVERY_S = 0.5
"""How often uvicorn looks at its processes (`uvicorn.supervisors.multiprocess`)."""
TOKEN = "a-token-for-prometheus-alone"  # noqa: S105 - of the test


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeSlack]:
    server = FakeSlack(scopes=BOT_SCOPES)
    server.start()
    a_workspace(server)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, fake: FakeSlack) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("installation")
    return installation(folder, slack_url=fake.api_url) | {
        "THREATDESK_WEB_PROCESSES": str(PROCESSES),
        "THREATDESK_METRICS_TOKEN": TOKEN,
    }


@pytest.fixture(scope="module")
def web(environment: dict[str, str], fake: FakeSlack) -> Iterator[psutil.Process]:
    folder = Path(environment["HOME"])
    threatdesk = (sys.executable, "-m", "bot")
    day = ("run", "--as-at", "2020-05-01")
    subprocess.run((*threatdesk, *day), cwd=folder, env=environment, check=True, timeout=STARTS_S)
    base = f"http://127.0.0.1:{environment['THREATDESK_PORT']}"
    fake.request_url = f"{base}{EVENTS_PATH}"
    process = subprocess.Popen((*threatdesk, "web"), cwd=folder, env=environment)
    try:
        assert comes(lambda: status_of(f"{base}/readyz") == 200, within_s=STARTS_S)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        assert process.wait(timeout=ENDS_S) == 0


def answering(web: psutil.Process) -> list[psutil.Process]:
    """The processes that answer: not what keeps semaphores, nor what has just died."""
    return [one for one in web.children() if does_answer(one)]


def does_answer(one: psutil.Process) -> bool:
    """Whether a process is one of those that answer."""
    try:
        return "resource_tracker" not in " ".join(one.cmdline())
    except psutil.NoSuchProcess:  # a zombie among them
        return False


def test_there_are_as_many_as_were_asked_for(web: psutil.Process) -> None:
    assert len(answering(web)) == PROCESSES


def test_each_begins_with_few_arenas_so_that_threads_share_what_is_free(
    web: psutil.Process,
) -> None:
    assert {one.environ().get("MALLOC_ARENA_MAX") for one in answering(web)} == {"2"}


def test_what_slack_tells_many_times_at_once_is_answered_once(
    web: psutil.Process, fake: FakeSlack
) -> None:
    where = {"type": "message", "channel": f"D{JANE}", "channel_type": "im", "text": "help"}
    event = fake.an_event(where, JANE)
    again = [
        threading.Thread(target=fake.deliver, args=("events_api", event), kwargs={"retry": retry})
        for retry in range(8)
    ]
    for one in again:
        one.start()
    for one in again:
        one.join()

    assert fake.wait_for(lambda: fake.workspace.posted(f"D{JANE}"), within_s=30)
    before = len(fake.workspace.told(JANE))
    fake.slash("/priority 1", user=JANE)  # whatever came of the others has come by then
    assert fake.wait_for(lambda: len(fake.workspace.told(JANE)) > before, within_s=30)
    assert len(fake.workspace.posted(f"D{JANE}")) == 1


def test_prometheus_is_told_of_all_of_them_by_any(
    web: psutil.Process, environment: dict[str, str], fake: FakeSlack
) -> None:
    before = settled(environment)
    told = len(fake.workspace.told(JANE))
    for number in range(12):
        fake.slash("/priority 1", user=JANE)
        wanted = told + number + 1
        assert fake.wait_for(partial(has_been_told, fake, wanted), within_s=30)

    assert {settled(environment) - before for _ in range(2 * PROCESSES)} == {12.0}


def has_been_told(fake: FakeSlack, times: int) -> bool:
    """Whether she has been answered so often."""
    return len(fake.workspace.told(JANE)) >= times


def settled(environment: dict[str, str]) -> float:
    """Return how many questions the desk says were settled."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{environment['THREATDESK_PORT']}/metrics",
        headers={"Authorization": f"Bearer {TOKEN}", "Connection": "close"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        said = answer.read().decode()
    return sum(
        sample.value
        for family in families(said)
        for sample in family.samples
        if sample.name == "threatdesk_answers_total"
    )


def test_one_that_is_killed_is_replaced_and_nobody_waits(
    web: psutil.Process, environment: dict[str, str], fake: FakeSlack
) -> None:
    first, *others = answering(web)
    first.suspend()
    time.sleep(2 * LOOKED_EVERY_S)  # now it is being asked whether it lives
    first.kill()

    assert fake.slash("/priority 1", user=JANE).status == 200
    assert comes(lambda: len(answering(web)) == PROCESSES, within_s=HANGS_S / 2)
    assert {one.pid for one in others} < {one.pid for one in answering(web)}


def test_without_slack_it_says_so_once_and_ends(environment: dict[str, str]) -> None:
    without = {name: value for name, value in environment.items() if "SLACK" not in name}
    said = subprocess.run(
        (sys.executable, "-m", "bot", "web"),
        cwd=environment["HOME"],
        env=without,
        capture_output=True,
        text=True,
        timeout=STARTS_S,
        check=False,
    )

    assert said.returncode == 1
    assert len(re.findall("nobody to hear", said.stderr)) == 1
    assert "Traceback" not in said.stderr
