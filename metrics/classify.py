"""The threat classification: High, Medium or Low, always with its reasons.

With a target in force it is likelihood band x impact: how likely the target is to be missed, and
how much that would matter.  Without one it rests on significance against the period compared with,
the control chart and the most similar forces.  Missing figures are never Low: where too little is
known the answer is "not classified", with the reason.

The rule is data (`ClassificationRule`), to be read and changed in configuration.
Docs: docs/methods/comparison.md, "Classification".
"""

from __future__ import annotations

import math
from itertools import product
from typing import assert_never

from metrics.classification import (
    Classification,
    ClassificationRule,
    Evidence,
    Impact,
    Likelihood,
    NotClassified,
    Standing,
    ThreatLevel,
)
from metrics.classification_reasons import Figure, Reason, ReasonKind
from metrics.statistics.verdict import Verdict

__all__ = [
    "Classification",
    "ClassificationRule",
    "Evidence",
    "Impact",
    "Likelihood",
    "NotClassified",
    "Standing",
    "ThreatLevel",
    "classify",
    "evidence_of_change",
    "evidence_of_side",
]


def classify(
    standing: Standing,
    rule: ClassificationRule,
    *,
    previous: Classification | None = None,
) -> Classification:
    """Classify one measure in one area.

    Args:
        standing: What is known of it.
        rule: Cuts, margins and matrix.
        previous: The classification of the assessment before, so that figures close to a cut do
            not flap.  It has no hold when made under another rule or when it had no level.

    Returns:
        The classification; without a level, and with the reason, where too little is known.
    """
    if not standing.is_judged:
        return _without(NotClassified.NO_JUDGEMENT, ReasonKind.NO_JUDGEMENT, rule)
    made = _by_target(standing, rule) if standing.has_target else _by_evidence(standing, rule)
    return _held(made, standing, rule, previous)


def evidence_of_change(verdict: Verdict, better: int) -> Evidence:
    """Turn a verdict on a change into good and bad.

    Args:
        verdict: Of `metrics.statistics.comparison`.
        better: +1 higher is better, -1 lower is better, 0 neither.
    """
    match verdict:
        case Verdict.NOT_TESTABLE:
            return Evidence.UNKNOWN
        case Verdict.NO_SIGNIFICANT_CHANGE:
            return Evidence.NO_DIFFERENCE
        case Verdict.SIGNIFICANT_RISE:
            return evidence_of_side(1, better)
        case Verdict.SIGNIFICANT_FALL:
            return evidence_of_side(-1, better)
        case _:
            assert_never(verdict)


def evidence_of_side(side: int, better: int) -> Evidence:
    """Turn a side (+1 high, -1 low, 0 neither) of a control chart or funnel into good and bad."""
    towards = side * better
    if towards == 0:
        return Evidence.NO_DIFFERENCE
    return Evidence.BETTER if towards > 0 else Evidence.WORSE


def _by_target(standing: Standing, rule: ClassificationRule) -> Classification:
    """Likelihood band x impact, from the chance of meeting the target."""
    chance, gap = _known(standing.probability_met), _known(standing.gap)
    needs_gap = chance is not None and chance < rule.unlikely_met + rule.evidence_margin
    if chance is None or (gap is None and needs_gap):
        return _without(NotClassified.NO_PROJECTION, ReasonKind.NO_PROJECTION, rule)
    by_target = _target_band(chance, gap, standing, rule)
    band = _tipped(by_target, chance, gap, standing, rule)
    reasons = [_target_reason(by_target, chance, gap, standing, rule)]
    if band != by_target:
        figures = (Figure("band", band), Figure("band_by_target", by_target))
        reasons.append(Reason(kind=ReasonKind.MOVED_BY_EVIDENCE, figures=figures))
    reasons.append(_impact_reason(standing.impact))
    reasons.extend(_evidence_reasons(standing))
    return Classification(
        level=rule.level(band, standing.impact),
        likelihood=band,
        reasons=tuple(reasons),
        rule=rule.version,
    )


def _by_evidence(standing: Standing, rule: ClassificationRule) -> Classification:
    """Likelihood from significance, where no target is in force.

    Worse counts one for each of comparison, control chart and peers; a significant improvement on
    the period compared with takes one off.  Two or more, the comparison among them: 3.  One or
    more: 2.  None: 1, but only where comparison and control chart are both known.
    """
    seen = (standing.comparison, standing.control, standing.peers)
    worse = seen.count(Evidence.WORSE) - (standing.comparison is Evidence.BETTER)
    if worse >= 2 and standing.comparison is Evidence.WORSE:
        band = Likelihood.LIKELY
    elif worse >= 1:
        band = Likelihood.POSSIBLE
    elif Evidence.UNKNOWN in (standing.comparison, standing.control):
        return _without(
            NotClassified.NOT_ENOUGH_KNOWN,
            ReasonKind.NOT_ENOUGH_KNOWN,
            rule,
            also=_evidence_reasons(standing, with_unknown=True),
        )
    else:
        band = Likelihood.UNLIKELY
    reasons = (
        *_evidence_reasons(standing, with_unknown=True),
        _impact_reason(standing.impact),
        Reason(kind=ReasonKind.NO_TARGET),
    )
    return Classification(
        level=rule.level(band, standing.impact),
        likelihood=band,
        reasons=reasons,
        rule=rule.version,
    )


def _target_band(
    chance: float, gap: float | None, standing: Standing, rule: ClassificationRule
) -> Likelihood:
    if chance >= rule.likely_met:
        return Likelihood.UNLIKELY
    if chance < rule.unlikely_met and _is_material(gap, standing, rule):
        return Likelihood.LIKELY
    return Likelihood.POSSIBLE


