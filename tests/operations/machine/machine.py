"""The machine itself: its folders, the programs on its path, what is on it, and its end."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.conftest import SALTMARSH
from tests.operations.fake_desk import ROOT, free_port, lay_out

FOLDERS: Final = ("/etc/threatdesk", "/etc/systemd", "/opt/threatdesk", "/usr/local/bin")
STATE: Final = ("/var/lib/threatdesk", "/var/backups/threatdesk")
PORT: Final = "127.0.0.1:8765"

NOTHING: Final = "#!/bin/sh\nexit 0\n"
NOTED: Final = '#!/bin/sh\necho "$(basename "$0") $*" >> "$MACHINE/calls"\n'
RUNUSER: Final = '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n'

PATIENCE_S: Final = 240


class Machine:
    """A folder that is a machine, as far as the run-book's commands can see."""

    def __init__(self, folder: Path, *, ready: Path, slack_url: str) -> None:
        """Set one up with an empty disk, but for the product's checkout.

        Args:
            folder: Its root.
            ready: Where commands are run that are done at once (`ready.py`).
            slack_url: Its Slack.
        """
        self.folder = folder
        self.port = free_port()
        self._slack_url = slack_url
        self.more: dict[str, str] = {}  # variables of the person at the terminal
        for one in ("bin", "run", "etc/systemd/system", "usr/local/bin", "opt/threatdesk"):
            (folder / one).mkdir(parents=True)
        self._programs(ready)
        self._checkout()

    def there(self, path: str) -> Path:
        """Return where a path of the machine is."""
        return self.folder / path.lstrip("/")

    def mapped(self, text: str) -> str:
        """Return a text whose paths and port are those of this folder."""
        for one in (*FOLDERS, *STATE):
            text = text.replace(one, str(self.there(one)))
        return text.replace(PORT, f"127.0.0.1:{self.port}")

    def run(self, block: str) -> subprocess.CompletedProcess[str]:
        """Type a block of commands; the first that fails ends it."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.mapped(block)],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def configure(self) -> None:
        """Write the settings of a small force."""
        etc = self.there("/etc/threatdesk")
        lay_out(etc)
        shutil.copytree(SALTMARSH, etc / "plan", dirs_exist_ok=True)
        settings = {
            "PLAN": etc / "plan",
            "SOURCES": etc / "sources.toml",
            "PEOPLE": etc / "people.toml",
            "ALERTS": etc / "alerts.toml",
            "SLACK_API_URL": self._slack_url,
            "PORT": self.port,
            "BACKUPS": self.there("/var/backups/threatdesk"),
        }
        lines = [f"THREATDESK_{name}={value}\n" for name, value in settings.items()]
        with (etc / "threatdesk.env").open("a", encoding="utf-8") as file:
            file.writelines(lines)
        shutil.copy(etc / "crimes.csv", self.there("/var/lib/threatdesk"))

    def use(self, database: Path) -> None:
        """Put a database where the services look for it."""
        data = self.there("/var/lib/threatdesk/data")
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(database, data / "threatdesk.db")

    @property
    def database(self) -> Path:
        """Its database."""
        return self.there("/var/lib/threatdesk/data/threatdesk.db")

    @property
    def calls(self) -> str:
        """What programs that are played were called with."""
        file = self.folder / "calls"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def logs(self) -> str:
        """What its services said."""
        files = sorted((self.folder / "run").glob("*.log"))
        return "\n".join(f"{one.name}\n{one.read_text(encoding='utf-8')}" for one in files)

    def close(self) -> None:
        """Stop everything that runs."""
        self.run("systemctl stop threatdesk-web threatdesk-worker")

    @property
    def path(self) -> str:
        """Where its programs are looked for."""
        path = [self.folder / "bin", self.folder / "usr/local/bin", os.environ["PATH"]]
        return ":".join(map(str, path))

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": self.path,
            "MACHINE": str(self.folder),
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            **self.more,
        }

    def _programs(self, ready: Path) -> None:
        here = Path(__file__).parent
        for name in ("useradd", "chown"):
            _program(self.folder / "bin" / name, NOTHING)
        for name in ("git", "make"):
            _program(self.folder / "bin" / name, NOTED)
        _program(self.folder / "bin" / "runuser", RUNUSER)
        systemctl = f'#!/bin/sh\nexec {sys.executable} {here / "systemctl.py"} "$@"\n'
        _program(self.folder / "bin" / "systemctl", systemctl)
        product = (
            "#!/bin/sh\n"
            f'case "$*" in web|worker) exec {sys.executable} -m bot "$@" ;; esac\n'
            f'exec {sys.executable} -S -E {here / "ready.py"} call {ready} "$@"\n'
        )
        _program(self.there("/opt/threatdesk/.venv/bin/threatdesk"), product)

    def _checkout(self) -> None:
        """Lay down what the run-book takes from the checkout, with this machine's paths."""
        checkout = self.there("/opt/threatdesk")
        shutil.copy(ROOT / ".env.example", checkout)
        for file in (ROOT / "deploy").rglob("*"):
            if not file.is_file() or "__pycache__" in file.parts:
                continue
            to = checkout / file.relative_to(ROOT)
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_text(self.mapped(file.read_text(encoding="utf-8")), encoding="utf-8")
            to.chmod(file.stat().st_mode)


def _program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
