"""What a load did, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from bot.daily import Loaded
from bot.render.fit import clean
from bot.render.words import number
from metrics.calendar import LONDON, say_date
from metrics.delivery import Load


def loaded_text(results: Sequence[Loaded]) -> RenderableType:
    """Lay out how the load of each source ended."""
    return Group(*(Text(clean(line)) for result in results for line in _lines(result)))


def _lines(result: Loaded) -> Iterator[str]:
    if result.problem:
        yield f"{result.source}: not loaded. {result.problem}"
        if result.problem.hint:
            yield f"    {result.problem.hint}"
        if result.standing:
            yield f"    The previous figures stand: {_reach(result.standing)}."
        else:
            yield "    There are no previous figures of it."
    elif result.load:
        yield from _taken_in(result.load)
    elif result.standing:
        yield f"{result.source}: unchanged since {_reach(result.standing)}."


def _taken_in(load: Load) -> Iterator[str]:
    rows = f"{number(load.rows_in)} rows"
    if load.rows_rejected:
        rows += f", {number(load.rows_rejected)} of them rejected"
    days = number(load.cohort_days_changed)
    yield f"{load.source}: {rows}; {days} days new or changed; {_span(load)}."
    for rejection in load.rejections:
        where = "; ".join(rejection.first)
        yield f"    Rejected {number(rejection.rows)}: {rejection.reason} First: {where}."
    for remark in load.remarks:
        yield f"    {remark}"


def _reach(load: Load) -> str:
    loaded = load.loaded_at.astimezone(LONDON)
    return f"the load of {say_date(loaded.date())}, {loaded:%H:%M}; {_span(load)}"


def _span(load: Load) -> str:
    if load.span is None:
        return "no days accounted for"
    return f"{say_date(load.span[0])} to {say_date(load.span[1])}"
