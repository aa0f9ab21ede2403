"""The sentences of the papers, made from figures: one template for each thing they say.

They follow the Strategic Assurance Board's performance report of December 2013.  Every number is
written by `bot.render.words`, as the tables beside the sentences write it, so the two reconcile.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from bot.render.words import number, ordinal, whole_needed
from bot.replies.components import component_name
from bot.replies.judged import Judged
from bot.replies.phrases import counted, lower_first, sentence_case, together
from bot.replies.verdict import (
    NOUGHT,
    movement,
    significance_words,
    subject,
    survey_words,
    target_words,
)
from metrics.calendar import Window, say_date
from metrics.dashboards.explanation.watched import AMONG_PEERS
from metrics.model import Area, Level, Target, TargetKind
from metrics.statistics.control_state import ControlState

ROUND: Final = 100
"""The papers say "nearly 3,200" where a count is just under a round hundred."""

NEARLY: Final = 10
"""How far under it may be."""

SAYS_NOTHING: Final = (ControlState.NOT_RECORDED, ControlState.TOO_FEW_POINTS)
"""States of a control chart that are no news."""


def place(area: Area) -> str:
    """Name an area as the papers do inside a sentence, e.g. "the Force", "the City BCU"."""
    match area.level:
        case Level.FORCE:
            return "the Force"
        case Level.BCU | Level.LPU | Level.JOINT:
            return f"the {area.name}"
        case _:
            return area.name


def called(judged: Judged) -> str:
    """Name what a measure counts inside a sentence, e.g. "violence with injury"."""
    return lower_first(subject(judged.measure).partition(",")[0])


def per_cent(proportion: float) -> str:
    """Write the size of a change, without its sign, e.g. "12.8%"."""
    return f"{number(abs(proportion) * 100, 1)}%"


def article(written: str) -> str:
    """Return "a" or "an", as a number that follows is spoken, e.g. "an 8.0%", "an 11.6%"."""
    whole = written.partition(".")[0].replace(",", "")
    spoken_with_vowel = whole.startswith("8") or whole in ("11", "18")
    return "an" if spoken_with_vowel else "a"


def nearly(count: int, unit: str) -> str:
    """Write a count that is just under a round hundred as "nearly 3,200 crimes (3,197)"."""
    short = -count % ROUND
    if count > ROUND and 0 < short <= NEARLY:
        return f"nearly {counted(count + short, unit)} ({number(count)})"
    return counted(count, unit)


def moved(judged: Judged) -> str:
    """Say how a count moved, e.g. "a 12.8% increase"; empty where that is not known."""
    before, change = judged.before, judged.change
    if math.isnan(change) or before == 0:
        return ""
    share = per_cent(change / before)
    if change == 0 or share == f"{NOUGHT}%":
        return "no change"
    return f"{article(share)} {share} {'increase' if change > 0 else 'reduction'}"


def recorded(judged: Judged) -> str:
    """Say how a count stands, as the papers do: the change, then how far off the target.

    "The Force is currently reporting a 12.8% increase in violence with injury, which is 434 crimes
    short of the 2% reduction target."  Where the framework judges by a baseline year, or a figure
    is not known, it is said as answers in chat say it.
    """
    how = moved(judged)
    if not how or judged.is_against_baseline:
        return " ".join(part for part in (movement(judged), target_words(judged)) if part)
    where = sentence_case(place(judged.area))
    late = f" to {say_date(judged.position.to)}" if judged.is_late and judged.position.to else ""
    first = f"{where} is currently reporting {how} in {called(judged)}{late}"
    against = against_target(judged)
    return f"{first}{f', which is {against}' if against else ''}. {difference(judged)}"


def difference(judged: Judged) -> str:
    """Say how many more or fewer than last year, with the two counts and the chance."""
    now, before, change = judged.value, judged.before, judged.change
    tested = significance_words(judged, judged.assessment.last_year, change)
    figures = f"({number(now)} against {number(before)})"
    if change == 0:
        return f"That is as many as in the same period of the previous year {figures}: {tested}."
    word = "more" if change > 0 else "fewer"
    noun = _noun(abs(change), judged.measure.unit)
    return (
        f"That is {number(abs(change))} {word} {noun} than in the same period of the previous year "
        f"{figures}: {tested}."
    )


def against_target(judged: Judged) -> str:
    """Say how far a count is off its target, e.g. "434 crimes short of the 2% reduction target"."""
    target, gap = judged.target, judged.position.gap
    if target is None or target.kind is not TargetKind.REDUCTION or math.isnan(gap):
        return ""
    name = f"the {target.value * 100:.4g}% reduction target"
    if gap <= 0:
        return f"within {name} by {counted(-whole_needed(gap), judged.measure.unit)}"
    short = whole_needed(gap)
    return f"{nearly(short, judged.measure.unit)} short of {name}"


def by_command(parts: Sequence[Judged]) -> str:
    """Say how a count stands in each Basic Command Unit, with its gap to the Force's target."""
    said = []
    for one in parts:
        how = moved(one)
        if not how:
            continue
        detail = []
        if one.change:
            more = "more" if one.change > 0 else "fewer"
            detail.append(f"{number(abs(one.change))} {more} {_noun(one.change, one.measure.unit)}")
        if against := _off_force_target(one):
            detail.append(against)
        told = f"{place(one.area)} is reporting {how}"
        said.append(f"{told} ({'; '.join(detail)})" if detail else told)
    return f"{sentence_case(', whilst '.join(said))}." if said else ""


