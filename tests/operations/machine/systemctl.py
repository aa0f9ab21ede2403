"""As much of systemd as the units of deploy/systemd use: it runs them, with their credentials."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

MACHINE = Path(os.environ["MACHINE"])
UNITS = MACHINE / "etc/systemd/system"
RUN = MACHINE / "run"


def main(arguments: list[str]) -> int:
    """Do what is asked, and return how it ended."""
    order, *names = [one for one in arguments if not one.startswith("-")]
    units = [one.removesuffix(".service") for one in names if not one.endswith(".timer")]
    if order == "daemon-reload":
        return 0
    code = 0
    for unit in units:
        if order in ("stop", "restart"):
            code = max(code, stop(unit))
        if order in ("start", "restart", "enable"):
            code = max(code, start(unit))
    return code


def start(unit: str) -> int:
    """Start a unit; one that runs once is waited for."""
    lines = "".join(
        one.read_text()
        for one in [UNITS / f"{unit}.service", *sorted(UNITS.glob(f"{unit}.service.d/*.conf"))]
    )

    def said(key: str) -> list[str]:
        return re.findall(rf"^{key}=(.*)$", lines, flags=re.MULTILINE)

    credentials = RUN / "credentials" / unit
    credentials.mkdir(parents=True, exist_ok=True)
    for one in said("LoadCredential"):
        name, file = one.split(":", 1)
        shutil.copy(file, credentials / name)
        (credentials / name).chmod(0o400)
    environment = {
        key: os.environ[key] for key in ("PATH", "MACHINE", "HOME", "LANG", "PYTHONPATH")
    }
    environment |= dict(one.split("=", 1) for one in said("Environment"))
    for file in said("EnvironmentFile"):
        environment |= variables(Path(file.removeprefix("-")))
    environment = {key: one.replace("%d", str(credentials)) for key, one in environment.items()}
    log = (RUN / f"{unit}.log").open("a")
    process = subprocess.Popen(
        shlex.split(said("ExecStart")[-1]),
        cwd=said("WorkingDirectory")[-1],
        env=environment,
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    if said("Type")[-1] == "oneshot":
        return process.wait()
    (RUN / f"{unit}.pid").write_text(str(process.pid))
    return 0


def stop(unit: str) -> int:
    """Stop a unit in good order; 1 where it had to be killed."""
    file = RUN / f"{unit}.pid"
    if not file.exists():
        return 0
    process = int(file.read_text())
    file.unlink()
    try:
        os.kill(process, signal.SIGTERM)
        for _ in range(600):
            if is_over(process):
                return 0
            time.sleep(0.1)
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def is_over(process: int) -> bool:
    """Whether a process, which is nobody's child any more, has ended."""
    stat = Path(f"/proc/{process}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def variables(file: Path) -> dict[str, str]:
    """Return what an environment file sets."""
    lines = [one for one in file.read_text().splitlines() if one and not one.startswith("#")]
    return {key: shlex.split(one)[0] for key, one in (line.split("=", 1) for line in lines)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
