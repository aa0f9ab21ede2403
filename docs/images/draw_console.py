"""Takes the console's pictures for the README from the demonstration, in a browser of its own.

Run `threatdesk demo` first.  The database is copied: the pictures leave nothing in it.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from bot.app import App
from bot.commands.console import console_app
from bot.console import console_delivery
from bot.demo import PUBLISHED_DAY
from bot.figures import find_figures
from config.settings import Settings, read_settings
from metrics.errors import UserError
from metrics.snapshot import SnapshotKind

FOLDER: Final = Path(__file__).parent

QUESTION: Final = "/priority 12 as at 11 December 2013"

SQLITE: Final = "sqlite:///"

MORNING: Final = datetime(2013, 12, 12, 8, 0, tzinfo=UTC)
"""When the figures of the published day were decided on: a working morning, out of quiet hours."""

COLOURS: Final = 200
"""Enough for flat colours and the edges of letters; a third of the size of all of them."""

WITHIN_MS: Final = 30_000


def main() -> None:
    """Take both pictures."""
    chromium = os.environ.get("THREATDESK_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, App(settings=_own(Path(folder))) as app:
        figures = find_figures(app.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)
        app.deciding.day(figures, now=MORNING)
        console_delivery(app, name="pictures").deliver()
        with _served(app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium)
            _take(browser, address, "console-desk", width=1280, height=800, scale=1.0)
            _take(browser, address, "console-phone", width=390, height=844, scale=1.5)
            browser.close()


def _own(folder: Path) -> Settings:
    """Return the settings, with a copy of the database."""
    settings = read_settings()
    url = settings.database_url.get_secret_value()
    if not url.startswith(SQLITE):
        raise UserError("The pictures are taken from a demonstration in a SQLite file.")
    copy = folder / "threatdesk.db"
    there = sqlite3.connect(url.removeprefix(SQLITE))
    with closing(there), closing(sqlite3.connect(copy)) as here:
        there.backup(here)
    return Settings(database_url=f"{SQLITE}{copy}", data=settings.data, plan=settings.plan)


@contextmanager
def _served(app: App) -> Iterator[str]:
    """Serve the console while the pictures are taken."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(console_app(app), log_config=None))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()


def _take(
    browser: Browser, address: str, name: str, *, width: int, height: int, scale: float
) -> None:
    """Ask, wait for the whole answer, and take the picture."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#feed")).to_contain_text("threat", timeout=WITHIN_MS)
    page.fill("#question", QUESTION)
    page.press("#question", "Enter")
    picture = page.locator(".turn img")
    expect(picture).not_to_have_js_property("naturalWidth", 0, timeout=WITHIN_MS)
    page.locator("#feed .message", has_text="Domestic burglary, ").first.evaluate(
        "one => { const feed = document.getElementById('feed'); "
        "feed.scrollTop += one.getBoundingClientRect().top - feed.getBoundingClientRect().top; }"
    )
    taken = Image.open(io.BytesIO(page.screenshot()))
    taken.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)
    context.close()


if __name__ == "__main__":
    main()
