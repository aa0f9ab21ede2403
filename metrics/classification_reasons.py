"""Why a measure is classified as it is: facts with their figures, and a sentence for each.

The facts are the record; the sentences are one way of saying them, in plain English, for logs and
for surfaces that make no text of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, assert_never


class ReasonKind(StrEnum):
    """The kinds of fact that a classification rests on."""

    TARGET_LIKELY = "target_likely"
    TARGET_UNLIKELY = "target_unlikely"
    TARGET_UNCERTAIN = "target_uncertain"
    UNLIKELY_BUT_CLOSE = "unlikely_but_close"
    HIGH_IMPACT = "high_impact"
    STANDARD_IMPACT = "standard_impact"
    COMPARISON_WORSE = "comparison_worse"
    COMPARISON_BETTER = "comparison_better"
    COMPARISON_NO_CHANGE = "comparison_no_change"
    COMPARISON_UNKNOWN = "comparison_unknown"
    CONTROL_WORSE = "control_worse"
    CONTROL_BETTER = "control_better"
    CONTROL_WITHIN = "control_within"
    CONTROL_UNKNOWN = "control_unknown"
    PEERS_WORSE = "peers_worse"
    PEERS_BETTER = "peers_better"
    PEERS_IN_LINE = "peers_in_line"
    PEERS_UNKNOWN = "peers_unknown"
    MOVED_BY_EVIDENCE = "moved_by_evidence"
    HELD_AT_PREVIOUS = "held_at_previous"
    NO_TARGET = "no_target"
    NO_JUDGEMENT = "no_judgement"
    NO_PROJECTION = "no_projection"
    NOT_ENOUGH_KNOWN = "not_enough_known"


class Figure(NamedTuple):
    """One named number of a reason; proportions and probabilities are 0-1."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One fact that a classification rests on."""

    kind: ReasonKind
    figures: tuple[Figure, ...] = ()

    def figure(self, name: str) -> float:
        """Return the figure of this name.

        Raises:
            KeyError: The reason has no such figure.
        """
        return dict(self.figures)[name]

    @property
    def sentence(self) -> str:
        """The fact in plain English, one sentence."""
        return _sentence(self)


def _sentence(reason: Reason) -> str:
    match reason.kind:
        case ReasonKind.TARGET_LIKELY:
            return f"The target is likely to be met ({_chance(reason)})."
        case ReasonKind.TARGET_UNLIKELY:
            return f"The target is unlikely to be met ({_chance(reason)}; {_gap(reason)})."
        case ReasonKind.TARGET_UNCERTAIN:
            return f"It is uncertain whether the target will be met ({_chance(reason)})."
        case ReasonKind.UNLIKELY_BUT_CLOSE:
            return (
                f"The target is unlikely to be met ({_chance(reason)}), "
                f"but the gap is not material ({_gap(reason)})."
            )
        case ReasonKind.HIGH_IMPACT:
            return "The measure is of high impact: high harm or a priority."
        case ReasonKind.STANDARD_IMPACT:
            return "The measure is of standard impact."
        case ReasonKind.MOVED_BY_EVIDENCE:
            return (
                "The chance of meeting the target is close to a cut, and the evidence beside it "
                f"tips it: likelihood band {reason.figure('band'):.0f} "
                f"instead of {reason.figure('band_by_target'):.0f}."
            )
        case ReasonKind.HELD_AT_PREVIOUS:
            return (
                "The figures are too close to a cut to change the classification yet; it changes "
                "if the next assessment says the same."
            )
        case ReasonKind.NO_TARGET:
            return "No numeric target is in force: the classification rests on significance."
        case ReasonKind.NO_JUDGEMENT:
            return (
                "Not classified: more recorded or fewer is neither good nor bad here; the outcome "
                "rate and satisfaction carry the judgement."
            )
        case ReasonKind.NO_PROJECTION:
            return "Not classified: a target is in force, but no chance of meeting it is known."
        case ReasonKind.NOT_ENOUGH_KNOWN:
            return "Not classified: too little is recorded to judge by."
        case (
            ReasonKind.COMPARISON_WORSE
            | ReasonKind.COMPARISON_BETTER
            | ReasonKind.COMPARISON_NO_CHANGE
            | ReasonKind.COMPARISON_UNKNOWN
            | ReasonKind.CONTROL_WORSE
            | ReasonKind.CONTROL_BETTER
            | ReasonKind.CONTROL_WITHIN
            | ReasonKind.CONTROL_UNKNOWN
            | ReasonKind.PEERS_WORSE
            | ReasonKind.PEERS_BETTER
            | ReasonKind.PEERS_IN_LINE
            | ReasonKind.PEERS_UNKNOWN
        ):
            return EVIDENCE_SENTENCES[reason.kind]
        case _:
            assert_never(reason.kind)


EVIDENCE_SENTENCES = {
    ReasonKind.COMPARISON_WORSE: "Significantly worse than in the period it is compared with.",
    ReasonKind.COMPARISON_BETTER: "Significantly better than in the period it is compared with.",
    ReasonKind.COMPARISON_NO_CHANGE: "No significant change on the period it is compared with.",
    ReasonKind.COMPARISON_UNKNOWN: "The change on the period it is compared with cannot be tested.",
    ReasonKind.CONTROL_WORSE: "On the control chart it stands out in the wrong direction.",
    ReasonKind.CONTROL_BETTER: "On the control chart it stands out in the right direction.",
    ReasonKind.CONTROL_WITHIN: "Within expected bounds on the control chart.",
    ReasonKind.CONTROL_UNKNOWN: "There is no firm control chart.",
    ReasonKind.PEERS_WORSE: "Significantly worse than the most similar forces.",
    ReasonKind.PEERS_BETTER: "Significantly better than the most similar forces.",
    ReasonKind.PEERS_IN_LINE: "In line with the most similar forces.",
    ReasonKind.PEERS_UNKNOWN: "The position among the most similar forces is not known.",
}


def _chance(reason: Reason) -> str:
    return f"chance {_percent(reason.figure('probability_met'))}"


def _gap(reason: Reason) -> str:
    figures = dict(reason.figures)
    if "gap_points" in figures:
        return f"{100 * figures['gap_points']:.1f} points from the target"
    return f"{100 * figures['gap_proportion']:.1f}% from the target level"


def _percent(probability: float) -> str:
    """A probability as a whole per cent; certainty is never claimed.

    A chance that was computed as nought or one is one too small or large for the arithmetic.
    """
    if probability < 0.01:
        return "under 1%"
    if probability > 0.99:
        return "over 99%"
    return f"{100 * probability:.0f}%"
