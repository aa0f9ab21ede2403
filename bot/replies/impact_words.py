"""The effect of an operation in sentences: the verdict, what it rests on, what would show when."""

from __future__ import annotations

import math
from typing import Final, assert_never

from bot.render.words import number, signed
from bot.replies.charts import ImpactChart
from bot.replies.phrases import counted, lower_first, together, verb
from bot.replies.verdict import subject
from metrics.calendar import say_date
from metrics.impact import ASKED_FOR, Impact
from metrics.model import Area, Level, Measure
from metrics.statistics.impact import LEAST_BEFORE, LEAST_EXPECTED, ImpactVerdict

ONE_PER_CENT: Final = 0.01

NOT_MEASURED: Final = "its effect cannot be measured"


def verdict_words(impact: Impact, measure: Measure, area: Area) -> str:
    """Say what can be said of an effect, in one sentence that stands by itself."""
    about = f"{_about(measure, area)} since {launched(impact)}"
    match impact.verdict:
        case ImpactVerdict.FALL | ImpactVerdict.RISE:
            return f"{about} {verb(subject(measure))} {_against_expected(impact)}."
        case ImpactVerdict.NOT_DETECTABLE:
            return f"{about}: no detectable effect yet; {showing_words(impact)}."
        case ImpactVerdict.TOO_EARLY:
            early = "too early to say, as no whole month has passed"
            return f"{about}: {early}; {showing_words(impact)}."
        case ImpactVerdict.TOO_FEW:
            return f"{about}: too few to say, {_few(impact, measure)}; {showing_words(impact)}."
        case ImpactVerdict.TOO_SHORT:
            years = f"less than {LEAST_BEFORE} months before it are held on the same basis"
            return (
                f"{about}: {NOT_MEASURED}, as {years}, or too few to learn the usual spread from."
            )
        case ImpactVerdict.BROKEN:
            return f"{about}: {NOT_MEASURED}, as recording has changed since."
        case ImpactVerdict.NOT_RECORDED:
            return f"{about}: {NOT_MEASURED}, as the first month after it is not recorded."
        case _:
            assert_never(impact.verdict)


def brief_words(impact: Impact, measure: Measure, area: Area) -> str:
    """Say the verdict for a locked phone: an effect without the day of the launch."""
    if impact.verdict not in (ImpactVerdict.FALL, ImpactVerdict.RISE):
        return verdict_words(impact, measure, area)
    about = f"{_about(measure, area)} since {impact.operation.name}"
    return f"{about} {verb(subject(measure))} {_against_expected(impact, brief=True)}"


def meaning_words(impact: Impact, measure: Measure) -> str:
    """Say what a verdict means, and what it does not."""
    match impact.verdict:
        case ImpactVerdict.FALL | ImpactVerdict.RISE:
            return (
                f"That is {_direction(impact, measure)}, more than such figures stray by "
                "themselves. Whether the operation did it, figures alone cannot say."
            )
        case ImpactVerdict.NOT_DETECTABLE:
            now = _against_expected(impact)
            return f"It stands {now}, which is within what such figures stray by themselves."
        case _:
            return ""


def showing_words(impact: Impact) -> str:
    """Say by when an effect of 10% would show."""
    share = f"{_per_cent(ASKED_FOR)} effect"
    if impact.smallest_fall <= ASKED_FOR:
        return f"a {share} would show by now"
    if impact.shows_by is None:
        return f"a {share} would not show within a year of the launch"
    return f"a {share} would show by {impact.shows_by:%B %Y}"


def launched(impact: Impact) -> str:
    """Return an operation with the day of its launch, e.g. "Operation Tiger (28 October 2013)"."""
    return f"{impact.operation.name} ({say_date(impact.operation.first)})"


