"""Every setting, and variables that look like one and are none.  No secret is ever shown."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dotenv import dotenv_values
from pydantic import SecretStr

from bot.doctor.model import Line, Standing
from config.secret_files import SUFFIX, secret_variables
from config.settings import PREFIX, Settings

OTHERS_MAY: Final = 0o077
"""The rights of a file's group and of everyone."""

ELSEWHERE: Final = frozenset({"THREATDESK_REFERENCE", "THREATDESK_CHROMIUM"})
"""Variables of the tests."""


def settings_lines(settings: Settings) -> Iterator[Line]:
    """Say of every setting what it is; of a secret only whether it is set, and where."""
    variables = _variables()
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name}".upper()
        value = getattr(settings, name)
        if isinstance(value, SecretStr) or variable + SUFFIX in secret_variables(Settings, PREFIX):
            yield _secret(variable, variables)
            continue
        by_default = "" if name in settings.model_fields_set else " (by default)"
        said = "not set" if value is None else f"{value}{by_default}"
        yield Line(what=variable, said=said)


def unknown_variables() -> Iterator[Line]:
    """Look for variables that begin like a setting and are none: most likely a slip."""
    known = [f"{PREFIX}{name}".upper() for name in Settings.model_fields]
    known += secret_variables(Settings, PREFIX)
    for name in sorted(_variables()):
        if not name.startswith(PREFIX) or name in known or name in ELSEWHERE:
            continue
        near = difflib.get_close_matches(name, known, n=1)
        yield Line(
            what=name,
            said="is no setting, and is not read",
            standing=Standing.LOOK,
            todo=f"Was {near[0]} meant?" if near else "docs/settings.md has every setting.",
        )


def _secret(variable: str, variables: dict[str, str]) -> Line:
    file = variables.get(variable + SUFFIX, "")
    if not file:
        said = "set" if variables.get(variable) else "not set"
        return Line(what=variable, said=said)
    said = f"set, in {file}"
    if Path(file).stat().st_mode & OTHERS_MAY:
        return Line(
            what=variable,
            said=f"{said}, which others on this machine may read",
            standing=Standing.LOOK,
            todo=f"chmod 600 {file}",
        )
    return Line(what=variable, said=said)


def _variables() -> dict[str, str]:
    """Return every variable that is set, of the environment and of `.env`, by its name."""
    of_file: dict[str, str | None] = {}
    try:
        of_file = dotenv_values(".env")
    except (OSError, UnicodeDecodeError):  # reading the settings says so
        of_file = {}
    both = {**of_file, **os.environ}
    return {name.upper(): value for name, value in both.items() if value}
