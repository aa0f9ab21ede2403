"""What figures must be read with: late data, gaps, data-quality notes, and where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from metrics.calendar import Window, say_date
from metrics.model import AreaId, Catalogue, MeasureId
from metrics.snapshot import Snapshot

SYNTHETIC: Final = "SYNTHETIC DEMONSTRATION DATA: these are not real crimes."
"""Said with every figure of a demonstration."""

NAMED: Final = 4
"""So many measures are named in one remark; the others are counted."""

WINDOW_NAMES: Final = {
    Window.YTD: "The year to date",
    Window.LYTD: "Last year",
    Window.MONTH: "The month",
    Window.ROLLING_12: "The last 12 months",
    Window.PREVIOUS_12: "The 12 months before",
    Window.BASELINE: "The baseline year",
}
"""The windows whose figures are shown, as they are told."""

Shown = Sequence[tuple[MeasureId, AreaId]]
"""The measures that are shown, each in its area."""


def caveats(
    shown: Shown, snapshot: Snapshot, catalogue: Catalogue, windows: tuple[Window, ...]
) -> list[str]:
    """Return what the figures shown must be read with, one sentence each.

    Args:
        windows: The periods that are shown, whose gaps are told.
    """
    return [
        *_late(shown, snapshot, catalogue),
        *_gaps(shown, snapshot, windows),
        *_notes(shown, snapshot, catalogue),
    ]


def source(snapshot: Snapshot) -> str:
    """Say which snapshot figures are from, and which sources it rests on."""
    sources = dict.fromkeys(one.source for one in snapshot.inputs)
    return f"Snapshot {snapshot.id}, from {', '.join(sources) or 'no source'}"


def _late(shown: Shown, snapshot: Snapshot, catalogue: Catalogue) -> list[str]:
    """Say which measures' figures do not reach the as-at day, and which have none."""
    reach: dict[date | None, list[str]] = {}
    for measure, area in shown:
        to = snapshot.positions.get(measure, area).to
        if to != snapshot.as_at:
            names = reach.setdefault(to, [])
            name = catalogue.measures[measure].name
            names += [name] if name not in names else []
    said = []
    for to, names in sorted(reach.items(), key=lambda one: str(one[0])):
        rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        which = ", ".join(names[:NAMED]) + rest
        if len(names) == len({measure for measure, _ in shown}):
            which = "All of these figures"
        said.append(
            f"{which}: nothing has been recorded." if to is None else f"{which}: to {say_date(to)}."
        )
    return said


def _gaps(shown: Shown, snapshot: Snapshot, windows: tuple[Window, ...]) -> list[str]:
    """Say which periods are not recorded in full for any row, and so have no figure."""
    figures = [snapshot.positions.get(measure, area).figures for measure, area in shown]
    said = []
    for window in windows:
        missing = {
            (one[window].period, one[window].days_missing) for one in figures if one[window].period
        }
        if len(missing) == 1:
            [(span, days)] = missing
            if span and days:
                said.append(
                    f"{WINDOW_NAMES[window]} ({span}): {days} of {span.days} days are not recorded."
                )
    return said


def _notes(shown: Shown, snapshot: Snapshot, catalogue: Catalogue) -> list[str]:
    """Return the data-quality notes that bear on the periods shown."""
    measures = {measure for measure, _ in shown}
    areas = {within for _, area in shown for within in catalogue.within[area]}
    since = min(
        (
            figure.period.first
            for measure, area in shown
            for figure in snapshot.positions.get(measure, area).figures.values()
            if figure.period
        ),
        default=snapshot.as_at,
    )
    return [
        f"{say_date(note.day)}: {note.text} ({note.source})"
        for note in catalogue.notes
        if measures.intersection(note.measures)
        and (not note.areas or areas.intersection(note.areas))
        and since <= note.day <= snapshot.as_at
    ]
