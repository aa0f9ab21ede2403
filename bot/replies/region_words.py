"""One measure in several forces, in words and as a table: never without chance."""

from __future__ import annotations

import math
from typing import Final

from bot.render.words import number
from bot.replies.forces_compared import Basis, Compared, Place, is_ranked
from bot.replies.model import Table, TableColumn, TableRow
from bot.replies.phrases import in_list, p_words
from bot.replies.phrases import together as listed
from bot.replies.verdict import subject
from metrics.calendar import say_date
from metrics.model import MeasureKind
from metrics.statistics.peers import PeerVerdict
from metrics.statistics.verdict import SIGNIFICANCE_LEVEL

NOT_KNOWN: Final = "not known"

MOST_FIGURES: Final = 5
"""More forces than these are not told one by one in a sentence: the table has them."""

APART: Final = {
    PeerVerdict.IN_LINE: "in line with the forces",
    PeerVerdict.SIGNIFICANTLY_ABOVE: "significantly above the forces",
    PeerVerdict.SIGNIFICANTLY_BELOW: "significantly below the forces",
    PeerVerdict.NOT_TESTABLE: "not tested",
}
"""Where a force stands, in words: above and below, as which is worse is the measure's own."""


def is_tested(one: Compared) -> bool:
    """Whether anything can be said of chance."""
    return not math.isnan(one.p_value) or any(
        place.verdict is not PeerVerdict.NOT_TESTABLE for place in one.places
    )


def differs(one: Compared) -> bool:
    """Whether a force stands apart; of fewer than four, whether they differ at all."""
    if is_ranked(one):
        return bool(one.apart)
    return one.p_value < SIGNIFICANCE_LEVEL


def verdict(one: Compared) -> str:
    """Say the figures of every force, and whether chance explains that they are not the same."""
    name = subject(one.measure)
    if one.basis is Basis.NOTHING:
        return f"{name}: each force's own figure, as given; nothing is tested of it."
    tested = one.tested
    if not tested:
        what = "people" if one.basis is Basis.RATE else "cases"
        return f"{name}: no force holds both the count and the number of {what} it is of."
    return f"{name}: {_chance(one)} {_figures(one)}"


def _figures(one: Compared) -> str:
    """Say the figure of each force; of many, from where to where they reach."""
    per = "Per 1,000 people, last 12 months" if one.basis is Basis.RATE else "Last 12 months"
    if len(one.tested) <= MOST_FIGURES:
        said = listed([f"{place.force.name} {_value(one, place)}" for place in one.tested])
    else:
        values = [place.value for place in one.tested]
        ends = f"{_written(one, min(values))} to {_written(one, max(values))}"
        said = f"{ends} in {len(values)} forces"
    return f"{per}: {said}."


def _chance(one: Compared) -> str:
    tested = one.tested
    if len(tested) == 1:
        return "one force alone has nothing to be compared with."
    if is_ranked(one):
        if not one.apart:
            return f"all {len(tested)} are in line with how much forces differ anyway."
        said = [f"{place.force.name} is {APART[place.verdict]}" for place in one.apart]
        return f"{listed(said)}; the others are in line."
    if math.isnan(one.p_value):
        return "too little is counted to say whether the forces differ."
    p = p_words(one.p_value)
    if one.p_value < SIGNIFICANCE_LEVEL:
        return f"the forces differ by more than chance explains ({p})."
    return f"the forces differ by no more than chance explains ({p})."


def method(one: Compared) -> str:
    """Say how it was tested, and what that does not show."""
    if is_ranked(one):
        ends = f"{_written(one, one.group_low)} to {_written(one, one.group_high)}"
        return (
            f"What is usual among them is {ends}, the differences between forces included; a force "
            "stands apart where its own 95% range and that one do not meet."
        )
    if one.basis is Basis.NOTHING or len(one.tested) <= 1:
        return "No force is ranked: there is no test that would bear it."
    return (
        f"No force is ranked: with {len(one.tested)} it cannot be measured how much forces differ "
        "anyway; that takes four."
    )


def table(one: Compared) -> Table:
    """Return every force with its figure, how sure that is, and where it stands."""
    per = {Basis.RATE: "Per 1,000 people", Basis.SHARE: "Share", Basis.NOTHING: "As given"}
    return Table(
        caption=f"{one.measure.name} in each force, last 12 months",
        label="Force",
        columns=(
            TableColumn(name=per[one.basis], is_number=True),
            TableColumn(name="95% range", is_number=True, is_detail=True),
            TableColumn(name="Against the others"),
            TableColumn(name="Figures to", is_detail=True),
        ),
        rows=tuple(
            TableRow(
                label=place.force.name,
                cells=(
                    _value(one, place),
                    f"{_written(one, place.low)} to {_written(one, place.high)}"
                    if not math.isnan(place.value)
                    else "",
                    _against(one, place),
                    say_date(place.judged.position.to) if place.judged.position.to else NOT_KNOWN,
                ),
            )
            for place in one.places
        ),
    )


def _against(one: Compared, place: Place) -> str:
    if math.isnan(place.value):
        return (
            "not tested: the population is not known" if one.basis is Basis.RATE else "not tested"
        )
    return APART[place.verdict] if is_ranked(one) else "not ranked"


def _value(one: Compared, place: Place) -> str:
    if one.basis is Basis.NOTHING:
        value = place.judged.value
        return NOT_KNOWN if math.isnan(value) else f"{number(value, 1)} {one.measure.unit}"
    if math.isnan(place.value) and not math.isnan(place.judged.value):
        return f"{number(place.judged.value)} in the year to date"
    return _written(one, place.value)


def _written(one: Compared, value: float) -> str:
    if math.isnan(value):
        return NOT_KNOWN
    return f"{number(value * 100, 1)}%" if one.basis is Basis.SHARE else number(value, 1)


def in_a_list(one: Compared) -> str:
    """Name a measure as one of several."""
    if one.measure.kind is MeasureKind.RECORDED:
        return subject(one.measure)
    return in_list(one.measure.name)
