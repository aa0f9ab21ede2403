"""Small things that the tests of this room are made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.alerts.model import (
    Alert,
    AlertId,
    AlertKey,
    Candidate,
    Concern,
    KeyFigures,
    Reason,
    RuleName,
)
from bot.alerts.rules.row import Cuts, Row
from config.alerts import AlertPolicy
from metrics.assessment import (
    Assessment,
    Comparison,
    Control,
    Peers,
    Threat,
    Watch,
    YearEnd,
)
from metrics.calendar import Window, period
from metrics.classification import ThreatLevel
from metrics.model import AreaId, Catalogue, Grain, MeasureId
from metrics.positions import Figure, Position
from metrics.snapshot import SnapshotId
from metrics.statistics.control import Assurance
from metrics.statistics.control_state import ControlState
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.projection import Withheld
from metrics.statistics.surveillance import NoVerdict
from metrics.statistics.verdict import NotTestable, Verdict

NAN = math.nan
DAY = date(2020, 12, 11)
MORNING = datetime(2020, 12, 12, 5, 30, tzinfo=UTC)
THEFT = MeasureId("other.recorded")
FORCE, EBB, FLOW = AreaId("saltmarsh"), AreaId("ebb"), AreaId("flow")


def a_key(measure: str = THEFT, area: str = FORCE, concern: Concern = Concern.THREAT) -> AlertKey:
    """Name a threat."""
    return AlertKey(concern, MeasureId(measure), AreaId(area))


def a_reason(
    rule: RuleName = RuleName.DETERIORATION,
    level: ThreatLevel = ThreatLevel.MEDIUM,
    *,
    size: float = 0.2,
    as_at: date = DAY,
) -> Reason:
    """Give a reason."""
    return Reason(
        rule=rule,
        level=level,
        sentence=f"{rule.value} says so.",
        size=size,
        as_at=as_at,
        snapshot=SnapshotId("s1"),
    )


SOME_FIGURES = KeyFigures(
    is_rate=False,
    unit="crimes",
    value=120.0,
    last_year=100.0,
    responses=NAN,
    p_value=0.001,
    target=NAN,
    gap=NAN,
    chance_met=NAN,
    expected=NAN,
    classification=None,
    window="",
    observed=NAN,
    usual=NAN,
    rank=0,
    forces=0,
)


def a_candidate(
    *reasons: Reason,
    key: AlertKey | None = None,
    as_at: date = DAY,
    snapshot: str = "s1",
    basis: str = "b1",
) -> Candidate:
    """Say that rules fire."""
    given = reasons or (a_reason(as_at=as_at),)
    return Candidate(
        key=key or a_key(),
        level=max(one.level for one in given),
        reasons=given,
        figures=SOME_FIGURES,
        notes=(),
        as_at=as_at,
        snapshot=SnapshotId(snapshot),
        basis=basis,
    )


def an_alert(
    *,
    id_: str = "A-17",
    key: AlertKey | None = None,
    level: ThreatLevel = ThreatLevel.MEDIUM,
    reasons: tuple[Reason, ...] = (),
    at: datetime = MORNING,
    **changes: Any,
) -> Alert:
    """Make an open alert."""
    made = Alert(
        id=AlertId(id_),
        key=key or a_key(),
        level=level,
        reasons=reasons or (a_reason(level=level),),
        figures=SOME_FIGURES,
        notes=(),
        as_at=DAY,
        snapshot=SnapshotId("s1"),
        basis="b1",
        raised_at=at,
        last_seen_at=at,
        at_level_at=at,
    )
    return replace(made, **changes)


def a_comparison(p: float = 0.001, **changes: Any) -> Comparison:
    """Say how a year compares with the last."""
    made = Comparison(
        verdict=Verdict.SIGNIFICANT_RISE,
        reason=NotTestable.TESTED,
        p_value=p,
        p_adjusted=p,
        low=1.1,
        high=1.5,
        dispersion=1.2,
        fragile=False,
    )
    return replace(made, **changes)


def an_assessment(**parts: Any) -> Assessment:
    """Make an assessment by which nothing is wrong, except in the parts that are given."""
    quiet = a_comparison(0.6, verdict=Verdict.NO_SIGNIFICANT_CHANGE)
    nowhere = Peers(rank=0, forces=0, verdict=PeerVerdict.NOT_TESTABLE)
    made = Assessment(
        measure=THEFT,
        area=FORCE,
        last_year=quiet,
        baseline=quiet,
        month=quiet,
        year_end=a_year_end(),
        control=Control(
            state=ControlState.WITHIN_BOUNDS,
            side=0,
            deviations=0.3,
            assurance=Assurance.NOT_ASSESSED,
        ),
        watch=a_watch(-1.0),
        peers=nowhere,
        peers_3_months=nowhere,
        threat=Threat(level=ThreatLevel.LOW, pending=None, sentences=("It is on course.",)),
    )
    return replace(made, **parts)


def a_year_end(chance_met: float = NAN) -> YearEnd:
    """Project a year's end."""
    return YearEnd(
        expected=400.0,
        lower_80=380.0,
        upper_80=420.0,
        lower_95=370.0,
        upper_95=430.0,
        chance_met=chance_met,
        pace_needed=NAN,
        withheld=Withheld.NOT,
    )


