"""A measure in an area with figures made up for one test, and nothing else known of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.replies.judged import Judged
from metrics.assessment import Assessment, Comparison, Control, Peers, Threat, Watch, YearEnd
from metrics.calendar import Period, Window
from metrics.classification import ThreatLevel
from metrics.model import (
    Area,
    AreaId,
    Framework,
    FrameworkStyle,
    Level,
    Measure,
    MeasureId,
    MeasureKind,
    Polarity,
    Target,
    TargetKind,
)
from metrics.positions import Figure, Position
from metrics.statistics.control import Assurance
from metrics.statistics.control_state import ControlState
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.projection import Withheld
from metrics.statistics.verdict import NotTestable, Verdict

TODAY: Final = date(2013, 12, 11)
YEAR: Final = Period(date(2013, 4, 1), TODAY)

BOATS: Final = MeasureId("boat-theft.recorded")
EBB: Final = AreaId("ebb")

NOT_COMPARED: Final = Comparison(
    verdict=Verdict.NOT_TESTABLE,
    reason=NotTestable.NOT_RECORDED,
    p_value=math.nan,
    p_adjusted=math.nan,
    low=math.nan,
    high=math.nan,
    dispersion=math.nan,
    fragile=False,
)


def compared(verdict: Verdict, p: float, *, fragile: bool = False) -> Comparison:
    """Make a comparison that was tested."""
    return Comparison(
        verdict=verdict,
        reason=NotTestable.TESTED,
        p_value=p,
        p_adjusted=p,
        low=math.nan,
        high=math.nan,
        dispersion=1.0,
        fragile=fragile,
    )


def a_measure(
    kind: MeasureKind = MeasureKind.RECORDED,
    *,
    name: str = "Boat theft",
    polarity: Polarity = Polarity.LOWER_IS_BETTER,
    unit: str = "boats",
) -> Measure:
    """Make a measure."""
    return Measure(id=BOATS, name=name, kind=kind, polarity=polarity, unit=unit, numerator=())


def a_framework(style: FrameworkStyle = FrameworkStyle.TARGETS) -> Framework:
    """Make the framework of 2013/14."""
    return Framework(
        id="2013/14",
        first=date(2013, 4, 1),
        last=date(2014, 3, 31),
        style=style,
        baseline_year=2012,
    )


def judged(
    now: float,
    before: float,
    *,
    measure: Measure | None = None,
    level: Level = Level.FORCE,
    comparison: Comparison = NOT_COMPARED,
    baseline: Comparison = NOT_COMPARED,
    framework: Framework | None = None,
    target: Target | None = None,
    gap: float = math.nan,
    required: float = math.nan,
    still_open: float = math.nan,
    chance: float = math.nan,
    to: date | None = TODAY,
    values: Mapping[Window, float] | None = None,
    n: float = math.nan,
    threat: ThreatLevel | None = None,
) -> Judged:
    """Make a measure in an area; of a survey, `n` were asked and the share `now` is content."""
    kind = (measure or a_measure()).kind
    this, last = (
        (Window.ROLLING_12, Window.PREVIOUS_12) if kind.is_survey else (Window.YTD, Window.LYTD)
    )
    all_values = dict.fromkeys(Window, math.nan) | {this: now, last: before} | dict(values or {})
    period = Period(YEAR.first, to) if to else None
    figures = {
        window: Figure(period=period, numerator=now * n, denominator=n, days_observed=0)
        for window in Window
    }
    return Judged(
        measure=measure or a_measure(),
        area=Area(id=EBB, name="Ebb", level=level),
        position=Position(
            measure=BOATS,
            area=EBB,
            to=to,
            figures=figures,
            values=all_values,
            target=math.nan,
            gap=gap,
            outcomes_required=required,
            under_investigation=still_open,
            population=math.nan,
            yearly={},
        ),
        assessment=_assessment(comparison, baseline, chance, threat),
        target=target,
        framework=framework or a_framework(),
        as_at=TODAY if to is None or to < TODAY else to,
    )


def reduction(share: float) -> Target:
    """Make a target of so much less than last year."""
    return Target(measure=BOATS, kind=TargetKind.REDUCTION, value=share)


def at_least(rate: float) -> Target:
    """Make a target rate."""
    return Target(measure=BOATS, kind=TargetKind.AT_LEAST, value=rate)


def fewer() -> Target:
    """Make the target of any number fewer than last year."""
    return Target(measure=BOATS, kind=TargetKind.FEWER)


def _assessment(
    comparison: Comparison, baseline: Comparison, chance: float, level: ThreatLevel | None
) -> Assessment:
    no_place = Peers(rank=0, forces=0, verdict=PeerVerdict.NOT_TESTABLE)
    nothing = math.nan
    return Assessment(
        measure=BOATS,
        area=EBB,
        last_year=comparison,
        baseline=baseline,
        month=NOT_COMPARED,
        year_end=YearEnd(
            expected=nothing,
            lower_80=nothing,
            upper_80=nothing,
            lower_95=nothing,
            upper_95=nothing,
            chance_met=chance,
            pace_needed=nothing,
            withheld=Withheld.NOT,
        ),
        control=Control(
            state=ControlState.WITHIN_BOUNDS,
            side=0,
            deviations=nothing,
            assurance=Assurance.NOT_ASSESSED,
        ),
        watch=Watch(
            windows=(),
            observed=(),
            expected=(),
            dispersion=(),
            p_value=(),
            score=nothing,
            sigma=nothing,
            reasons=(),
        ),
        peers=no_place,
        peers_3_months=no_place,
        threat=Threat(level=level, pending=None, sentences=()),
    )
