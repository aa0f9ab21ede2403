"""The verdict of a measure in an area, in words: how it moved, how sure, and how far off target.

Which way is worse is the measure's own; where neither way is, a rise is a rise and no more.
"""

from __future__ import annotations

import math
from typing import Final, assert_never

from bot.render.words import chance, number, say, signed, whole_needed
from bot.replies.judged import Judged
from bot.replies.model import Standing
from bot.replies.phrases import counted, p_words, together, verb
from metrics.assessment import Comparison
from metrics.calendar import Window, say_date, year_name
from metrics.classification import ThreatLevel
from metrics.dashboards.significance import assessment_words, not_tested, told_as_given
from metrics.dashboards.table import headline
from metrics.model import Measure, MeasureKind, Polarity, TargetKind
from metrics.statistics.proportions import wilson_interval
from metrics.statistics.verdict import Verdict

CHANCE: Final = "no more than chance explains"
"""Said of a change that is not significant: it does not show that nothing has changed."""

NOT_CHANCE: Final = "chance does not explain"

NOUGHT: Final = "0.0"


def verdict(judged: Judged) -> str:
    """Say how a measure stands, the change first, then the target: two or three sentences."""
    return " ".join(part for part in (movement(judged), target_words(judged)) if part)


def movement(judged: Judged, *, label: str = "") -> str:
    """Say how a measure moved, and whether chance explains it.

    Args:
        judged: The measure in its area.
        label: What it is called; its own name, and where, by default.
    """
    name = label or f"{subject(judged.measure)}{judged.where}"
    if judged.position.to is None:
        return f"{name}: nothing has been recorded."
    if told_as_given(judged.measure):
        return _as_given(judged, name)
    if judged.measure.kind.is_rate:
        return _rate(judged, name)
    if judged.is_against_baseline:
        return f"{_against_baseline(judged, name)} {_count(judged, '')}"
    return _count(judged, name)


def significance_words(judged: Judged, comparison: Comparison, change: float) -> str:
    """Say whether chance explains a change, and its chance, e.g. "… (p = 0.31)".

    The p-value is the one that the verdict rests on: adjusted for what is tested beside it.
    """
    if comparison.verdict is Verdict.NOT_TESTABLE:
        return not_tested(judged.measure, comparison.reason)
    p = p_words(comparison.p_adjusted)
    if comparison.verdict is Verdict.NO_SIGNIFICANT_CHANGE:
        return f"{CHANCE} ({p})"
    fragile = ", though the usual revisions would undo it" if comparison.fragile else ""
    if judged.measure.polarity is Polarity.NEITHER:
        return f"more than chance explains ({p}){fragile}"
    worse = judged.measure.polarity.is_worse(change)
    return f"{'a deterioration' if worse else 'an improvement'} that {NOT_CHANCE} ({p}){fragile}"


def target_words(judged: Judged) -> str:
    """Say how far off its target a measure is and how likely to meet it; empty without a number."""
    target = judged.target
    if target is None or judged.position.to is None:
        return ""
    match target.kind:
        case TargetKind.IMPROVEMENT | TargetKind.SIGNIFICANT_REDUCTION:
            return ""
        case TargetKind.REDUCTION:
            return _reduction(judged, target.value)
        case TargetKind.FEWER:
            return _fewer(judged)
        case TargetKind.AT_LEAST:
            return _at_least(judged, f"{target.value * 100:.4g}%")
        case _:
            assert_never(target.kind)


def standing_of(judged: Judged) -> Standing:
    """Say whether a change that chance does not explain is for the worse, or for the better.

    It is the change that the framework judges by: on last year, or on the baseline year.
    """
    comparison, change = judged.assessment.last_year, judged.change
    if judged.is_against_baseline:
        latest, baseline = _since_baseline(judged)
        comparison, change = judged.assessment.baseline, latest - baseline
    if comparison.verdict not in (Verdict.SIGNIFICANT_RISE, Verdict.SIGNIFICANT_FALL):
        return Standing.PLAIN
    if judged.measure.polarity.is_worse(change):
        return Standing.WORSE
    return Standing.BETTER if judged.measure.polarity.is_worse(-change) else Standing.PLAIN


