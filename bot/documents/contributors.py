"""What a change of all crime is made of: the crime types that moved most, each way."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from bot.access import Sight
from bot.documents.sentences import per_cent
from bot.render.words import number
from bot.replies.judged import Judged, judge
from bot.replies.phrases import counted, lower_first, together
from metrics.model import Catalogue, CrimeType

LEAST_SHARE: Final = 0.10
"""A crime type is named whose change is at least this share of the whole change."""


def contributors(sight: Sight, total: Judged) -> Iterator[str]:
    """Say which crime types moved most, those that moved with the total first.

    They can add up to more than the whole change, because others moved the other way.
    """
    change = total.change
    if math.isnan(change) or change == 0:
        return
    moved = _moved(sight, total)
    sign = math.copysign(1.0, change)
    least = LEAST_SHARE * abs(change)
    along = sorted(
        (one for one in moved if one.change * sign >= least), key=lambda one: -one.change * sign
    )
    against = sorted(
        (one for one in moved if one.change * sign <= -least), key=lambda one: one.change * sign
    )
    if along:
        yield _along(along, rises=change > 0)
    if against:
        ways = "reductions" if change > 0 else "increases"
        named = together([_brief(one) for one in against])
        yield f"The other way, the largest {ways} are {named}."


def _along(along: Sequence[Judged], *, rises: bool) -> str:
    first, *rest = along
    word, where = ("increase", "above") if rises else ("reduction", "below")
    share = per_cent(first.change / first.before) if first.before else "newly"
    said = (
        f"A large proportion of the {word} can be attributed to {_name(first)}, which is currently "
        f"{share} ({counted(abs(first.change), first.measure.unit)}) {where} the level at this "
        "time in the previous year."
    )
    if not rest:
        return said
    others = together([_brief(one) for one in rest])
    noun = "category" if len(rest) == 1 else "categories"
    be = "is" if len(rest) == 1 else "are"
    return f"{said} The other {noun} with a large {word} {be} {others}."


def _brief(judged: Judged) -> str:
    """Name a crime type with its change, e.g. "cycle theft (+333 crimes, 22.1%)"."""
    sign = "+" if judged.change > 0 else "−"
    size = f"{sign}{number(abs(judged.change))}"
    share = f", {per_cent(judged.change / judged.before)}" if judged.before else ""
    return f"{_name(judged)} ({size} {'crime' if abs(judged.change) == 1 else 'crimes'}{share})"


def _name(judged: Judged) -> str:
    return lower_first(judged.measure.name)


def _moved(sight: Sight, total: Judged) -> list[Judged]:
    """Return the crime types of the dashboard that may be shown, a group in place of its parts."""
    found = []
    for kind in _outermost(sight.catalogue):
        measure = sight.catalogue.recorded(kind.id)
        if sight.refusal(measure, total.area):
            continue
        one = judge(sight, measure, total.area)
        if not math.isnan(one.change):
            found.append(one)
    return found


def _outermost(catalogue: Catalogue) -> list[CrimeType]:
    shown = [one for one in catalogue.dashboard_crime_types() if not one.is_total]
    inside = {member for one in shown for member in one.members}
    return [one for one in shown if one.id not in inside]
