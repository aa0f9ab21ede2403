"""What is measured, and the figures of the periods compared, with their days and their gaps."""

from __future__ import annotations

import math
from collections.abc import Iterator

from metrics.calendar import Window
from metrics.dashboards.caveats import WINDOW_NAMES
from metrics.dashboards.explanation.document import Claim, Line, Section
from metrics.dashboards.table import count, difference, headline, proportional_change
from metrics.model import MeasureKind, Polarity

BETTER = {
    Polarity.HIGHER_IS_BETTER: "Higher is better.",
    Polarity.LOWER_IS_BETTER: "Lower is better.",
    Polarity.NEITHER: "Neither more nor less of it is better.",
}


def measured(claim: Claim) -> Section:
    """Say what the measure is."""
    measure = claim.measure
    lines: list[Line] = [(f"{measure.name} ({measure.id}), in {claim.area.name}.",)]
    if measure.definition:
        lines.append((measure.definition,))
    if measure.published:
        lines.append((f"Defined in: {measure.published}.",))
    priority = claim.catalogue.priorities.get(measure.priority)
    if priority:
        lines.append((f"Priority {priority.number}: {priority.name}.",))
    lines.append((BETTER[measure.polarity],))
    return Section(heading="What is measured", lines=tuple(lines))


def periods(claim: Claim) -> Section:
    """Tell the figures of every period that the claim rests on, and the change."""
    position = claim.position
    if position.to is None:
        return Section(heading="The figures", lines=(("Nothing has been recorded.",),))
    windows = dict.fromkeys((claim.now, claim.before, Window.ROLLING_12, Window.BASELINE))
    return Section(
        heading="The figures",
        lines=(*(_period(claim, window) for window in windows), *_change(claim)),
    )


def _period(claim: Claim, window: Window) -> Line:
    measure, position = claim.measure, claim.position
    figure = position.figures[window]
    days = figure.period.days if figure.period else 0
    start = f"{WINDOW_NAMES[window]}, {figure.period} ({days} days): "
    if figure.days_missing:
        return (f"{start}not known, {figure.days_missing} of {days} days are not recorded.",)
    value = headline(measure, position, window)
    if measure.kind.is_rate:
        parts = count(figure.numerator), " of ", count(figure.denominator)
        return (start, value, ", ", *parts, ".")
    unit = "" if measure.unit == "£m" else f" {measure.unit}"
    return start, value, f"{unit}."


def _change(claim: Claim) -> Iterator[Line]:
    values = claim.position.values
    now, before = values[claim.now], values[claim.before]
    if math.isnan(now - before):
        yield ("Change: not known, because one of the two periods is not.",)
    elif claim.measure.kind.is_rate:
        yield "Change: ", difference(claim.measure, now, before), "."
    elif claim.measure.kind is MeasureKind.MONEY:
        yield "Change: ", proportional_change(now, before), "."
    else:
        change = difference(claim.measure, now, before)
        yield "Change: ", change, " (", proportional_change(now, before), ")."
