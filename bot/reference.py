"""Short codes by which what happened is found again: on a screen, in the log, in the audit."""

from __future__ import annotations

import secrets


def new_reference() -> str:
    """Return a code that is both shown and logged, so that a screenshot finds the log.

    Sixteen million of them: with the day, one is enough.
    """
    return f"R-{secrets.token_hex(3).upper()}"
