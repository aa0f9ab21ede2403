"""Whether what people wrote about a measure may be shown: free text is told where figures are.

Nobody can check what a sentence gives away, so it is treated as the figures it is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from string import ascii_uppercase
from typing import Final

from bot.access.gate import UNKNOWN_PERSON, clearance, restricted
from bot.access.sight import Sight
from bot.people import Person, Surface
from metrics.model import AreaId, Catalogue, Measure, MeasureId

OTHERS_SEE: Final = (Surface.CHANNEL, Surface.PUBLIC)
"""Where people read who were not asked for."""

NOT_KNOWN_ANY_MORE: Final = "The plan in force does not know what this is about any more."

ABOUT_NOTHING: Final = (
    "It names no measure and no priority, so nobody can tell here whether its words may be shown; "
    "ask in private."
)

SENSITIVE: Final = "Words about sensitive crimes are shown in private only."


class Writing:
    """The gate for free text, as one person sees it on one surface."""

    def __init__(
        self,
        sight: Sight | None,
        *,
        catalogue: Catalogue,
        person: Person,
        surface: Surface,
        today: date,
    ) -> None:
        """Look at texts through the gate.

        Args:
            sight: The newest figures as the person may see them here; None: there are none yet,
                and what hangs on how small they are is taken to be small.
            catalogue: The plan in force.
            person: Who asks.
            surface: Where it will be seen.
            today: The day whose framework says what is not cited, where there are no figures.
        """
        self._sight = sight
        self._catalogue = sight.catalogue if sight else catalogue
        self._surface = surface
        self._cleared = clearance(person, surface, self._catalogue)
        self._hidden = restricted(self._catalogue, today, self._cleared)

    def refusal(self, *, measure: MeasureId | None, area: AreaId | None, priority: str) -> str:
        """Say why a text about these may not be shown here; empty where it may.

        A text about a priority alone is about all of its measures.

        Args:
            measure: What it is about; None: the priority as a whole.
            area: Where; None: the force.
            priority: The strategic priority's number; empty: none.
        """
        if not self._cleared.is_known:
            return UNKNOWN_PERSON
        about = self._measures(measure, priority)
        if about is None:
            return NOT_KNOWN_ANY_MORE
        if not about and self._surface in OTHERS_SEE:
            return ABOUT_NOTHING
        where = area if area is not None else self._catalogue.force.id
        reasons = (self._reason(one, where) for one in about)
        return next((reason for reason in reasons if reason), "")

    def _measures(self, measure: MeasureId | None, priority: str) -> tuple[Measure, ...] | None:
        """Return what a text is about; None of what is not in the plan."""
        if measure is not None:
            found = self._catalogue.measures.get(measure)
            return None if found is None else (found,)
        if priority and priority not in self._catalogue.priorities:
            return None
        return tuple(_of(self._catalogue.measures.values(), priority)) if priority else ()

    def _reason(self, measure: Measure, area: AreaId) -> str:
        place = self._catalogue.areas.get(area)
        if place is None:
            return NOT_KNOWN_ANY_MORE
        # Asked first, so that it is written down there what was withheld.
        if self._sight is not None and (reason := self._sight.refusal(measure, place)):
            return reason
        if hidden := self._hidden.get(measure.id):
            return hidden.reason
        others = self._surface is not Surface.PRIVATE
        small = self._sight is None and self._cleared.guarded and area not in self._cleared.own
        return SENSITIVE if measure.minimum and (others or small) else ""


def _of(measures: Iterable[Measure], priority: str) -> Iterable[Measure]:
    """Give a priority's measures; what is of a part (14A) or of the whole (14) belongs together."""
    whole = priority.rstrip(ascii_uppercase)
    for one in measures:
        part_of_it = priority == whole and one.priority.rstrip(ascii_uppercase) == whole
        if one.priority and (one.priority in (priority, whole) or part_of_it):
            yield one