def _off_force_target(judged: Judged) -> str:
    gap = judged.position.gap
    if not judged.has_number or math.isnan(gap):
        return ""
    if gap <= 0:
        return f"{number(-whole_needed(gap))} within the Force target rate"
    return f"{number(whole_needed(gap))} short of the Force target rate"


def by_unit(parts: Sequence[Judged]) -> str:
    """Name the policing units that moved most, in number and in per cent, each way."""
    known = [one for one in parts if one.before > 0 and not math.isnan(one.change)]
    up = [one for one in known if one.change > 0]
    down = [one for one in known if one.change < 0]
    said = [*_furthest(up, "increase"), *_furthest(down, "reduction")]
    if not said:
        return ""
    return f"Across the LPUs, {'; '.join(said)}."


def _furthest(moving: Sequence[Judged], word: str) -> list[str]:
    if not moving:
        return []
    # Of equals the first named in the plan, so that the same figures give the same words.
    most = max(moving, key=lambda one: abs(one.change))
    steepest = max(moving, key=lambda one: abs(one.change) / one.before)
    if most.area.id == steepest.area.id:
        return [f"the largest {word}, in number and in per cent, is on {_moved_there(most)}"]
    in_number, in_share = _moved_there(most), _moved_there(steepest)
    return [f"the largest {word} in number is on {in_number}, and in per cent on {in_share}"]


def _moved_there(judged: Judged) -> str:
    share = per_cent(judged.change / judged.before)
    size = f"{number(abs(judged.change))} {_noun(judged.change, judged.measure.unit)}"
    return f"{judged.area.name} ({share}, {size})"


def peers(judged: Judged) -> str:
    """Say where the Force stands among the most similar forces over the last three months."""
    found = judged.assessment.peers_3_months
    if not found.rank:
        return ""
    ends = judged.position.figures[Window.LAST_3_MONTHS].period
    until = f" ending {say_date(ends.last)}" if ends else ""
    return (
        f"Over the three months{until}, the Force's rate is {ordinal(found.rank)} of "
        f"{found.forces} in its most similar group (1st is lowest), {AMONG_PEERS[found.verdict]}."
    )


def months(judged: Judged) -> str:
    """Say where the latest month stands on its control chart, in the papers' words."""
    control = judged.assessment.control
    if control.state in SAYS_NOTHING:
        return ""
    return f"On the control chart, the latest month is {control.words}."


def outcomes(judged: Judged, *, compare: bool = False) -> str:
    """Say how a crime outcome rate stands: against its target, outcomes required, still open.

    Args:
        judged: The rate.
        compare: Whether to say how many outcomes more or fewer than last year.
    """
    rate, target = judged.value, judged.target
    if math.isnan(rate):
        return movement(judged)
    start = f"The crime outcome rate for {called(judged)} is currently {per_cent(rate)}"
    goal = f"{target.value * 100:.4g}%" if target and target.kind is TargetKind.AT_LEAST else ""
    said = [f"{start}{_beside(judged, goal)}."]
    if compare:
        said.append(_fewer_outcomes(judged))
    required = whole_needed(judged.position.outcomes_required) if _is_under(judged) else 0
    if goal and required > 0:
        noun = "outcome is" if required == 1 else "outcomes are"
        said.append(
            f"For the Force to achieve this target a further {number(required)} {noun} currently "
            "required."
        )
    still_open = judged.position.under_investigation
    if not math.isnan(still_open):
        be = "is" if still_open == 1 else "are"
        said.append(f"There {be} currently {counted(still_open, 'crimes')} under investigation.")
    return " ".join(one for one in said if one)


