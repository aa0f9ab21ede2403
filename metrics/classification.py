"""What a threat classification is made of: the levels, the rule, what is known, the answer.

Docs: docs/methods/comparison.md, "Classification".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from metrics.classification_reasons import Reason


class ThreatLevel(IntEnum):
    """The overall classification of a measure."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Impact(StrEnum):
    """How much it matters if a measure goes wrong."""

    HIGH = "high"
    STANDARD = "standard"


class Likelihood(IntEnum):
    """Band of how likely the measure is to go wrong; 3 is the worst."""

    UNLIKELY = 1
    POSSIBLE = 2
    LIKELY = 3


class Evidence(StrEnum):
    """What one statistic says, in terms of good and bad: polarity is already applied."""

    WORSE = "worse"
    BETTER = "better"
    NO_DIFFERENCE = "no_difference"
    UNKNOWN = "unknown"


class NotClassified(StrEnum):
    """Why a measure has no classification."""

    NO_JUDGEMENT = "no_judgement"  # neither direction is good or bad
    NO_PROJECTION = "no_projection"  # a target, but no chance of meeting it
    NOT_ENOUGH_KNOWN = "not_enough_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassificationRule:
    """The cuts of the classification; the defaults are docs/methods/comparison.md's.

    Attributes:
        version: Name of this rule, impact table included; a classification made under another
            has no hold on it.
        likely_met: At or above this chance of meeting the target, likelihood is 1.
        unlikely_met: Below this chance, with a material gap, likelihood is 3.
        material_gap_volume: Least material gap of a count, as a proportion of the target level.
        material_gap_rate: Least material gap of a rate, in points (0.025 is 2.5 points).
        evidence_margin: Only within this of a cut may other evidence move likelihood one band.
        hold_margin: A change is believed at once only if it stands with the chance this much
            higher and lower.
        hold_gap: ... and with the gap this proportion larger and smaller.
        high_impact: Levels for likelihood 1, 2, 3 of a high-impact measure.
        standard_impact: The same of a standard one.
    """

    version: str = "2013/14"
    likely_met: float = 0.80
    unlikely_met: float = 0.20
    material_gap_volume: float = 0.05
    material_gap_rate: float = 0.025
    evidence_margin: float = 0.10
    hold_margin: float = 0.05
    hold_gap: float = 0.10
    high_impact: tuple[ThreatLevel, ThreatLevel, ThreatLevel] = (
        ThreatLevel.LOW,
        ThreatLevel.MEDIUM,
        ThreatLevel.HIGH,
    )
    standard_impact: tuple[ThreatLevel, ThreatLevel, ThreatLevel] = (
        ThreatLevel.LOW,
        ThreatLevel.LOW,
        ThreatLevel.MEDIUM,
    )

    def __post_init__(self) -> None:
        if not 0.0 <= self.unlikely_met < self.likely_met <= 1.0:
            raise ValueError("The cuts must satisfy 0 <= unlikely_met < likely_met <= 1.")
        for row in (self.high_impact, self.standard_impact):
            if list(row) != sorted(row):
                raise ValueError("A greater likelihood may not give a lower classification.")

    def level(self, likelihood: Likelihood, impact: Impact) -> ThreatLevel:
        """Return the cell of the matrix."""
        row = self.high_impact if impact is Impact.HIGH else self.standard_impact
        return row[likelihood - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of one measure in one area when it is classified.

    Attributes:
        impact: How much it matters.
        is_rate: Whether the gap is in points (rates, surveys) or a proportion (counts).
        is_judged: Whether either direction is good or bad at all.
        has_target: Whether a numeric target is in force.
        probability_met: Chance of meeting it at year end, 0-1; None or NaN: not known.
        gap: How far on the wrong side of the target, as a proportion of the target level (counts)
            or in points 0-1 (rates); zero or negative: on course; None or NaN: not known.
        comparison: Against last year or the baseline.
        control: On the control chart.
        peers: Among the most similar forces.
    """

    impact: Impact
    is_rate: bool
    is_judged: bool = True
    has_target: bool = True
    probability_met: float | None = None
    gap: float | None = None
    comparison: Evidence = Evidence.UNKNOWN
    control: Evidence = Evidence.UNKNOWN
    peers: Evidence = Evidence.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """A classification with its reasons.

    Attributes:
        level: None: not classified.
        reasons: The facts it rests on, the decisive one first.
        likelihood: The band before hysteresis; None: not classified.
        pending: Another level that this assessment pointed to but did not yet bring about.
        not_classified: Why there is no level; None: there is one.
        rule: Version of the rule that made it.
    """

    level: ThreatLevel | None
    reasons: tuple[Reason, ...]
    likelihood: Likelihood | None = None
    pending: ThreatLevel | None = None
    not_classified: NotClassified | None = None
    rule: str = ""

    @property
    def sentence(self) -> str:
        """Level and reasons in plain English."""
        named = "" if self.level is None else f"{self.level.name.capitalize()}. "
        return named + " ".join(reason.sentence for reason in self.reasons)
