"""Draws the pictures of the README from the demonstration: `make pictures`."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Final

from rich.console import Console

from bot.app import App
from bot.demo import PUBLISHED_DAY
from bot.figures import find_figures
from bot.render.text import print_dashboard
from config.settings import read_settings
from metrics.dashboards import DashboardName, make_dashboard
from metrics.snapshot import SnapshotKind

FOLDER: Final = Path(__file__).parent
WIDTH: Final = 118


def main() -> None:
    """Draw the two dashboards as at the published day."""
    with App(settings=read_settings()) as app:
        figures = find_figures(app.database, kind=SnapshotKind.DAILY, as_at=PUBLISHED_DAY)
    for name in (DashboardName.ALL_CRIME, DashboardName.TARGETS):
        console = Console(file=io.StringIO(), record=True, width=WIDTH, highlight=False)
        print_dashboard(make_dashboard(figures, name, None), console)
        picture = console.export_svg(title=f"threatdesk dashboard {name}")
        # The fonts of the reader's machine serve; nothing is fetched from elsewhere.
        local = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
        (FOLDER / f"{name}.svg").write_text(local, encoding="utf-8")


if __name__ == "__main__":
    main()
