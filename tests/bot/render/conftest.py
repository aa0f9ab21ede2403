"""Golden files: what a sample looks like, kept to be looked at when it changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"

UPDATE = "THREATDESK_UPDATE_GOLDEN"
"""Set this variable to write the files anew; then read the difference before it is committed."""


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with a golden file by name."""

    def compare(name: str, shown: str) -> None:
        file = GOLDEN / name
        if os.environ.get(UPDATE):
            file.write_text(shown, encoding="utf-8")
        assert shown == file.read_text(encoding="utf-8")

    return compare
