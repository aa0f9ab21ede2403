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
)
from metrics.classification import (
    Classification,
    Evidence,
    Impact,
    Standing,
    ThreatLevel,
)
from metrics.classify import classify, evidence_of_change, evidence_of_side
from metrics.model import Catalogue, Measure, Polarity
from metrics.positions import Positions
from metrics.statistics.control_state import ControlState
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.verdict import Verdict

NOT_JUDGED: Final = (ControlState.NOT_RECORDED, ControlState.TOO_FEW_POINTS)

VERDICTS: Final = tuple(Verdict)
STATES: Final = tuple(ControlState)
PLACES: Final = tuple(PeerVerdict)
"""The closed sets in the order in which their words are kept as places."""

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
    before = _before(previous, rows)
    evidence = _Evidence(last_year, control, peers)
    alike: dict[tuple[object, ...], tuple[Classification, str]] = {}
    targets = [catalogue.target(one.id, as_at) for one in rows.measures]
    for row, number in enumerate(rows.measure.tolist()):
        measure, target = rows.measures[number], targets[number]
        numeric = target is not None and target.kind.is_numeric
        comparison, charted, placed = evidence.of(row, BETTER[measure.polarity])
        # Without a target the evidence is all there is to go by: rows that stand alike are one.
        key = (number, comparison, charted, placed, before[row])
        if numeric or key not in alike:
            standing = Standing(
                impact=Impact(measure.impact),
                is_rate=measure.kind.is_rate,
                is_judged=measure.polarity is not Polarity.NEITHER,
                has_target=numeric,
                probability_met=float(year_end.chance_met[row]),
                gap=_gap(measure, positions, row) if numeric else None,
                comparison=comparison,
                control=charted,
                peers=placed,
            )
            made = classify(standing, catalogue.rule, previous=_held_by(before[row], catalogue))
            alike[key] = made, "\n".join(reason.sentence for reason in made.reasons)
        made, text = alike[key]
        level[row] = made.level or 0
        pending[row] = made.pending or 0
        reasons[row] = said.setdefault(text, len(said))
    return Classified(level=level, pending=pending, reasons=reasons, sentences=tuple(said))


class _Evidence:
    """What comparison, control chart and peers say of a row."""

    def __init__(self, last_year: Compared, control: Controlled, peers: Placed) -> None:
        self._verdict = last_year.verdict.tolist()
        self._state = control.state.tolist()
        self._side = control.side.tolist()
        self._place = peers.verdict.tolist()

    def of(self, row: int, better: int) -> tuple[Evidence, Evidence, Evidence]:
        """Return the evidence of a row whose better side is known."""
        comparison = evidence_of_change(VERDICTS[self._verdict[row]], better)
        if STATES[self._state[row]] in NOT_JUDGED:
            control = Evidence.UNKNOWN
        else:
            control = evidence_of_side(self._side[row], better)
        place = PLACES[self._place[row]]
        side = SIDES.get(place)
        peers = Evidence.UNKNOWN if side is None else evidence_of_side(side, better)
        return comparison, control, peers


def _gap(measure: Measure, positions: Positions, row: int) -> float:
    """Return how far on the wrong side of the target: points of a rate, a share of the level."""
    gap = float(positions.gap[row])
    if measure.kind.is_rate:
        return -gap
    return gap / float(positions.target[row]) if positions.target[row] > 0 else float("nan")


def _before(previous: Assessments | None, rows: Rows) -> list[tuple[int, int] | None]:
    """Return each row's level and pending level of the assessment before; 0: none."""
    if previous is None:
        return [None] * len(rows)
    places = [
        previous.place(rows.measures[measure].id, rows.areas[area].id)
        for measure, area in zip(rows.measure.tolist(), rows.area.tolist(), strict=True)
    ]
    levels, pending = previous.threat.level[places], previous.threat.pending[places]
    return list(zip(levels.tolist(), pending.tolist(), strict=True))


def _held_by(before: tuple[int, int] | None, catalogue: Catalogue) -> Classification | None:
    """Return the classification before, as far as it has a hold."""
    if before is None:
        return None
    level, pending = before
    return Classification(
        level=ThreatLevel(level) if level else None,
        reasons=(),
        pending=ThreatLevel(pending) if pending else None,
        rule=catalogue.rule.version,
    )
