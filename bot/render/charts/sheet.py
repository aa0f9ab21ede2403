"""The sheet that a chart is drawn on: pixels from the top left, 800 wide, as high as it gets.

Everything is placed by hand in sheet pixels: labels can then be put where nothing else is, and
nothing depends on a machine's locale or Matplotlib's settings.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from bot.render.charts.lettering import BODY, SHEET_DPI, Pen, legible

Floats = NDArray[np.float64]
Side = Literal["left", "center", "right"]
LineStyle = str | tuple[float, tuple[float, ...]]

WIDTH: Final = 800.0
EDGE: Final = 20.0
"""Left empty on every side."""

PIXEL_RATIO: Final = 2
"""Picture pixels for each sheet pixel: phones show two or more for one."""

COMPRESSION: Final = 1
"""Of zlib's 1 to 9: a fifth larger than by default, and drawn in three quarters of the time."""

INK: Final = "#1A1A1A"
QUIET: Final = "#595959"
"""Grey that still has a contrast of 7 to 1 on white (WCAG 2.2, 1.4.6)."""
GRID: Final = "#DDDDDD"
# Okabe and Ito (2008), "Color Universal Design": told apart with any colour vision.
BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
VERMILLION: Final = "#D55E00"
# The same hues, darkened to a contrast of 4.5 to 1 for words (WCAG 2.2, 1.4.3).
GREEN_WORDS: Final = "#00704F"
VERMILLION_WORDS: Final = "#B34A00"
# And lightened, for areas behind lines.
PALE_BLUE: Final = "#DCEBF5"
MIDDLE_BLUE: Final = "#B3D3E8"

SOLID: Final = "solid"
DASHED: Final = (0.0, (5.0, 2.5))
DOTTED: Final = (0.0, (1.5, 2.0))

THIN: Final = 1.0
MEDIUM: Final = 1.8
THICK: Final = 3.0


class Sheet:
    """A white sheet, drawn on from the top; it is as high as what is drawn on it."""

    def __init__(self) -> None:
        self.figure = Figure(figsize=(8.0, 5.0), dpi=SHEET_DPI * PIXEL_RATIO, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_axis_off()
        self.axes.set_xlim(0.0, WIDTH)
        self.axes.set_autoscale_on(False)

    def finish(self, height: float) -> Figure:
        """Cut the sheet off at a height and return the figure."""
        whole = float(np.ceil(height))
        self.figure.set_size_inches(WIDTH / SHEET_DPI, whole / SHEET_DPI)
        self.axes.set_ylim(whole, 0.0)
        return self.figure

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        pen: Pen = BODY,
        colour: str = INK,
        side: Side = "left",
        gid: str = "text",
    ) -> None:
        """Write one line with its middle at y; `side` is the end of it that stands at x."""
        self.axes.text(
            x,
            y,
            legible(text),
            fontproperties=pen.properties,
            color=colour,
            ha=side,
            va="center_baseline",
            gid=gid,
            zorder=5.0,
            parse_math=False,
        )

    def line(
        self,
        x: Sequence[float] | Floats,
        y: Sequence[float] | Floats,
        *,
        colour: str = INK,
        width: float = MEDIUM,
        style: LineStyle = SOLID,
        gid: str = "line",
        order: float = 2.0,
    ) -> None:
        """Draw a line through points; NaN is a gap."""
        self.axes.plot(
            x,
            y,
            color=colour,
            linewidth=width,
            linestyle=style,
            gid=gid,
            zorder=order,
            solid_joinstyle="round",
        )

    def points(
        self,
        x: Sequence[float] | Floats,
        y: Sequence[float] | Floats,
        *,
        shape: str = "o",
        size: float = 5.0,
        colour: str = BLUE,
        is_hollow: bool = False,
        gid: str = "points",
    ) -> None:
        """Draw points of one shape; NaN is left out."""
        self.axes.plot(
            x,
            y,
            linestyle="none",
            marker=shape,
            markersize=size,
            markerfacecolor="white" if is_hollow else colour,
            markeredgecolor=colour,
            markeredgewidth=MEDIUM if is_hollow else 0.0,
            gid=gid,
            zorder=4.0,
        )

    def band(
        self,
        x: Sequence[float] | Floats,
        lower: Sequence[float] | Floats,
        upper: Sequence[float] | Floats,
        *,
        colour: str = PALE_BLUE,
        gid: str = "band",
    ) -> None:
        """Shade between two lines; where either is NaN, nothing."""
        self.axes.fill_between(x, lower, upper, color=colour, linewidth=0.0, gid=gid, zorder=0.5)

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        *,
        colour: str,
        edge: str | None = None,
        gid: str = "box",
        order: float = 1.0,
    ) -> None:
        """Draw a rectangle."""
        self.axes.add_patch(
            Rectangle(
                (left, top),
                width,
                height,
                facecolor=colour,
                edgecolor=edge or colour,
                linewidth=THICK if edge else 0.0,
                gid=gid,
                zorder=order,
            )
        )


def to_png(figure: Figure) -> bytes:
    """Return a figure as a picture, without the date or the program that would make it differ."""
    picture = io.BytesIO()
    figure.savefig(
        picture,
        format="png",
        dpi=figure.dpi,
        metadata={"Software": None},
        pil_kwargs={"compress_level": COMPRESSION},
    )
    return picture.getvalue()
