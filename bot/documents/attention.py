"""What may need early attention, and what is a risk to performance and to reputation.

The rules are few and fixed, so that the same figures always give the same lists:

- early attention: a target in the balance, the latest month outside its limits on the bad side, a
  classification that has begun to point higher, a month much worse than last year's;
- performance risk: what is classified High, and every target that is unlikely to be met;
- reputational risk: satisfaction or confidence under its target or significantly worse, a rate
  significantly worse than the most similar forces', an outcome rate significantly under last
  year's.  They are what the public and the inspectorate see first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

from bot.access import Sight
from bot.documents.sentences import per_cent
from bot.render.words import chance, number, ordinal
from bot.replies.judged import Judged, judge
from bot.replies.phrases import in_list
from bot.replies.subject import measures_of
from bot.replies.threat import threat_line
from bot.replies.verdict import level_words, subject
from metrics.assessment import Comparison
from metrics.classification import ThreatLevel
from metrics.dashboards.explanation.watched import AMONG_PEERS
from metrics.dashboards.significance import told_as_given
from metrics.model import Area, MeasureKind, Polarity
from metrics.statistics.control_state import ControlState
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.verdict import Verdict

SIGNIFICANT: Final = (Verdict.SIGNIFICANT_RISE, Verdict.SIGNIFICANT_FALL)

PEOPLE_SEE: Final = (MeasureKind.SATISFACTION, MeasureKind.CONFIDENCE)
"""What people say of the police: a fall is felt before it is counted."""


def judged_measures(sight: Sight, area: Area, numbers: Iterable[str] = ()) -> list[Judged]:
    """Return every measure of the plan's priorities that may be shown and is recorded, once.

    Args:
        sight: The figures, as whoever reads may see them.
        area: Where.
        numbers: Of these priorities; of all by default.
    """
    catalogue = sight.catalogue
    wanted = [catalogue.priorities[one] for one in numbers if one in catalogue.priorities]
    asked = wanted if numbers else list(catalogue.priorities.values())
    measures = {one.id: one for priority in asked for one in measures_of(catalogue, priority)}
    shown = [one for one in measures.values() if not sight.refusal(one, area)]
    found = [judge(sight, one, area) for one in shown]
    return [one for one in found if one.position.to is not None]


def early_attention(judged: Iterable[Judged]) -> tuple[str, ...]:
    """Say what may need attention early, one line for each measure, with every reason."""
    lines = []
    for one in judged:
        if told_as_given(one.measure) or one.measure.polarity is Polarity.NEITHER:
            continue
        if one.assessment.threat.level is ThreatLevel.HIGH:
            continue  # it is a risk already, and told as one
        if reasons := list(_signs(one)):
            lines.append(f"{name_of(one)}: {'; '.join(reasons)}.")
    return tuple(lines)


def performance_risks(judged: Iterable[Judged]) -> tuple[str, ...]:
    """Say what is classified High, and which other targets are unlikely to be met."""
    everything = list(judged)
    high = [one for one in everything if one.assessment.threat.level is ThreatLevel.HIGH]
    lines = [f"High. {threat_line(one.measure, one.assessment.threat)}" for one in high]
    for one in everything:
        met, level = one.assessment.year_end.chance_met, one.assessment.threat.level
        if one in high or math.isnan(met) or one.year_is_over:
            continue
        if met < UNLIKELY:
            lines.append(f"{level_words(level)}. {threat_line(one.measure, one.assessment.threat)}")
    return tuple(lines)


def reputational_risks(judged: Iterable[Judged]) -> tuple[str, ...]:
    """Say what people, partners and the inspectorate would see first."""
    lines = []
    for one in judged:
        if told_as_given(one.measure):
            continue
        if reasons := list(_seen(one)):
            lines.append(f"{name_of(one)}: {'; '.join(reasons)}.")
    return tuple(lines)


UNLIKELY: Final = 0.20
"""Below this chance a target counts as unlikely (the classification's own cut)."""

LIKELY: Final = 0.80
"""From this chance on it counts as likely."""


def name_of(judged: Judged) -> str:
    """Name a measure at the head of a line, with its area where that is not the whole force."""
    if judged.measure.kind is MeasureKind.RECORDED:
        return f"{subject(judged.measure)}{judged.where}"
    return f"{in_list(judged.measure.name)}{judged.where}"


def _signs(judged: Judged) -> Iterator[str]:
    met = judged.assessment.year_end.chance_met
    if UNLIKELY <= met < LIKELY and not judged.year_is_over:
        yield f"its target is in the balance (chance {chance(met)})"
    control = judged.assessment.control
    if control.state is ControlState.OUTSIDE and judged.measure.polarity.is_worse(control.side):
        yield f"the latest month is {control.words}"
    threat = judged.assessment.threat
    if threat.pending is not None and threat.level is not None and threat.pending > threat.level:
        yield f"it begins to point to {level_words(threat.pending)}"
    month = judged.assessment.month
    if _is_worse(judged, month):
        yield f"the month is significantly worse than the same month last year{_p(month)}"


def _seen(judged: Judged) -> Iterator[str]:
    kind, target = judged.measure.kind, judged.target
    if kind in PEOPLE_SEE and target is not None and judged.is_met is False:
        points = number(abs(judged.position.gap) * 100, 1)
        if points != "0.0":
            yield (
                f"{per_cent(judged.value)}, {points} {'point' if points == '1.0' else 'points'} "
                f"under the {target.value * 100:.4g}% target"
            )
    is_rate = kind in (*PEOPLE_SEE, MeasureKind.OUTCOME_RATE)
    if is_rate and _is_worse(judged, judged.assessment.last_year):
        now, before = per_cent(judged.value), per_cent(judged.before)
        yield f"significantly under the period before ({now} against {before})"
    peers = judged.assessment.peers
    worse = {PeerVerdict.SIGNIFICANTLY_ABOVE: 1, PeerVerdict.SIGNIFICANTLY_BELOW: -1}
    side = worse.get(peers.verdict, 0)
    if peers.rank and side and judged.measure.polarity.is_worse(side):
        yield (
            f"{ordinal(peers.rank)} of {peers.forces} most similar forces over 12 months, "
            f"{AMONG_PEERS[peers.verdict]}"
        )


def _is_worse(judged: Judged, comparison: Comparison) -> bool:
    """Whether a change is significant and for the worse."""
    if comparison.verdict not in SIGNIFICANT:
        return False
    way = 1 if comparison.verdict is Verdict.SIGNIFICANT_RISE else -1
    return judged.measure.polarity.is_worse(way)


def _p(comparison: Comparison) -> str:
    return " (fragile: the usual revisions would undo it)" if comparison.fragile else ""