def _is_material(gap: float | None, standing: Standing, rule: ClassificationRule) -> bool:
    least = rule.material_gap_rate if standing.is_rate else rule.material_gap_volume
    return gap is not None and gap >= least


def _tipped(
    band: Likelihood,
    chance: float,
    gap: float | None,
    standing: Standing,
    rule: ClassificationRule,
) -> Likelihood:
    """Move one band across a close cut where the other evidence leans that way on balance."""
    seen = (standing.comparison, standing.control, standing.peers)
    lean = seen.count(Evidence.WORSE) - seen.count(Evidence.BETTER)
    close_to_likely = abs(chance - rule.likely_met) <= rule.evidence_margin
    close_to_unlikely = abs(chance - rule.unlikely_met) <= rule.evidence_margin
    match band:
        case Likelihood.UNLIKELY:
            return Likelihood.POSSIBLE if close_to_likely and lean > 0 else band
        case Likelihood.LIKELY:
            return Likelihood.POSSIBLE if close_to_unlikely and lean < 0 else band
        case Likelihood.POSSIBLE:
            if close_to_unlikely and lean > 0 and _is_material(gap, standing, rule):
                return Likelihood.LIKELY
            return Likelihood.UNLIKELY if close_to_likely and lean < 0 else band
        case _:
            assert_never(band)


def _held(
    made: Classification,
    standing: Standing,
    rule: ClassificationRule,
    previous: Classification | None,
) -> Classification:
    """Keep the previous level unless the new one is clear, or is indicated a second time."""
    if (
        made.level is None
        or previous is None
        or previous.level is None
        or previous.rule != rule.version
        or made.level == previous.level
        or previous.pending == made.level
        or _is_clear(made.level, standing, rule)
    ):
        return made
    return Classification(
        level=previous.level,
        likelihood=made.likelihood,
        reasons=(*made.reasons, Reason(kind=ReasonKind.HELD_AT_PREVIOUS)),
        pending=made.level,
        rule=rule.version,
    )


def _is_clear(level: ThreatLevel, standing: Standing, rule: ClassificationRule) -> bool:
    """Whether a level stands with chance and gap moved by their margins either way."""
    chance, gap = _known(standing.probability_met), _known(standing.gap)
    if not standing.has_target or chance is None:
        return False  # significance has no margin: a change has to be said twice
    gaps = (None,) if gap is None else (gap * (1 - rule.hold_gap), gap * (1 + rule.hold_gap))
    moves = (-rule.hold_margin, rule.hold_margin)
    return all(
        rule.level(
            _tipped(
                _target_band(chance + move, size, standing, rule),
                chance + move,
                size,
                standing,
                rule,
            ),
            standing.impact,
        )
        == level
        for move, size in product(moves, gaps)
    )


def _target_reason(
    band: Likelihood,
    chance: float,
    gap: float | None,
    standing: Standing,
    rule: ClassificationRule,
) -> Reason:
    figures = [Figure("probability_met", chance)]
    if gap is not None:
        figures.append(Figure("gap_points" if standing.is_rate else "gap_proportion", gap))
    match band:
        case Likelihood.UNLIKELY:
            kind = ReasonKind.TARGET_LIKELY
        case Likelihood.LIKELY:
            kind = ReasonKind.TARGET_UNLIKELY
        case Likelihood.POSSIBLE if chance < rule.unlikely_met:
            kind = ReasonKind.UNLIKELY_BUT_CLOSE
        case Likelihood.POSSIBLE:
            kind = ReasonKind.TARGET_UNCERTAIN
        case _:
            assert_never(band)
    return Reason(kind=kind, figures=tuple(figures))


def _impact_reason(impact: Impact) -> Reason:
    high = impact is Impact.HIGH
    return Reason(kind=ReasonKind.HIGH_IMPACT if high else ReasonKind.STANDARD_IMPACT)


_COMPARISON = {
    Evidence.WORSE: ReasonKind.COMPARISON_WORSE,
    Evidence.BETTER: ReasonKind.COMPARISON_BETTER,
    Evidence.NO_DIFFERENCE: ReasonKind.COMPARISON_NO_CHANGE,
    Evidence.UNKNOWN: ReasonKind.COMPARISON_UNKNOWN,
}
_CONTROL = {
    Evidence.WORSE: ReasonKind.CONTROL_WORSE,
    Evidence.BETTER: ReasonKind.CONTROL_BETTER,
    Evidence.NO_DIFFERENCE: ReasonKind.CONTROL_WITHIN,
    Evidence.UNKNOWN: ReasonKind.CONTROL_UNKNOWN,
}
_PEERS = {
    Evidence.WORSE: ReasonKind.PEERS_WORSE,
    Evidence.BETTER: ReasonKind.PEERS_BETTER,
    Evidence.NO_DIFFERENCE: ReasonKind.PEERS_IN_LINE,
    Evidence.UNKNOWN: ReasonKind.PEERS_UNKNOWN,
}


def _evidence_reasons(standing: Standing, *, with_unknown: bool = False) -> tuple[Reason, ...]:
    """The three pieces of evidence as reasons; what is not known only where it decides."""
    pairs = (
        (_COMPARISON, standing.comparison),
        (_CONTROL, standing.control),
        (_PEERS, standing.peers),
    )
    return tuple(
        Reason(kind=kinds[evidence])
        for kinds, evidence in pairs
        if with_unknown or evidence is not Evidence.UNKNOWN
    )


def _without(
    why: NotClassified,
    kind: ReasonKind,
    rule: ClassificationRule,
    *,
    also: tuple[Reason, ...] = (),
) -> Classification:
    return Classification(
        level=None,
        reasons=(Reason(kind=kind), *also),
        not_classified=why,
        rule=rule.version,
    )


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value
