"""Which theme of the plan is reported in which quarter."""

from __future__ import annotations

from datetime import date
from typing import Final

from bot.documents.numbering import quarter_of_year
from metrics.calendar import performance_year
from metrics.errors import UnknownName
from metrics.model import Catalogue, MeasureKind

QUARTERS: Final = 4

OF_POLICING: Final = frozenset(MeasureKind) - {MeasureKind.MONEY}
"""The panel is told of policing quarter by quarter; the money has papers of its own."""


def themes(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the themes that are reported in rotation, in the plan's order.

    They are those with a measure of policing: of the five of Leicestershire's plan, the four
    without the Financial Challenge.
    """
    measured = {one.priority for one in catalogue.measures.values() if one.kind in OF_POLICING}
    found = dict.fromkeys(
        priority.theme
        for priority in catalogue.priorities.values()
        if any(_belongs(priority.number, one) for one in measured)
    )
    return tuple(found)


def theme_of_quarter(catalogue: Catalogue, day: date) -> str:
    """Return the theme that is reported in a day's quarter of the performance year.

    The quarters are counted on, so that no theme is left out whatever their number is.

    Raises:
        UnknownName: The plan has no theme that could be.
    """
    known = themes(catalogue)
    if not known:
        raise UnknownName(
            "The plan has no theme with a measure to report.",
            hint="Ask for the monthly briefing instead: /briefing monthly.",
        )
    count = performance_year(day) * QUARTERS + quarter_of_year(day) - 1
    return known[count % len(known)]


def theme_named(catalogue: Catalogue, words: str) -> str:
    """Return the theme that is meant by some words of its name.

    Raises:
        UnknownName: None is, or several are.
    """
    known = tuple(dict.fromkeys(one.theme for one in catalogue.priorities.values()))
    wanted = words.casefold().split()
    found = [one for one in known if all(word in one.casefold() for word in wanted)]
    if len(found) == 1:
        return found[0]
    raise UnknownName(
        f"“{words}” can be more than one theme."
        if found
        else f"There is no theme called “{words}”.",
        hint=f"The themes are: {'; '.join(known)}.",
    )


def _belongs(number: str, measured: str) -> bool:
    """Whether a measure's priority is this one, or a part of it: 14A is a part of 14."""
    return measured == number or measured.rstrip("ABCDEFG") == number
