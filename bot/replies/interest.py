"""What a reader of the briefing leads: a channel and chief officers the whole, others their own."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

from bot.people import Person, Role
from metrics.model import Area, AreaId, Catalogue, Level, Measure, Priority

OVERSEEN: Final = (Level.FORCE, Level.BCU)
"""The levels that whoever leads the whole is told of; the others have leads of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """Who reads, and what of the plan is theirs."""

    catalogue: Catalogue
    person: Person | None  # None: a channel

    @property
    def is_whole(self) -> bool:
        """Whether the whole force is theirs: nothing narrower is written down for them."""
        if self.person is None or self.person.role is Role.CHIEF_OFFICER:
            return True
        return not (self.person.areas or self.person.priorities)

    @property
    def areas(self) -> tuple[Area, ...]:
        """The areas that they are told of; the force where none is their own."""
        own = self.person.areas if self.person and not self.is_whole else ()
        known = [self.catalogue.areas[one] for one in own if one in self.catalogue.areas]
        return tuple(known) or (self.catalogue.force,)

    @property
    def priorities(self) -> tuple[Priority, ...]:
        """The priorities that are their own, as written down for them."""
        own = self.person.priorities if self.person and not self.is_whole else ()
        known = self.catalogue.priorities
        return tuple(known[one] for one in own if one in known)

    def covers(self, measure: Measure, area: Area) -> bool:
        """Whether news of a measure in an area is theirs."""
        if self.is_whole:
            return area.level in OVERSEEN
        return self._is_their_area(area.id) or (
            area.level in OVERSEEN and self.is_their_priority(measure.priority)
        )

    def is_their_priority(self, number: str) -> bool:
        """Whether a priority is their own, or a part of one of theirs."""
        return bool(number) and any(
            number in (one.number, one.number.rstrip(ascii_uppercase))
            or number.rstrip(ascii_uppercase) == one.number
            for one in self.priorities
        )

    def concerns(self, *, owner: str, priority: str, area: AreaId | None) -> bool:
        """Whether an issue or action is theirs: they have it, or it is about what they lead."""
        if self.is_whole:
            return True
        is_own = self.person is not None and owner == self.person.id
        about = self.is_their_priority(priority)
        return is_own or about or (area is not None and self._is_their_area(area))

    def _is_their_area(self, area: AreaId) -> bool:
        person = self.person
        within = self.catalogue.within
        return person is not None and any(
            area in within.get(one, frozenset()) for one in person.areas
        )
