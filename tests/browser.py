"""A real browser without a window, for every test that asks for it.

Registered as a plugin by `tests/conftest.py`.  The browser is `THREATDESK_CHROMIUM`, or the
`chromium` on the path.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; where there is none it is said so, and on the build machine that is a failure."""
    from playwright.sync_api import sync_playwright

    found = os.environ.get("THREATDESK_CHROMIUM") or shutil.which("chromium")
    if not found:
        reason = "There is no Chromium (THREATDESK_CHROMIUM): the pages were not tried in one."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()
