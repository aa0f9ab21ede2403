"""Today's figures, judged by every rule: what fires, and what could be judged at all.

Most rows of a day are plainly quiet.  They are told apart with arrays, and only the others, and
those that hold an open alert, are put before the rules one by one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.alerts.budget import (
    adjusted_for_all,
    control_deviations,
    strong_threshold,
    watch_threshold,
)
from bot.alerts.model import Alert, AlertKey, Candidate, Concern, Reason, RuleName
from bot.alerts.rules import RULES, Cuts, Finding, Quiet, Row, late, not_eligible
from bot.alerts.rules.late import due_by
from bot.alerts.rules.row import AS_GIVEN
from bot.alerts.showing import key_figures, notes_of
from config.alerts import AlertPolicy
from metrics.assessment import Assessment, Assessments, places
from metrics.classification import ThreatLevel
from metrics.model import AreaId, Catalogue, Measure, MeasureId, Polarity
from metrics.positions import NEVER
from metrics.snapshot import Figures, Snapshot
from metrics.statistics.control_state import ControlState
from metrics.statistics.peers import PeerVerdict

Booleans = NDArray[np.bool_]
Floats = NDArray[np.float64]

WIDER: Final = 5.0
"""An alert that stands is held up to the score that this many times the budget would be heard at:
between one and five a week lie the push and the digest of docs/methods/surveillance.md."""

BASIS_LENGTH: Final = 12
"""Hexadecimal digits of a basis that are kept."""

NO_LONGER: Final = ""
"""The basis of a key that the plan has nothing for any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came of one day."""

    candidates: tuple[Candidate, ...]  # at most one for each key
    rules: Mapping[AlertKey, frozenset[RuleName]]  # of keys that fire or are open: what judged them
    basis: Mapping[AlertKey, str]  # of the same keys: what they were judged under
    reach: Mapping[AlertKey, date]  # of the same keys, except feeds: the day their figures reach


def judge(
    figures: Figures,
    *,
    previous: Snapshot | None,
    open_alerts: Iterable[Alert],
    policy: AlertPolicy,
) -> Judged:
    """Put a day's figures before every rule.

    Args:
        figures: Today's snapshot with its catalogue.
        previous: The snapshot that was decided on before; None: there is none.
        open_alerts: What stands, so that rules can hold on to it.
        policy: Cuts and budget.
    """
    day = _Day(figures, previous, tuple(open_alerts), policy)
    found: dict[AlertKey, list[Reason]] = {}
    rules: dict[AlertKey, frozenset[RuleName]] = {}
    basis: dict[AlertKey, str] = {}
    reach: dict[AlertKey, date] = {}
    for measure, area in day.shortlist():
        row = day.row(measure, area)
        for key, reasons, judged in _judged_row(row):
            rules[key], basis[key] = judged, basis_of(key, figures, policy)
            reach[key] = row.to
            if reasons:
                found[key] = reasons
    findings, feeds = late(figures, policy.late)
    for key in feeds:
        rules[key], basis[key] = frozenset({RuleName.LATE}), basis_of(key, figures, policy)
    for finding in findings:
        found[finding.key] = [finding.reason]
    for key in day.gone():
        rules[key], basis[key] = frozenset(RuleName), NO_LONGER
    candidates = (_candidate(key, reasons, day, basis[key]) for key, reasons in found.items())
    return Judged(candidates=tuple(candidates), rules=rules, basis=basis, reach=reach)


def without_twins(
    candidates: Iterable[Candidate], *, standing: Collection[AlertKey], catalogue: Catalogue
) -> list[Candidate]:
    """Leave out what a wider area says with the very same figures: one threat is told once.

    A partnership with one policing unit is such a case.

    Args:
        candidates: What the rules found.
        standing: The keys of open alerts, which are kept.
        catalogue: Which area holds which.
    """
    found = list(candidates)
    said: dict[tuple[object, ...], list[AreaId]] = {}
    for one in found:
        said.setdefault(_about(one), []).append(one.key.area)
    return [
        one
        for one in found
        if one.key in standing
        or not any(
            wider != one.key.area
            and one.key.area in catalogue.within[wider]
            and wider not in catalogue.within[one.key.area]
            for wider in said[_about(one)]
        )
    ]


def _about(candidate: Candidate) -> tuple[object, ...]:
    figures = candidate.figures
    return candidate.key.concern, candidate.key.measure, figures.value, figures.last_year


def row_of(
    figures: Figures,
    measure: MeasureId,
    area: AreaId,
    *,
    previous: Snapshot | None,
    open_alerts: Iterable[Alert],
    policy: AlertPolicy,
) -> Row:
    """Return one row as the rules see it, so that a rule can be asked why it is silent."""
    return _Day(figures, previous, tuple(open_alerts), policy).row(measure, area)


def why_silent(row: Row) -> Mapping[RuleName, str]:
    """Say of every rule that does not fire on a row why it does not."""
    if reason := not_eligible(row):
        return dict.fromkeys(RULES, reason)
    answers = {name: rule(row) for name, rule in RULES.items()}
    return {name: one.why for name, one in answers.items() if isinstance(one, Quiet)}


def basis_of(key: AlertKey, figures: Figures, policy: AlertPolicy) -> str:
    """Identify what a key is judged under: definition, target, cuts and what may be cited.

    Only what bears on the judgement counts: a new alias or a route re-judges nothing.
    """
    catalogue, as_at = figures.catalogue, figures.snapshot.as_at
    measure = catalogue.measures.get(key.measure)
    if measure is None:
        return NO_LONGER
    framework = catalogue.framework(as_at)
    target = catalogue.target(key.measure, as_at)
    parts = {
        "measure": [
            str(getattr(measure, name))
            for name in ("kind", "polarity", "numerator", "denominator", "impact", "minimum")
        ],
        "target": [target.kind.value, target.value] if target else [],
        "not_cited": bool(framework and measure.priority in framework.not_cited),
        "rule": repr(catalogue.rule),
        "policy": policy.model_dump(mode="json", exclude={"route", "boards", "quiet_hours"}),
    }
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:BASIS_LENGTH]


def _judged_row(row: Row) -> Iterable[tuple[AlertKey, list[Reason], frozenset[RuleName]]]:
    """Give the keys of a row with the reasons found and the rules that could judge it."""
    concerns = {name: _concern(name) for name in RULES}
    silent = not_eligible(row)
    answers = {name: Quiet(silent) if silent else rule(row) for name, rule in RULES.items()}
    for concern in dict.fromkeys(concerns.values()):
        key = AlertKey(concern, row.measure.id, row.area.id)
        mine = {name: one for name, one in answers.items() if concerns[name] is concern}
        reasons = [one.reason for one in mine.values() if isinstance(one, Finding)]
        judged = frozenset(
            name
            for name, one in mine.items()
            # What rests on figures that should have moved on and have not says nothing new.
            if isinstance(one, Finding) or silent or (one.judged and not row.is_late)
        )
        yield key, reasons, judged


def _concern(rule: RuleName) -> Concern:
    return Concern.SECURED if rule is RuleName.TARGET_SECURED else Concern.THREAT


def _candidate(key: AlertKey, reasons: list[Reason], day: _Day, basis: str) -> Candidate:
    snapshot, catalogue = day.figures.snapshot, day.figures.catalogue
    gravest_first = sorted(reasons, key=lambda one: (-one.level, list(RuleName).index(one.rule)))
    row = day.row(key.measure, key.area)
    return Candidate(
        key=key,
        level=gravest_first[0].level,
        reasons=tuple(gravest_first),
        figures=key_figures(row),
        notes=() if key.concern is Concern.LATE else notes_of(row, catalogue),
        as_at=snapshot.as_at,
        snapshot=snapshot.id,
        basis=basis,
    )


class _Day:
    """One day's figures with what the rules need to know beside them."""

    def __init__(
        self,
        figures: Figures,
        previous: Snapshot | None,
        open_alerts: tuple[Alert, ...],
        policy: AlertPolicy,
    ) -> None:
        self.figures = figures
        self.previous = previous
        self.policy = policy
        self.held = {alert.key: alert.rules for alert in open_alerts if alert.is_open}
        self._place = {pair: n for n, pair in enumerate(_pairs(figures.snapshot.assessments))}
        self._rows: dict[tuple[MeasureId, AreaId], Row] = {}
        self._eligible = self._eligible_rows()
        assessments = figures.snapshot.assessments
        p = np.where(self._eligible, assessments.last_year.p_value, np.nan)
        self._together = adjusted_for_all(p)
        self.cuts = self._cuts(assessments)

    def shortlist(self) -> list[tuple[MeasureId, AreaId]]:
        """Return every row on which a rule might fire, and those that hold an open alert."""
        chosen = self._eligible & self._worth_asking()
        held = {(key.measure, key.area) for key in self.held if key.concern is not Concern.LATE}
        pairs = list(self._place)
        asked = {pairs[n]: None for n in np.flatnonzero(chosen)}
        return list(asked | {pair: None for pair in pairs if pair in held})

    def gone(self) -> list[AlertKey]:
        """Return the keys that stand and that the plan has no row for any more."""
        return [key for key in self.held if (key.measure, key.area) not in self._place]

    def row(self, measure: MeasureId, area: AreaId) -> Row:
        """Return one row as the rules see it; made once."""
        made = self._rows.get((measure, area))
        if made is None:
            made = self._rows[measure, area] = self._make_row(measure, area)
        return made

    def _make_row(self, measure: MeasureId, area: AreaId) -> Row:
        snapshot, catalogue = self.figures.snapshot, self.figures.catalogue
        one = catalogue.measures[measure]
        position = snapshot.positions.get(measure, area)
        due = due_by(snapshot.as_at, one.grain, self.policy.late)
        return Row(
            measure=one,
            area=catalogue.areas[area],
            position=position,
            assessment=snapshot.assessments.get(measure, area),
            before=self._before(measure, area),
            p_together=float(self._together[self._place[measure, area]]),
            held=frozenset().union(
                *(self.held.get(AlertKey(concern, measure, area), ()) for concern in Concern)
            ),
            is_late=position.to is not None and position.to < due,
            as_at=snapshot.as_at,
            snapshot=snapshot.id,
            catalogue=catalogue,
            policy=self.policy,
            cuts=self.cuts,
        )

    def _before(self, measure: MeasureId, area: AreaId) -> Assessment | None:
        if self.previous is None:
            return None
        before = self.previous.assessments
        known = measure in before.measures and area in before.areas
        return before.get(measure, area) if known else None

    def _eligible_rows(self) -> Booleans:
        """Mark the rows that rules of performance may speak of at all."""
        catalogue, assessments = self.figures.catalogue, self.figures.snapshot.assessments
        measures = np.array([_is_judged(catalogue.measures[one]) for one in assessments.measures])
        areas = np.array(
            [catalogue.areas[one].level in self.policy.levels for one in assessments.areas]
        )
        recorded = self.figures.snapshot.positions.to != NEVER
        return np.asarray((measures[:, None] & areas[None, :]).ravel() & recorded)

    def _cuts(self, assessments: Assessments) -> Cuts:
        budget = self.policy.budget
        watched = int((self._eligible & np.isfinite(assessments.watch.score)).sum())
        rate = budget.false_alerts_a_week * budget.surge
        charts = self._at_levels(self.policy.control_levels) & np.isfinite(
            assessments.control.deviations
        )
        return Cuts(
            surge=watch_threshold(rate, watched),
            surge_hold=watch_threshold(rate * WIDER, watched),
            surge_strong=strong_threshold(rate, watched),
            control=control_deviations(
                budget.false_alerts_a_week * (1 - budget.surge), int(charts.sum())
            ),
        )

    def _at_levels(self, levels: Collection[str]) -> Booleans:
        assessments, catalogue = self.figures.snapshot.assessments, self.figures.catalogue
        areas = [catalogue.areas[one].level in levels for one in assessments.areas]
        return np.asarray(self._eligible & np.tile(areas, len(assessments.measures)))

    def _worth_asking(self) -> Booleans:
        """Mark every row on which a rule that nothing holds up might fire."""
        found, policy = self.figures.snapshot.assessments, self.policy
        states = places(ControlState, [ControlState.OUTSIDE, ControlState.LONG_TERM])
        sides = places(
            PeerVerdict, [PeerVerdict.SIGNIFICANTLY_ABOVE, PeerVerdict.SIGNIFICANTLY_BELOW]
        )
        chance = found.year_end.chance_met
        return np.asarray(
            (self._together < policy.deterioration.significance)
            | (found.watch.score > self.cuts.surge)
            | (found.threat.level >= ThreatLevel.MEDIUM)
            & self._at_levels(policy.classification_levels)
            | ((chance < policy.target.unlikely) | (chance >= policy.target.secured))
            & self._at_levels(policy.target.levels)
            | np.isin(found.control.state, states) & self._at_levels(policy.control_levels)
            | np.isin(found.peers.verdict, sides)
        )


def _is_judged(measure: Measure) -> bool:
    return measure.polarity is not Polarity.NEITHER and measure.kind not in AS_GIVEN


def _pairs(assessments: Assessments) -> list[tuple[MeasureId, AreaId]]:
    return [(measure, area) for measure in assessments.measures for area in assessments.areas]
