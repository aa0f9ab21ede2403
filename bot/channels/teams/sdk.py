"""The one door to Microsoft's Teams SDK: nothing else imports it.

On being imported, `microsoft_teams.apps` reads `.env` of the working folder into the environment
of the whole process, and warns of previews that nobody here uses.  Neither happens through this
door.  Its `App` is not used: it looks up what it is not given in variables whose names say nothing
of Teams (`CLIENT_SECRET`, `SERVICE_URL`, `CLOUD`), and one of them makes it believe whoever calls.

It takes a second to import: only who hears Teams does.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

DOTENV_OFF: Final = "PYTHON_DOTENV_DISABLED"
"""What python-dotenv looks at before it reads a file (python-dotenv 1.2)."""


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep what is imported from reading `.env`, and from warning."""
    before = os.environ.get(DOTENV_OFF)
    os.environ[DOTENV_OFF] = "1"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if before is None:
            del os.environ[DOTENV_OFF]
        else:
            os.environ[DOTENV_OFF] = before


with _quietly():
    from microsoft_teams.api.auth.cloud_environment import PUBLIC, with_overrides
    from microsoft_teams.apps.auth.token_validator import TokenValidator


__all__ = ["PUBLIC", "TokenValidator", "with_overrides"]
