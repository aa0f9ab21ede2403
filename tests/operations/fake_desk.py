"""What a process of the product needs around it: a port that is free, a person of a fake Slack."""

from __future__ import annotations

import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from tests.bot.test_main import CRIMES, SOURCES
from tests.conftest import SALTMARSH
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET, FakeSlack

ROOT: Final = Path(__file__).parents[2]

JANE: Final = "U01"
"""Her id in Slack."""

PEOPLE: Final = """
[[person]]
id = "jane.smith"
name = "Jane Smith"
role = "chief_officer"
slack = "U01"
console = "chief-officer"
"""

ALERTS: Final = """
[[route]]
name = "board"
to = "slack:C1"
nothing_new = true
"""


def installation(folder: Path, *, slack_url: str = "") -> dict[str, str]:
    """Lay out an installation in an empty folder; return the environment of its processes."""
    lay_out(folder)
    (folder / "token").write_text(f"{BOT_TOKEN}\n", encoding="utf-8")
    (folder / "token").chmod(0o600)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "THREATDESK_PLAN": str(SALTMARSH),
        "THREATDESK_DATA": str(folder),
        "THREATDESK_SOURCES": str(folder / "sources.toml"),
        "THREATDESK_PEOPLE": str(folder / "people.toml"),
        "THREATDESK_ALERTS": str(folder / "alerts.toml"),
        "THREATDESK_DATABASE_URL": f"sqlite:///{folder / 'desk.db'}",
        "THREATDESK_PORT": str(free_port()),
    }
    if slack_url:
        environment |= {
            "THREATDESK_SLACK_API_URL": slack_url,
            "THREATDESK_SLACK_BOT_TOKEN_FILE": str(folder / "token"),
            "THREATDESK_SLACK_SIGNING_SECRET": SIGNING_SECRET,
        }
    return environment


def lay_out(folder: Path) -> None:
    """Write the records of a small force, and who and what is told."""
    (folder / "crimes.csv").write_text(CRIMES, encoding="utf-8")
    (folder / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    (folder / "alerts.toml").write_text(ALERTS, encoding="utf-8")


def a_workspace(fake: FakeSlack) -> None:
    """Let Jane be in the channel of the board."""
    fake.workspace.names[JANE] = "Jane Smith"
    fake.workspace.channels["C1"].members.add(JANE)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def status_of(url: str) -> int:
    """Return the status of an answer; 0: nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - loopback
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def comes(is_so: Callable[[], object], *, within_s: float) -> bool:
    """Wait until something is so; return whether it came."""
    deadline = monotonic() + within_s
    while not is_so():
        if monotonic() > deadline:
            return False
        sleep(0.05)
    return True
