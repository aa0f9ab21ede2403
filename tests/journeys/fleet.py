"""The real shape: `web` in two processes behind one address, `worker` apart, one PostgreSQL.

Nothing of the product is ours here, nor is its clock: every process is the operating system's, and
hears Slack and Teams over sockets.  The force is small, and its records end yesterday.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import psutil
from sqlalchemy import func, select, update

from bot.alerts.model import Operation
from bot.channels.slack.web import EVENTS_PATH
from bot.channels.teams.heard import MESSAGES_PATH
from bot.runs import RunState
from metrics.calendar import london_day
from store.alert_tables import JobRunRow, NotificationRow
from store.database import Database
from store.outbox import State
from tests.fakes import slack, teams
from tests.journeys.desks import Both
from tests.journeys.entra import Entra
from tests.journeys.force_of_today import lay_out
from tests.journeys.platforms import OnSlack
from tests.operations.fake_desk import ROOT, free_port, status_of

WEB_PROCESSES: Final = 2

STARTS_S: Final = 90.0
ENDS_S: Final = 40.0
"""On a machine that has other things to do."""

THREATDESK: Final = (sys.executable, "-m", "bot")


@dataclass(kw_only=True)
class Fleet:
    """The processes of one installation."""

    both: Both
    folder: Path
    environment: dict[str, str]
    database: Database
    begun: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def base(self) -> str:
        """The one address that the web processes answer at."""
        return f"http://127.0.0.1:{self.environment['THREATDESK_PORT']}"

    def begin(self, command: str) -> psutil.Process:
        """Begin a command."""
        with (self.folder / f"{command}.log").open("ab") as log:
            process = subprocess.Popen(
                (*THREATDESK, command),
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.begun.append(process)
        return psutil.Process(process.pid)

    def kill(self, one: psutil.Process) -> None:
        """Kill a process that was begun here, as a machine does that runs out of memory."""
        [process] = [begun for begun in self.begun if begun.pid == one.pid]
        process.kill()
        process.wait()
        self.begun.remove(process)

    def end(self) -> None:
        """Ask everything to end, which it does in good order."""
        for one in self.begun:
            one.terminate()
        assert [one.wait(timeout=ENDS_S) for one in self.begun] == [0] * len(self.begun)

    def said(self, command: str) -> str:
        """Return what a command has logged."""
        return (self.folder / f"{command}.log").read_text(encoding="utf-8")

    def is_ready(self) -> bool:
        """Whether questions are answered."""
        return status_of(f"{self.base}/readyz") == 200

    def answering(self) -> list[psutil.Process]:
        """Return the web processes that answer, the oldest first."""
        [web] = [one for one in self.begun if "web" in one.args]  # type: ignore[operator]
        return sorted(
            (one for one in psutil.Process(web.pid).children() if _answers(one)),
            key=lambda one: one.create_time(),
        )

    def is_whole(self) -> bool:
        """Whether there are as many web processes as there should be, and each is ready."""
        if len(self.answering()) != WEB_PROCESSES:
            return False
        for one in self.answering():
            with self.only(one):
                if not self.is_ready():
                    return False
        return True

    @contextmanager
    def only(self, one: psutil.Process) -> Iterator[None]:
        """Let one web process alone hear what is told; the others stand still."""
        others = [other for other in self.answering() if other.pid != one.pid]
        for other in others:
            other.suspend()
        try:
            yield
        finally:
            for other in others:
                other.resume()

    def have_runs_ended(self) -> bool:
        """Whether whatever is due today has been done."""
        with self.database.reading() as session:
            states = session.scalars(select(JobRunRow.state)).all()
        return bool(states) and set(states) == {RunState.DONE.value}

    def waiting(self) -> int:
        """Return how much waits to be told."""
        with self.database.reading() as session:
            query = select(func.count()).where(NotificationRow.state == State.WAITING.value)
            return session.scalar(query) or 0

    def is_telling(self) -> bool:
        """Whether a worker is in the middle of telling something."""
        with self.database.reading() as session:
            query = select(NotificationRow.id).where(
                NotificationRow.state == State.WAITING.value,
                NotificationRow.claimed_by.is_not(None),
            )
            return session.scalar(query.limit(1)) is not None

    def messages(self, platform: str, address: str) -> int:
        """Return how many messages the desk has for a channel, told or waiting, threads too."""
        with self.database.reading() as session:
            query = select(func.count()).where(
                NotificationRow.platform == platform,
                NotificationRow.address == address,
                NotificationRow.operation != Operation.EDIT.value,
            )
            return session.scalar(query) or 0

    def has_told_everything(self) -> bool:
        """Whether whatever is due today has been done, and nothing waits to be told any more."""
        return self.have_runs_ended() and self.waiting() == 0

    def let_leases_end(self) -> None:
        """Let the minutes go by for which a dead worker holds what it was telling, or doing."""
        now = datetime.now(UTC)
        telling = NotificationRow.state == State.WAITING.value
        doing = JobRunRow.state != RunState.DONE.value
        with self.database.transaction() as session:
            session.execute(update(NotificationRow).where(telling).values(lease_until=now))
            session.execute(update(JobRunRow).where(doing).values(lease_until=now))


def _answers(one: psutil.Process) -> bool:
    """Whether a child of `threatdesk web` answers: not what keeps semaphores, nor what died."""
    try:
        return "resource_tracker" not in " ".join(one.cmdline())
    except psutil.NoSuchProcess:  # a zombie among them
        return False


@contextmanager
def a_fleet(both: Both, entra: Entra, folder: Path, url: str) -> Iterator[Fleet]:
    """Lay out an installation that hears both platforms; nothing of it runs yet."""
    today = london_day(datetime.now(UTC))
    lay_out(folder, today)
    port = free_port()
    database = Database(url)
    database.upgrade()  # as the release step does
    fleet = Fleet(
        both=both,
        folder=folder,
        database=database,
        environment=_environment(both, entra, folder, url, port=port, today=today),
    )
    both.slack.request_url = f"{fleet.base}{EVENTS_PATH}"
    both.teams.request_url = f"{fleet.base}{MESSAGES_PATH}"
    try:
        yield fleet
        fleet.end()
    finally:
        for one in fleet.begun:
            one.kill()
            one.wait()
        database.close()


def _environment(
    both: Both, entra: Entra, folder: Path, url: str, *, port: int, today: date
) -> dict[str, str]:
    return entra.environment() | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "THREATDESK_PLAN": str(folder / "plan"),
        "THREATDESK_DATA": str(folder),
        "THREATDESK_SOURCES": str(folder / "sources.toml"),
        "THREATDESK_PEOPLE": str(folder / "people.toml"),
        "THREATDESK_ALERTS": str(folder / "alerts.toml"),
        "THREATDESK_DATABASE_URL": url,
        "THREATDESK_PORT": str(port),
        "THREATDESK_WEB_PROCESSES": str(WEB_PROCESSES),
        # Due since midnight, whenever this is run.
        "THREATDESK_DAILY_AT": "00:00",
        "THREATDESK_BRIEFING_AT": f"{today:%A} 00:00",
        "THREATDESK_BRIEFING_CHANNEL": OnSlack.channel_address,
        "THREATDESK_SLACK_BOT_TOKEN": slack.BOT_TOKEN,
        "THREATDESK_SLACK_SIGNING_SECRET": slack.SIGNING_SECRET,
        "THREATDESK_SLACK_API_URL": both.slack.api_url,
        "THREATDESK_TEAMS_APP_ID": teams.APP_ID,
        "THREATDESK_TEAMS_TENANT_ID": teams.TENANT,
        "THREATDESK_TEAMS_CLIENT_SECRET": teams.CLIENT_SECRET,
        "THREATDESK_TEAMS_SERVICE_URL": both.teams.base,
        "THREATDESK_TEAMS_OPENID_URL": both.teams.openid_url,
    }