def facts(impact: Impact, measure: Measure, comparison: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return what a verdict rests on; the difference is that of the numbers as they are written."""
    if not impact.measured:
        return []
    rows = [("Measured over", _months_words(impact))]
    expected = round(impact.counterfactual)
    a_week = (impact.observed_per_week, impact.expected_per_week)
    rows.append(("Counted", f"{_crimes(impact.observed, measure)}, {number(a_week[0], 1)} a week"))
    rows.append(("Expected without it", f"{number(expected)}, {number(a_week[1], 1)} a week"))
    if not math.isnan(impact.low):
        low, high = impact.change_limits
        change = signed(round(impact.observed) - expected)
        limits = f"95% range {signed(low)} to {signed(high)}"
        rows.append(("Difference", f"{change} {measure.unit} ({limits})"))
        smallest = f"a fall of {_per_cent(impact.smallest_fall)} or more"
        rows.append(("What would show", f"{smallest} as things stand; {showing_words(impact)}"))
    if comparison:
        theirs = f"{signed_per_cent(impact.comparison_effect)} against their own expectation"
        rows.append(("Compared with", f"{together(comparison)}: {theirs}, taken off"))
    return rows


def chart_words(chart: ImpactChart, impact: Impact, name: str, where: str) -> str:
    """Say the chart: what was counted since the launch and what was expected, in all and lately."""
    known = [
        f"{month:%B %Y} {number(value)}, {number(wanted)} expected"
        for month, value, wanted in zip(chart.months, chart.values, chart.expected, strict=True)
        if month >= chart.launch and math.isfinite(value) and math.isfinite(wanted)
    ]
    facts = [f"latest whole month {known[-1]}" if known else "no whole month since"]
    if len(impact.measured) > 1:
        told = f"{number(impact.observed)} counted, {number(impact.counterfactual)} expected"
        facts.insert(0, f"{_stretch(impact)} {told}")
    return f"{name}, {where}, by month around {launched(impact)}: {'; '.join(facts)}."


def signed_per_cent(share: float) -> str:
    """Write a proportion as a change in per cent; of less than 1%, with a tenth."""
    return f"{signed(share * 100, 0 if abs(share) >= ONE_PER_CENT else 1)}%"


def _per_cent(share: float) -> str:
    return signed_per_cent(abs(share)).removeprefix("+")


def _against_expected(impact: Impact, *, brief: bool = False) -> str:
    """Say "8% below what would have been expected (95% range −14% to −2%)"."""
    limits = f"{signed_per_cent(impact.low)} to {signed_per_cent(impact.high)}"
    if brief:
        way = "below" if impact.effect < 0 else "above"
        return f"{_per_cent(impact.effect)} {way} what was expected ({limits})"
    way = "below" if impact.effect < 0 else "above"
    size = f"{_per_cent(impact.effect)} {way}" if impact.effect else "exactly at"
    return f"{size} what would have been expected (95% range {limits})"


def _few(impact: Impact, measure: Measure) -> str:
    """Say where there are too few: here, or where it is compared with."""
    if impact.counterfactual >= LEAST_EXPECTED:
        return "where it is compared with"
    expected = round(impact.counterfactual)
    return f"only {_crimes(expected, measure)} {'was' if expected == 1 else 'were'} expected"


def _about(measure: Measure, area: Area) -> str:
    where = "" if area.level is Level.FORCE else f" in {area.name}"
    return f"{subject(measure)}{where}"


def _direction(impact: Impact, measure: Measure) -> str:
    way = "fall" if impact.effect < 0 else "rise"
    if measure.polarity.is_worse(impact.effect):
        return f"a {way} for the worse"
    return f"a {way} for the better" if measure.polarity.is_worse(-impact.effect) else f"a {way}"


def _crimes(value: float, measure: Measure) -> str:
    return counted(round(value), lower_first(measure.unit))


def _months_words(impact: Impact) -> str:
    many = len(impact.measured)
    months = f"{many} whole month{'' if many == 1 else 's'}"
    weeks = math.floor(impact.weeks)
    return f"{_stretch(impact)}: {months}, of {weeks} week{'' if weeks == 1 else 's'} in all"


def _stretch(impact: Impact) -> str:
    first, last = impact.measured[0], impact.measured[-1]
    return f"{first:%B %Y}" if first == last else f"{first:%B %Y} to {last:%B %Y}"
