"""The command line, imported once and forked for each call: as good as started, and at once."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Final

FILES: Final = 3
"""Input, output and errors."""

LONGEST: Final = 1_000_000


def serve(address: Path) -> None:
    """Run commands for whoever asks, until killed."""
    import bot.__main__  # what all the waiting would be for

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(address.with_suffix(".new")))
        door.listen()
        address.with_suffix(".new").rename(address)
        while True:
            caller, _ = door.accept()
            if not os.fork():
                door.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _answer(caller, bot.__main__.main)
            caller.close()


def _answer(caller: socket.socket, main: object) -> None:
    """Run one command in a process of its own, and say how it ended."""
    raw, files, _, _ = socket.recv_fds(caller, LONGEST, FILES)
    child = os.fork()
    if not child:
        caller.close()
        _become(json.loads(raw), files)
        code = 0
        try:
            assert callable(main)
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    caller.sendall(str(os.waitstatus_to_exitcode(status) % 256).encode())
    os._exit(0)


def _become(asked: dict[str, object], files: list[int]) -> None:
    for place, file in enumerate(files):
        os.dup2(file, place)
    os.environ.clear()
    os.environ.update({str(k): str(v) for k, v in dict(asked["environment"]).items()})  # type: ignore[call-overload]
    os.chdir(str(asked["folder"]))
    sys.argv = ["threatdesk", *asked["arguments"]]  # type: ignore[misc]
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def call(address: str, arguments: list[str]) -> int:
    """Have a command run; return its exit code."""
    asked = {"arguments": arguments, "environment": dict(os.environ), "folder": str(Path.cwd())}
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(address)
        socket.send_fds(door, [json.dumps(asked).encode()], [0, 1, 2])
        return int(door.recv(16) or b"70")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(Path(sys.argv[2]))
    sys.exit(call(sys.argv[2], sys.argv[3:]))
