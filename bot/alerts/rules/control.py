"""The control chart: a breach or a shift in the bad direction."""

from __future__ import annotations

import math
from typing import Final

from bot.alerts.model import RuleName
from bot.alerts.rules.row import Finding, Quiet, Row
from bot.render.words import number
from metrics.calendar import last_month_end, say_date
from metrics.classification import Likelihood
from metrics.statistics.control_state import LONG_TERM, ControlState

NOT_JUDGED: Final = (ControlState.NOT_RECORDED, ControlState.TOO_FEW_POINTS)


def control(row: Row) -> Finding | Quiet:
    """The latest whole month breaches its control limit, or the level has shifted, for the worse.

    Fires when:     the latest month is outside the limits, or ten of the last twelve months lie
                    on the bad side with a mean that is as unusual as such a point; in both cases
                    as far out as the charts' part of the budget asks, counted over all charts.
    Stays quiet on: seasonal spikes, runs that stay near the mean, the good side, charts with too
                    few points, and small areas, whose charts would flood a channel.
    """
    found = row.assessment.control
    if row.area.level not in row.policy.control_levels:
        return Quiet("Control charts are not alerted at this level of area.")
    if found.state in NOT_JUDGED:
        return Quiet(f"The control chart: {found.words}.", judged=False)
    if found.state not in (ControlState.OUTSIDE, ControlState.LONG_TERM):
        return Quiet(f"The control chart: {found.words}.")
    if found.side * row.worse <= 0:
        return Quiet("The control chart's signal is on the good side.")
    lasting = math.sqrt(LONG_TERM) if found.state is ControlState.LONG_TERM else 1.0
    out = abs(found.deviations) * lasting
    limit = row.cuts.control
    if out <= limit and RuleName.CONTROL not in row.held:
        return Quiet(f"{number(out, 1)} deviations out; an alert needs {number(limit, 1)}.")
    month = last_month_end(row.to)
    return row.found(
        RuleName.CONTROL,
        Likelihood.POSSIBLE,
        f"On its control chart to {say_date(month)}: {found.words} "
        f"({number(abs(found.deviations), 1)} deviations from the mean).",
        size=out,
    )
