"""The Procfile really runs: every program of it, in an empty folder, to an orderly end."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.slack.manifest import BOT_SCOPES
from bot.channels.slack.web import EVENTS_PATH
from tests.fakes.slack import FakeSlack, Fault
from tests.operations.fake_desk import JANE, ROOT, a_workspace, comes, installation, status_of

STARTS_S = 90.0
"""A process imports for some seconds, and the machine may have other things to do."""

ENDS_S = 40.0
"""Runners kill after 30 s or more; here so long for a machine that is busy."""

SLOW_S = 3.0

HONCHO = f"""
import honcho.manager
from honcho.command import main
honcho.manager.KILL_WAIT = {ENDS_S}  # as platforms do, not the five seconds of its own
main()
"""


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeSlack]:
    server = FakeSlack(scopes=BOT_SCOPES)
    server.start()
    a_workspace(server)
    yield server
    server.stop()


class Runner:
    """honcho over the Procfile, in a folder."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._log = (folder / "honcho.log").open("w+", encoding="utf-8")
        self._folder = folder
        procfile = (ROOT / "Procfile").read_text(encoding="utf-8")
        programs = re.findall(r"^(\w+):", procfile, flags=re.MULTILINE)
        self.programs = [one for one in programs if one != "release"]
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-c", HONCHO, "--procfile", str(ROOT / "Procfile")),
                *("--app-root", str(folder), "start", "--no-colour", *self.programs),
            ],
            cwd=folder,
            env=environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def said(self) -> str:
        return (self._folder / "honcho.log").read_text(encoding="utf-8")

    def stop(self) -> int:
        """Ask it to stop, and return how it ended."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=2 * ENDS_S)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=ENDS_S)
        self._log.close()


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, fake: FakeSlack) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("installation")
    return installation(folder, slack_url=fake.api_url)


@pytest.fixture(scope="module")
def released(environment: dict[str, str]) -> Path:
    """The folder after the release step, with a day's figures."""
    folder = Path(environment["HOME"])
    [release] = re.findall(r"^release: (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    for command in (release, "threatdesk run --as-at 2020-05-01"):
        subprocess.run(command.split(), cwd=folder, env=environment, check=True, timeout=STARTS_S)
    return folder


@pytest.fixture(scope="module")
def runner(released: Path, environment: dict[str, str], fake: FakeSlack) -> Iterator[Runner]:
    base = f"http://127.0.0.1:{environment['THREATDESK_PORT']}"
    fake.request_url = f"{base}{EVENTS_PATH}"
    one = Runner(released, environment)
    try:
        started = comes(
            lambda: status_of(f"{base}/readyz") == 200 or one.has_ended, within_s=STARTS_S
        )
        assert started, one.said()
        assert not one.has_ended, one.said()
        yield one
    finally:
        one.close()


def test_every_program_of_it_is_a_web_process_or_a_worker(runner: Runner) -> None:
    assert set(runner.programs) == {"web", "worker"}


def test_it_lives_and_is_ready(runner: Runner, environment: dict[str, str]) -> None:
    base = f"http://127.0.0.1:{environment['THREATDESK_PORT']}"

    assert status_of(f"{base}/healthz") == 200
    assert comes(lambda: status_of(f"{base}/readyz") == 200, within_s=STARTS_S)


def test_a_signed_command_is_answered(runner: Runner, fake: FakeSlack) -> None:
    ack = fake.slash("/priority 1", user=JANE)

    assert ack.status == 200
    assert fake.wait_for(lambda: fake.workspace.told(JANE), within_s=STARTS_S), runner.said()
    assert "boat" in str(fake.workspace.told(JANE)[0].content).casefold()


def test_the_worker_does_the_daily_run_and_tells_of_it(runner: Runner, fake: FakeSlack) -> None:
    """The invented records ended long ago, so it tells that alerts are held."""
    assert comes(lambda: fake.workspace.posted("C1"), within_s=STARTS_S), runner.said()

    assert "Alerts are held" in str(fake.workspace.posted("C1")[0].content)


def test_told_to_stop_it_finishes_what_was_begun_and_ends_well(
    runner: Runner, fake: FakeSlack
) -> None:
    before = len(fake.workspace.told(JANE))
    fake.fail("response_url", Fault(late_s=SLOW_S))
    asked = threading.Thread(target=lambda: fake.slash("/priority 1", user=JANE))
    asked.start()
    asked.join()  # it was acknowledged; the answer is on its way

    code = runner.stop()

    said = runner.said()
    assert code == 128 + signal.SIGTERM, said  # the runner's own way to say why it ended
    assert len(fake.workspace.told(JANE)) > before
    assert set(re.findall(r"(\w+)\.1 stopped \(rc=0\)", said)) == {"web", "worker"}, said
    assert "Traceback" not in said
