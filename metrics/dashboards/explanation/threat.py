"""The classification with all its reasons, and the cuts that another level lies beyond."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from metrics.classification import ClassificationRule, Impact, Likelihood
from metrics.dashboards.explanation.document import Claim, Line, Section
from metrics.dashboards.scorecard import say_level
from metrics.dashboards.table import Cell, Unit
from metrics.model import Polarity

TWO_WORSE: Final = (
    "two or more of comparison, control chart and peers significantly worse, the comparison among "
    "them"
)


def threat(claim: Claim, rule: ClassificationRule) -> Section:
    """Tell the classification, why, and what would change it.

    Args:
        rule: The cuts that the classification was made by.
    """
    found = claim.assessment.threat
    lines: list[Line] = [(f"Classification: {say_level(found)}.",)]
    lines += [(sentence,) for sentence in found.sentences if sentence]
    if found.pending is not None:
        pending = found.pending.name.capitalize()
        lines.append((f"It points to {pending}, and changes if the next assessment says so too.",))
    lines += _cuts(claim, rule)
    return Section(heading="The classification", lines=tuple(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Levels:
    """The level of each likelihood band, as words."""

    unlikely: str
    possible: str
    likely: str


def _cuts(claim: Claim, rule: ClassificationRule) -> Iterator[Line]:
    if claim.measure.polarity is Polarity.NEITHER:
        return
    impact = Impact(claim.measure.impact)
    unlikely, possible, likely = (rule.level(band, impact).name.capitalize() for band in Likelihood)
    levels = _Levels(unlikely=unlikely, possible=possible, likely=likely)
    yield (f"What would change it, for a measure of {impact} impact (rule {rule.version}):",)
    asked = claim.catalogue.target(claim.measure.id, claim.snapshot.as_at)
    if asked and asked.kind.is_numeric:
        yield from _target_cuts(claim, rule, levels)
    else:
        yield (f"{levels.likely}: {TWO_WORSE}.",)
        if levels.unlikely == levels.possible:
            yield (f"{levels.unlikely}: fewer of them.",)
        else:
            yield (f"{levels.possible}: one of them significantly worse.",)
            yield (f"{levels.unlikely}: none of them.",)
        yield ("A significantly better comparison takes one off.",)


def _target_cuts(claim: Claim, rule: ClassificationRule, levels: _Levels) -> Iterator[Line]:
    likely_met = Cell(value=rule.likely_met, unit=Unit.CHANCE)
    unlikely_met = Cell(value=rule.unlikely_met, unit=Unit.CHANCE)
    if claim.measure.kind.is_rate:
        material = f"{100 * rule.material_gap_rate:.1f} points"
    else:
        material = f"{100 * rule.material_gap_volume:.1f}% of the target level"
    while_close = f" while the gap is under {material}."
    if levels.unlikely == levels.possible:
        yield (
            f"{levels.possible} at a chance of ",
            unlikely_met,
            f" or more, and below it{while_close}",
        )
    else:
        yield f"{levels.unlikely} at a chance of ", likely_met, " or more of meeting the target."
        yield (
            f"{levels.possible} down to a chance of ",
            unlikely_met,
            f", and below it{while_close}",
        )
    yield f"{levels.likely} below ", unlikely_met, f" with a gap of at least {material}."
    margin = f"{100 * rule.evidence_margin:.0f} points"
    yield (f"Within {margin} of a cut, comparison, control chart and peers may tip it one band.",)
    yield "It stands at a chance of ", _chance(claim), " and a gap of ", _gap(claim), "."


def _chance(claim: Claim) -> Cell:
    return Cell(value=claim.assessment.year_end.chance_met, unit=Unit.CHANCE)


def _gap(claim: Claim) -> Cell:
    """Return how far on the wrong side of the target: points, or a share of the target level."""
    position = claim.position
    if claim.measure.kind.is_rate:
        return Cell(value=-position.gap, unit=Unit.POINTS)
    level = position.target
    share = position.gap / level if level > 0 else math.nan
    return Cell(value=share, unit=Unit.CHANGE_PROPORTION)