def in_brief(judged: Judged, *, target: bool = True) -> str:
    """Say the verdict in a few words, for a locked phone; it starts with the measure's name.

    Args:
        judged: The measure in its area.
        target: Whether to say its classification, and how far off its target it is.
    """
    parts = [_moved_in_brief(judged)]
    if judged.position.to is None or math.isnan(judged.value):
        return parts[0]
    if target and judged.has_number and not math.isnan(judged.assessment.year_end.chance_met):
        parts.append(_target_in_brief(judged))
    if target and judged.assessment.threat.level is not None:
        parts.append(level_words(judged.assessment.threat.level))
    return "; ".join(parts)


def level_words(level: ThreatLevel | None) -> str:
    """Write a classification; what has none is said so."""
    return "not classified" if level is None else level.name.capitalize()


def survey_words(judged: Judged) -> str:
    """Write how many answered and Wilson's interval, e.g. "of 662 asked (95% range 87.0–91.7%)"."""
    low, high = wilson_interval(judged.now.numerator, judged.now.denominator)
    ends = f"{number(float(low) * 100, 1)}–{number(float(high) * 100, 1)}%"
    return f"of {number(judged.now.denominator)} asked (95% range {ends})"


def subject(measure: Measure) -> str:
    """Name a measure as a sentence starts with it: recorded crime by what is recorded."""
    if measure.kind is MeasureKind.RECORDED:
        return measure.name.partition(":")[0]
    return measure.name.replace(": ", ", ")


def _way(change: float) -> str:
    return "up" if change > 0 else "down"


def _late(judged: Judged) -> str:
    """Say the day that the figures reach, where their source is behind the others."""
    period = judged.now.period
    return f" to {say_date(period.last)}" if period else ""


def _count(judged: Judged, name: str) -> str:
    """Say how a count moved on last year; without a name it goes on from a sentence before."""
    start = f"{name} {verb(name)} " if name else "On last year it is "
    now, before, change = judged.value, judged.before, judged.change
    unit = judged.measure.unit
    if math.isnan(now):
        return f"{name or 'The year to date'}: the year to date is not recorded in full."
    if math.isnan(before):
        label = name or "This year"
        return f"{label}: {counted(now, unit)} this year; last year is not recorded in full."
    reach = f",{_late(judged)}" if judged.is_late else ""
    figures = f"({number(now)} against {number(before)}{reach})"
    tested = _tested(judged)
    if change == 0:
        return f"{start}the same as last year ({number(now)})."
    if before == 0:
        return f"{start}up from 0 to {number(now)} on last year{tested}."
    moved = number(abs(change) / before * 100, 1)
    if moved == NOUGHT:
        return f"{start}all but the same as last year {figures}{tested}."
    on = " on last year" if name else ""
    return f"{start}{_way(change)} {moved}%{on} {figures}{tested}."


def _tested(judged: Judged) -> str:
    """Say the test of the change on last year, as the end of the sentence that tells the change."""
    comparison = judged.assessment.last_year
    joined = ", " if comparison.verdict is Verdict.NOT_TESTABLE else ": "
    return f"{joined}{significance_words(judged, comparison, judged.change)}"


def _against_baseline(judged: Judged, name: str) -> str:
    """Say how the last 12 months stand against the baseline year, in the plan's three words."""
    latest, baseline = _since_baseline(judged)
    year = _baseline_year(judged)
    if math.isnan(latest) or math.isnan(baseline) or baseline == 0:
        return f"{name}: not compared with {year}, as one of the two is not recorded in full."
    share = number(abs(latest - baseline) / baseline * 100, 1)
    moved = "all but the same as" if share == NOUGHT else f"{_way(latest - baseline)} {share}% on"
    figures = f"({number(latest)} in the last 12 months against {number(baseline)})"
    return f"{name} {verb(name)} {moved} {year} {figures}{_assessed(judged)}."


def _rate_against_baseline(judged: Judged) -> str:
    """Say how the last 12 months of a rate stand against the baseline year."""
    latest, baseline = _since_baseline(judged)
    if math.isnan(latest) or math.isnan(baseline):
        year = _baseline_year(judged)
        return f"not compared with {year}, as one of the two is not recorded in full."
    before = f"{_baseline_year(judged)} ({number(baseline * 100, 1)}%)"
    return f"{_points(latest - baseline)} on {before}{_assessed(judged)}."


