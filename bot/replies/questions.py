"""Three questions worth asking, made from the figures: the same figures always ask the same.

They are looked for in this order, and the first three that are found are asked: the area that
drives the largest deterioration; a target whose chance crossed a cut since last week, or that is in
the balance; the component of satisfaction that is furthest under its target; the action that is
longest overdue.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Final

from bot.access import Sight
from bot.render.words import chance, number, signed
from bot.replies.components import component_name, components
from bot.replies.doing import DueAction
from bot.replies.judged import Judged, judge
from bot.replies.model import Standing
from bot.replies.phrases import counted, in_list, lower_first
from bot.replies.verdict import standing_of, subject
from metrics.calendar import say_date
from metrics.errors import UnknownName
from metrics.model import Level, MeasureKind, Target, TargetKind

QUESTIONS: Final = 3

LEAST_CRIMES: Final = 10
"""Fewer more than last year are no deterioration to begin with."""

SEVERAL: Final = 2
"""One area alone is the whole: it drives nothing."""

EVEN: Final = 0.5
"""The chance of which nothing can be said."""

LEVELS: Final = (Level.CSP, Level.LPU)
"""The areas that answer for a change."""


def questions(
    now: Sight,
    before: Sight | None,
    judged: Sequence[Judged],
    overdue: Sequence[DueAction],
    *,
    today: date,
) -> tuple[str, ...]:
    """Return up to three questions.

    Args:
        now: The newest figures.
        before: Those of a week before; None: there are none.
        judged: The measures that are the reader's, in their area.
        overdue: Their actions that should have been done, the oldest first.
        today: The day on which it is asked.
    """
    found = (
        *_driver(now, judged),
        *_target(now, before, judged),
        *_component(now, judged),
        *_action(overdue, today),
    )
    return tuple(islice(found, QUESTIONS))


def _driver(sight: Sight, judged: Sequence[Judged]) -> Iterator[str]:
    """Ask about the area that has most of the largest deterioration."""
    worse = [
        one
        for one in judged
        if one.measure.kind is MeasureKind.RECORDED
        and one.measure.polarity.is_worse(one.change)
        and one.change >= LEAST_CRIMES
        and one.before > 0
    ]
    if not worse:
        return
    # What chance does not explain comes first, then what grew most of itself.
    largest = max(worse, key=lambda one: (_is_significant(one), one.change / one.before))
    share = number(largest.change / largest.before * 100, 1)
    name = f"{subject(largest.measure)}{largest.where}"
    counts = f"{number(largest.value)} against {number(largest.before)}"
    most = _most_of_it(sight, largest)
    if most is None:
        yield f"{name} is up {share}% on last year ({counts}): what has changed?"
    else:
        yield (
            f"{name} is up {share}% on last year ({counts}), and {most.area.name} has the most of "
            f"it ({signed(most.change)}): what is different there?"
        )


def _is_significant(judged: Judged) -> bool:
    return standing_of(judged) is Standing.WORSE


def _most_of_it(sight: Sight, judged: Judged) -> Judged | None:
    for level in LEVELS:
        areas = sight.catalogue.at_level(level, inside=judged.area.id)
        shown = [one for one in areas if not sight.refusal(judged.measure, one)]
        if len(shown) < SEVERAL:
            continue
        found = [judge(sight, judged.measure, one) for one in shown]
        rising = [one for one in found if one.change > 0]
        return max(rising, key=lambda one: one.change) if rising else None
    return None


def _target(now: Sight, before: Sight | None, judged: Sequence[Judged]) -> Iterator[str]:
    """Ask about the target whose chance fell across a cut, or that is most in the balance."""
    rule = now.catalogue.rule
    asked = [one for one in judged if one.has_number and not one.year_is_over]
    known = [one for one in asked if not math.isnan(one.assessment.year_end.chance_met)]
    crossed = []
    for one in known:
        met, then = one.assessment.year_end.chance_met, _chance_then(before, one)
        if any(met < cut <= then for cut in (rule.unlikely_met, rule.likely_met)):
            crossed.append((then - met, one))
    if crossed:
        fall, one = max(crossed, key=lambda pair: pair[0])
        met = one.assessment.year_end.chance_met
        yield (
            f"The chance that {_name(one)} meets its target fell from {chance(met + fall)} to "
            f"{chance(met)} in a week: what would bring it back?"
        )
        return
    balanced = [
        one
        for one in known
        if rule.unlikely_met <= one.assessment.year_end.chance_met < rule.likely_met
    ]
    if balanced:
        one = min(balanced, key=lambda each: abs(each.assessment.year_end.chance_met - EVEN))
        met = one.assessment.year_end.chance_met
        yield (
            f"Whether {_name(one)} meets its target is in the balance (chance {chance(met)}): "
            "what will decide it?"
        )


def _chance_then(before: Sight | None, judged: Judged) -> float:
    """Return the chance of a week before, under the same target; NaN where it is not known."""
    if before is None:
        return math.nan
    same = before.catalogue.target(judged.measure.id, before.as_at) == judged.target
    try:
        if not same or before.refusal(judged.measure, judged.area):
            return math.nan
        return before.assessment(judged.measure, judged.area).year_end.chance_met
    except UnknownName:
        return math.nan


def _component(sight: Sight, judged: Sequence[Judged]) -> Iterator[str]:
    """Ask about the component of satisfaction that is furthest under its survey's target."""
    furthest: tuple[float, Judged, Judged, Target] | None = None
    for whole in judged:
        target = whole.target
        if whole.measure.kind is not MeasureKind.SATISFACTION or target is None:
            continue
        if target.kind is not TargetKind.AT_LEAST:
            continue
        for one in components(sight, whole.measure, whole.area):
            short = target.value - one.value
            if short > 0 and (furthest is None or short > furthest[0]):
                furthest = short, one, whole, target
    if furthest is None:
        return
    short, one, whole, target = furthest
    name = component_name(one)
    who = lower_first(whole.measure.name.partition(":")[0])
    yield (
        f"{number(one.value * 100, 1)}% of {who}{whole.where} are satisfied with {name} (of "
        f"{number(one.now.denominator)} asked), {number(short * 100, 1)} points under the "
        f"{target.value * 100:.4g}% target: who has it in hand?"
    )


def _action(overdue: Sequence[DueAction], today: date) -> Iterator[str]:
    """Ask about the action that is longest overdue."""
    if not overdue:
        return
    one = overdue[0]
    due = one.due or today
    late = counted((today - due).days, "days")
    what = one.text.rstrip(".")
    yield f"{one.issue}: “{what}” was due on {say_date(due)}, {late} ago: what holds it up?"


def _name(judged: Judged) -> str:
    if judged.measure.kind is MeasureKind.RECORDED:
        return f"{lower_first(subject(judged.measure))}{judged.where}"
    return f"{lower_first(in_list(judged.measure.name))}{judged.where}"
