"""The figures and notes that an alert carries beside its reasons, as data."""

from __future__ import annotations

import math

from bot.alerts.model import KeyFigures
from bot.alerts.rules.row import Row
from bot.alerts.rules.surge import standing_out
from metrics.calendar import say_date
from metrics.model import Catalogue


def key_figures(row: Row) -> KeyFigures:
    """Return the figures of a row; NaN and empty where something is not known."""
    position, found = row.position, row.assessment
    now, before = row.windows
    is_rate = row.measure.kind.is_rate
    window = None if math.isnan(found.watch.score) else standing_out(row)
    if (
        window is not None
        and not is_rate
        and 0 < found.watch.observed[window] < row.measure.minimum
    ):
        window = None  # too few to be shown
    return KeyFigures(
        is_rate=is_rate,
        unit=row.measure.unit,
        value=position.values[now],
        last_year=position.values[before],
        responses=position.figures[now].denominator if is_rate else math.nan,
        p_value=row.p_together,
        target=position.target,
        gap=position.gap,
        chance_met=found.year_end.chance_met,
        expected=found.year_end.expected,
        classification=found.threat.level,
        window="" if window is None else found.watch.windows[window],
        observed=math.nan if window is None else found.watch.observed[window],
        usual=math.nan if window is None else found.watch.expected[window],
        rank=found.peers.rank,
        forces=found.peers.forces,
    )


def notes_of(row: Row, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the data-quality notes that bear on the periods compared."""
    first = [row.position.figures[window].period for window in row.windows]
    since = min((one.first for one in first if one), default=row.to)
    return tuple(
        f"{say_date(note.day)}: {note.text} ({note.source})"
        for note in catalogue.notes
        if row.measure.id in note.measures
        and (not note.areas or row.within.intersection(note.areas))
        and since <= note.day <= row.to
    )
