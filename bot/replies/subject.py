"""What a strategic priority is judged by: its parts, and their measures, the leading one first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

from bot.access import Sight
from bot.replies.judged import Judged, judge
from bot.replies.phrases import sentence_case
from bot.replies.verdict import subject
from metrics.dashboards.scorecard import WHOLE_SURVEY
from metrics.model import Area, Catalogue, Measure, MeasureKind, Polarity, Priority

ORDER: Final = (
    MeasureKind.RECORDED,
    MeasureKind.OUTCOME_RATE,
    MeasureKind.SATISFACTION,
    MeasureKind.CONFIDENCE,
    MeasureKind.PARTNER_RETURN,
    MeasureKind.MONEY,
)
"""The order in which a priority's measures are told."""

LABELS: Final = {
    MeasureKind.OUTCOME_RATE: "Crime outcome rate",
    MeasureKind.SATISFACTION: "Satisfaction",
}
"""How a measure is called beside the one that leads; others keep their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A priority, or one of the parts that it is in, with what may be shown of its measures."""

    priority: Priority
    judged: tuple[Judged, ...]  # the leading measure first

    @property
    def lead(self) -> Judged:
        """The measure that the verdict is of."""
        return self.judged[0]


def called(priority: Priority) -> str:
    """Return what a priority is called for short: its first alias, else its name."""
    return sentence_case(priority.aliases[0] if priority.aliases else priority.name)


def family(catalogue: Catalogue, priority: Priority) -> tuple[Priority, ...]:
    """Return a priority with its parts: of 14, also 14A and 14B."""
    return tuple(
        one
        for one in catalogue.priorities.values()
        if priority.number in (one.number, one.number.rstrip(ascii_uppercase))
    )


def measures_of(catalogue: Catalogue, priority: Priority) -> list[Measure]:
    """Return a priority's measures, the leading one first, without the components of surveys.

    More recorded or fewer is no verdict where neither is better, so such a count never leads.
    A part of a priority without victims' satisfaction of its own has that of the whole.
    """
    own = [one for one in _whole(catalogue) if one.priority == priority.number]
    if not any(one.kind is MeasureKind.SATISFACTION for one in own):
        number = priority.number.rstrip(ascii_uppercase)
        own += [
            one
            for one in _whole(catalogue)
            if one.kind is MeasureKind.SATISFACTION and one.priority == number
        ]
    return sorted(own, key=lambda one: (_is_undirected(one), ORDER.index(one.kind)))


def _is_undirected(measure: Measure) -> bool:
    return measure.kind is MeasureKind.RECORDED and measure.polarity is Polarity.NEITHER


def _whole(catalogue: Catalogue) -> list[Measure]:
    return [one for one in catalogue.measures.values() if one.component in WHOLE_SURVEY]


def parts_of(sight: Sight, priority: Priority, area: Area) -> tuple[list[Part], list[str]]:
    """Return a priority's parts with what may be shown of them, and why the rest may not be.

    What the whole of a priority has in common with its parts is told of the parts alone, and the
    victims' satisfaction that they share is told once.
    """
    parts: list[Part] = []
    refusals: dict[str, list[str]] = {}
    told: set[str] = set()
    numbers = family(sight.catalogue, priority)
    kinds = {
        one.kind
        for other in numbers
        if other.number != priority.number
        for one in measures_of(sight.catalogue, other)
        if one.priority == other.number
    }
    for one in sorted(numbers, key=lambda part: part.number == priority.number):
        judged = []
        for measure in measures_of(sight.catalogue, one):
            is_whole = one.number == priority.number and len(numbers) > 1
            if measure.id in told or (is_whole and measure.kind in kinds):
                continue
            if len(numbers) > 1 and not is_whole and measure.priority != one.number:
                continue
            told.add(measure.id)
            if reason := sight.refusal(measure, area):
                refusals.setdefault(reason, []).append(measure.name)
            else:
                judged.append(judge(sight, measure, area))
        if judged:
            parts.append(Part(priority=one, judged=tuple(judged)))
    return parts, [_refused(reason, names) for reason, names in refusals.items()]


def _refused(reason: str, names: Sequence[str]) -> str:
    return f"Not shown: {', '.join(names)}. {reason}"


def labels(judged: Sequence[Judged]) -> list[str]:
    """Return what measures are called side by side: by their kind, where no two are of one."""
    kinds = [one.measure.kind for one in judged]
    return [
        LABELS[one.measure.kind]
        if one.measure.kind in LABELS and kinds.count(one.measure.kind) == 1
        else subject(one.measure)
        for one in judged
    ]
