"""Real processes of the product, while another holds the lock of their database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from bot.alerts.model import Destination
from bot.channels.slack.manifest import BOT_SCOPES
from bot.channels.slack.web import EVENTS_PATH
from store.database import Database
from store.outbox import SqlOutbox, plain_post
from tests.fakes.slack import FakeSlack
from tests.faults.duty import NOON, held
from tests.operations.fake_desk import JANE, ROOT, a_workspace, comes, installation, status_of

STARTS_S: Final = 90.0
"""A process imports for some seconds, and the machine may have other things to do."""

BOARD: Final = Destination(platform="slack", address="C1")


@pytest.fixture
def fake() -> Iterator[FakeSlack]:
    server = FakeSlack(scopes=BOT_SCOPES)
    server.start()
    a_workspace(server)
    yield server
    server.stop()


class Processes:
    """A worker and a web process over one database, which wait a third of a second for a lock."""

    def __init__(self, folder: Path, fake: FakeSlack) -> None:
        self.file = folder / "desk.db"
        environment = installation(folder, slack_url=fake.api_url)
        environment["THREATDESK_DATABASE_URL"] = f"sqlite:///{self.file}?timeout=0.3"
        base = f"http://127.0.0.1:{environment['THREATDESK_PORT']}"
        fake.request_url = f"{base}{EVENTS_PATH}"
        self.ready = f"{base}/readyz"
        self._said = folder / "said"
        with self._said.open("wb") as said:
            self._all = [
                subprocess.Popen(
                    [sys.executable, "-m", "bot", one], cwd=ROOT, env=environment, stderr=said
                )
                for one in ("worker", "web")
            ]

    def said(self) -> str:
        return self._said.read_text(encoding="utf-8")

    def alive(self) -> bool:
        return all(one.poll() is None for one in self._all)

    def end(self) -> None:
        for one in self._all:
            one.terminate()
        for one in self._all:
            try:
                one.wait(timeout=40)
            finally:
                one.kill()


@pytest.fixture
def processes(tmp_path: Path, fake: FakeSlack) -> Iterator[Processes]:
    one = Processes(tmp_path, fake)
    try:
        assert comes(lambda: status_of(one.ready) == 200, within_s=STARTS_S), one.said()
        yield one
    finally:
        one.end()


def test_a_lock_is_waited_for_and_answers_and_messages_go_on_afterwards(
    processes: Processes, fake: FakeSlack
) -> None:
    with held(processes.file):
        assert comes(lambda: status_of(processes.ready) == 503, within_s=30)
        assert comes(lambda: "Waiting for the database." in processes.said(), within_s=30)
        fake.slash("/threatdesk help", user=JANE)
        assert fake.wait_for(lambda: fake.workspace.told(JANE), within_s=30)
        refused = str(fake.workspace.told(JANE)[0].content)

    assert "every answer is recorded" in refused
    assert comes(lambda: status_of(processes.ready) == 200, within_s=30)
    assert comes(lambda: "The database is back" in processes.said(), within_s=90)
    database = Database(f"sqlite:///{processes.file}")
    SqlOutbox(database).put([plain_post(BOARD, "news", "News", NOON)], now=NOON)
    database.close()
    assert fake.wait_for(lambda: "News" in str(fake.workspace.posted("C1")), within_s=30)
    assert processes.alive(), processes.said()