def _since_baseline(judged: Judged) -> tuple[float, float]:
    values = judged.position.values
    return values[Window.ROLLING_12], values[Window.BASELINE]


def _baseline_year(judged: Judged) -> str:
    return year_name(judged.framework.baseline_year) if judged.framework else ""


def _assessed(judged: Judged) -> str:
    """End a sentence with the plan dashboard's assessment, and its chance where it was tested."""
    comparison = judged.assessment.baseline
    words = say(assessment_words(judged.measure, comparison))
    if comparison.verdict is Verdict.NOT_TESTABLE:
        return f", {words}"
    return f": {words} ({p_words(comparison.p_adjusted)})"


def _rate(judged: Judged, name: str) -> str:
    """Say a rate, how it moved and whether chance explains it; of a survey, how many answered."""
    measure, now = judged.measure, judged.value
    if math.isnan(now):
        return f"{name}: not recorded in full for the period{_late(judged)}."
    survey = (
        f" {survey_words(judged)} in the 12 months{_late(judged)}" if _is_survey(judged) else ""
    )
    if judged.is_against_baseline:
        latest, _ = _since_baseline(judged)
        period = "" if survey else " over the last 12 months"
        told = f"{number(latest * 100, 1)}%{survey}{period}"
        joined = ". It is" if survey else ","  # two short sentences are heard, one long is not
        return f"{name}: {told}{joined} {_rate_against_baseline(judged)}"
    start = f"{name}: {number(now * 100, 1)}%{survey}"
    if math.isnan(judged.before):
        return f"{start}; the period before is not recorded in full."
    period = "the 12 months before" if measure.kind.is_survey else "last year"
    tested = _tested(judged)
    joined = ". It is" if survey else ","
    return f"{start}{joined} {_points(judged.change)} on {period}{tested}."


def _is_survey(judged: Judged) -> bool:
    return judged.measure.kind.is_survey and not math.isnan(judged.now.denominator)


def _points(change: float) -> str:
    """Write a change of a rate, e.g. "down 6.4 points", "unchanged"."""
    moved = number(abs(change) * 100, 1)
    if moved == NOUGHT:
        return "all but unchanged"
    return f"{_way(change)} {moved} {'point' if moved == '1.0' else 'points'}"


def _as_given(judged: Judged, name: str) -> str:
    """Tell a return or a sum of money as it was given, and up to when; nothing is tested of it."""
    position = judged.position
    by = f" by {together(judged.suppliers)}" if judged.suppliers else ""
    windows = (
        (Window.ROLLING_12, Window.BASELINE) if _whole_year(judged) else (Window.YTD, Window.LYTD)
    )
    now, before = (position.values[one] for one in windows)
    value = say(headline(judged.measure, position, windows[0]))
    if math.isnan(now):
        latest = say(headline(judged.measure, position, Window.LATEST))
        period = position.figures[Window.LATEST].period
        return f"{name}: {latest} in the latest return ({period}); the year to date is incomplete."
    period = position.figures[windows[0]].period
    if judged.measure.kind is MeasureKind.MONEY:
        return f"{name}: {value}, as given{_late(judged)}."
    told = f"{name}: {value} from {period}, as given{by}"
    if math.isnan(before):
        return f"{told}; the period before is not recorded in full."
    other = f"in {_baseline_year(judged)}" if _whole_year(judged) else "in last year's same months"
    change = now - before
    share = f", {signed(change / before * 100, 1)}%" if before else ""
    return f"{told}. It was {number(before)} {other} ({signed(change)}{share})."


def _whole_year(judged: Judged) -> bool:
    """Whether a return is told against the baseline year: the framework does, and both are held."""
    values = judged.position.values
    held = not math.isnan(values[Window.ROLLING_12] - values[Window.BASELINE])
    return judged.is_against_baseline and held and judged.measure.kind is not MeasureKind.MONEY


def _ending(judged: Judged, what: str) -> str:
    """Say the chance of what is hoped for at the year's end; of a year that is over, only that."""
    if judged.year_is_over:
        return "the year has ended so"
    met = judged.assessment.year_end.chance_met
    return f"the chance of {what} is {'not known' if math.isnan(met) else chance(met)}"


