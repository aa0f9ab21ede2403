"""High, Medium or Low for every position, with its reasons."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np

from metrics.assessing.layout import BETTER, Rows
from metrics.assessment import (
    Assessments,
    Classified,
    Compared,
    Controlled,
    Placed,
    Projected,
    member,
)
from metrics.classification import (
    Classification,
    Evidence,
    Impact,
    Standing,
)
from metrics.classify import classify, evidence_of_change, evidence_of_side
from metrics.model import Catalogue, Measure, Polarity
from metrics.positions import Positions
from metrics.statistics.control_state import ControlState
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.verdict import Verdict

NOT_JUDGED: Final = (ControlState.NOT_RECORDED, ControlState.TOO_FEW_POINTS)

SIDES: Final = {
    PeerVerdict.SIGNIFICANTLY_ABOVE: 1,
    PeerVerdict.SIGNIFICANTLY_BELOW: -1,
    PeerVerdict.IN_LINE: 0,
}


def classified(
    rows: Rows,
    positions: Positions,
    catalogue: Catalogue,
    *,
    last_year: Compared,
    year_end: Projected,
    control: Controlled,
    peers: Placed,
    as_at: date,
    previous: Assessments | None,
) -> Classified:
    """Classify every position."""
    level = np.zeros(len(rows), dtype=np.int64)
    pending = np.zeros(len(rows), dtype=np.int64)
    reasons = np.zeros(len(rows), dtype=np.int64)
    said: dict[str, int] = {}
    for row in range(len(rows)):
        measure = rows.measures[rows.measure[row]]
        target = catalogue.target(measure.id, as_at)
        numeric = target is not None and target.kind.is_numeric
        better = BETTER[measure.polarity]
        standing = Standing(
            impact=Impact(measure.impact),
            is_rate=measure.kind.is_rate,
            is_judged=measure.polarity is not Polarity.NEITHER,
            has_target=numeric,
            probability_met=float(year_end.chance_met[row]),
            gap=_gap(measure, positions, row) if numeric else None,
            comparison=evidence_of_change(member(Verdict, last_year.verdict[row]), better),
            control=_of_control(control, row, better),
            peers=_of_peers(peers, row, better),
        )
        made = classify(standing, catalogue.rule, previous=_before(previous, rows, row, catalogue))
        level[row] = made.level or 0
        pending[row] = made.pending or 0
        text = "\n".join(reason.sentence for reason in made.reasons)
        reasons[row] = said.setdefault(text, len(said))
    return Classified(level=level, pending=pending, reasons=reasons, sentences=tuple(said))


def _gap(measure: Measure, positions: Positions, row: int) -> float:
    """Return how far on the wrong side of the target: points of a rate, a share of the level."""
    gap = float(positions.gap[row])
    if measure.kind.is_rate:
        return -gap
    return gap / float(positions.target[row]) if positions.target[row] > 0 else float("nan")


def _of_control(control: Controlled, row: int, better: int) -> Evidence:
    if member(ControlState, control.state[row]) in NOT_JUDGED:
        return Evidence.UNKNOWN
    return evidence_of_side(int(control.side[row]), better)


def _of_peers(peers: Placed, row: int, better: int) -> Evidence:
    verdict = member(PeerVerdict, peers.verdict[row])
    return evidence_of_side(SIDES[verdict], better) if verdict in SIDES else Evidence.UNKNOWN


def _before(
    previous: Assessments | None, rows: Rows, row: int, catalogue: Catalogue
) -> Classification | None:
    """Return the classification of the assessment before, as far as it has a hold."""
    if previous is None:
        return None
    measure, area = rows.measures[rows.measure[row]].id, rows.areas[rows.area[row]].id
    threat = previous.get(measure, area).threat
    return Classification(
        level=threat.level, reasons=(), pending=threat.pending, rule=catalogue.rule.version
    )
