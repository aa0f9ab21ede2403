"""Microsoft's SDK, as it is let in: nothing is read from `.env`, nothing is warned of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import bot

SOURCES = Path(bot.__file__).parent
DOOR = SOURCES / "channels" / "teams" / "sdk.py"

HOSTILE = """
CLIENT_ID=00000000-0000-0000-0000-000000000000
CLIENT_SECRET=hostile
SERVICE_URL=https://evil.example
DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS=true
HTTPS_PROXY=http://evil.example:3128
"""

IMPORTS = """
import os
before = dict(os.environ)
import bot.channels.teams.sdk
assert dict(os.environ) == before, sorted(set(os.environ) - set(before))
"""

POSTS = """
import sys
import bot.channels.teams.posting, bot.channels.teams.signing_in, bot.channels.workflows.posting
assert "microsoft_teams" not in sys.modules
"""


def run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, every warning an error."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(SOURCES.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_hostile_file_changes_nothing_and_nothing_is_warned_of(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(HOSTILE, encoding="utf-8")

    done = run(IMPORTS, tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_sdk_is_let_in_by_one_door() -> None:
    others = [
        file
        for file in SOURCES.rglob("*.py")
        if file != DOOR and "microsoft_teams" in _imported(file.read_text(encoding="utf-8"))
    ]

    assert others == []


def test_who_posts_does_not_wait_for_the_sdk(tmp_path: Path) -> None:
    done = run(POSTS, tmp_path)

    assert (done.returncode, done.stderr) == (0, "")


def _imported(source: str) -> str:
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line.startswith(("import ", "from ")))