def a_watch(
    score: float,
    *,
    observed: tuple[float, float, float] = (20.0, 80.0, 150.0),
    expected: tuple[float, float, float] = (12.0, 50.0, 120.0),
) -> Watch:
    """Say how the latest weeks stand; 28 days stand out most."""
    return Watch(
        windows=("7 days", "28 days", "56 days"),
        observed=observed,
        expected=expected,
        dispersion=(1.2, 1.2, 1.2),
        p_value=(0.01, 0.0001, 0.001),
        score=score,
        sigma=3.0,
        reasons=(NoVerdict.HAS_VERDICT,) * 3,
    )


def a_position(
    value: float = 120.0,
    last_year: float = 100.0,
    *,
    to: date = DAY,
    responses: float = NAN,
    target: float = NAN,
    gap: float = NAN,
) -> Position:
    """Give a measure's figures; of a rate, value and last year are proportions."""
    values = {Window.YTD: value, Window.ROLLING_12: value}
    before = {Window.LYTD: last_year, Window.PREVIOUS_12: last_year}
    every: Mapping[Window, float] = dict.fromkeys(Window, NAN) | values | before
    return Position(
        measure=THEFT,
        area=FORCE,
        to=to,
        figures={
            window: Figure(
                period=period(window, to, grain=Grain.DAY, baseline_year=2019),
                numerator=every[window] * (1 if math.isnan(responses) else responses),
                denominator=responses,
                days_observed=365,
            )
            for window in Window
        },
        values=every,
        target=target,
        gap=gap,
        outcomes_required=NAN,
        under_investigation=NAN,
        population=NAN,
        yearly={},
    )


CUTS = Cuts(surge=3.0, surge_hold=2.3, surge_strong=4.0, control=3.2)


def a_row(
    catalogue: Catalogue,
    *,
    measure: str = THEFT,
    area: str = FORCE,
    p_together: float = 0.6,
    **changes: Any,
) -> Row:
    """Make a row by which nothing is wrong, except in what is given."""
    made = Row(
        measure=catalogue.measures[MeasureId(measure)],
        area=catalogue.areas[AreaId(area)],
        position=a_position(),
        assessment=an_assessment(),
        before=None,
        p_together=p_together,
        held=frozenset(),
        is_late=False,
        as_at=DAY,
        snapshot=SnapshotId("s1"),
        catalogue=catalogue,
        policy=AlertPolicy(),
        cuts=CUTS,
    )
    return replace(made, **changes)
