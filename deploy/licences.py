"""Lists what Threat Desk rests on, and under which licence: `make licences`.

Of the packages of requirements/run.txt, as they are installed.  Ends with 1 where a licence is
not one of those that a force may use without asking a lawyer; then look at the package, and add
its licence here with the reason, or do without it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "requirements" / "run.txt"
LISTED: Final = ROOT / "docs" / "licences.md"

ALLOWED: Final = {
    "permissive": (
        r"mit(-0|-cmu)?( license)?",
        r"bsd( license)?",
        r"bsd-[23]-clause",
        r"0bsd",
        r"isc( license)?( \(iscl\))?",
        r"apache(-2\.0| software license| license 2\.0)",
        r"psf-2\.0",
        r"python software foundation license",
        r"zlib",
        r"cc0-1\.0",
        r"hpnd",
        r"unlicense",
    ),
    "copyleft for its own files, which are not changed here": (
        r"mpl-2\.0",
        r"mozilla public license 2\.0 \(mpl 2\.0\)",
    ),
    "copyleft for its own library, which can be replaced here": (
        r"lgpl-(2\.1|3\.0)-(only|or-later)",
    ),
}
"""Kinds of licences that a force may use, by patterns of their names, all in small letters."""

ELSEWHERE: Final = {"colorama": "BSD-3-Clause"}
"""Packages of the lock that only other systems install, and so cannot be asked here."""

HEAD: Final = """\
# Licences

What `requirements/run.txt` installs, from each package's own metadata. Written by
`make licences`; a test holds the list to the lock, and refuses licences of other kinds than these.

| package | licence | kind |
| --- | --- | --- |
"""


def locked(text: str) -> list[str]:
    """Return the packages of a lock, each once, by their normal names."""
    names = re.findall(r"^([\w.-]+)==", text, flags=re.MULTILINE)
    return sorted({normal(one) for one in names})


def normal(name: str) -> str:
    """Return the one way to write a package's name (packaging.python.org, Name normalization)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def kind_of(licence: str) -> str:
    """Return the kind of a licence, or of the strictest of several; empty: not allowed."""
    found = []
    for alternatives in re.split(r"\s+AND\s+|;\s*", licence):
        bare = re.sub(r"^\((.*)\)$", r"\1", alternatives.strip())
        kinds = [_kind(one) for one in re.split(r"\s+OR\s+", bare)]
        found.append(min((one for one in kinds if one is not None), default=None))
    if not found or any(one is None for one in found):
        return ""
    return list(ALLOWED)[max(one for one in found if one is not None)]


def _kind(licence: str) -> int | None:
    """Return the place of a licence's kind, the freest first; None: not allowed."""
    for place, patterns in enumerate(ALLOWED.values()):
        if any(re.fullmatch(one, licence.strip().lower()) for one in patterns):
            return place
    return None


def installed() -> dict[str, str]:
    """Return the licence of every package that is installed, by its normal name."""
    done = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--with-system"],
        capture_output=True,
        check=True,
        text=True,
    )
    return {normal(one["Name"]): one["License"] for one in json.loads(done.stdout)}


def written(packages: list[str], licences: dict[str, str]) -> str:
    """Return the document."""
    rows = [f"| {one} | {licences[one]} | {kind_of(licences[one])} |\n" for one in packages]
    return HEAD + "".join(rows)


def main() -> int:
    """Write the list; return 1 where something may not be used, or is not known."""
    packages = locked(LOCK.read_text(encoding="utf-8"))
    licences = ELSEWHERE | installed()
    problems = [
        f"{one}: {licences.get(one, 'not installed')}"
        for one in packages
        if not kind_of(licences.get(one, ""))
    ]
    if problems:
        sys.stderr.write("\n".join(["Look at these licences:", *problems]) + "\n")
        return 1
    LISTED.write_text(written(packages, licences), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
