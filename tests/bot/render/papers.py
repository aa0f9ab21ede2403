"""A small paper with one of everything, and a stub in place of the charts."""

from __future__ import annotations

import io
from datetime import date

from PIL import Image

from bot.documents.model import Document, Section
from bot.replies.charts import Drawing
from bot.replies.model import Bullets, Chart, Facts, Paragraph, Table, TableColumn, TableRow
from metrics.errors import ThreatDeskError
from tests.bot.render.charts.samples import long_term


def _one_pixel() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (1, 1), "white").save(picture, "PNG")
    return picture.getvalue()


PICTURE = _one_pixel()


def drawn(_: Drawing) -> bytes:
    """Draw the same small picture of everything."""
    return PICTURE


def not_drawn(_: Drawing) -> bytes:
    """Draw nothing."""
    raise ThreatDeskError("There is no picture.")


def a_table(rows: int = 2) -> Table:
    """Make a table of so many rows."""
    return Table(
        caption="Classifications",
        label="Measure",
        columns=(TableColumn(name="Level"), TableColumn(name="Gap", is_number=True)),
        rows=tuple(
            TableRow(label=f"Measure {n}", cells=("High", "+434"), is_total=n == 0)
            for n in range(rows)
        ),
    )


def a_paper(rows: int = 2, *, mark: str = "SYNTHETIC DEMONSTRATION DATA") -> Document:
    """Make a paper."""
    return Document(
        title="Performance briefing",
        about="Saltmarsh, December 2013",
        number="PB 2013/14-09",
        as_at=date(2013, 12, 31),
        standing="As at 31 December 2013, month-end figures",
        made_for="For the board",
        mark=mark,
        source="Snapshot 0123",
        sections=(
            Section(
                title="Summary",
                parts=(
                    Paragraph(
                        text="Up 2.8% − the <b>worst</b> & more \u0000\U0001f600.", strong=True
                    ),
                    Bullets(items=("One.", "Two.")),
                    Facts(rows=(("Figures", "month-end"),)),
                ),
            ),
            Section(
                title="Tables",
                sections=(
                    Section(title="Scorecard", parts=(a_table(rows), a_table(0))),
                    Section(
                        title="Chart",
                        parts=(
                            Chart(
                                drawing=long_term((12.0, 14.0)), alt="Boats, Ebb: 12 in November."
                            ),
                        ),
                        sections=(Section(title="Deep down", parts=()),),
                    ),
                ),
                on_new_page=True,
            ),
        ),
    )