def _reduction(judged: Judged, share: float) -> str:
    name = f"the {share * 100:.4g}% reduction target"
    gap = judged.position.gap
    if math.isnan(gap):
        return f"Whether {name} is met is not known."
    if gap <= 0:
        room = counted(-whole_needed(gap), judged.measure.unit)
        return f"It is within {name} by {room}, and {_ending(judged, 'ending so')}."
    short = counted(whole_needed(gap), judged.measure.unit)
    return f"It is {short} short of {name}, and {_ending(judged, 'meeting it')}."


def _fewer(judged: Judged) -> str:
    gap = judged.position.gap
    if math.isnan(gap):
        return "The plan asks for fewer than last year; whether that is met is not known."
    how = "as many" if gap == 0 else f"{number(abs(gap))} {'fewer' if gap < 0 else 'more'}"
    return f"The plan asks for fewer than last year: it is {how} so far."


def _at_least(judged: Judged, target: str) -> str:
    position = judged.position
    if math.isnan(position.gap):
        return f"Whether the {target} target is met is not known."
    if judged.is_met:
        return f"It meets the {target} target; {_ending(judged, 'ending so')}."
    if judged.measure.kind is MeasureKind.OUTCOME_RATE:
        return _outcomes(judged, target)
    points = number(abs(position.gap) * 100, 1)
    short = "just" if points == NOUGHT else f"{points} {'point' if points == '1.0' else 'points'}"
    likely = _ending(judged, "meeting it")
    return f"It is {short} short of the {target} target; {likely}."


def _outcomes(judged: Judged, target: str) -> str:
    position = judged.position
    required = max(whole_needed(position.outcomes_required), 0)
    needed = "1 more outcome is" if required == 1 else f"{number(required)} more outcomes are"
    likely = _ending(judged, "meeting it")
    if math.isnan(position.under_investigation):
        return f"{needed} required for the {target} target; {likely}."
    still_open = counted(position.under_investigation, "crimes")
    be = "is" if still_open == "1 crime" else "are"
    return (
        f"{needed} required for the {target} target ({still_open} {be} still under "
        f"investigation); {likely}."
    )


def _moved_in_brief(judged: Judged) -> str:
    """Say a measure's name, its change or value, and in three words whether chance explains it."""
    measure = judged.measure
    name = f"{subject(measure)}{judged.where}"
    if judged.position.to is None or math.isnan(judged.value):
        return f"{name}: not recorded"
    if told_as_given(measure):
        value = say(headline(measure, judged.position, Window.YTD))
        return f"{name}: {value}{_late(judged)}"
    comparison, now, before, on = judged.assessment.last_year, judged.value, judged.before, ""
    if judged.is_against_baseline:
        now, before = _since_baseline(judged)
        comparison, on = judged.assessment.baseline, f" on {_baseline_year(judged)}"
    chances = {Verdict.NO_SIGNIFICANT_CHANGE: ", no more than chance", Verdict.NOT_TESTABLE: ""}
    sure = chances.get(comparison.verdict, ", more than chance")
    if measure.kind.is_rate:
        return f"{name} {number(now * 100, 1)}%{sure}"
    if math.isnan(now - before) or not before:
        return f"{name}: {number(now)}"
    moved = number(abs(now - before) / before * 100, 1)
    way = "unchanged" if moved == NOUGHT else f"{_way(now - before)} {moved}%"
    return f"{name} {way}{on}{sure}"


def _target_in_brief(judged: Judged) -> str:
    """Say how far off a target is and how likely, in a few words."""
    if judged.year_is_over:
        return "target met" if judged.is_met else f"{_gap_in_brief(judged)}target missed"
    met = chance(judged.assessment.year_end.chance_met)
    return f"{_gap_in_brief(judged)}chance of target {met}"


def _gap_in_brief(judged: Judged) -> str:
    """Say how far off a target is, in two words; nothing where it is met."""
    if judged.is_met or math.isnan(judged.position.gap):
        return ""
    if judged.measure.kind is MeasureKind.OUTCOME_RATE:
        return f"{number(max(whole_needed(judged.position.outcomes_required), 0))} outcomes short, "
    if judged.measure.kind.is_rate:
        return f"{number(abs(judged.position.gap) * 100, 1)} points short, "
    return f"{number(whole_needed(judged.position.gap))} short, "
