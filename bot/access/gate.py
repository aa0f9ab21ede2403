"""What a person may be told on a surface: the rules of roles, before any number is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from string import ascii_uppercase
from typing import Final, assert_never

from bot.people import Person, Role, Surface
from metrics.errors import UserError
from metrics.model import AreaId, Catalogue, Measure, MeasureId, Restriction

CLEARED: Final = (Role.CHIEF_OFFICER, Role.ANALYST)
"""The roles that internal figures are for, in private."""

UNKNOWN_PERSON: Final = "You are not known here, so no figures can be shown."

INTERNAL: Final = (
    "These figures are internal: chief officers and analysts are told them, in private only."
)

UNTIL_PUBLISHED: Final = (
    "Their owner has not published these figures: until then, chief officers and analysts are "
    "told them, in private only."
)

COMPANION: Final = (
    "Some figures are withheld because, with the totals beside them, they would give away others "
    "that may not be shown."
)

SMALL: Final = (
    "Counts under {minimum} of sensitive crimes in small areas are not shown here, nor are the "
    "figures that would give them away."
)

MONTH_ENDS_ONLY: Final = (
    "Sensitive crimes in small areas are shown here as at month ends only: from one day to the "
    "next, their figures would tell single crimes."
)


class Refused(UserError):  # noqa: N818 - named after the fact
    """The asker may not be shown this, here; the message says why."""


class Cause(StrEnum):
    """Why a figure is hidden."""

    UNKNOWN_PERSON = "unknown_person"
    RESTRICTED = "restricted"
    SMALL = "small"
    COMPANION = "companion"  # it would give a hidden figure away

    @property
    def cell(self) -> str:
        """What stands in a table in place of the figure.

        All that small numbers hide looks alike: to mark which of the cells are under the minimum
        would narrow the others down (docs/methods/small-numbers.md).
        """
        match self:
            case Cause.UNKNOWN_PERSON | Cause.RESTRICTED:
                return "restricted"
            case Cause.SMALL:
                return "<5 or withheld"
            case Cause.COMPANION:
                return "withheld"
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Why a measure is hidden in an area."""

    cause: Cause
    reason: str  # a sentence for the asker; it holds no figure

    def cell(self, minimum: int) -> str:
        """Return what stands in a table instead of the figure."""
        return self.cause.cell.replace("<5", f"<{minimum}") if minimum else self.cause.cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """What a person may be told on a surface, whoever they are.  Equal ones see the same."""

    is_known: bool
    internal: bool  # is told what is internal
    guarded: bool  # small numbers are hidden
    own: frozenset[AreaId] = frozenset()  # areas whose small numbers are shown all the same


def clearance(person: Person, surface: Surface, catalogue: Catalogue) -> Clearance:
    """Return what a person may be told on a surface.

    On what others will see, a person's own role opens nothing.
    """
    private = surface is Surface.PRIVATE
    cleared = private and person.role in CLEARED
    lead = private and person.role is Role.AREA_LEAD
    own = (catalogue.within.get(area, frozenset()) for area in (person.areas if lead else ()))
    return Clearance(
        is_known=person.role is not None,
        internal=cleared,
        guarded=not cleared,
        own=frozenset[AreaId]().union(*own),
    )


def restricted(catalogue: Catalogue, day: date, cleared: Clearance) -> dict[MeasureId, Hidden]:
    """Return the measures that are hidden in every area, each with the reason.

    Args:
        catalogue: The plan that the figures were made with.
        day: The day that the figures stand at, whose framework says what is not cited.
        cleared: What the asker may be told.
    """
    reasons = {
        measure.id: _reason(catalogue, measure, day, cleared)
        for measure in catalogue.measures.values()
    }
    cause = Cause.RESTRICTED if cleared.is_known else Cause.UNKNOWN_PERSON
    return {one: Hidden(cause=cause, reason=why) for one, why in reasons.items() if why}


def _reason(catalogue: Catalogue, measure: Measure, day: date, cleared: Clearance) -> str:
    if not cleared.is_known:
        return UNKNOWN_PERSON
    if silence := not_cited(catalogue, measure, day):
        return silence
    match measure.restriction:
        case Restriction.NONE:
            return ""
        case Restriction.NOT_CITED:
            return "Figures of this measure are not cited."
        case Restriction.INTERNAL:
            return "" if cleared.internal else INTERNAL
        case Restriction.UNTIL_PUBLISHED:
            return "" if cleared.internal else UNTIL_PUBLISHED
        case _:
            assert_never(measure.restriction)


def not_cited(catalogue: Catalogue, measure: Measure, day: date) -> str:
    """Say why a day's framework does not cite a measure; empty where it does.

    What holds of a priority (14) holds of its parts (14A).
    """
    framework = catalogue.framework(day)
    if framework is None or not measure.priority:
        return ""
    for number in (measure.priority, measure.priority.rstrip(ascii_uppercase)):
        if why := framework.not_cited.get(number):
            return f"Priority {number}: {why}"
    return ""