def _is_under(judged: Judged) -> bool:
    return judged.is_met is False and not math.isnan(judged.position.outcomes_required)


def _beside(judged: Judged, goal: str) -> str:
    """Say a rate beside its target: below, at, or above it; nothing without one.

    What rounds to the target is at it, as the papers have it.
    """
    if not goal or judged.target is None or math.isnan(judged.position.gap):
        return ""
    if number(judged.value * 100, 1) == number(judged.target.value * 100, 1):
        return f", at the target of {goal}"
    return f", which is {'above' if judged.is_met else 'below'} the target of {goal}"


def _fewer_outcomes(judged: Judged) -> str:
    """Say how many outcomes more or fewer than last year, and last year's rate."""
    figures = judged.position.figures
    change = figures[Window.YTD].numerator - figures[Window.LYTD].numerator
    if math.isnan(change) or math.isnan(judged.before):
        return ""
    then = f"when the Force was achieving a rate of {per_cent(judged.before)}"
    if change == 0:
        return f"That is as many outcomes as in the equivalent period last year, {then}."
    more = "more" if change > 0 else "fewer"
    noun = _noun(change, "outcomes")
    return (
        f"That is {number(abs(change))} {noun} {more} than in the equivalent period last year, "
        f"{then}."
    )


def rates_by_command(parts: Sequence[Judged]) -> str:
    """Say a crime outcome rate in each Basic Command Unit."""
    known = [one for one in parts if not math.isnan(one.value)]
    if not known:
        return ""
    said = together([f"{per_cent(one.value)} on {place(one.area)}" for one in known])
    return f"The outcome rate is {said}."


def satisfaction(judged: Judged, components: Sequence[Judged]) -> str:
    """Say the rolling 12 months of a survey beside its target, and the components under it."""
    if math.isnan(judged.value):
        return movement(judged)
    target = judged.target
    goal = f"{target.value * 100:.4g}%" if target and target.kind is TargetKind.AT_LEAST else ""
    weak = _weak(components, target, goal)
    if judged.is_against_baseline:  # the plan judges by the baseline year, as chat says it
        return " ".join(one for one in (movement(judged), weak) if one)
    who = lower_first(judged.measure.name.partition(":")[0])
    until = judged.now.period
    ends = f" to {say_date(until.last)}" if until else ""
    first = (
        f"Over the rolling 12 months{ends}, overall satisfaction of {who} is "
        f"{per_cent(judged.value)} {survey_words(judged)}{_matching(judged, goal)}."
    )
    tested = significance_words(judged, judged.assessment.last_year, judged.change)
    change = _points(judged, tested)
    return " ".join(one for one in (first, change, weak) if one)


def _matching(judged: Judged, goal: str) -> str:
    if not goal or judged.target is None or math.isnan(judged.position.gap):
        return ""
    if number(judged.value * 100, 1) == number(judged.target.value * 100, 1):
        return f", matching the {goal} target"
    short = number(abs(judged.position.gap) * 100, 1)
    noun = "point" if short == "1.0" else "points"
    return f", {short} {noun} {'above' if judged.is_met else 'under'} the {goal} target"


def _points(judged: Judged, tested: str) -> str:
    if math.isnan(judged.change):
        return ""
    size = number(abs(judged.change) * 100, 1)
    if size == NOUGHT:
        return f"It is unchanged on the 12 months before: {tested}."
    noun = "point" if size == "1.0" else "points"
    way = "up" if judged.change > 0 else "down"
    return f"It is {way} {size} {noun} on the 12 months before: {tested}."


def _weak(components: Sequence[Judged], target: Target | None, goal: str) -> str:
    """Name the components that are under the target, the lowest first."""
    if not goal or target is None:
        return ""
    under = sorted(
        (one for one in components if one.value < target.value), key=lambda one: one.value
    )
    if not under:
        return ""
    named = together([f"{component_name(one)} ({per_cent(one.value)})" for one in under])
    noun = "component of" if len(under) == 1 else "components of"
    verb = "remains" if len(under) == 1 else "remain"
    return f"The {noun} {named} {verb} below the target level."


def _noun(count: float, unit: str) -> str:
    """Return a unit as a count asks for: "crime" of one, "crimes" of others."""
    return counted(abs(count), unit).partition(" ")[2]
