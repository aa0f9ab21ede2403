"""Charts as pictures.  Never through pyplot, which keeps figures and settings for the process.

`figure` and `draw` may be called from any thread; the same drawing gives the same bytes.  As a
drawing takes some 100 ms, services draw in another process: `bot.render.studio`.
"""

from __future__ import annotations

from typing import assert_never

from matplotlib.figure import Figure

from bot.render.charts.control import control_figure
from bot.render.charts.cumulative import cumulative_figure
from bot.render.charts.impact import impact_figure
from bot.render.charts.long_term import long_term_figure
from bot.render.charts.multiples import multiples_figure
from bot.render.charts.sheet import to_png
from bot.replies.charts import (
    ControlChart,
    CumulativeChart,
    Drawing,
    ImpactChart,
    LongTermChart,
    SmallMultiples,
)


def draw(drawing: Drawing) -> bytes:
    """Draw a chart as a PNG, 1,600 pixels wide: 800 at the two for one of a phone's screen."""
    return to_png(figure(drawing))


def figure(drawing: Drawing) -> Figure:
    """Draw a chart as a Matplotlib figure, whose artists carry what they are as their gid."""
    match drawing:
        case ControlChart():
            return control_figure(drawing)
        case CumulativeChart():
            return cumulative_figure(drawing)
        case SmallMultiples():
            return multiples_figure(drawing)
        case LongTermChart():
            return long_term_figure(drawing)
        case ImpactChart():
            return impact_figure(drawing)
        case _:
            assert_never(drawing)
